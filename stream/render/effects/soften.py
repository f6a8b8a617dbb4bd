"""soften: blur and mosaic of a picture or a rectangle of it, on 8-bit planes."""

import numpy as np
from numba import types

from stream.media import Plane, VideoFrame
from stream.render.effects.frames import copy
from stream.render.jit import PLANE_IN, PLANE_OUT, kernel
from stream.timeline.program import Box

PASSES = 3
"""Three box blurs are nearly a Gaussian: deviation = radius roughly (boxes of 2 radius + 1 px)."""


def softened(frame: VideoFrame, x_px: float, y_px: float, box: Box | None = None) -> VideoFrame:
    """Return `frame` blurred over about `x_px` across and `y_px` down, inside `box` only; nothing from outside enters.

    Chroma is blurred where the box touches it, never its neighbours' samples.
    """
    out = copy(frame)
    for plane, shift in ((out.y, 0), (out.u, 1), (out.v, 1)):
        part = plane if box is None else inside(plane, box, shift)
        if part.size == 0:
            continue
        across, down = round(x_px / (1 + shift)), round(y_px / (1 + shift))
        other = np.empty_like(part)
        for _ in range(PASSES):
            if across > 0:
                _box_rows(part, min(across, part.shape[1]), other)
                part[:] = other
            if down > 0:
                _box_columns(part, min(down, part.shape[0]), other)
                part[:] = other
    return out


def mosaic(frame: VideoFrame, cell_px: int, box: Box | None = None) -> VideoFrame:
    """Return `frame` with `box` made of flat squares of `cell_px` (even)."""
    out = copy(frame)
    for plane, shift in ((out.y, 0), (out.u, 1), (out.v, 1)):
        part = plane if box is None else inside(plane, box, shift)
        if part.size:
            _flatten(part, max(cell_px >> shift, 1))
    return out


def inside(plane: Plane, box: Box, shift: int) -> Plane:
    """Return the view of `plane` that `box` (px of the picture) covers; of chroma what is wholly inside."""
    round_up = (1 << shift) - 1
    left, top = max(box.x_px, 0) + round_up >> shift, max(box.y_px, 0) + round_up >> shift
    right, bottom = max(box.x_px + box.width_px, 0) >> shift, max(box.y_px + box.height_px, 0) >> shift
    return plane[top:max(bottom, top), left:max(right, left)]


@kernel(PLANE_IN, types.int64, PLANE_OUT)
def _box_rows(plane: Plane, radius: int, out: Plane) -> None:
    width = plane.shape[1]
    size = 2 * radius + 1
    share = (1 << 24) // size + 1
    for row in range(plane.shape[0]):
        source, target = plane[row], out[row]
        total = np.int64(source[0]) * radius
        for x in range(radius):
            total += source[min(x, width - 1)]
        for x in range(width):
            total += source[min(x + radius, width - 1)]
            target[x] = ((total + radius) * share) >> 24
            total -= source[max(x - radius, 0)]


@kernel(PLANE_IN, types.int64, PLANE_OUT)
def _box_columns(plane: Plane, radius: int, out: Plane) -> None:
    height, width = plane.shape
    size = 2 * radius + 1
    share = (1 << 24) // size + 1
    sums = np.zeros(width, np.int64)
    for k in range(-radius, radius + 1):
        source = plane[min(max(k, 0), height - 1)]
        for x in range(width):
            sums[x] += source[x]
    for row in range(height):
        target = out[row]
        for x in range(width):
            target[x] = ((sums[x] + radius) * share) >> 24
        entering, leaving = plane[min(row + radius + 1, height - 1)], plane[max(row - radius, 0)]
        for x in range(width):
            sums[x] += np.int64(entering[x]) - np.int64(leaving[x])


@kernel(PLANE_OUT, types.int64)
def _flatten(part: Plane, cell: int) -> None:
    for top in range(0, part.shape[0], cell):
        for left in range(0, part.shape[1], cell):
            bottom, right = min(top + cell, part.shape[0]), min(left + cell, part.shape[1])
            total = np.int64(0)
            for y in range(top, bottom):
                for x in range(left, right):
                    total += part[y, x]
            count = (bottom - top) * (right - left)
            value = (total + count // 2) // count
            for y in range(top, bottom):
                for x in range(left, right):
                    part[y, x] = value
