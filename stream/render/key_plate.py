"""key_plate: what colour a screen has where in the picture, measured in cells."""

import numba
import numpy as np
from numba import types
from numpy.typing import NDArray

from stream.media import Plane
from stream.render.jit import PLANE_IN, kernel

Field = NDArray[np.float32]
PLATE = types.Array(types.float32, 3, "C")

CELL = 16
"""The screen's own colour is measured in cells of so many chroma samples."""
PALEST = 10.0
"""A colour nearer to grey than this (in levels of Cb, Cr) is no screen, however its hue."""
SPREAD = 0.6
"""How far from the key's hue a screen may be: the tangent of the angle between them in the Cb, Cr plane."""


@numba.njit(nogil=True)
def _mean_near(base: Field, weight: Field, row: int, column: int, found: Field, known: Field) -> None:
    rows, columns = weight.shape
    total = np.float32(0)
    sum_y, sum_u, sum_v = np.float32(0), np.float32(0), np.float32(0)
    for i in range(max(row - 1, 0), min(row + 2, rows)):
        for j in range(max(column - 1, 0), min(column + 2, columns)):
            w = weight[i, j]
            total += w
            sum_y += w * base[0, i, j]
            sum_u += w * base[1, i, j]
            sum_v += w * base[2, i, j]
    if total > 0:
        found[0, row, column], found[1, row, column] = sum_y / total, sum_u / total
        found[2, row, column] = sum_v / total
        known[row, column] = np.float32(1)


@numba.njit(nogil=True)
def _spread(found: Field, known: Field) -> None:
    """Give unknown cells the mean of their known neighbours until all have one; then smooth once."""
    rows, columns = known.shape
    left = True
    while left:
        left = False
        before, base = known.copy(), found.copy()
        for row in range(rows):
            for column in range(columns):
                if before[row, column] > 0:
                    continue
                left = True
                _mean_near(base, before, row, column, found, known)
    base, all_known = found.copy(), np.ones_like(known)
    for row in range(rows):
        for column in range(columns):
            _mean_near(base, all_known, row, column, found, known)


@numba.njit(nogil=True, error_model="numpy")
def widen(plate: Field, width: int) -> Field:
    """Return one component of the plate, interpolated along its rows to `width` chroma samples."""
    rows, columns = plate.shape
    wide = np.empty((rows, width), np.float32)
    for row in range(rows):
        for k in range(-1, columns):
            a, b = plate[row, max(k, 0)], plate[row, min(k + 1, columns - 1)]
            first = k * CELL + CELL // 2
            step = (b - a) * np.float32(1 / CELL)
            for x in range(max(first, 0), min(first + CELL, width)):
                wide[row, x] = a + step * (np.float32(x - first) + np.float32(0.5))
    return wide


@numba.njit(nogil=True, error_model="numpy")
def plate_row(wide: Field, row: int, out: Field) -> None:
    """Interpolate between the rows of a widened plate for chroma row `row`."""
    rows = wide.shape[0]
    at = (np.float32(row) + np.float32(0.5)) * np.float32(1 / CELL) - np.float32(0.5)
    at = min(max(at, np.float32(0)), np.float32(rows - 1))
    upper = min(int(at), max(rows - 2, 0))
    above, below, w = wide[upper], wide[min(upper + 1, rows - 1)], at - np.float32(upper)
    for x in range(out.shape[0]):
        out[x] = above[x] + (below[x] - above[x]) * w


@kernel(PLANE_IN, PLANE_IN, PLANE_IN, types.float32, types.float32, PLATE)
def measure(y: Plane, u: Plane, v: Plane, to_u: float, to_v: float, plate: Field) -> None:
    """Write the screen's colour (Y, Cb - 128, Cr - 128) in each cell to `plate`; left as it is where no screen is seen.

    Samples of the key's hue (a unit vector) vote, the stronger the more, so edges and shadows hardly count. Cells
    that see the screen pale or not at all take what their neighbours have.
    """
    rows, columns = plate.shape[1], plate.shape[2]
    known, strength = np.zeros((rows, columns), np.float32), np.zeros(rows * columns, np.float32)
    found, count = np.zeros((3, rows, columns), np.float32), 0
    for row in range(rows):
        for column in range(columns):
            sum_w, sum_y, sum_u, sum_v = np.float32(0), np.float32(0), np.float32(0), np.float32(0)
            for i in range(row * CELL, min(row * CELL + CELL, u.shape[0]), 4):
                for j in range(column * CELL, min(column * CELL + CELL, u.shape[1]), 4):
                    cu, cv = np.float32(u[i, j]) - np.float32(128), np.float32(v[i, j]) - np.float32(128)
                    p, q = cu * to_u + cv * to_v, cv * to_u - cu * to_v
                    if p > np.float32(PALEST) and abs(q) < np.float32(SPREAD) * p:
                        w = p * p * np.float32(1e-4)
                        w = w * w
                        sum_w += w
                        sum_y += w * np.float32(y[min(2 * i, y.shape[0] - 1), min(2 * j, y.shape[1] - 1)])
                        sum_u += w * cu
                        sum_v += w * cv
            if sum_w > np.float32(0):
                found[0, row, column], found[1, row, column] = sum_y / sum_w, sum_u / sum_w
                found[2, row, column] = sum_v / sum_w
                known[row, column] = found[1, row, column] * to_u + found[2, row, column] * to_v
                strength[count] = known[row, column]
                count += 1
    if count * 100 < rows * columns:
        return
    usual = np.sort(strength[:count])[count * 3 // 5]
    for row in range(rows):
        for column in range(columns):
            is_known = known[row, column] > np.float32(0.5) * usual
            known[row, column] = np.float32(1) if is_known else np.float32(0)
    _spread(found, known)
    plate[:] = found
