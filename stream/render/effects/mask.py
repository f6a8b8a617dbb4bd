"""mask: the picture seen through a shape: its alpha, soft at the edge."""

from functools import lru_cache
from math import cos, radians, sin

import numpy as np

from stream.media import Plane, VideoFrame, planes_of
from stream.render.effects.frames import like, mixed
from stream.render.effects.params import numbers, pixels
from stream.render.effects.soften import softened
from stream.timeline.program import Look

BLUR_SHARE = 0.06


def applied(look: Look, frame: VideoFrame) -> VideoFrame:
    """Return `frame` whose alpha is multiplied by the mask's; with `blur_intensity` it is blurred inside the shape.

    Lengths up to 1 are shares of the picture (x, width of its width; y, height, size of its height; radius, antialias
    of its shorter side), above 1 px. `angle` turns counter-clockwise, in degrees. `outer_alpha` (0 to 1) is the
    opacity outside, 0 where not said.
    """
    params = numbers(look)
    shape = _shape(look.name.lower(), frame.width_px, frame.height_px, tuple(sorted(params.items())))
    out = frame
    blur = min(max(params.get("blur_intensity", 0.0), 0.0), 1.0)
    if blur > 0:
        radius = blur * BLUR_SHARE * min(frame.width_px, frame.height_px)
        out = mixed(frame, softened(frame, radius, radius), shape)
    outer = round(255 * min(max(params.get("outer_alpha", 0.0), 0.0), 1.0))
    if outer == 255:
        return out
    return _cut(out, _with_outside(shape, outer))


def _cut(frame: VideoFrame, mask: Plane) -> VideoFrame:
    out = like(frame, alpha=True)
    for target, plane in zip(planes_of(out)[:3], planes_of(frame)[:3], strict=True):
        target[:] = plane
    assert out.a is not None
    product = out.a.astype(np.uint16) * mask
    out.a[:] = (product + 127) // 255
    return out


def _with_outside(shape: Plane, outer: int) -> Plane:
    return (outer + (shape.astype(np.uint16) * (255 - outer) + 127) // 255).astype(np.uint8)


@lru_cache(maxsize=8)
def _shape(name: str, width_px: int, height_px: int, params: tuple[tuple[str, float], ...]) -> Plane:
    """The mask before `outer_alpha`: 255 inside, 0 outside, half at the edge; shape (height, width)."""
    given = dict(params)
    short = min(width_px, height_px)
    centre_x, centre_y = pixels(given.get("x", 0.5), width_px), pixels(given.get("y", 0.5), height_px)
    half_w = pixels(given.get("width", 0.5), width_px) / 2
    half_h = pixels(given.get("height", 0.5), height_px) / 2
    turn = radians(given.get("angle", 0.0))
    x, y = np.arange(width_px) + 0.5 - centre_x, (np.arange(height_px) + 0.5 - centre_y)[:, None]
    across, down = x * cos(turn) - y * sin(turn), x * sin(turn) + y * cos(turn)
    if name == "mask_circle":
        half_w, half_h = max(half_w, 0.5), max(half_h, 0.5)
        reach = np.hypot(across / half_w, down / half_h)
        slope = np.hypot(across / half_w**2, down / half_h**2)
        outside = np.where(slope > 0, (reach - 1) * reach / np.maximum(slope, 1e-9), -min(half_w, half_h))
    elif name == "mask_rec":
        radius = min(pixels(given.get("radius", 0.0), short), half_w, half_h)
        over_x, over_y = np.abs(across) - half_w + radius, np.abs(down) - half_h + radius
        outside = (np.hypot(np.maximum(over_x, 0), np.maximum(over_y, 0))
                   + np.minimum(np.maximum(over_x, over_y), 0) - radius)
    elif name == "mask_minor":
        outside = np.abs(down) - pixels(given.get("size", 0.5), height_px) / 2
    else:  # mask_linear: what is above the line stays
        outside = down
    feather = max(pixels(max(given.get("antialias", 0.0), 0.0), short), 1.0)
    mask = np.clip(0.5 - outside / feather, 0, 1)
    plane = np.rint(255 * np.broadcast_to(mask, (height_px, width_px))).astype(np.uint8)
    plane.flags.writeable = False
    return plane
