"""blur: a picture made into a soft background for itself."""

from math import sqrt

import numpy as np
from numba import types
from numpy.typing import NDArray

from stream.media import Plane, VideoFrame, new_frame
from stream.render.compositor import Canvas
from stream.render.jit import PLANE_IN, PLANE_OUT, kernel
from stream.render.kernels import Indices, taps

Grid = NDArray[np.int32]
_GRID = types.Array(types.int32, 2, "C")
_EDGES = types.Array(types.int32, 1, "C", readonly=True)
PASSES, REACH = 3, 4
"""Three box blurs are nearly a Gaussian; with boxes of 2 * 4 + 1 cells its deviation is sqrt(4 * 5) cells."""
SMALLEST_CELL_PX = 4


def background(frame: VideoFrame, canvas: Canvas, radius: float) -> VideoFrame:
    """Return `frame`, any size and colour matrix, blurred and filling `canvas`, its middle kept where shapes differ.

    `radius`, about (0, 1], is how far a point spreads, two standard deviations, as a share of the canvas's height.
    The frame is averaged into cells (a few per deviation), the cells are blurred and then enlarged bilinearly.
    """
    deviation_px = max(radius, 0.0) * canvas.height_px / 2
    cell_px = max(deviation_px / sqrt(REACH * (REACH + 1)), SMALLEST_CELL_PX)
    reach = max(1, round(sqrt(0.25 + (deviation_px / cell_px) ** 2) - 0.5))
    columns = max(round(canvas.width_px / cell_px), 1)
    rows = max(round(canvas.height_px / cell_px), 1)
    grids = []
    for plane in (frame.y, frame.u, frame.v):
        x_edges, y_edges = _cover(plane.shape, canvas, columns, rows)
        grid, other = np.empty((rows, columns), np.int32), np.empty((rows, columns), np.int32)
        _average(plane, x_edges, y_edges, grid)
        for _ in range(PASSES):
            _box(grid, reach, other)
            grid, other = other, grid
        grids.append(grid)
    out = new_frame(canvas.width_px, canvas.height_px, pts_ns=frame.pts_ns)
    for grid, plane in zip(_to_bt709_limited(grids, frame), (out.y, out.u, out.v), strict=True):
        height, width = plane.shape
        _enlarge(grid, *taps(width, columns)[:2], *taps(height, rows)[:2], plane)
    return out


def _cover(shape: tuple[int, ...], canvas: Canvas, columns: int, rows: int) -> tuple[Indices, Indices]:
    """Where each cell begins in a plane, columns and rows: the largest middle part of the canvas's shape, divided."""
    height, width = shape
    used_width = min(width, max(round(height * canvas.width_px / canvas.height_px), 1))
    used_height = min(height, max(round(width * canvas.height_px / canvas.width_px), 1))
    left, top = (width - used_width) // 2, (height - used_height) // 2
    x = left + np.arange(columns + 1, dtype=np.int64) * used_width // columns
    y = top + np.arange(rows + 1, dtype=np.int64) * used_height // rows
    return x.astype(np.int32), y.astype(np.int32)


def _to_bt709_limited(grids: list[Grid], frame: VideoFrame) -> list[Grid]:
    """Convert cells, values times 256, to BT.709 limited: through R'G'B', ITU-R BT.601 and BT.709."""
    if frame.matrix == "bt709" and not frame.full_range:
        return grids
    low, luma_span, chroma_span = (0, 255, 255) if frame.full_range else (16, 219, 224)
    luma = (grids[0] / 256 - low) / luma_span
    blue, red = ((grid / 256 - 128) / chroma_span for grid in grids[1:])
    kr, kb = (0.299, 0.114) if frame.matrix == "bt601" else (0.2126, 0.0722)
    r, b = luma + 2 * (1 - kr) * red, luma + 2 * (1 - kb) * blue
    g = (luma - kr * r - kb * b) / (1 - kr - kb)
    luma = 0.2126 * r + 0.7152 * g + 0.0722 * b
    converted = (16 + 219 * luma, 128 + 224 * (b - luma) / 1.8556, 128 + 224 * (r - luma) / 1.5748)
    return [np.clip(np.rint(values * 256), 0, 255 * 256).astype(np.int32) for values in converted]


@kernel(PLANE_IN, _EDGES, _EDGES, _GRID)
def _average(plane: Plane, x_edges: Indices, y_edges: Indices, grid: Grid) -> None:
    """Write the mean, times 256, of the pixels in each cell; a cell smaller than a pixel takes the one it is in."""
    sums = np.empty(plane.shape[1], np.int32)
    for row in range(grid.shape[0]):
        top = min(y_edges[row], plane.shape[0] - 1)
        bottom = max(y_edges[row + 1], top + 1)
        sums[:] = 0
        for y in range(top, bottom):
            line = plane[y]
            for x in range(sums.shape[0]):
                sums[x] += line[x]
        for column in range(grid.shape[1]):
            left = min(x_edges[column], plane.shape[1] - 1)
            right = max(x_edges[column + 1], left + 1)
            total = np.int64(0)
            for x in range(left, right):
                total += sums[x]
            count = (right - left) * (bottom - top)
            grid[row, column] = (total * 256 + count // 2) // count


@kernel(_GRID, types.int64, _GRID)
def _box(grid: Grid, reach: int, out: Grid) -> None:
    """Blur `grid` by a box of (2 reach + 1) squared cells into `out`, the outer cells held; running sums both ways."""
    rows, columns = grid.shape
    share = (1 << 24) // (2 * reach + 1) + 1  # a shift is many times faster than a division
    sums, means = np.zeros(columns, np.int64), np.empty(columns + 2 * reach, np.int64)
    for row in range(-reach, reach + 1):
        entering = grid[min(max(row, 0), rows - 1)]
        for x in range(columns):
            sums[x] += entering[x]
    for row in range(rows):
        line = out[row]
        for x in range(columns):
            means[reach + x] = (sums[x] * share) >> 24
        means[:reach], means[reach + columns:] = means[reach], means[reach + columns - 1]
        total = np.int64(0)
        for x in range(2 * reach):
            total += means[x]
        for x in range(columns):
            total += means[x + 2 * reach]
            line[x] = (total * share) >> 24
            total -= means[x]
        entering, leaving = grid[min(row + reach + 1, rows - 1)], grid[max(row - reach, 0)]
        for x in range(columns):
            sums[x] += entering[x] - leaving[x]


@kernel(_GRID, _EDGES, _EDGES, _EDGES, _EDGES, PLANE_OUT)
def _enlarge(grid: Grid, x_index: Indices, x_weight: Indices, y_index: Indices, y_weight: Indices, out: Plane) -> None:
    """Enlarge cells, values times 256, bilinearly: each grid row once to full width, then between two of them."""
    rows, columns = grid.shape
    wide = np.empty((2, out.shape[1]), np.uint32)
    have = -1
    for y in range(out.shape[0]):
        upper = y_index[y]
        if upper != have:
            for z in range(2):
                source, target = grid[min(upper + z, rows - 1)], wide[z]
                for x in range(target.shape[0]):
                    k, w = x_index[x], x_weight[x]
                    target[x] = (source[k] * (256 - w) + source[min(k + 1, columns - 1)] * w) >> 8
            have = upper
        above, below, row = wide[0], wide[1], out[y]
        w = np.uint32(y_weight[y])
        for x in range(row.shape[0]):
            value = above[x] * (np.uint32(256) - w) + below[x] * w + np.uint32(32768)
            row[x] = np.uint8(value >> np.uint32(16))
