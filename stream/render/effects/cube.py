"""cube: a colour grade as one look-up from Y, U, V to Y, U, V, so that a picture stays 4:2:0."""

from functools import lru_cache

import numpy as np
from numba import types
from numpy.typing import NDArray

from stream.media import Plane, VideoFrame
from stream.render.effects.frames import like
from stream.render.effects.grading import Grade, graded
from stream.render.jit import PLANE_IN, PLANE_OUT, kernel

SIDE, STEP = 33, 8
SCALE = 64
Cube = NDArray[np.uint16]
_CUBE = types.Array(types.uint16, 1, "C", readonly=True)


def through(frame: VideoFrame, grade: Grade) -> VideoFrame:
    """Return `frame` in the grade's colours (its vignette is not a colour: see `filters`)."""
    out = like(frame)
    _look_up(frame.y, frame.u, frame.v, *_cubes(grade), out.y, out.u, out.v)
    return out


@lru_cache(maxsize=24)
def _cubes(grade: Grade) -> tuple[Cube, Cube, Cube]:
    """Tables (u cell, v cell, y; flat) of Y, U and V out, times SCALE: every luma, chroma at each STEP.

    ITU-R BT.709, limited range both ways; luma is tabulated whole, so that only chroma is interpolated.
    """
    chroma = (np.arange(SIDE) * STEP - 128) / 224
    luma = (np.arange(256) - 16) / 219
    blue, red, y = (a.astype(np.float32) for a in np.meshgrid(chroma, chroma, luma, indexing="ij"))
    r, b = y + np.float32(1.5748) * red, y + np.float32(1.8556) * blue
    g = (y - np.float32(0.2126) * r - np.float32(0.0722) * b) / np.float32(0.7152)
    r, g, b = graded(np.stack([r, g, b]), grade)
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    planes = 16 + 219 * y, 128 + 224 * (b - y) / 1.8556, 128 + 224 * (r - y) / 1.5748
    highest = 235, 240, 240
    first, second, third = (np.rint(np.clip(p, 16, high) * SCALE).astype(np.uint16).ravel()
                            for p, high in zip(planes, highest, strict=True))
    return first, second, third


@kernel(PLANE_IN, PLANE_IN, PLANE_IN, _CUBE, _CUBE, _CUBE, PLANE_OUT, PLANE_OUT, PLANE_OUT)
def _look_up(y: Plane, u: Plane, v: Plane, cube_y: Cube, cube_u: Cube, cube_v: Cube, out_y: Plane, out_u: Plane,
             out_v: Plane) -> None:
    """One chroma sample at a time: its weights are shared by its four luma samples. Indices are unsigned: faster."""
    height, width = y.shape
    half, eight, line = np.uint32(1 << 11), np.uint32(8), np.uint64(256)
    down = np.uint64(SIDE * 256)
    for row in range(u.shape[0]):
        top = 2 * row
        above, below = y[top], y[min(top + 1, height - 1)]
        out_above, out_below = out_y[top], out_y[min(top + 1, height - 1)]
        for x in range(u.shape[1]):
            cu, cv = np.uint32(u[row, x]), np.uint32(v[row, x])
            p, q = cu & np.uint32(7), cv & np.uint32(7)
            w00, w01, w10, w11 = (eight - p) * (eight - q), (eight - p) * q, p * (eight - q), p * q
            at = np.uint64(cu >> np.uint32(3)) * down + np.uint64(cv >> np.uint32(3)) * line
            left = 2 * x
            right = min(left + 1, width - 1)
            total = np.uint32(2)
            for part in range(4):
                source = above if part < 2 else below
                target = out_above if part < 2 else out_below
                column = right if part & 1 else left
                luma = source[column]
                total += np.uint32(luma)
                k = at + np.uint64(luma)
                target[column] = (np.uint32(cube_y[k]) * w00 + np.uint32(cube_y[k + line]) * w01
                                  + np.uint32(cube_y[k + down]) * w10 + np.uint32(cube_y[k + down + line]) * w11
                                  + half) >> np.uint32(12)
            k = at + np.uint64(total >> np.uint32(2))
            out_u[row, x] = (np.uint32(cube_u[k]) * w00 + np.uint32(cube_u[k + line]) * w01
                             + np.uint32(cube_u[k + down]) * w10 + np.uint32(cube_u[k + down + line]) * w11
                             + half) >> np.uint32(12)
            out_v[row, x] = (np.uint32(cube_v[k]) * w00 + np.uint32(cube_v[k + line]) * w01
                             + np.uint32(cube_v[k + down]) * w10 + np.uint32(cube_v[k + down + line]) * w11
                             + half) >> np.uint32(12)
