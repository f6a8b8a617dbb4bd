"""vfx: the VFX effect: which family draws a name."""

from importlib import import_module

from stream.media import VideoFrame
from stream.render.effects.moment import moment
from stream.render.effects.names import FAMILIES
from stream.render.effects.soften import softened
from stream.timeline.program import Look


def applied(look: Look, frame: VideoFrame, pts_ns: int) -> VideoFrame:
    """Return `frame` with the VFX of `look` at `pts_ns`; the family's module is imported at its first use."""
    name = look.name.lower()
    radius = frame.height_px / 40
    blurs = {"h_blur": (radius, 0.0), "v_blur": (0.0, radius), "blur": (radius / 2, radius / 2)}
    if name in blurs:
        return softened(frame, *blurs[name])
    family = next(family for family, names in FAMILIES.items() if name in names)
    table = import_module(f"stream.render.effects.vfx_{family}").TABLE
    result: VideoFrame = table[name](moment(frame, look.start_ns, look.end_ns, look.seed, pts_ns))
    return result
