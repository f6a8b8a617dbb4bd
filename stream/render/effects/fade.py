"""fade: a picture out of a colour, or into it."""

import re

from stream.media import VideoFrame
from stream.render.effects.frames import Table, like, luma_table, toned, yuv
from stream.timeline.program import Look

_HEX = re.compile(r"#?([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})")


def applied(look: Look, frame: VideoFrame, pts_ns: int) -> VideoFrame:
    """Return `frame` mixed with `color` (#rrggbb, black where not said): all of it when the fade begins or ends.

    The share falls (fade_in) or grows (fade_out) evenly over the look's span. Alpha stays.
    """
    shown = (pts_ns - look.start_ns) / (look.end_ns - look.start_ns)
    share = 1 - shown if look.name.lower() == "fade_in" else shown
    values = yuv(_color(look))
    keep = 1 - share
    luma: Table = luma_table(keep, share * (values[0] - 16) / 219)
    if share == 0:
        return frame
    if share == 1:
        out = like(frame)
        out.y[:], out.u[:], out.v[:] = values
        return out
    return toned(frame, luma, (keep, 0, 0, keep), (share * (values[1] - 128), share * (values[2] - 128)))


def _color(look: Look) -> tuple[float, float, float]:
    for name, value in look.params:
        match = _HEX.match(value) if name.lower() == "color" and isinstance(value, str) else None
        if match:
            red, green, blue = (int(digits, 16) / 255 for digits in match.groups())
            return red, green, blue
    return 0.0, 0.0, 0.0
