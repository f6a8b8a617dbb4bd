"""placing: which part of a source goes where on the canvas."""

from dataclasses import replace

import numpy as np

from stream.media import Matte, VideoFrame
from stream.timeline.program import Box, Layer, Move


def refitted(layer: Layer, frame: VideoFrame) -> Layer:
    """Return `layer` as it is for a source that is no longer of the size it was resolved for.

    The same share is taken of it; another shape (a phone turned) is shown whole inside the layer's box.
    """
    width, height = layer.source_px
    if not width or not height or (width, height) == (frame.width_px, frame.height_px):
        return layer
    across, down = frame.width_px / width, frame.height_px / height
    cut, box = layer.crop, layer.box
    if cut is not None:
        cut = Box(int(cut.x_px * across), int(cut.y_px * down), max(int(cut.width_px * across), 2),
                  max(int(cut.height_px * down), 2))
    if max(across, down) <= 1.02 * min(across, down):
        return replace(layer, crop=cut)
    fits = max(across, down)
    wide, high = max(int(box.width_px * across / fits) & ~1, 2), max(int(box.height_px * down / fits) & ~1, 2)
    left, top = (box.width_px - wide) // 2 & ~1, (box.height_px - high) // 2 & ~1
    inside = Box(box.x_px + left, box.y_px + top, wide, high)
    return replace(layer, crop=cut, box=inside)


def crop(frame: VideoFrame, box: Box) -> VideoFrame:
    """Return the part of `frame` inside `box` (moved to even px), sharing its planes."""
    x, y = box.x_px & ~1, box.y_px & ~1
    right, bottom = min(x + box.width_px, frame.width_px), min(y + box.height_px, frame.height_px)
    half = (slice(y // 2, (bottom + 1) // 2), slice(x // 2, (right + 1) // 2))
    return replace(frame, y=frame.y[y:bottom, x:right], u=frame.u[half], v=frame.v[half],
                   a=None if frame.a is None else frame.a[y:bottom, x:right], av=None)


def turned_matte(matte: Matte, layer: Layer) -> Matte:
    """Return `matte` turned clockwise and mirrored as `layer` turns its source."""
    alpha = np.rot90(matte.alpha, -layer.rotate_deg // 90)[::-1 if layer.flip_y else 1, ::-1 if layer.flip_x else 1]
    return replace(matte, alpha=np.ascontiguousarray(alpha))


def share(box: Box | None, frame: VideoFrame) -> tuple[float, float, float, float] | None:
    """The part of the source that `box` takes, as (x, y, width, height) in [0, 1]."""
    if box is None:
        return None
    width, height = frame.width_px, frame.height_px
    return ((box.x_px & ~1) / width, (box.y_px & ~1) / height, box.width_px / width, box.height_px / height)


def window_at(move: Move, pts_ns: int) -> tuple[float, float, float, float]:
    """Return the part of the source shown at `pts_ns`: even from start to end, held before and after."""
    length = max(move.end_ns - move.start_ns, 1)
    done = min(max((pts_ns - move.start_ns) / length, 0.0), 1.0)
    x, y, width, height = (a + (b - a) * done for a, b in zip(move.start, move.end, strict=True))
    return x, y, width, height
