"""sprites: small shapes with soft edges, as coverage from 0 to 255."""

from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from stream.media import Plane

Shape = Literal["glow", "disc", "ring", "star", "cross", "heart", "moon", "streak"]
Field = NDArray[np.float64]


@lru_cache(maxsize=256)
def sprite(shape: Shape, size_px: int) -> Plane:
    """Return the shape in a read-only square plane of `size_px`, touching (nearly) its sides."""
    side = (np.arange(size_px) + 0.5) * 2 / size_px - 1
    x, y = np.meshgrid(side, side)
    soft = 2.5 / size_px
    plane = np.rint(255 * np.clip(_cover(shape, x, y, soft), 0, 1)).astype(np.uint8)
    plane.flags.writeable = False
    return plane


def inside(shape: Shape, x: Field, y: Field, soft: float) -> Field:
    """Return the coverage, 0 to 1, of a shape that fills [-1, 1] at points (x, y), its edge `soft` wide."""
    return np.clip(_cover(shape, x, y, soft), 0, 1)


def _cover(shape: Shape, x: Field, y: Field, soft: float) -> Field:
    r = np.hypot(x, y)
    if shape == "glow":
        return np.asarray(np.clip(1 - r, 0, 1) ** 2 + np.clip((0.28 - r) / 0.1, 0, 1))
    if shape == "disc":
        return np.asarray(np.clip((0.95 - r) / soft, 0, 1) * (0.55 + 0.45 * np.clip(r, 0, 1) ** 4))
    if shape == "ring":
        return np.asarray(np.clip((0.07 - np.abs(r - 0.88)) / soft + 0.5, 0, 1) + 0.12 * (r < 0.88))
    if shape == "star":
        return np.asarray(np.clip((_star_edge(x, y) - r) / soft + 0.5, 0, 1))
    if shape == "cross":
        across = np.clip(1 - np.abs(x), 0, 1) ** 2 * np.exp(-((y / 0.045) ** 2))
        down = np.clip(1 - np.abs(y), 0, 1) ** 2 * np.exp(-((x / 0.045) ** 2))
        return np.asarray(across + down + np.exp(-(r / 0.14) ** 2) + 0.25 * np.clip(1 - r, 0, 1) ** 3)
    if shape == "heart":
        a, b = x * 1.22, -y * 1.22 + 0.12
        return np.asarray(0.5 - ((a * a + b * b - 1) ** 3 - a * a * b**3) / max(soft * 2, 1e-6))
    if shape == "moon":
        return np.asarray(np.minimum(np.clip((0.92 - r) / soft + 0.5, 0, 1),
                                     np.clip((np.hypot(x - 0.38, y + 0.12) - 0.74) / soft + 0.5, 0, 1)))
    along = (x - y) / 2 + 0.5  # streak: from the lower left, thin, to the upper right... the head is at the lower left
    return np.asarray(np.clip(along, 0, 1) * (along < 1) * np.exp(-((x + y) / 0.05) ** 2))


def _star_edge(x: Field, y: Field) -> Field:
    """The distance of a five-pointed star's edge in the direction of (x, y): outer radius 0.98, inner 0.42."""
    wedge = np.abs(np.mod(np.arctan2(x, -y) + np.pi / 5, 2 * np.pi / 5) - np.pi / 5)
    outer, inner = 0.98, 0.42
    tip, notch = np.array([outer, 0.0]), inner * np.array([np.cos(np.pi / 5), np.sin(np.pi / 5)])
    edge = notch - tip
    return np.asarray((tip[0] * edge[1]) / (np.cos(wedge) * edge[1] - np.sin(wedge) * edge[0]))
