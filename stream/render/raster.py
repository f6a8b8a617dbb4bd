"""raster: a piece of drawn picture (a caption), ready to be laid over a canvas."""

from dataclasses import dataclass

import numpy as np
from numba import types
from numpy.typing import NDArray

from stream.media import Plane
from stream.render.jit import PLANE_OUT, kernel


@dataclass(frozen=True, slots=True)
class Raster:
    """Premultiplied BT.709 limited 4:2:0 planes whose top left pixel lies at (`x_px`, `y_px`) of the canvas.

    `y` (h, w) and `u`, `v` (h/2, w/2) are multiplied by opacity; `ia` (h, w) and `ia2` (h/2, w/2) are 255 minus
    opacity, for luma and for chroma. Position and size are even; the position may be negative. Nothing drawn: 0 x 0.
    """

    x_px: int
    y_px: int
    y: Plane
    u: Plane
    v: Plane
    ia: Plane
    ia2: Plane

    @property
    def width_px(self) -> int:
        return int(self.y.shape[1])

    @property
    def height_px(self) -> int:
        return int(self.y.shape[0])


def from_rgba(rgba: NDArray[np.uint8], x_px: int, y_px: int) -> Raster:
    """Return sRGB `rgba`, premultiplied, shape (h, w, 4), as a Raster with its top left pixel at (`x_px`, `y_px`).

    Only the box around what is drawn is kept, grown to even position and size on the canvas.
    """
    alpha = rgba[:, :, 3]
    rows, columns = np.flatnonzero(alpha.any(axis=1)), np.flatnonzero(alpha.any(axis=0))
    if not rows.size:
        return _blank(x_px & ~1, y_px & ~1, 0, 0)
    left, top = x_px + int(columns[0]), y_px + int(rows[0])
    right, bottom = x_px + int(columns[-1]) + 1, y_px + int(rows[-1]) + 1
    even_left, even_top = left & ~1, top & ~1
    raster = _blank(even_left, even_top, (right - even_left + 1) & ~1, (bottom - even_top + 1) & ~1)
    drawn = rgba[top - y_px:bottom - y_px, left - x_px:right - x_px]
    _convert(drawn, left - even_left, top - even_top, raster.y, raster.u, raster.v, raster.ia, raster.ia2)
    return raster


def _blank(x_px: int, y_px: int, width_px: int, height_px: int) -> Raster:
    full, half = (height_px, width_px), (height_px // 2, width_px // 2)
    return Raster(x_px, y_px, np.zeros(full, np.uint8), np.zeros(half, np.uint8), np.zeros(half, np.uint8),
                  np.full(full, 255, np.uint8), np.full(half, 255, np.uint8))


@kernel(types.Array(types.uint8, 3, "A", readonly=True), types.int64, types.int64, PLANE_OUT, PLANE_OUT, PLANE_OUT,
        PLANE_OUT, PLANE_OUT)
def _convert(rgba: NDArray[np.uint8], left: int, top: int, py: Plane, pu: Plane, pv: Plane, ia: Plane,
             ia2: Plane) -> None:
    """Write `rgba` at (`left`, `top`) of the planes: ITU-R BT.709 8-bit limited, coefficients times 65536.

    Offsets (16, 128) are scaled by opacity too, so that a pixel is `plane + picture * ia / 255`. A colour brighter
    than its own opacity allows is cut to it: the sum can then never pass 255.
    """
    height, width = rgba.shape[0], rgba.shape[1]
    for cy in range(pu.shape[0]):
        for cx in range(pu.shape[1]):
            sum_u, sum_v, sum_a = np.int64(0), np.int64(0), np.int64(0)
            for j in range(2):
                for i in range(2):
                    row, column = 2 * cy + j - top, 2 * cx + i - left
                    if 0 <= row < height and 0 <= column < width:
                        a = np.int64(rgba[row, column, 3])
                        r = min(np.int64(rgba[row, column, 0]), a)
                        g = min(np.int64(rgba[row, column, 1]), a)
                        b = min(np.int64(rgba[row, column, 2]), a)
                        py[2 * cy + j, 2 * cx + i] = (11966 * r + 40254 * g + 4064 * b + 4112 * a + 32768) >> 16
                        ia[2 * cy + j, 2 * cx + i] = 255 - a
                        sum_u += 28784 * b - 6596 * r - 22188 * g + 32896 * a
                        sum_v += 28784 * r - 26145 * g - 2639 * b + 32896 * a
                        sum_a += a
            pu[cy, cx] = (sum_u + 131072) >> 18
            pv[cy, cx] = (sum_v + 131072) >> 18
            ia2[cy, cx] = 255 - ((sum_a + 2) >> 2)
