"""barcode: time and frame number written into a picture's luma so that any later copy of it can be read back.

Five rows of 32 cells. Rows 0 and 4 are clock rows (cells alternate white and black, row 4 inverted): a
reader finds them at any size and place. Rows 1 to 3 hold 96 bits, most significant first, white is 1:
48 bits of microseconds, 1 bit "this frame flashes", 31 bits of frame number, 16 bits of CRC. A black
margin of one cell surrounds it all, so that the code reads the same on any picture.
"""

import binascii
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stream.media import Plane

COLUMNS, ROWS = 32, 5
_DATA_ROWS = ROWS - 2
_BLACK, _WHITE = 16, 235
_MIN_CELL_PX = 3.0
_MIN_SWING = 60


@dataclass(frozen=True, slots=True)
class Code:
    """What one picture says: its time, its number, and whether it is the one frame that flashes with a click."""

    time_us: int
    frame: int
    flash: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a code lies (margin included), as ratios of the picture: x and width, y and height."""

    x_ratio: float = 0.06
    y_ratio: float = 0.02
    width_ratio: float = 0.88
    height_ratio: float = 0.14


TOP = Place()


def draw(y: Plane, code: Code, place: Place = TOP) -> None:
    """Write `code` into luma plane `y`, shape (h, w), at `place`. ValueError when a cell would be under 3 px."""
    height, width = y.shape
    cell_w = int(place.width_ratio * width / (COLUMNS + 2))
    cell_h = int(place.height_ratio * height / (ROWS + 2))
    if min(cell_w, cell_h) < _MIN_CELL_PX:
        raise ValueError(f"a code needs cells of 3 px; {width}x{height} leaves {cell_w}x{cell_h}")
    left, top = int(place.x_ratio * width), int(place.y_ratio * height)
    cells = np.full((ROWS + 2, COLUMNS + 2), _BLACK, np.uint8)
    cells[1:-1, 1:-1] = np.where(_cells(code), _WHITE, _BLACK)
    block = cells.repeat(cell_h, 0).repeat(cell_w, 1)
    y[top:top + block.shape[0], left:left + block.shape[1]] = block


def read(y: Plane) -> Code | None:
    """Return the code in luma plane `y`, wherever it lies, or None where there is none that its CRC confirms."""
    place = locate(y)
    return _sample(y, place) if place is not None else None


class Reader:
    """Reads one stream's codes; remembers where the last one lay."""

    def __init__(self) -> None:
        self._place: Place | None = None

    def read(self, y: Plane) -> Code | None:
        """Return the code in `y`, or None; looks where the last code was before it searches."""
        if self._place is not None and (code := _sample(y, self._place)) is not None:
            return code
        place = locate(y)
        code = _sample(y, place) if place is not None else None
        if code is not None:
            self._place = place
        return code


def locate(y: Plane) -> Place | None:
    """Return where a code's cells lie in `y` (margin not included), found by its clock rows; None without one."""
    height, width = y.shape
    step = max(1, height // 180)
    rows = np.ascontiguousarray(y[::step])
    bright = rows > (_BLACK + _WHITE) // 2
    line, at = np.nonzero(bright[:, 1:] != bright[:, :-1])
    if at.size < COLUMNS:
        return None
    evens = _even_runs(line, at, bright)
    return _pair(evens, step, height, width)


_Run = tuple[int, float, float, bool]


def _even_runs(line: NDArray[np.intp], at: NDArray[np.intp], bright: NDArray[np.bool_]) -> list[_Run]:
    """Return (row, left, right, starts white) of every run of COLUMNS alternating, equally wide cells.

    `line`, `at` are the transitions: between `at` and `at + 1` of row `line`. Inner edges of the
    clock row number COLUMNS - 1; equal spacing over all of them is what no ordinary picture has.
    """
    inner = COLUMNS - 1
    spans = at[inner - 1:] - at[:at.size - inner + 1]
    same = line[inner - 1:] == line[:line.size - inner + 1]
    starts = np.flatnonzero(same & (spans >= _MIN_CELL_PX * (inner - 1)))
    if not starts.size:
        return []
    gaps = at[starts[:, None] + np.arange(1, inner)] - at[starts[:, None] + np.arange(inner - 1)]
    mean = gaps.mean(axis=1)
    even = np.abs(gaps - mean[:, None]).max(axis=1) <= np.maximum(1.5, 0.25 * mean)
    runs = []
    for start, cell in zip(starts[even], mean[even], strict=True):
        first, row = int(at[start]) + 1, int(line[start])
        runs.append((row, float(first - cell), float(first + cell * inner), bool(bright[row, first - 1])))
    return runs


def _pair(runs: list[_Run], step: int, height: int, width: int) -> Place | None:
    """Return the box between the first clock row (white first) and the inverted one below it."""
    tops = [r for r in runs if r[3]]
    for row, left, right, _ in tops:
        cell = (right - left) / COLUMNS
        below = [r for r in runs if not r[3] and r[0] > row and abs(r[1] - left) < 0.5 * cell
                 and abs(r[2] - right) < 0.5 * cell]
        if not below:
            continue
        upper = [r[0] for r in tops if r[0] < below[0][0] and abs(r[1] - left) < 0.5 * cell]
        lower = [r[0] for r in below if r[0] - below[0][0] <= len(upper) + 2]
        first, last = _middle(upper) * step, _middle(lower) * step
        row_px = (last - first) / (ROWS - 1)
        return Place(left / width, (first - row_px / 2 + step / 2) / height, (right - left) / width,
                     row_px * ROWS / height)
    return None


def _middle(values: list[int]) -> float:
    return (values[0] + values[-1]) / 2


def _sample(y: Plane, place: Place) -> Code | None:
    """Read the cells inside `place`: the mean of 3 x 3 points about each middle, against the clock rows' mean."""
    height, width = y.shape
    cell_w, cell_h = place.width_ratio * width / COLUMNS, place.height_ratio * height / ROWS
    xs = place.x_ratio * width + (np.arange(COLUMNS * 3) // 3 + 0.3 + 0.2 * (np.arange(COLUMNS * 3) % 3)) * cell_w
    ys = place.y_ratio * height + (np.arange(ROWS * 3) // 3 + 0.3 + 0.2 * (np.arange(ROWS * 3) % 3)) * cell_h
    columns, rows = xs.astype(np.intp), ys.astype(np.intp)
    if columns[0] < 0 or rows[0] < 0 or columns[-1] >= width or rows[-1] >= height:
        return None
    points = y[rows[:, None], columns].astype(np.int32)
    cells = points.reshape(ROWS, 3, COLUMNS, 3).sum(axis=(1, 3))
    clock = np.concatenate([cells[0, ::2], cells[-1, 1::2]]), np.concatenate([cells[0, 1::2], cells[-1, ::2]])
    white, black = int(clock[0].min()), int(clock[1].max())
    if white - black < _MIN_SWING * 9:
        return None
    return _decode(cells[1:-1].ravel() * 2 > white + black)


def _cells(code: Code) -> NDArray[np.bool_]:
    """Return the code as cells, shape (ROWS, COLUMNS), True for white."""
    if not (0 <= code.time_us < 1 << 48 and 0 <= code.frame < 1 << 31):
        raise ValueError(f"a code holds 48 bits of microseconds and 31 bits of frame number, not {code}")
    body = code.time_us.to_bytes(6, "big") + (code.frame | code.flash << 31).to_bytes(4, "big")
    bits = np.unpackbits(np.frombuffer(body + binascii.crc_hqx(body, 0xFFFF).to_bytes(2, "big"), np.uint8))
    clock = np.arange(COLUMNS) % 2 == 0
    return np.vstack([clock, bits.reshape(_DATA_ROWS, COLUMNS).astype(bool), ~clock])


def _decode(bits: NDArray[np.bool_]) -> Code | None:
    body = np.packbits(bits).tobytes()
    if binascii.crc_hqx(body[:10], 0xFFFF) != int.from_bytes(body[10:], "big"):
        return None
    number = int.from_bytes(body[6:10], "big")
    return Code(int.from_bytes(body[:6], "big"), number & 0x7FFFFFFF, bool(number >> 31))
