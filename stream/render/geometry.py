"""geometry: pictures turned, mirrored, moved through at fractions of a pixel, given another's brightness as alpha."""

from collections import OrderedDict
from dataclasses import replace
from functools import lru_cache
from math import ceil, cos, floor, radians, sin

import numba
import numpy as np
from numba import types
from numpy.typing import NDArray

from stream.media import Plane, Scaler, VideoFrame, mirrored, new_frame, planes_of, upright
from stream.render.jit import PLANE_IN, PLANE_OUT, kernel

Rect = tuple[float, float, float, float]
Indices = NDArray[np.int32]
Weights = NDArray[np.float32]
_INDICES = types.Array(types.int32, 1, "C", readonly=True)
_WEIGHTS = types.Array(types.float32, 2, "C", readonly=True)
LARGEST = 1.8
"""From so many source pixels to one of the picture on, the source is halved first."""
KEPT_HALVES = 4
_halves: "OrderedDict[int, tuple[VideoFrame, VideoFrame]]" = OrderedDict()
"""The last frames that were halved, by identity, and their halves: a still is halved once, not at every tick."""


def turn(frame: VideoFrame, rotate_deg: float, flip_x: bool, flip_y: bool) -> VideoFrame:
    """Return `frame` turned clockwise, then mirrored left-right (`flip_x`), upside down (`flip_y`).

    Quarters are exact. At other angles the result is the box around it, even in size, clear outside the picture.
    """
    quarters = round(rotate_deg / 90)
    if abs(rotate_deg - 90 * quarters) < 1e-9:
        frame = upright(frame, 90 * quarters % 360)
    else:
        frame = _tilted(frame, rotate_deg % 360)
    if flip_x and flip_y:
        return upright(frame, 180)
    return mirrored(frame) if flip_x else upright(mirrored(frame), 180) if flip_y else frame


def window(frame: VideoFrame, rect: Rect, width_px: int, height_px: int) -> VideoFrame:
    """Return the part `rect` = (x, y, width, height), in [0, 1] of `frame`, as a picture of `width_px` x `height_px`.

    The part may lie anywhere between pixels, so a moving one moves evenly. Bicubic (Catmull-Rom), its kernel
    widened where the picture becomes smaller, from a picture halved beforehand where it becomes much smaller; what
    sticks out shows the picture's edge. Matrix and range stay.
    """
    x, y, width, height = rect
    x, y, width, height = x * frame.width_px, y * frame.height_px, width * frame.width_px, height * frame.height_px
    while min(width / width_px, height / height_px) >= LARGEST:
        frame = _half(frame)
        x, y, width, height = x / 2, y / 2, width / 2, height / 2
    out = new_frame(width_px, height_px, alpha=frame.a is not None, matrix=frame.matrix, full_range=frame.full_range,
                    pts_ns=frame.pts_ns)
    out.index = frame.index
    for plane, target in zip(planes_of(frame), planes_of(out), strict=True):
        cell = 2 if plane is frame.u or plane is frame.v else 1  # pixels that a sample spans, here and there
        columns = _taps(target.shape[1], x / cell, width / width_px)
        rows = _taps(target.shape[0], y / cell, height / height_px)
        _resample(plane, *rows, *columns, target)
    return out


def with_alpha(frame: VideoFrame, mask: VideoFrame) -> VideoFrame:
    """Return `frame` with alpha from the brightness of `mask` (any size): white keeps, black clears.

    What `frame` has of alpha, and the mask of its own, stay in force.
    """
    scaled = _scaler().frame(mask, frame.width_px, frame.height_px, full_range=True)
    out = new_frame(frame.width_px, frame.height_px, alpha=True, matrix=frame.matrix, full_range=frame.full_range,
                    pts_ns=frame.pts_ns)
    out.index = frame.index
    out.y[:], out.u[:], out.v[:] = frame.y, frame.u, frame.v
    if out.a is not None:
        out.a[:] = scaled.y
        for alpha in (frame.a, scaled.a):
            if alpha is not None:
                weaken(alpha, out.a)
    return out


@lru_cache(maxsize=1)
def _scaler() -> Scaler:
    return Scaler(kept=4)


def _half(frame: VideoFrame) -> VideoFrame:
    known = _halves.get(id(frame))
    if known is not None and known[0] is frame:
        return known[1]
    width, height = (frame.width_px + 1) // 2, (frame.height_px + 1) // 2
    out = new_frame(width, height, alpha=frame.a is not None, matrix=frame.matrix, full_range=frame.full_range,
                    pts_ns=frame.pts_ns)
    for plane, target in zip(planes_of(frame), planes_of(out), strict=True):
        _resample(plane, *_halving(target.shape[0]), *_halving(target.shape[1]), target)
    out.index = frame.index
    _halves[id(frame)] = (frame, out)
    while len(_halves) > KEPT_HALVES:
        _halves.popitem(last=False)
    return out


@lru_cache(maxsize=16)
def _halving(size: int) -> tuple[Indices, Weights]:
    """The taps of a halving as sharp as the widened bicubic kernel is where `window` begins to halve."""
    weights = np.repeat(np.array([[-1], [9], [9], [-1]], np.float32) / np.float32(16), size, axis=1)
    return 2 * np.arange(size, dtype=np.int32) - 1, np.ascontiguousarray(weights)


@lru_cache(maxsize=16)
def _taps(size: int, start: float, scale: float) -> tuple[Indices, Weights]:
    """How `size` samples, each `scale` cells wide, the first from cell `start` on, are made of cells along one axis.

    Returns the first cell and the weights, shape (taps, size), which sum to 1.
    """
    wide = max(scale, 1.0)
    middle = start + (np.arange(size) + 0.5) * scale - 0.5
    first = np.floor(middle - 2 * wide).astype(np.int64) + 1
    count = ceil(4 * wide)
    t = np.abs(first + np.arange(count)[:, None] - middle) / wide
    weights = np.where(t < 1, 1.5 * t ** 3 - 2.5 * t ** 2 + 1,
                       np.where(t < 2, -0.5 * t ** 3 + 2.5 * t ** 2 - 4 * t + 2, 0))
    weights /= weights.sum(axis=0)
    return first.astype(np.int32), np.ascontiguousarray(weights, dtype=np.float32)


@numba.njit(nogil=True)
def _add_row(line: Plane, weight: np.float32, out: Weights) -> None:
    for x in range(out.shape[0]):
        out[x] += weight * np.float32(line[x])


@kernel(PLANE_IN, _INDICES, _WEIGHTS, _INDICES, _WEIGHTS, PLANE_OUT)
def _resample(plane: Plane, y_first: Indices, y_weight: Weights, x_first: Indices, x_weight: Weights,
              out: Plane) -> None:
    """Weigh rows, then columns, into `out`; beyond the edges the outer row or column counts."""
    rows, columns = plane.shape
    height, width = out.shape
    low = min(x_first[0], x_first[width - 1])
    span = max(x_first[0], x_first[width - 1]) + x_weight.shape[0] - low
    left, right = min(max(low, 0), columns - 1), min(max(low + span, 1), columns)
    right = max(right, left + 1)
    within, line, sums = np.empty(right - left, np.float32), np.empty(span, np.float32), np.empty(width, np.float32)
    start = x_first - np.int32(low)
    for row in range(height):
        within[:] = 0
        for k in range(y_weight.shape[0]):
            source = plane[min(max(y_first[row] + k, 0), rows - 1)]
            _add_row(source[left:right], y_weight[k, row], within)
        for x in range(span):
            line[x] = within[min(max(low + x - left, 0), right - left - 1)]
        sums[:] = np.float32(0.5)
        for k in range(x_weight.shape[0]):
            weights, shifted = x_weight[k], line[k:]
            for x in range(width):
                sums[x] += weights[x] * shifted[start[x]]
        target = out[row]
        for x in range(width):
            target[x] = np.uint8(np.int32(min(max(sums[x], np.float32(0)), np.float32(255))))


@kernel(PLANE_IN, PLANE_OUT)
def weaken(factor: Plane, alpha: Plane) -> None:
    """alpha = alpha * factor / 255, rounded."""
    for row in range(alpha.shape[0]):
        line, by = alpha[row], factor[row]
        for x in range(alpha.shape[1]):
            t = np.uint32(line[x]) * np.uint32(by[x]) + np.uint32(128)
            line[x] = np.uint8((t + (t >> np.uint32(8))) >> np.uint32(8))


def _tilted(frame: VideoFrame, rotate_deg: float) -> VideoFrame:
    angle = radians(rotate_deg)
    width, height, c, s = frame.width_px, frame.height_px, cos(angle), sin(angle)
    wide = max(2 * floor((abs(width * c) + abs(height * s)) / 2 + 0.5), 2)
    tall = max(2 * floor((abs(width * s) + abs(height * c)) / 2 + 0.5), 2)
    whole = frame if frame.a is not None else replace(frame, a=np.full(frame.y.shape, 255, np.uint8), av=None)
    out = new_frame(wide, tall, alpha=True, matrix=frame.matrix, full_range=frame.full_range, pts_ns=frame.pts_ns)
    out.index = frame.index
    for plane, target in zip(planes_of(whole), planes_of(out), strict=True):
        part = target.shape[1] / wide
        _tilt(plane, c, s, (width * part - 1) / 2, (height * part - 1) / 2, plane is whole.a, target)
    return out


@kernel(PLANE_IN, types.float64, types.float64, types.float64, types.float64, types.boolean, PLANE_OUT)
def _tilt(plane: Plane, c: float, s: float, middle_x: float, middle_y: float, clears: bool, out: Plane) -> None:
    """Turn `plane` clockwise around its middle, bilinearly; outside, its edge is held, or nothing is (`clears`)."""
    rows, columns = plane.shape
    height, width = out.shape
    for row in range(height):
        for column in range(width):
            dx, dy = column - (width - 1) / 2, row - (height - 1) / 2
            x, y = middle_x + dx * c + dy * s, middle_y - dx * s + dy * c
            at, down = int(np.floor(x)), int(np.floor(y))
            wx, wy = x - at, y - down
            total = 0.0
            for j in range(2):
                for i in range(2):
                    u, v = at + i, down + j
                    if clears and (u < 0 or v < 0 or u >= columns or v >= rows):
                        continue
                    value = plane[min(max(v, 0), rows - 1), min(max(u, 0), columns - 1)]
                    total += (wx if i else 1 - wx) * (wy if j else 1 - wy) * value
            out[row, column] = np.uint8(int(total + 0.5))
