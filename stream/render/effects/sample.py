"""sample: a picture read at other places: stretched, shifted by rows, bent over a mesh, split into its colours."""

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numba import types
from numpy.typing import NDArray

from stream.media import Plane, VideoFrame
from stream.render.effects.frames import like, limited
from stream.render.jit import PLANE_IN, PLANE_OUT, kernel

Places = NDArray[np.float64]
Fixed = NDArray[np.int32]
_PLACES = types.Array(types.int32, 1, "C", readonly=True)
_MESH = types.Array(types.int32, 2, "C", readonly=True)
CELL_PX = 8


def stretched(frame: VideoFrame, x: Places, y: Places, shift: Places | None = None) -> VideoFrame:
    """Return the picture whose pixel (i, j) is the source at (x[i] + shift[j], y[j]), in px, bilinear, edges held.

    Pixel centres are whole numbers; `shift` (px, one per row) may be left out. Alpha goes the same way.
    """
    out = like(frame)
    moved = np.zeros(frame.height_px) if shift is None else shift
    full, half = (_fixed(x), _fixed(y), _fixed(moved)), (_fixed(_chroma(x)), _fixed(_chroma(y)), _halves(moved))
    planes = [(frame.y, out.y, full), (frame.u, out.u, half), (frame.v, out.v, half)]
    if frame.a is not None and out.a is not None:
        planes.append((frame.a, out.a, full))
    for source, target, (columns, rows, shifts) in planes:
        _stretch(source, columns, rows, shifts, target)
    return out


def bent(frame: VideoFrame, place: Callable[[Places, Places], tuple[Places, Places]], *, fold: bool = False
         ) -> VideoFrame:
    """Return the picture whose point (x, y) is the source's at `place(x, y)`, both from the middle, height = 2.

    So y runs from -1 (top) to 1 and x over the same scale. `place` is asked at the corners of cells of CELL_PX, and
    must be smooth. Beyond the edges the picture is held, or, with `fold`, mirrored.
    """
    out, width, height = like(frame), frame.width_px, frame.height_px
    corners_x = (np.arange(-(-width // CELL_PX) + 1) * CELL_PX - width / 2) / (height / 2)
    corners_y = (np.arange(-(-height // CELL_PX) + 1) * CELL_PX - height / 2) / (height / 2)
    x, y = place(*np.meshgrid(corners_x, corners_y))
    mesh_x, mesh_y = (_mesh(value * (height / 2) + size / 2) for value, size in ((x, width), (y, height)))
    planes = [(frame.y, out.y, CELL_PX), (frame.u, out.u, CELL_PX // 2), (frame.v, out.v, CELL_PX // 2)]
    if frame.a is not None and out.a is not None:
        planes.append((frame.a, out.a, CELL_PX))
    for source, target, cell in planes:
        _bend(source, mesh_x, mesh_y, cell, int(fold), target)
    return out


def fringed(frame: VideoFrame, red_px: float, blue_px: float) -> VideoFrame:
    """Return the picture with its red moved right by `red_px` and its blue by `blue_px` (BT.709, whole px pairs)."""
    out = like(frame)
    red, blue = 2 * round(red_px / 2), 2 * round(blue_px / 2)
    _fringe(frame.y, frame.u, frame.v, red, blue, out.y, out.u, out.v)
    return out


def _fixed(values: Places) -> Fixed:
    return np.ascontiguousarray(np.clip(np.rint(values * 256), -(1 << 30), 1 << 30).astype(np.int32))


def _mesh(values: Places) -> Fixed:
    return _fixed(np.nan_to_num(values))


def _chroma(places: Places) -> Places:
    """Where chroma is read for luma's places; a pair that a seam parts follows its first."""
    first, second = places[::2], places[1::2]
    return np.where(np.abs(second - first) < 16, first + second - 1, 2 * first) / 4


def _halves(shift: Places) -> Fixed:
    return _fixed((shift[::2] + shift[1::2]) / 4)


@numba.njit(nogil=True)
def _at(plane: Plane, x: Any, y: Any) -> np.uint8:
    """The plane at (x, y) / 256, bilinear, edges held."""
    height, width = plane.shape
    x, y = min(max(x, 0), (width - 1) << 8), min(max(y, 0), (height - 1) << 8)
    i, j, p, q = x >> 8, y >> 8, x & 255, y & 255
    k, m = min(i + 1, width - 1), min(j + 1, height - 1)
    above = plane[j, i] * (256 - p) + plane[j, k] * p
    below = plane[m, i] * (256 - p) + plane[m, k] * p
    return np.uint8((above * (256 - q) + below * q + 32768) >> 16)


@numba.njit(nogil=True)
def _folded(value: Any, last: int) -> Any:
    value = abs(value) % (2 * last + 2)
    return 2 * last + 1 - value if value > last else value


@kernel(PLANE_IN, _PLACES, _PLACES, _PLACES, PLANE_OUT)
def _stretch(plane: Plane, x: Fixed, y: Fixed, shift: Fixed, out: Plane) -> None:
    for row in range(out.shape[0]):
        for column in range(out.shape[1]):
            out[row, column] = _at(plane, np.int64(x[column]) + shift[row], np.int64(y[row]))


@kernel(PLANE_IN, _MESH, _MESH, types.int64, types.int64, PLANE_OUT)
def _bend(plane: Plane, mesh_x: Fixed, mesh_y: Fixed, cell: int, fold: int, out: Plane) -> None:
    height, width = plane.shape
    half = 1 if cell < 8 else 0  # a chroma plane: its px are two of the mesh's
    scale, bits = (16, 8) if cell == 8 else (8, 6)
    for row in range(out.shape[0]):
        j = row // cell
        q = np.int64(2 * (row - j * cell) + 1)
        for i in range((out.shape[1] + cell - 1) // cell):
            left_x = mesh_x[j, i] * (scale - q) + mesh_x[j + 1, i] * q
            left_y = mesh_y[j, i] * (scale - q) + mesh_y[j + 1, i] * q
            step_x = mesh_x[j, i + 1] * (scale - q) + mesh_x[j + 1, i + 1] * q - left_x
            step_y = mesh_y[j, i + 1] * (scale - q) + mesh_y[j + 1, i + 1] * q - left_y
            for column in range(i * cell, min((i + 1) * cell, out.shape[1])):
                p = 2 * (column - i * cell) + 1
                x = ((left_x * scale + step_x * p) >> (bits + half)) - 128
                y = ((left_y * scale + step_y * p) >> (bits + half)) - 128
                if fold:
                    x, y = _folded(x, (width - 1) << 8), _folded(y, (height - 1) << 8)
                out[row, column] = _at(plane, x, y)


@kernel(PLANE_IN, PLANE_IN, PLANE_IN, types.int64, types.int64, PLANE_OUT, PLANE_OUT, PLANE_OUT)
def _fringe(y: Plane, u: Plane, v: Plane, red: int, blue: int, out_y: Plane, out_u: Plane, out_v: Plane) -> None:
    """R from `red` px to the left, G from here, B from `blue` px to the left; Y'CbCr of ITU-R BT.709, times 219 / 224.

    With p = u - 128, q = v - 128 on luma's scale: R = Y + 1.5397 q, B = Y + 1.8142 p, G = Y - 0.1831 p - 0.4577 q.
    """
    height, width = y.shape
    for row in range(height):
        for x in range(width):
            xr, xb = min(max(x - red, 0), width - 1), min(max(x - blue, 0), width - 1)
            j = row >> 1
            r = (np.int64(y[row, xr]) << 16) + 100906 * (np.int64(v[j, xr >> 1]) - 128)
            g = ((np.int64(y[row, x]) << 16) - 12000 * (np.int64(u[j, x >> 1]) - 128)
                 - 29996 * (np.int64(v[j, x >> 1]) - 128))
            b = (np.int64(y[row, xb]) << 16) + 118895 * (np.int64(u[j, xb >> 1]) - 128)
            luma = (13933 * r + 46871 * g + 4732 * b) >> 16
            out_y[row, x] = limited((luma + 32768) >> 16, 16, 235)
            if not (row & 1 or x & 1):
                p, q = (b - luma) * 10000 // 18142, (r - luma) * 10000 // 15397
                out_u[j, x >> 1] = limited(((p + 32768) >> 16) + 128, 16, 240)
                out_v[j, x >> 1] = limited(((q + 32768) >> 16) + 128, 16, 240)
