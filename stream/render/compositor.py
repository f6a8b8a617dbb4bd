"""compositor: one picture out of many: frames, cut out by their mattes, and drawn text, on one canvas."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from stream.media import Matte, VideoFrame, new_frame
from stream.render.kernels import NONE, Indices, blend, lay, taps
from stream.render.raster import Raster
from stream.timeline.program import Box, Color

_FRACTION = 1 << 16
_NO_TAPS = np.zeros(0, np.int32)


@dataclass(frozen=True, slots=True)
class Canvas:
    """What is composed on: 8-bit 4:2:0, BT.709, limited range; both sizes are even."""

    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A frame with its top left pixel at that of `box`. The frame has the box's size already, and the canvas's colours.

    `matte` covers the whole source; `matte_crop` = (x, y, width, height) in [0, 1] is the part of the source that the
    frame shows. `opacity` is in [0, 1]. A frame with an alpha plane is cut out by it.
    """

    frame: VideoFrame
    box: Box
    matte: Matte | None = None
    opacity: float = 1.0
    matte_crop: tuple[float, float, float, float] | None = None


def compose(canvas: Canvas, pictures: Sequence[Picture], rasters: Sequence[Raster] = ()) -> VideoFrame:
    """Return the pictures, bottom first, then the rasters, on black. No frame that came in is written to.

    A single opaque picture of the canvas's size is returned as it is: the caller must not write into the result.
    What sticks out of the canvas is cut. The result's time is the bottom picture's. Everything is integer arithmetic.
    """
    shown = [picture for picture in pictures if _level(picture) > 0]
    for picture in shown:
        _check(picture)
    opaque = [k for k, picture in enumerate(shown) if _covers(canvas, picture)]
    shown = shown[opaque[-1]:] if opaque else shown
    if opaque and len(shown) == 1 and not rasters:
        return shown[0].frame
    out = new_frame(canvas.width_px, canvas.height_px, pts_ns=shown[0].frame.pts_ns if shown else 0)
    if opaque:
        bottom = shown.pop(0).frame
        out.y[:], out.u[:], out.v[:] = bottom.y, bottom.u, bottom.v
    else:
        out.y[:], out.u[:], out.v[:] = 16, 128, 128
    for picture in shown:
        place(out, picture)
    for raster in rasters:
        lay_raster(out, raster)
    return out


def solid(width_px: int, height_px: int, color: Color) -> VideoFrame:
    """Return a frame of one colour; its opacity is the picture's affair. ITU-R BT.709, 8-bit limited."""
    red, green, blue = color.red, color.green, color.blue
    frame = new_frame(width_px, height_px)
    frame.y[:] = (11966 * red + 40254 * green + 4064 * blue + (16 << 16) + 32768) >> 16
    frame.u[:] = (28784 * blue - 6596 * red - 22188 * green + (128 << 16) + 32768) >> 16
    frame.v[:] = (28784 * red - 26145 * green - 2639 * blue + (128 << 16) + 32768) >> 16
    return frame


def _level(picture: Picture) -> int:
    return round(255 * min(max(picture.opacity, 0.0), 1.0))


def _check(picture: Picture) -> None:
    frame, box = picture.frame, picture.box
    if (frame.width_px, frame.height_px) != (box.width_px, box.height_px):
        raise ValueError(f"a frame of {frame.width_px}x{frame.height_px} for a box of {box.width_px}x{box.height_px}")
    if frame.matrix != "bt709" or frame.full_range:
        raise ValueError("a frame that is not BT.709 limited was to be composed")


def _covers(canvas: Canvas, picture: Picture) -> bool:
    return (picture.box == Box(0, 0, canvas.width_px, canvas.height_px) and picture.matte is None
            and picture.frame.a is None and _level(picture) == 255)


def place(out: VideoFrame, picture: Picture) -> None:
    """Blend `picture` into `out`, cut by its matte, alpha plane and opacity."""
    frame, box, x_taps, y_taps, matte = picture.frame, picture.box, (_NO_TAPS,) * 3, (_NO_TAPS,) * 3, NONE
    if picture.matte is not None:
        matte = picture.matte.alpha
        x, y, width, height = picture.matte_crop or (0.0, 0.0, 1.0, 1.0)
        x_taps = _taps(box.width_px, matte.shape[1], round(x * _FRACTION), round(width * _FRACTION))
        y_taps = _taps(box.height_px, matte.shape[0], round(y * _FRACTION), round(height * _FRACTION))
    blend(out.y, out.u, out.v, frame.y, frame.u, frame.v, box.x_px, box.y_px, _level(picture),
          NONE if frame.a is None else frame.a, matte, *x_taps, *y_taps[:2])


@lru_cache(maxsize=64)
def _taps(size_px: int, cells: int, start: int, length: int) -> tuple[Indices, Indices, Indices]:
    return taps(size_px, cells, (start, length, _FRACTION))


def lay_raster(out: VideoFrame, raster: Raster) -> None:
    """Lay drawn text over `out`, cut at its borders."""
    left, top = max(raster.x_px, 0), max(raster.y_px, 0)
    right = min(raster.x_px + raster.width_px, out.width_px)
    bottom = min(raster.y_px + raster.height_px, out.height_px)
    if left >= right or top >= bottom:
        return
    for plane, ink, keep, shift in ((out.y, raster.y, raster.ia, 0), (out.u, raster.u, raster.ia2, 1),
                                    (out.v, raster.v, raster.ia2, 1)):
        rows, columns = slice(top >> shift, bottom >> shift), slice(left >> shift, right >> shift)
        of_rows = slice((top - raster.y_px) >> shift, (bottom - raster.y_px) >> shift)
        of_columns = slice((left - raster.x_px) >> shift, (right - raster.x_px) >> shift)
        lay(plane[rows, columns], ink[of_rows, of_columns], keep[of_rows, of_columns])
