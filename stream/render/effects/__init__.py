"""effects: what a Look does to a picture: filters, regions, masks and VFX, by their catalogue names."""

from typing import Literal

from stream.media import VideoFrame
from stream.render.effects.names import FADES, FILTERS, MASKS, REGIONS, VFX, Fidelity
from stream.timeline.program import Look

Kind = Literal["filter", "vfx", "mask", "region"]


def apply(look: Look, frame: VideoFrame, pts_ns: int) -> VideoFrame:
    """Return `frame` (BT.709 limited, any size, with or without alpha) as `look` changes it at `pts_ns`.

    Same size and time; the frame itself where nothing changes: outside the look's span, and for a name that is
    "ignored". `frame` is never written to. What moves does so with `pts_ns` since the look's start; what looks random
    comes from its seed. Each family's code is imported, and its kernels compiled, when it is first used.
    """
    if not look.start_ns <= pts_ns < look.end_ns or fidelity(look.kind, look.name) == "ignored":
        return frame
    if (frame.width_px | frame.height_px) & 1:
        from stream.render.effects.frames import evened, trimmed

        return trimmed(_applied(look, evened(frame), pts_ns), frame.width_px, frame.height_px)
    return _applied(look, frame, pts_ns)


def _applied(look: Look, frame: VideoFrame, pts_ns: int) -> VideoFrame:
    """`apply` within the look's span, for a name that is drawn and a picture of even size."""
    name = look.name.lower()
    if name in FADES:
        from stream.render.effects import fade

        return fade.applied(look, frame, pts_ns)
    if name in MASKS:
        from stream.render.effects import mask

        return mask.applied(look, frame)
    if look.kind == "filter":
        from stream.render.effects import filters

        return filters.applied(look, frame)
    if look.kind == "region" or (look.box is not None and name in REGIONS) or name == "mosaic_rect":
        from stream.render.effects import region

        return region.applied(look, frame)
    from stream.render.effects import vfx

    return vfx.applied(look, frame, pts_ns)


def fidelity(kind: str, name: str) -> Fidelity:
    """Return how true to the catalogue the effect `name` of a Look's `kind` is drawn, in any letter case.

    "rendered": its name says all there is to it. "approximate": it does what its name says, in its own way (the
    catalogue gives names, not pictures). "ignored": the picture stays as it is.
    """
    tables: dict[str, dict[str, Fidelity]] = {"filter": FILTERS, "vfx": {**VFX, **MASKS, **FADES}, "mask": MASKS,
                                              "region": REGIONS}
    return tables.get(kind, {}).get(name.lower(), "ignored")
