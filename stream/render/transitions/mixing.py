"""mixing: draws a transition's Mix from the planes of two pictures, strip by strip."""

from typing import Any

import numpy as np
from numba import types
from numpy.typing import NDArray

from stream.media import Plane, VideoFrame, new_frame, planes_of
from stream.render.jit import PLANE_IN, PLANE_OUT, kernel
from stream.render.transitions.grid import Grid, Mix, Paint, Reals, Transition

STRIP_ROWS = 64
"""Rows drawn at a time, even: a strip's numbers stay in the processor's cache."""
BLACK = (16, 128, 128, 0)
_REALS = types.Array(types.float32, 2, "C", readonly=True)
Weights = NDArray[np.float32]


def mixed(transition: Transition, a: VideoFrame, b: VideoFrame, progress: float, seed: int) -> VideoFrame:
    """Return what `transition` shows at `progress` (above 0, below 1) of two pictures of one size, BT.709 limited."""
    out = new_frame(a.width_px, a.height_px, alpha=a.a is not None or b.a is not None, pts_ns=a.pts_ns)
    sources = planes_of(a), planes_of(b)
    if out.a is not None:
        sources = _premultiplied(a), _premultiplied(b)
    smaller: dict[tuple[int, int, int], Plane] = {}
    for is_chroma, indices in ((False, (0, 3) if out.a is not None else (0,)), (True, (1, 2))):
        height, width = sources[0][indices[0]].shape
        x = _centres(width)[None, :]
        y = _centres(height)[:, None]
        for top in range(0, height, STRIP_ROWS):
            rows = top, min(top + STRIP_ROWS, height)
            grid = Grid(x, y[rows[0]:rows[1]], a.width_px / a.height_px, 1 / height, seed, is_chroma, rows, sources)
            plan = transition(grid, progress)
            for index in reversed(indices):  # alpha first: the colours are divided by it
                _draw(plan, sources, index, rows, smaller, planes_of(out))
    return out


def _centres(count: int) -> Reals:
    return ((np.arange(count) + 0.5) / count).astype(np.float32)


def _draw(plan: Mix, sources: tuple[tuple[Plane, ...], ...], index: int, rows: tuple[int, int],
          smaller: dict[tuple[int, int, int], Plane], out: tuple[Plane, ...]) -> None:
    """Draw rows of one plane: look at both pictures, mix, darken, divide by alpha, paint."""
    shape = rows[1] - rows[0], out[index].shape[1]
    mix = _whole(plan.mix, shape)
    looked = []
    for which, points in enumerate((plan.a, plan.b)):
        plane = sources[which][index]
        if points is None:
            strip = plane[rows[0]:rows[1]]
        else:
            if plan.shrink:
                plane = _smaller(smaller, plane, (which, index, plan.shrink))
            strip = np.empty(shape, np.uint8)
            _look(plane, _whole(points[0], shape), _whole(points[1], shape), mix, 1 - which, strip)
        reach = round(plan.smear * shape[1] / 2)
        if reach:
            blurred = np.empty(shape, np.uint8)
            _smear(strip, reach, blurred)
            strip = blurred
        looked.append(strip)
    target = out[index][rows[0]:rows[1]]
    _cross(looked[0], looked[1], mix, target)
    gain = _gain(plan, index)
    if gain is not None:
        _scale(target, _whole(gain, shape), BLACK[index])
    if index != 3:
        if len(out) > 3:
            _divide(target, _alpha_of(out[3], rows, index), BLACK[index])
        if plan.paint is not None:
            _paint(target, *_coating(plan.paint, index, shape))


def _whole(values: Reals | float, shape: tuple[int, int]) -> Weights:
    return np.ascontiguousarray(np.broadcast_to(np.asarray(values, np.float32), shape))


def _gain(plan: Mix, index: int) -> Reals | None:
    """What a plane's distance from black is multiplied by; None when nothing changes."""
    gain = plan.cover
    if index != 3 and plan.light is not None:
        light = np.asarray(plan.light, np.float32)
        gain = light if gain is None else gain * light
    if index in (1, 2) and plan.saturation != 1:
        saturation = np.full((1, 1), plan.saturation, np.float32)
        gain = saturation if gain is None else gain * saturation
    return gain


def _coating(paint: Paint, index: int, shape: tuple[int, int]) -> tuple[Weights, Weights]:
    """A paint's values for a plane, in 8-bit levels, and its weights."""
    span, zero = (219, 16) if index == 0 else (224, 128)
    level = np.asarray(paint.color[index], np.float32) * np.float32(span) + np.float32(zero)
    return _whole(level, shape), _whole(paint.weight, shape)


def _alpha_of(alpha: Plane, rows: tuple[int, int], index: int) -> Plane:
    return alpha[rows[0]:rows[1]] if index == 0 else _halved(alpha[2 * rows[0]:2 * rows[1]])


def _premultiplied(frame: VideoFrame) -> tuple[Plane, ...]:
    """The planes of `frame` with every colour's distance from black multiplied by its alpha; alpha last."""
    alpha = frame.a if frame.a is not None else np.full(frame.y.shape, 255, np.uint8)
    if frame.a is None:
        return frame.y, frame.u, frame.v, alpha
    planes = []
    share = alpha.astype(np.float32) * np.float32(1 / 255)
    half = _halved(alpha).astype(np.float32) * np.float32(1 / 255)
    for index, plane in enumerate((frame.y, frame.u, frame.v)):
        made = plane.copy()
        _scale(made, half if index else share, BLACK[index])
        planes.append(made)
    return (*planes, alpha)


def _smaller(kept: dict[tuple[int, int, int], Plane], plane: Plane, key: tuple[int, int, int]) -> Plane:
    """`plane` halved as often as `key` says last; each made once."""
    if key not in kept:
        which, index, times = key
        larger = plane if times == 1 else _smaller(kept, plane, (which, index, times - 1))
        kept[key] = _halved(larger)
    return kept[key]


def _halved(plane: Plane) -> Plane:
    """The mean of every 2 x 2 pixels; a last odd row or column counts twice."""
    height, width = plane.shape
    out = np.empty(((height + 1) // 2, (width + 1) // 2), np.uint8)
    _halve(plane, out)
    return out


@kernel(PLANE_IN, PLANE_OUT)
def _halve(plane: Plane, out: Plane) -> None:
    last_row, last_column = plane.shape[0] - 1, plane.shape[1] - 1
    for row in range(out.shape[0]):
        upper, lower = plane[2 * row], plane[min(2 * row + 1, last_row)]
        for column in range(out.shape[1]):
            left, right = 2 * column, min(2 * column + 1, last_column)
            total = np.int32(upper[left]) + upper[right] + lower[left] + lower[right]
            out[row, column] = (total + 2) >> 2


@kernel(PLANE_IN, _REALS, _REALS, _REALS, types.int64, PLANE_OUT)
def _look(plane: Plane, xs: Weights, ys: Weights, mix: Weights, unseen: int, out: Plane) -> None:
    """Write what `plane` holds at points from 0 to 1, bilinear with 8-bit fractions, the border held beyond it.

    Where `mix` is `unseen` (1 for a, 0 for b) its value will not count, and is 0.
    """
    height, width = plane.shape
    span_x, span_y = np.float32(width * 256), np.float32(height * 256)
    most_x, most_y = np.float32((width - 1) * 256), np.float32((height - 1) * 256)
    half, zero = np.float32(127.5), np.float32(0)
    for row in range(out.shape[0]):
        for column in range(out.shape[1]):
            if mix[row, column] == unseen:
                out[row, column] = 0
                continue
            fx = np.int32(min(max(xs[row, column] * span_x - half, zero), most_x))
            fy = np.int32(min(max(ys[row, column] * span_y - half, zero), most_y))
            x, y, right, below = fx >> 8, fy >> 8, fx & 255, fy & 255
            next_x, next_y = min(x + 1, width - 1), min(y + 1, height - 1)
            upper = plane[y, x] * (256 - right) + plane[y, next_x] * right
            lower = plane[next_y, x] * (256 - right) + plane[next_y, next_x] * right
            out[row, column] = (upper * (256 - below) + lower * below + 32768) >> 16


@kernel(PLANE_IN, PLANE_IN, _REALS, PLANE_OUT)
def _cross(a: Plane, b: Plane, mix: Weights, out: Plane) -> None:
    """Write a and b mixed, weights taken to 1/256."""
    for row in range(out.shape[0]):
        for column in range(out.shape[1]):
            weight = np.int32(mix[row, column] * np.float32(256) + np.float32(0.5))
            out[row, column] = (np.int32(a[row, column]) * (256 - weight) + np.int32(b[row, column]) * weight
                                + 128) >> 8


@kernel(PLANE_OUT, _REALS, types.int64)
def _scale(plane: Plane, gain: Weights, black: int) -> None:
    """Multiply each value's distance from `black`, in place; gains up to 8, taken to 1/4096."""
    for row in range(plane.shape[0]):
        for column in range(plane.shape[1]):
            factor = np.int32(gain[row, column] * np.float32(4096) + np.float32(0.5))
            value: Any = ((np.int32(plane[row, column]) - np.int32(black)) * factor + 2048 >> 12) + np.int32(black)
            plane[row, column] = min(max(value, 0), 255)


@kernel(PLANE_OUT, PLANE_IN, types.int64)
def _divide(plane: Plane, alpha: Plane, black: int) -> None:
    """Undo the multiplication by `alpha`, in place: back to straight colours."""
    for row in range(plane.shape[0]):
        for column in range(plane.shape[1]):
            share = np.int32(alpha[row, column])
            if share == 0:
                plane[row, column] = black
            elif share < 255:
                distance = (np.int32(plane[row, column]) - np.int32(black)) * 255
                value: Any = (2 * distance + share) // (2 * share) + np.int32(black)
                plane[row, column] = min(max(value, 0), 255)


@kernel(PLANE_OUT, _REALS, _REALS)
def _paint(plane: Plane, level: Weights, weight: Weights) -> None:
    """Lay values in 8-bit levels over `plane`, in place, weights taken to 1/256."""
    for row in range(plane.shape[0]):
        for column in range(plane.shape[1]):
            share = np.int32(min(max(weight[row, column], np.float32(0)), np.float32(1)) * np.float32(256))
            if share:
                color = np.int32(min(max(level[row, column], np.float32(0)), np.float32(255)) + np.float32(0.5))
                plane[row, column] = (np.int32(plane[row, column]) * (256 - share) + color * share + 128) >> 8


@kernel(PLANE_IN, types.int64, PLANE_OUT)
def _smear(plane: Plane, reach: int, out: Plane) -> None:
    """Write each row blurred by a box of 2 reach + 1 pixels, the border held."""
    width = plane.shape[1]
    share = (1 << 24) // (2 * reach + 1) + 1
    for row in range(plane.shape[0]):
        line = plane[row]
        total: Any = np.int64(0)
        for x in range(-reach, reach + 1):
            total += line[min(max(x, 0), width - 1)]
        for x in range(width):
            out[row, x] = min((total * share) >> 24, 255)
            total += np.int64(line[min(x + reach + 1, width - 1)]) - np.int64(line[max(x - reach, 0)])
