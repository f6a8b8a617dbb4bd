"""vfx: the VFX effect: which family draws a name."""

from stream.media import VideoFrame
from stream.render.effects.soften import softened
from stream.timeline.program import Look


def applied(look: Look, frame: VideoFrame, pts_ns: int) -> VideoFrame:
    """Return `frame` with the VFX of `look` at `pts_ns`."""
    radius = frame.height_px / 40
    across, down = {"h_blur": (radius, 0.0), "v_blur": (0.0, radius)}.get(look.name.lower(), (radius / 2, radius / 2))
    return softened(frame, across, down)
