"""frames: the small arithmetic of whole pictures that every effect begins or ends with."""

from typing import Any

import numba
import numpy as np
from numba import types
from numpy.typing import NDArray

from stream.media import Plane, VideoFrame, new_frame, planes_of
from stream.render.jit import PLANE_IN, PLANE_OUT, kernel

Table = NDArray[np.uint8]
_TABLE = types.Array(types.uint8, 1, "C", readonly=True)
BLACK, WHITE, GREY = 16, 235, 128


def like(frame: VideoFrame, *, alpha: bool | None = None) -> VideoFrame:
    """Return a new frame of the same size and time with undefined colours; its alpha is a copy of the frame's.

    `alpha` True makes a frame with alpha where there was none (255 everywhere).
    """
    wanted = frame.a is not None if alpha is None else alpha
    out = new_frame(frame.width_px, frame.height_px, alpha=wanted, matrix=frame.matrix, full_range=frame.full_range,
                    pts_ns=frame.pts_ns)
    out.index = frame.index
    if out.a is not None:
        out.a[:] = 255 if frame.a is None else frame.a
    return out


def copy(frame: VideoFrame) -> VideoFrame:
    """Return a writable copy of `frame`."""
    out = like(frame)
    for target, plane in zip(planes_of(out), planes_of(frame), strict=True):
        target[:] = plane
    return out


def evened(frame: VideoFrame) -> VideoFrame:
    """Return a copy of `frame` with even sizes, its last column and row repeated where they are odd."""
    width, height = frame.width_px, frame.height_px
    out = new_frame(width + (width & 1), height + (height & 1), alpha=frame.a is not None, matrix=frame.matrix,
                    full_range=frame.full_range, pts_ns=frame.pts_ns)
    out.index = frame.index
    for target, plane in zip(planes_of(out), planes_of(frame), strict=True):
        rows, columns = plane.shape
        target[:rows, :columns] = plane
        target[:rows, columns:] = plane[:, -1:]
        target[rows:] = target[rows - 1]
    return out


def trimmed(frame: VideoFrame, width_px: int, height_px: int) -> VideoFrame:
    """Return the top left of `frame`, at most a pixel smaller, as a frame of its own."""
    out = new_frame(width_px, height_px, alpha=frame.a is not None, matrix=frame.matrix, full_range=frame.full_range,
                    pts_ns=frame.pts_ns)
    out.index = frame.index
    for target, plane in zip(planes_of(out), planes_of(frame), strict=True):
        target[:] = plane[:target.shape[0], :target.shape[1]]
    return out


def fill(frame: VideoFrame, luma: int = BLACK, u: int = GREY, v: int = GREY) -> None:
    """Paint a frame of one's own in one colour."""
    frame.y[:], frame.u[:], frame.v[:] = luma, u, v


def yuv(color: tuple[float, float, float]) -> tuple[int, int, int]:
    """Return R'G'B', each in [0, 1], as BT.709 limited 8-bit Y, U, V (ITU-R BT.709)."""
    red, green, blue = color
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return round(16 + 219 * luma), round(128 + 224 * (blue - luma) / 1.8556), round(128 + 224 * (red - luma) / 1.5748)


def mixed(under: VideoFrame, over: VideoFrame, weight: Plane | float) -> VideoFrame:
    """Return `over` laid on `under` of the same size; `weight` is a share in [0, 1] or an (h, w) plane, 255 = over.

    The result has the alpha of `under`.
    """
    out = like(under)
    if not isinstance(weight, np.ndarray):
        weight = np.broadcast_to(np.uint8(round(255 * min(max(weight, 0.0), 1.0))), under.y.shape)
    half = halved(weight)
    for a, b, w, target in ((under.y, over.y, weight, out.y), (under.u, over.u, half, out.u),
                            (under.v, over.v, half, out.v)):
        _mix(a, b, w, target)
    return out


def halved(plane: Plane) -> Plane:
    """Return the mean of each 2 x 2 of a plane with even sizes, as chroma is placed."""
    wide = plane.astype(np.uint16)
    return ((wide[::2, ::2] + wide[1::2, ::2] + wide[::2, 1::2] + wide[1::2, 1::2] + 2) >> 2).astype(np.uint8)


def toned(frame: VideoFrame, luma: Table, matrix: tuple[float, float, float, float] = (1, 0, 0, 1),
          offset: tuple[float, float] = (0, 0)) -> VideoFrame:
    """Return `frame` with luma read from a table of 256 and (u, v) about 128 turned by a 2 x 2 matrix, then moved."""
    out = like(frame)
    a, b, c, d = (round(256 * value) for value in matrix)
    u0, v0 = (round(256 * value) for value in offset)
    _tone_luma(frame.y, np.ascontiguousarray(luma), out.y)
    _tone_chroma(frame.u, frame.v, a, b, c, d, u0, v0, out.u, out.v)
    return out


def luma_table(gain: float = 1.0, lift: float = 0.0, gamma: float = 1.0) -> Table:
    """Return a table for `toned`: luma in [0, 1] becomes gain * luma ** gamma + lift, kept in 16 to 235."""
    luma = np.clip((np.arange(256) - 16) / 219, 0, 1)
    return np.clip(np.rint(16 + 219 * (gain * luma ** gamma + lift)), BLACK, WHITE).astype(np.uint8)


@numba.njit(nogil=True)
def limited(value: Any, low: int, high: int) -> np.uint8:
    """The whole number `value`, in a kernel, kept in [low, high]."""
    return np.uint8(min(max(value, low), high))


@kernel(PLANE_IN, PLANE_IN, PLANE_IN, PLANE_OUT)
def _mix(under: Plane, over: Plane, weight: Plane, out: Plane) -> None:
    for row in range(out.shape[0]):
        a, b, w, target = under[row], over[row], weight[row], out[row]
        for x in range(target.shape[0]):
            part = np.uint32(w[x])
            t = np.uint32(b[x]) * part + np.uint32(a[x]) * (np.uint32(255) - part) + np.uint32(128)
            target[x] = np.uint8((t + (t >> np.uint32(8))) >> np.uint32(8))


@kernel(PLANE_IN, _TABLE, PLANE_OUT)
def _tone_luma(plane: Plane, table: Table, out: Plane) -> None:
    for row in range(out.shape[0]):
        source, target = plane[row], out[row]
        for x in range(target.shape[0]):
            target[x] = table[source[x]]


@kernel(PLANE_IN, PLANE_IN, types.int64, types.int64, types.int64, types.int64, types.int64, types.int64, PLANE_OUT,
        PLANE_OUT)
def _tone_chroma(u: Plane, v: Plane, a: int, b: int, c: int, d: int, u0: int, v0: int, out_u: Plane,
                 out_v: Plane) -> None:
    for row in range(u.shape[0]):
        for x in range(u.shape[1]):
            p, q = np.int64(u[row, x]) - 128, np.int64(v[row, x]) - 128
            out_u[row, x] = limited(((a * p + b * q + u0 + 128) >> 8) + 128, 16, 240)
            out_v[row, x] = limited(((c * p + d * q + v0 + 128) >> 8) + 128, 16, 240)
