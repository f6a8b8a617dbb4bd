"""light: a picture darkened, lit and strewn with small shapes: smooth maps enlarged, sprites laid on."""

import numpy as np
from numba import types
from numpy.typing import NDArray

from stream.media import Plane, VideoFrame
from stream.render.effects.frames import BLACK, GREY, like, limited, yuv
from stream.render.jit import PLANE_IN, PLANE_OUT, kernel
from stream.render.kernels import taps

Map = NDArray[np.float64]
Grid = NDArray[np.int32]
Rgb = tuple[float, float, float]
_GRID = types.Array(types.int32, 2, "C", readonly=True)
_TAPS = types.Array(types.int32, 1, "C", readonly=True)


def grid(frame: VideoFrame, cell_px: int = 8) -> tuple[Map, Map]:
    """Return x and y of a map's cells, from the middle: y from -1 (top) to 1, x on the same scale.

    `cell_px` is a cell's side at 1080 lines: the map is as fine at any size.
    """
    cell = max(round(cell_px * frame.height_px / 1080), 1)
    columns, rows = -(-frame.width_px // cell), -(-frame.height_px // cell)
    aspect = frame.width_px / frame.height_px
    x = ((np.arange(columns) + 0.5) * 2 / columns - 1) * aspect
    y = (np.arange(rows) + 0.5) * 2 / rows - 1
    across, down = np.meshgrid(x, y)
    return across, down


def shaded(frame: VideoFrame, gain: Map | float = 1.0, light: tuple[Map, Rgb] | Map | None = None) -> VideoFrame:
    """Return `frame` times `gain`, plus `light`: one map in a colour, or (3, rows, columns) of R', G', B', in [0, 1].

    Maps may have any size; they are enlarged bilinearly.
    """
    out = like(frame)
    some = light[0] if isinstance(light, tuple) else light
    shape = gain.shape if isinstance(gain, np.ndarray) else (1, 1) if some is None else some.shape[-2:]
    factor = _grid(np.broadcast_to(np.clip(np.asarray(gain, np.float64), 0, 16), shape))
    adds = _added(light, shape)
    for source, target, add, base in ((frame.y, out.y, adds[0], BLACK), (frame.u, out.u, adds[1], GREY),
                                      (frame.v, out.v, adds[2], GREY)):
        height, width = source.shape
        x, y = taps(width, shape[1])[:2], taps(height, shape[0])[:2]
        _shade(source, factor, add, *x, *y, base, target)
    return out


def _added(light: tuple[Map, Rgb] | Map | None, shape: tuple[int, ...]) -> list[Grid]:
    if light is None:
        return [np.zeros(shape, np.int32)] * 3
    rgb = np.stack([light[0] * value for value in light[1]]) if isinstance(light, tuple) else light
    luma = 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]
    return [_grid(219 * luma), _grid(224 * (rgb[2] - luma) / 1.8556), _grid(224 * (rgb[0] - luma) / 1.5748)]


def _grid(values: Map) -> Grid:
    return np.ascontiguousarray(np.rint(np.clip(values, -1000, 1000) * 256).astype(np.int32))


def stamp(out: VideoFrame, sprite: Plane, x_px: float, y_px: float, color: Rgb, strength: float = 1.0) -> None:
    """Lay `sprite` (h, w; 255 = covers) in `color` on a frame of one's own, its middle at (x_px, y_px)."""
    left, top = round(x_px - sprite.shape[1] / 2), round(y_px - sprite.shape[0] / 2)
    luma, u, v = yuv(color)
    level = round(256 * min(max(strength, 0.0), 1.0))
    if level:
        _stamp(out.y, out.u, out.v, sprite, left, top, luma, u, v, level)


@kernel(PLANE_IN, _GRID, _GRID, _TAPS, _TAPS, _TAPS, _TAPS, types.int32, PLANE_OUT)
def _shade(plane: Plane, gain: Grid, add: Grid, xi: Grid, xw: Grid, yi: Grid, yw: Grid, base: int,
           out: Plane) -> None:
    """Each row of the maps is enlarged to full width once; a pixel lies between two of them (32 bits suffice)."""
    rows, columns = gain.shape
    wide, kept = np.empty((2, 2, out.shape[1]), np.int32), np.full(2, -1)  # [row & 1, gain or light]; which rows
    low, high = 16, 235 if base == 16 else 240
    for row in range(out.shape[0]):
        first = np.int64(yi[row])
        last = np.int64(min(first + 1, rows - 1))
        for j in (first, last):
            if kept[j & 1] != j:
                kept[j & 1] = j
                for k in range(2):
                    source, target = (add if k else gain)[j], wide[j & 1, k]
                    for x in range(target.shape[0]):
                        i, p = xi[x], xw[x]
                        target[x] = (source[i] * (256 - p) + source[min(i + 1, columns - 1)] * p) >> 8
        gain_above, gain_below = wide[first & 1, 0], wide[last & 1, 0]
        add_above, add_below = wide[first & 1, 1], wide[last & 1, 1]
        w = np.int32(yw[row])
        v = np.int32(256) - w
        here, there = plane[row], out[row]
        for x in range(there.shape[0]):
            g = gain_above[x] * v + gain_below[x] * w
            s = add_above[x] * v + add_below[x] * w
            value = base + (((np.int32(here[x]) - base) * g + s + np.int32(32768)) >> np.int32(16))
            there[x] = limited(value, low, high)


@kernel(PLANE_OUT, PLANE_OUT, PLANE_OUT, PLANE_IN, types.int64, types.int64, types.int64, types.int64, types.int64,
        types.int64)
def _stamp(y: Plane, u: Plane, v: Plane, sprite: Plane, left: int, top: int, luma: int, cu: int, cv: int,
           level: int) -> None:
    height, width = sprite.shape
    for row in range(max(top, 0), min(top + height, y.shape[0])):
        for x in range(max(left, 0), min(left + width, y.shape[1])):
            a = np.int64(sprite[row - top, x - left]) * level
            if a:
                y[row, x] = (np.int64(y[row, x]) * (65280 - a) + luma * a + 32640) // 65280
    for row in range(max(top, 0) >> 1, min((top + height + 1) >> 1, u.shape[0])):
        for x in range(max(left, 0) >> 1, min((left + width + 1) >> 1, u.shape[1])):
            a = np.int64(0)
            for j in range(2 * row - top, 2 * row - top + 2):
                for i in range(2 * x - left, 2 * x - left + 2):
                    if 0 <= j < height and 0 <= i < width:
                        a += sprite[j, i]
            a = a * level >> 2
            if a:
                u[row, x] = (np.int64(u[row, x]) * (65280 - a) + cu * a + 32640) // 65280
                v[row, x] = (np.int64(v[row, x]) * (65280 - a) + cv * a + 32640) // 65280
