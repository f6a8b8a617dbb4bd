"""kernels: the arithmetic on 4:2:0 planes: pictures, mattes and rasters laid over one another, all in integers."""

import numba
import numpy as np
from numba import types
from numpy.typing import NDArray

from stream.media import Plane
from stream.render.jit import PLANE_IN, PLANE_OUT, kernel

Indices = NDArray[np.int32]
_INDICES = types.Array(types.int32, 1, "C", readonly=True)
NONE = np.zeros((0, 0), np.uint8)
"""What `blend` is given for a matte or an alpha plane that is not there."""
CLEAR, MIXED, SOLID = 0, 1, 2


@numba.njit(nogil=True)
def _mix(over: np.uint8, under: np.uint8, alpha: np.uint8) -> np.uint8:
    """Return (over * alpha + under * (255 - alpha)) / 255 rounded to nearest, exactly."""
    a = np.uint32(alpha)
    t = np.uint32(over) * a + np.uint32(under) * (np.uint32(255) - a) + np.uint32(128)
    return np.uint8((t + (t >> np.uint32(8))) >> np.uint32(8))


@numba.njit(nogil=True)
def _mix_row(over: Plane, alpha: Plane, out: Plane) -> None:
    for x in range(out.shape[0]):
        out[x] = _mix(over[x], out[x], alpha[x])


@numba.njit(nogil=True)
def _copy_row(source: Plane, out: Plane) -> None:
    for x in range(out.shape[0]):
        out[x] = source[x]


@numba.njit(nogil=True)
def _weaken_row(factor: Plane, alpha: Plane) -> None:
    for x in range(alpha.shape[0]):
        alpha[x] = _mix(factor[x], np.uint8(0), alpha[x])


@numba.njit(nogil=True)
def _fade_row(opacity: np.uint8, alpha: Plane) -> None:
    for x in range(alpha.shape[0]):
        alpha[x] = _mix(opacity, np.uint8(0), alpha[x])


@numba.njit(nogil=True)
def _enlarge_row(low: NDArray[np.uint32], index: Indices, weight: Indices, out: Plane) -> None:
    """Interpolate `low`, a matte row times 256, between cells index[x] and index[x] + 1, weight[x] / 256 of the way."""
    for x in range(out.shape[0]):
        w = np.uint32(weight[x])
        t = low[index[x]] * (np.uint32(256) - w) + low[index[x] + 1] * w + np.uint32(32768)
        out[x] = np.uint8(t >> np.uint32(16))


@numba.njit(nogil=True)
def _find_runs(upper: Plane, lower: Plane, runs: Indices) -> int:
    """Split the strip between two matte rows into runs (first cell, end cell, kind); return how many there are.

    Cell k lies between the values k and k + 1 of both rows: CLEAR where all four are 0, SOLID where all are 255.
    """
    cells, count = upper.shape[0], 0
    for k in range(cells):
        after = min(k + 1, cells - 1)
        a, b, c, d = upper[k], upper[after], lower[k], lower[after]
        kind = CLEAR if (a | b | c | d) == 0 else SOLID if (a & b & c & d) == 255 else MIXED
        if count and runs[count - 1, 2] == kind:
            runs[count - 1, 1] = k + 1
        else:
            runs[count, 0], runs[count, 1], runs[count, 2] = k, k + 1, kind
            count += 1
    return count


@numba.njit(nogil=True)
def _enlarge_down(upper: Plane, lower: Plane, weight: int, runs: Indices, count: int, low: NDArray[np.uint32]) -> None:
    """Interpolate between two matte rows, times 256, where a mixed run needs it; the last value is held."""
    w = np.uint32(weight)
    cells = upper.shape[0]
    for run in range(count):
        if runs[run, 2] == MIXED:
            for k in range(runs[run, 0], min(runs[run, 1] + 1, cells)):
                low[k] = np.uint32(upper[k]) * (np.uint32(256) - w) + np.uint32(lower[k]) * w
    low[cells] = low[cells - 1]


@numba.njit(nogil=True)
def _blend_luma(source: Plane, out: Plane, alpha: Plane, opacity: int, a: Plane, runs: Indices, count: int,
                low: NDArray[np.uint32], x_index: Indices, x_weight: Indices, ends: Indices) -> tuple[int, int]:
    """Blend one row, leaving its `alpha` for the chroma; return the half-open range where it is not clear.

    `source`, `out`, `alpha`, `a` (empty: none) and the x tables start at the same pixel; ends[run] is where a run ends.
    """
    width, first, lo, hi = out.shape[0], 0, out.shape[0], 0
    for run in range(count):
        end, kind = min(max(ends[run], first), width), runs[run, 2]
        if end == first:
            continue
        part = alpha[first:end]
        if kind == CLEAR:
            part[:] = 0
        else:
            lo, hi = min(lo, first), end
            if kind == SOLID:
                part[:] = 255
            else:
                _enlarge_row(low, x_index[first:end], x_weight[first:end], part)
            if opacity < 255:
                _fade_row(np.uint8(opacity), part)
            if a.shape[0]:
                _weaken_row(a[first:end], part)
            if kind == SOLID and opacity == 255 and a.shape[0] == 0:
                _copy_row(source[first:end], out[first:end])
            else:
                _mix_row(source[first:end], part, out[first:end])
        first = end
    return lo, hi


@numba.njit(nogil=True)
def _halve_alpha(upper: Plane, lower: Plane, out: Plane) -> None:
    for x in range(out.shape[0]):
        total = (np.uint32(upper[2 * x]) + np.uint32(upper[2 * x + 1]) + np.uint32(lower[2 * x])
                 + np.uint32(lower[2 * x + 1]) + np.uint32(2))
        out[x] = np.uint8(total >> np.uint32(2))


@numba.njit(nogil=True)
def _blend_chroma(source: Plane, out: Plane, alpha: Plane, start: int, shift: int) -> None:
    """Blend one chroma row from cell `start` on; the picture's cell is the canvas's minus `shift`."""
    end = start + alpha.shape[0]
    known = min(end, shift + source.shape[0])  # at an odd position one cell more is touched than the picture has
    _mix_row(source[start - shift:known - shift], alpha[:known - start], out[start:known])
    for x in range(known, end):
        out[x] = _mix(source[source.shape[0] - 1], out[x], alpha[x - start])


@kernel(PLANE_OUT, PLANE_OUT, PLANE_OUT, PLANE_IN, PLANE_IN, PLANE_IN, types.int64, types.int64, types.int64, PLANE_IN,
        PLANE_IN, _INDICES, _INDICES, _INDICES, _INDICES, _INDICES)
def blend(out_y: Plane, out_u: Plane, out_v: Plane, y: Plane, u: Plane, v: Plane, left: int, top: int, opacity: int,
          a: Plane, matte: Plane, x_index: Indices, x_weight: Indices, x_first: Indices, y_index: Indices,
          y_weight: Indices) -> None:
    """Lay the picture y, u, v over `out`, in place, with its top left pixel at (`left`, `top`); what sticks out is cut.

    Its alpha is the product of `opacity` (0 to 255), `a` (straight alpha, the picture's size, or NONE) and `matte`
    (any size, enlarged bilinearly by the tables of `taps`, or NONE). A chroma sample takes the mean alpha of its 2 x 2
    pixels. Every division by 255 is rounded to nearest.
    """
    height, width = out_y.shape
    x0, x1 = max(left, 0), min(left + y.shape[1], width)
    y0, y1 = max(top, 0), min(top + y.shape[0], height)
    if x0 >= x1 or y0 >= y1:
        return
    edge, start = x0 & 1, x0 >> 1
    alpha = np.zeros((2, edge + x1 - x0 + 1 & ~1), np.uint8)
    alpha2 = np.empty(alpha.shape[1] // 2, np.uint8)
    cells = matte.shape[1]
    low = np.empty(cells + 1, np.uint32)
    runs, ends = np.empty((cells + 1, 3), np.int32), np.empty(cells + 1, np.int32)
    runs[0, 2], ends[0], count, strip = SOLID, x1 - x0, 1, -1
    index, weight = x_index[x0 - left:], x_weight[x0 - left:]
    for pair in range(y0 >> 1, (y1 + 1) >> 1):
        lo, hi = x1 - x0, 0
        for row in range(2 * pair, 2 * pair + 2):
            line = alpha[row & 1]
            if row < y0 or row >= y1:
                line[:] = 0
                continue
            at = row - top
            if cells:
                upper, lower = matte[y_index[at]], matte[min(y_index[at] + 1, matte.shape[0] - 1)]
                if y_index[at] != strip:
                    strip, count = y_index[at], _find_runs(upper, lower, runs)
                    for run in range(count):
                        ends[run] = left + x_first[runs[run, 1]] - x0
                _enlarge_down(upper, lower, y_weight[at], runs, count, low)
            some_a = a[at, x0 - left:] if a.shape[0] else y[at, :0]
            first, end = _blend_luma(y[at, x0 - left:], out_y[row, x0:x1], line[edge:], opacity, some_a, runs, count,
                                     low, index, weight, ends)
            lo, hi = min(lo, first), max(hi, end)
        if lo >= hi:
            continue
        if width & 1 and x1 == width:
            alpha[:, -1] = alpha[:, -2]
        if 2 * pair + 1 == height:
            alpha[1, :] = alpha[0, :]
        lo, hi = (lo + edge) >> 1, (hi + edge + 1) >> 1
        _halve_alpha(alpha[0, 2 * lo:], alpha[1, 2 * lo:], alpha2[lo:hi])
        at = min(pair - (top >> 1), u.shape[0] - 1)
        _blend_chroma(u[at], out_u[pair], alpha2[lo:hi], start + lo, left >> 1)
        _blend_chroma(v[at], out_v[pair], alpha2[lo:hi], start + lo, left >> 1)


@kernel(PLANE_OUT, PLANE_IN, PLANE_IN)
def lay(out: Plane, premultiplied: Plane, inverse_alpha: Plane) -> None:
    """out = premultiplied + out * inverse_alpha / 255, in place; all of one shape."""
    for row in range(out.shape[0]):
        target, ink, keep = out[row], premultiplied[row], inverse_alpha[row]
        for x in range(out.shape[1]):
            target[x] = np.uint8(np.uint32(ink[x]) + np.uint32(_mix(target[x], np.uint8(0), keep[x])))


def taps(size_px: int, cells: int, part: tuple[int, int, int] | None = None) -> tuple[Indices, Indices, Indices]:
    """Return how `size_px` pixels read a matte of `cells` values along one axis: (index, weight, first).

    Pixel x lies weight[x] / 256 of the way from cell index[x] to the next; first[k] is the first pixel whose index is
    at least k (k up to `cells`, where it is `size_px`). Centres meet centres, and beyond the outer ones the matte is
    held. `part` = (start, length, of) says that the pixels show only [start, start + length) of a source `of` px long
    that the matte covers whole.
    """
    start, length, of = part or (0, size_px, size_px)
    x = np.arange(size_px, dtype=np.int64)
    place = (2 * start * size_px + (2 * x + 1) * length) * cells * 128 // (size_px * of) - 128
    place = np.clip(place, 0, (cells - 1) * 256)
    index = (place >> 8).astype(np.int32)
    first = np.searchsorted(index, np.arange(cells + 1)).astype(np.int32)
    return index, (place & 255).astype(np.int32), first
