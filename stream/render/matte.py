"""matte: what a segmenter says, made steady in time and fitted to the picture's edges."""


import numba
import numpy as np
from numba import types
from numpy.typing import NDArray

from stream.media import Plane
from stream.render.jit import kernel

Field = NDArray[np.float32]
_FIELD_IN = types.Array(types.float32, 2, "A", readonly=True)
_FIELD = types.Array(types.float32, 2, "C")

STILL_RATE = 0.15
"""How much of a new alpha is taken where the picture stands still."""
MOTION_LEVELS = 12.0
"""A mean change of luma by this many of 255 levels, over 5 x 5 pixels, makes the matte follow at once."""
JUMP = 0.35
"""An alpha that differs by more than this from the steady one is followed whatever the picture does."""
EDGE_EPSILON = 1e-3
"""Guided filter: the variance of luma (of [0, 1], over 9 x 9 pixels) from which on an edge is an edge."""
CURVE_LOW, CURVE_HIGH = 0.15, 0.85
"""The smoothstep that takes away the halo a guided filter leaves: below is clear, above is solid."""


class Refiner:
    """One camera's mattes, each fitted to its picture and steadied by those before. One thread at a time.

    Motion-adaptive smoothing, then a guided filter (He, Sun, Tang: Guided Image Filtering, 2010) steered by luma,
    then a smoothstep, all at the segmenter's size.
    """

    def __init__(self, height_px: int, width_px: int) -> None:
        self._size = (height_px, width_px)
        self._steady = np.zeros(self._size, np.float32)
        self._luma = np.zeros(self._size, np.float32)
        self._work = np.zeros((6, height_px, width_px), np.float32)
        t = np.clip((np.arange(256) / 255 - CURVE_LOW) / (CURVE_HIGH - CURVE_LOW), 0, 1)
        self._curve = np.rint(255 * t * t * (3 - 2 * t)).astype(np.uint8)
        self._first = True

    def reset(self) -> None:
        """Forget the past: at a cut, a new connection or a seek."""
        self._first = True

    def refine(self, raw: Field, rgb: NDArray[np.uint8]) -> Plane:
        """Return alpha 0 to 255, shape (h, w), from `raw` in [0, 1], shape (h, w), and its picture, shape (h, w, 3)."""
        if raw.shape != self._size or rgb.shape != (*self._size, 3):
            raise ValueError(f"a matte of {raw.shape} and a picture of {rgb.shape}, where {self._size} was agreed")
        alpha = np.empty(self._size, np.uint8)
        _refine(raw, rgb, self._first, self._steady, self._luma, self._work, self._curve, alpha)
        self._first = False
        return alpha


@numba.njit(nogil=True)
def _sum_columns(source: Field, row: int, radius: int, sums: Field, padded: Field) -> None:
    """Write the sums of rows `row` - `radius` to `row` + `radius`, edges held, to `padded`; `sums` holds the last."""
    last, width = source.shape[0] - 1, source.shape[1]
    if row == 0:
        sums[:] = 0
        for y in range(-radius, radius + 1):
            entering = source[min(max(y, 0), last)]
            for x in range(width):
                sums[x] += entering[x]
    else:
        entering, leaving = source[min(row + radius, last)], source[max(row - radius - 1, 0)]
        for x in range(width):
            sums[x] += entering[x] - leaving[x]
    for k in range(radius):
        padded[k], padded[radius + width + k] = sums[0], sums[width - 1]
    for x in range(width):
        padded[radius + x] = sums[x]


@numba.njit(nogil=True)
def _mean_5(source: Field, out: Field) -> None:
    """Write the mean over 5 x 5 pixels to `out`, which is not `source`. Written out, it becomes vector code."""
    sums, p = np.empty(source.shape[1], np.float32), np.empty(source.shape[1] + 4, np.float32)
    for y in range(source.shape[0]):
        _sum_columns(source, y, 2, sums, p)
        row = out[y]
        for x in range(row.shape[0]):
            row[x] = (p[x] + p[x + 1] + p[x + 2] + p[x + 3] + p[x + 4]) * np.float32(1 / 25)


@numba.njit(nogil=True)
def _mean_9(source: Field, out: Field) -> None:
    """Write the mean over 9 x 9 pixels to `out`, which is not `source`."""
    sums, p = np.empty(source.shape[1], np.float32), np.empty(source.shape[1] + 8, np.float32)
    for y in range(source.shape[0]):
        _sum_columns(source, y, 4, sums, p)
        row = out[y]
        for x in range(row.shape[0]):
            row[x] = (p[x] + p[x + 1] + p[x + 2] + p[x + 3] + p[x + 4] + p[x + 5] + p[x + 6] + p[x + 7]
                      + p[x + 8]) * np.float32(1 / 81)


@numba.njit(nogil=True)
def _follow(raw: Field, change: Field, steady: Field) -> None:
    """Move `steady` towards `raw`, faster where the picture changed or the alpha jumped."""
    for y in range(raw.shape[0]):
        for x in range(raw.shape[1]):
            step = raw[y, x] - steady[y, x]
            rate = np.float32(STILL_RATE) + change[y, x] * np.float32(255 / MOTION_LEVELS)
            rate = max(rate, (abs(step) - np.float32(JUMP)) * np.float32(3))
            steady[y, x] += min(rate, np.float32(1)) * step


@kernel(_FIELD_IN, types.Array(types.uint8, 3, "A", readonly=True), types.boolean, _FIELD, _FIELD,
        types.Array(types.float32, 3, "C"), types.Array(types.uint8, 1, "C", readonly=True),
        types.Array(types.uint8, 2, "C"))
def _refine(raw: Field, rgb: NDArray[np.uint8], first: bool, steady: Field, luma: Field, work: Field, curve: Plane,
            alpha: Plane) -> None:
    """Refine `raw` into `alpha`; `steady` and `luma` are kept from picture to picture. Luma: ITU-R BT.601 weights."""
    height, width = alpha.shape
    product, square, mean_l, mean_a, mean_la, mean_ll = work[0], work[1], work[2], work[3], work[4], work[5]
    for y in range(height):
        for x in range(width):
            now = (np.float32(rgb[y, x, 0]) * np.float32(0.299 / 255) + np.float32(rgb[y, x, 1])
                   * np.float32(0.587 / 255) + np.float32(rgb[y, x, 2]) * np.float32(0.114 / 255))
            product[y, x] = abs(now - luma[y, x])
            luma[y, x] = now
    if first:
        steady[:] = raw
    else:
        _mean_5(product, square)
        _follow(raw, square, steady)
    for y in range(height):
        for x in range(width):
            product[y, x] = luma[y, x] * steady[y, x]
            square[y, x] = luma[y, x] * luma[y, x]
    _mean_9(luma, mean_l)
    _mean_9(steady, mean_a)
    _mean_9(product, mean_la)
    _mean_9(square, mean_ll)
    for y in range(height):
        for x in range(width):
            covariance = mean_la[y, x] - mean_l[y, x] * mean_a[y, x]
            variance = mean_ll[y, x] - mean_l[y, x] * mean_l[y, x]
            slope = covariance / (variance + np.float32(EDGE_EPSILON))
            product[y, x] = slope
            square[y, x] = mean_a[y, x] - slope * mean_l[y, x]
    _mean_9(product, mean_la)
    _mean_9(square, mean_ll)
    for y in range(height):
        for x in range(width):
            fitted = mean_la[y, x] * luma[y, x] + mean_ll[y, x]
            alpha[y, x] = curve[np.int64(min(max(fitted, np.float32(0)), np.float32(1)) * np.float32(255)
                                         + np.float32(0.5))]
