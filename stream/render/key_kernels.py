"""key_kernels: the arithmetic of keying: alpha at chroma size, spill taken out, alpha brought to luma's size."""

import numba
import numpy as np
from numba import types

from stream.media import Plane
from stream.render.jit import PLANE_IN, PLANE_OUT, kernel
from stream.render.key_plate import PLATE, Field, plate_row, widen

_FIELD = types.Array(types.float32, 2, "C")
_LOW = types.Array(types.uint8, 2, "C")

BLOCK = 8
"""Alpha is brought to luma's size in runs of so many chroma samples, the bytes of one word; where it does not change,
at no cost."""
MIXED = 1
"""A run whose alpha changes, where 0 and 255 say that it does not."""
DARKEST = 0.6
"""A shadow leaves at least this share of the screen's light; what is darker is not taken for screen."""
SHADOW_COST = 0.6
"""What a loss of all light counts, against 1 for a loss of all colour: shadows on the screen are screen."""
GREEN_LIMIT = 0.5
"""What is left may lean towards the key's colour by at most this share of how much it leans across it."""
EDGE_VARIANCE = 24.0
"""The variance of luma (in levels squared) from which on the alpha follows luma."""
GREY_REACH = 70.0
"""Where the key colour is a grey, so many levels away from it are as far as its own strength is otherwise."""


@numba.njit(nogil=True)
def _soft_row(plane: Plane, row: int, sums: Field, out: Field) -> None:
    """Write one row of `plane` weighted 1 6 1 both ways, minus 128, edges held."""
    above, here, below = plane[max(row - 1, 0)], plane[row], plane[min(row + 1, plane.shape[0] - 1)]
    width = here.shape[0]
    for x in range(width):
        sums[x + 1] = np.float32(np.int32(above[x]) + 6 * np.int32(here[x]) + np.int32(below[x]))
    sums[0], sums[width + 1] = sums[1], sums[width]
    for x in range(width):
        out[x] = (sums[x] + np.float32(6) * sums[x + 1] + sums[x + 2]) * np.float32(1 / 64) - np.float32(128)


@numba.njit(nogil=True)
def _halve_luma(y: Plane, row: int, out: Field) -> None:
    """Write the mean luma of each chroma sample's 2 x 2 pixels; the last column and row may be narrower."""
    above, below = y[min(2 * row, y.shape[0] - 1)], y[min(2 * row + 1, y.shape[0] - 1)]
    pairs = y.shape[1] // 2
    for x in range(pairs):
        out[x] = np.float32(np.int32(above[2 * x]) + np.int32(above[2 * x + 1]) + np.int32(below[2 * x])
                            + np.int32(below[2 * x + 1])) * np.float32(0.25)
    for x in range(pairs, out.shape[0]):
        out[x] = np.float32(np.int32(above[2 * x]) + np.int32(below[2 * x])) * np.float32(0.5)


@numba.njit(nogil=True, error_model="numpy")
def _far(y: Field, u: Field, v: Field, key_y: Field, key_u: Field, key_v: Field, inner: float, outer: float,
         alpha: Field) -> None:
    """Alpha in [0, 1] from the distance to the screen, or to the screen in shadow."""
    scale = np.float32(1) / (outer - inner)
    for x in range(alpha.shape[0]):
        light = (y[x] - np.float32(16)) / max(key_y[x] - np.float32(16), np.float32(16))
        light = min(max(light, np.float32(DARKEST)), np.float32(1))
        du, dv = u[x] - light * key_u[x], v[x] - light * key_v[x]
        dark = np.float32(SHADOW_COST) * (np.float32(1) - light)
        square = max(key_u[x] * key_u[x] + key_v[x] * key_v[x], np.float32(1))
        distance = np.sqrt((du * du + dv * dv) / square + dark * dark)
        alpha[x] = min(max((distance - inner) * scale, np.float32(0)), np.float32(1))


@numba.njit(nogil=True, error_model="numpy")
def _far_from_grey(y: Field, u: Field, v: Field, key_y: Field, key_u: Field, key_v: Field, inner: float, outer: float,
                   alpha: Field) -> None:
    """Alpha in [0, 1] from the distance to a grey, in Y, Cb and Cr alike."""
    scale = np.float32(1) / (outer - inner)
    for x in range(alpha.shape[0]):
        dy, du, dv = y[x] - key_y[x], u[x] - key_u[x], v[x] - key_v[x]
        distance = np.sqrt(dy * dy + du * du + dv * dv) * np.float32(1 / GREY_REACH)
        alpha[x] = min(max((distance - inner) * scale, np.float32(0)), np.float32(1))


@numba.njit(nogil=True)
def _quantise(alpha: Field, out: Plane) -> None:
    width = alpha.shape[0]
    for x in range(width):
        out[x] = np.uint8(np.int32(alpha[x] * np.float32(255) + np.float32(0.5)))
    out[width:] = out[width - 1]


@numba.njit(nogil=True, error_model="numpy")
def _despill(u: Plane, v: Plane, key_u: Field, key_v: Field, alpha: Field, is_grey: bool, out_u: Plane,
             out_v: Plane) -> None:
    """Take the screen's share out of the colours, then what still leans towards it."""
    limit = np.float32(1e9) if is_grey else np.float32(GREEN_LIMIT)
    for x in range(u.shape[0]):
        share = np.float32(1) / max(alpha[x], np.float32(0.1))
        cu, cv = np.float32(u[x]) - np.float32(128), np.float32(v[x]) - np.float32(128)
        cu, cv = key_u[x] + (cu - key_u[x]) * share, key_v[x] + (cv - key_v[x]) * share
        length = np.float32(1) / np.sqrt(max(key_u[x] * key_u[x] + key_v[x] * key_v[x], np.float32(1)))
        to_u, to_v = key_u[x] * length, key_v[x] * length
        along, across = cu * to_u + cv * to_v, cv * to_u - cu * to_v
        spill = max(along - limit * abs(across), np.float32(0))
        out_u[x] = np.uint8(np.int32(min(max(cu - spill * to_u + np.float32(128.5), np.float32(0)), np.float32(255))))
        out_v[x] = np.uint8(np.int32(min(max(cv - spill * to_v + np.float32(128.5), np.float32(0)), np.float32(255))))


@kernel(PLANE_IN, PLANE_IN, PLANE_IN, PLATE, types.boolean, types.float32, types.float32, _FIELD,
        _LOW, PLANE_OUT, PLANE_OUT)
def apply_key(y: Plane, u: Plane, v: Plane, plate: Field, is_grey: bool, inner: float, outer: float, guide: Field,
         low: Plane, out_u: Plane, out_v: Plane) -> None:
    """Write alpha at chroma size to `low`, the luma it saw to `guide` and the despilled colours to `out_u`, `out_v`."""
    height, width = u.shape
    soft_u, soft_v, sums = np.empty(width, np.float32), np.empty(width, np.float32), np.empty(width + 2, np.float32)
    key_y, key_u, key_v = np.empty(width, np.float32), np.empty(width, np.float32), np.empty(width, np.float32)
    luma, alpha = np.empty((3, width), np.float32), np.empty(width, np.float32)
    wide_y, wide_u, wide_v = widen(plate[0], width), widen(plate[1], width), widen(plate[2], width)
    _halve_luma(y, 0, luma[0])
    luma[2] = luma[0]
    for row in range(height):
        _halve_luma(y, min(row + 1, height - 1), luma[(row + 1) % 3])
        above, here, below = luma[(row + 2) % 3], luma[row % 3], luma[(row + 1) % 3]
        for x in range(width):
            sums[x + 1] = above[x] + np.float32(6) * here[x] + below[x]
        sums[0], sums[width + 1] = sums[1], sums[width]
        seen = guide[row]
        for x in range(width):
            seen[x] = (sums[x] + np.float32(6) * sums[x + 1] + sums[x + 2]) * np.float32(1 / 64)
        _soft_row(u, row, sums, soft_u)
        _soft_row(v, row, sums, soft_v)
        plate_row(wide_y, row, key_y)
        plate_row(wide_u, row, key_u)
        plate_row(wide_v, row, key_v)
        if is_grey:
            _far_from_grey(seen, soft_u, soft_v, key_y, key_u, key_v, inner, outer, alpha)
        else:
            _far(seen, soft_u, soft_v, key_y, key_u, key_v, inner, outer, alpha)
        _quantise(alpha, low[row])
        _despill(u[row], v[row], key_u, key_v, alpha, is_grey, out_u[row], out_v[row])


@numba.njit(nogil=True, error_model="numpy")
def _fit(guide: Field, low: Plane, row: int, first: int, end: int, sums: Field, slope: Field, offset: Field) -> None:
    """Fit alpha = slope * luma + offset over 3 x 3 samples around each of [first, end) in `row`, edges held."""
    rows, columns = guide.shape
    sums[:] = 0
    for i in range(row - 1, row + 2):
        g_row, a_row = guide[min(max(i, 0), rows - 1)], low[min(max(i, 0), rows - 1)]
        for x in range(end - first + 2):
            at = min(max(first + x - 1, 0), columns - 1)
            g, a = g_row[at], np.float32(a_row[at])
            sums[0, x] += g
            sums[1, x] += a
            sums[2, x] += g * g
            sums[3, x] += g * a
    for k in range(4):
        line = sums[k]
        for x in range(end - first):
            line[x] = (line[x] + line[x + 1] + line[x + 2]) * np.float32(1 / 9)
    for x in range(end - first):
        k = (sums[3, x] - sums[0, x] * sums[1, x]) / (sums[2, x] - sums[0, x] * sums[0, x] + np.float32(EDGE_VARIANCE))
        slope[first + x], offset[first + x] = k, sums[1, x] - k * sums[0, x]


@numba.njit(nogil=True)
def _survey(low: Plane, every: Plane, some: Plane) -> None:
    """Say of each block of 8 alphas in a row, and two more on either side, whether all are 255 and whether some are
    not 0 (255: yes). `low`'s rows are whole blocks, so each is one word."""
    words = low.view(np.uint64)
    rows, blocks = words.shape
    full, two = np.uint64(0xFFFFFFFFFFFFFFFF), np.uint64(0xFFFF)
    for row in range(rows):
        line = words[row]
        for block in range(blocks):
            before = line[max(block - 1, 0)] >> np.uint64(48)
            own, after = line[block], line[min(block + 1, blocks - 1)] & two
            every[row, block] = 255 if own == full and before == two and after == two else 0
            some[row, block] = 0 if own == 0 and before == 0 and after == 0 else 255


@numba.njit(nogil=True)
def _levels(every: Plane, some: Plane, margin: int) -> Plane:
    """Return for each block 0 or 255 where all alphas in it and around it, `margin` rows up and down, are that, else 1.
    """
    rows, blocks = every.shape
    out = np.empty((rows, blocks), np.uint8)
    both, either = np.empty(blocks, np.uint8), np.empty(blocks, np.uint8)
    for row in range(rows):
        both[:], either[:] = 255, 0
        for i in range(max(row - margin, 0), min(row + margin + 1, rows)):
            ands, ors = every[i], some[i]
            for block in range(blocks):
                both[block] &= ands[block]
                either[block] |= ors[block]
        for block in range(blocks):
            out[row, block] = 0 if either[block] == 0 else 255 if both[block] == 255 else MIXED
    return out


@numba.njit(nogil=True)
def _between(near: Field, far: Field, first: int, out: Field) -> None:
    """Write 3/4 of `near` and 1/4 of `far` from `first` - 1 on, edges held, for a row of luma between two of chroma."""
    last = near.shape[0] - 1
    for x in range(out.shape[0]):
        at = min(max(first + x - 1, 0), last)
        out[x] = (np.float32(3) * near[at] + far[at]) * np.float32(0.25)


@numba.njit(nogil=True, error_model="numpy")
def _edge(y: Plane, slope: Field, offset: Field, key_y: Field, first: int, out_y: Plane, out_a: Plane) -> None:
    """Write alpha and the person's own luma for the pixels `y`, whose first chroma sample is `first`; `slope` and
    `offset` begin one sample earlier."""
    for x in range(y.shape[0]):
        at, side = x // 2 + 1, 2 * (x & 1) - 1
        k = (np.float32(3) * slope[at] + slope[at + side]) * np.float32(0.25)
        o = (np.float32(3) * offset[at] + offset[at + side]) * np.float32(0.25)
        luma, under = np.float32(y[x]), key_y[first + x // 2]
        alpha = min(max(k * luma + o, np.float32(0)), np.float32(255))
        out_a[x] = np.uint8(np.int32(alpha + np.float32(0.5)))
        own = under + (luma - under) * (np.float32(255) / max(alpha, np.float32(25)))
        out_y[x] = np.uint8(np.int32(min(max(own + np.float32(0.5), np.float32(0)), np.float32(255))))


@kernel(PLANE_IN, _FIELD, _FIELD, _LOW, PLATE, PLANE_OUT, PLANE_OUT)
def sharpen(y: Plane, plate_y: Field, guide: Field, low: Plane, lines: Field, out_y: Plane, out_a: Plane) -> None:
    """Bring alpha to luma's size, along luma, and take the screen's share out of luma."""
    rows, columns = guide.shape
    blocks = low.shape[1] // BLOCK
    every, some = np.empty((rows, blocks), np.uint8), np.empty((rows, blocks), np.uint8)
    _survey(low, every, some)
    near, levels = _levels(every, some, 2), _levels(every, some, 1)
    slope, offset = lines[0], lines[1]
    sums, mixed = np.empty((4, BLOCK + 4), np.float32), np.empty((2, BLOCK + 2), np.float32)
    for row in range(rows):  # each block with its neighbouring samples, so that what lies between them is known
        for block in range(blocks):
            if near[row, block] == MIXED:
                first, end = max(block * BLOCK - 1, 0), min(block * BLOCK + BLOCK + 1, columns)
                _fit(guide, low, row, first, end, sums, slope[row], offset[row])
    key_y, wide_y = np.empty(columns, np.float32), widen(plate_y, columns)
    for row in range(rows):
        plate_row(wide_y, row, key_y)
        for at in range(2 * row, min(2 * row + 2, y.shape[0])):
            source, luma, alpha, block = y[at], out_y[at], out_a[at], 0
            for x in range(source.shape[0]):
                luma[x] = source[x]
            while block < blocks:
                first, value = block, levels[row, block]
                block += 1
                if value != MIXED:
                    while block < blocks and levels[row, block] == value:
                        block += 1
                left, right = 2 * first * BLOCK, min(2 * block * BLOCK, source.shape[0])
                if value != MIXED:
                    part = alpha[left:right]
                    for x in range(part.shape[0]):
                        part[x] = value
                    continue
                far = min(max(row + 2 * (at & 1) - 1, 0), rows - 1)
                _between(slope[row], slope[far], first * BLOCK, mixed[0])
                _between(offset[row], offset[far], first * BLOCK, mixed[1])
                _edge(source[left:right], mixed[0], mixed[1], key_y, first * BLOCK, luma[left:right],
                      alpha[left:right])
