"""grid: where the pixels of a strip lie, and the shapes, noises and easings that transitions are written with."""

from collections.abc import Callable
from dataclasses import dataclass
from math import pi
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stream.media import Plane

Reals = NDArray[Any]
"""float32 of shape (h, w), (1, w) or (h, 1): what depends on one axis only costs nearly nothing."""
Colors = tuple[Reals, Reals, Reals]
"""Y' from 0 to 1, Cb and Cr from -0.5 to 0.5."""
TURN = 2 * pi


@dataclass(frozen=True, slots=True)
class Grid:
    """The pixels of one strip of a picture, luma or chroma: `x` (1, w) from the left, `y` (h, 1) from the top, 0 to 1.

    Lengths that must look alike both ways are in heights of the picture: the picture is `aspect` wide and 1 high,
    one pixel of this grid is `pixel`. `planes` are those of a and b (y, u, v each), `rows` the strip's first and
    last row in this grid, half open.
    """

    x: Reals
    y: Reals
    aspect: float
    pixel: float
    seed: int
    is_chroma: bool
    rows: tuple[int, int]
    planes: tuple[tuple[Plane, ...], tuple[Plane, ...]]

    @property
    def across(self) -> Reals:
        """Distance right of the centre, in heights."""
        return (self.x - 0.5) * self.aspect

    @property
    def down(self) -> Reals:
        """Distance below the centre, in heights."""
        return self.y - 0.5

    @property
    def finest(self) -> float:
        """One luma pixel in heights, on either grid."""
        return self.pixel / 2 if self.is_chroma else self.pixel

    @property
    def corner(self) -> float:
        """Distance from the centre to a corner, in heights."""
        return float((self.aspect**2 + 1) ** 0.5) / 2

    def radius(self) -> Reals:
        """Distance from the centre, in heights."""
        across, down = self.across, self.down
        distance: Reals = np.sqrt(across * across + down * down)
        return distance

    def turn(self, start: float = 0.0) -> Reals:
        """Direction from the centre in turns, 0 to 1, clockwise from three o'clock or `start` turns later."""
        return fraction(np.arctan2(self.down, self.across) * np.float32(1 / TURN) - np.float32(start))

    def edge(self, distance: Reals) -> Reals:
        """How much of each pixel lies beyond an edge: 0.5 on it, 1 from half a pixel inside; `distance` in heights."""
        covered: Reals = np.clip(distance * np.float32(1 / self.pixel) + np.float32(0.5), 0, 1)
        return covered

    def inside(self, x: Reals, y: Reals, across: float = 1.0, down: float = 1.0) -> Reals:
        """How much of each pixel lies in a picture, drawn `across` by `down` as large as the canvas, where it shows
        its point (`x`, `y`)."""
        return self.edge(np.minimum(np.minimum(x, 1 - x) * np.float32(self.aspect * across),
                                    np.minimum(y, 1 - y) * np.float32(down)))

    def at(self, across: Reals, down: Reals) -> tuple[Reals, Reals]:
        """The point of a picture, x and y from 0 to 1, that lies at these heights from the centre."""
        return across * np.float32(1 / self.aspect) + np.float32(0.5), down + np.float32(0.5)

    def tiles(self, count: int) -> "Tiles":
        """Nearly square tiles that fill the picture, `count` along its shorter side."""
        columns = max(1, round(count * self.aspect)) if self.aspect > 1 else count
        rows = max(1, round(count / self.aspect)) if self.aspect < 1 else count
        x, y = self.x * np.float32(columns), self.y * np.float32(rows)
        column, row = np.floor(x), np.floor(y)
        return Tiles(x - column - np.float32(0.5), y - row - np.float32(0.5), column.astype(np.intp),
                     row.astype(np.intp), columns, rows, self.aspect / columns, 1 / rows)

    def random(self, rows: int, columns: int, salt: int = 0) -> Reals:
        """A table of random numbers, 0 to 1, that depends on the seed and `salt` only."""
        return random(self.seed, salt, rows, columns)

    def bands(self, count: int, salt: int = 0) -> Reals:
        """One random number for each of `count` level bands, as (h, 1)."""
        table: Reals = self.random(count, 1, salt)[np.minimum(self.y[:, 0] * count, count - 1).astype(np.intp)]
        return table

    def cloud(self, cells: float, salt: int = 0, octaves: int = 3) -> Reals:
        """Smooth noise, about 0 to 1, with `cells` bumps along the height and finer ones upon them."""
        total: Reals = np.zeros((1, 1), np.float32)
        share, size = 0.5, cells
        for octave in range(octaves):
            rows, columns = int(size) + 2, int(size * self.aspect) + 2
            table = self.random(rows, columns, salt + octave)
            total = total + np.float32(share) * _smooth(table, self.y * np.float32(size),
                                                        self.x * np.float32(size * self.aspect))
            share, size = share / 2, size * 2
        spread: Reals = np.clip((total / np.float32(1 - share * 2) - 0.5) * np.float32(1.5) + 0.5, 0, 1)
        return spread

    def colors(self, which: int) -> Colors:
        """The colours of a (0) or b (1) in place, brought to this grid by taking the nearest."""
        luma, blue, red = self.planes[which][:3]
        first, last = self.rows
        height, width = last - first, self.x.shape[1]
        if self.is_chroma:
            parts = luma[2 * first:2 * last:2, ::2], blue[first:last], red[first:last]
        else:
            half = slice(first // 2, (last + 1) // 2)
            parts = luma[first:last], _doubled(blue[half], height, width), _doubled(red[half], height, width)
        return ((parts[0].astype(np.float32) - 16) * np.float32(1 / 219),
                (parts[1].astype(np.float32) - 128) * np.float32(1 / 224),
                (parts[2].astype(np.float32) - 128) * np.float32(1 / 224))


@dataclass(frozen=True, slots=True)
class Tiles:
    """Which tile each pixel is in, and where in it: `x` and `y` from -0.5 to 0.5; a tile is `width` by `height`."""

    x: Reals
    y: Reals
    column: NDArray[np.intp]
    row: NDArray[np.intp]
    columns: int
    rows: int
    width: float
    height: float

    def of(self, table: Reals) -> Reals:
        """What `table` (rows, columns) says of each pixel's tile."""
        return table[self.row[:, 0]][:, self.column[0]]


@dataclass(frozen=True, slots=True)
class Paint:
    """A colour laid over a picture where `weight` is above 0; Y', Cb, Cr as in Colors."""

    color: tuple[Reals | float, Reals | float, Reals | float]
    weight: Reals


@dataclass(frozen=True, slots=True)
class Mix:
    """What a transition shows in a strip.

    `mix`: how much of b, 0 to 1. `a`, `b`: which point of either picture (x, y from 0 to 1; beyond the border: the
    border), in place when None; `shrink`: they are looked at 2 ** shrink times smaller, for pictures drawn so much
    smaller. `smear`: both blurred sideways over this share of the width. `cover`: where there is a picture at all;
    elsewhere the result is transparent, black where the pictures have no alpha. `light`: multiplies all colours,
    `saturation` their chroma. `paint` is laid over the result, last.
    """

    mix: Reals | float
    a: tuple[Reals, Reals] | None = None
    b: tuple[Reals, Reals] | None = None
    shrink: int = 0
    smear: float = 0.0
    cover: Reals | None = None
    light: Reals | float | None = None
    saturation: float = 1.0
    paint: Paint | None = None


Transition = Callable[[Grid, float], Mix]
"""What to show at a progress, above 0 and below 1."""


def stacked(under: Reals, over: Reals) -> tuple[Reals, Reals]:
    """Return of two pictures, each covering so much: how much of what is seen is the upper one, and the cover."""
    cover = over + under * (1 - over)
    return over / np.maximum(cover, np.float32(1e-6)), cover


def sweep(when: Reals, progress: float, soft: float) -> Reals:
    """How far each pixel has turned, 0 to 1, when it turns at `when` (0 to 1) and takes `soft` of the whole time."""
    return smooth((np.float32(progress * (1 + soft)) - when) * np.float32(1 / soft))


def smooth(value: Reals) -> Reals:
    """Ease 0 to 1 with no slope at either end: 3 v^2 - 2 v^3, clipped."""
    v = np.clip(value, 0, 1)
    eased: Reals = v * v * (3 - 2 * v)
    return eased


def ease(value: float, begin: float = 0.0, end: float = 1.0) -> float:
    """Ease one number: 0 until `begin`, 1 from `end`, 3 v^2 - 2 v^3 between."""
    v = min(max((value - begin) / (end - begin), 0.0), 1.0)
    return v * v * (3 - 2 * v)


def fraction(value: Reals) -> Reals:
    """What is left of a number beyond the whole below it."""
    return value - np.floor(value)


def random(seed: int, salt: int, rows: int, columns: int) -> Reals:
    """Random numbers, 0 to 1, shape (rows, columns): the SplitMix64 sequence (Steele, Lea and Flood, 2014)."""
    mask = (1 << 64) - 1
    start = np.uint64((seed * 0x9E3779B97F4A7C15 + (salt + 1) * 0xD1B54A32D192ED03) & mask)
    z = start + np.arange(1, rows * columns + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    return ((z >> np.uint64(40)).astype(np.float32) * np.float32(2.0**-24)).reshape(rows, columns)


def _smooth(table: Reals, y: Reals, x: Reals) -> Reals:
    """`table` read between its entries at rows `y` (h, 1) and columns `x` (1, w), eased."""
    row, column = np.floor(y), np.floor(x)
    i, j = row[:, 0].astype(np.intp), column[0].astype(np.intp)
    across, along = smooth(x - column), smooth(y - row)
    lines = table[:, j] + (table[:, j + 1] - table[:, j]) * across
    read: Reals = lines[i] + (lines[i + 1] - lines[i]) * along
    return read


def _doubled(plane: Plane, height: int, width: int) -> Plane:
    return np.repeat(np.repeat(plane, 2, axis=0), 2, axis=1)[:height, :width]
