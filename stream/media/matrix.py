"""matrix: colours from one form to another: 4:2:0 planes to another matrix, in integers, a palette to RGBA."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Planes = tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]
WEIGHTS = {"bt601": (0.299, 0.114), "bt709": (0.2126, 0.0722)}
"""Red's and blue's share of luma (ITU-R BT.601, BT.709)."""


def mix(planes: Planes, out: Planes, source: str, target: str, full_range: bool) -> None:
    """Write y (h, w), u and v (ceil(h/2), ceil(w/2)) in matrix `target` to `out`, rounded to the nearest level.

    Luma gets what its chroma sample means in the one matrix and not in the other; Cb and Cr are mixed.
    """
    y, u, v = planes
    tables = _tables(source, target, full_range)
    to_luma = tables[0][u] + tables[1][v]
    height, width = y.shape
    luma = np.repeat(np.repeat(to_luma, 2, axis=0), 2, axis=1)[:height, :width] + (y.astype(np.int16) << 6)
    for plane, mixed in zip(out, (luma, tables[2][u] + tables[3][v], tables[4][u] + tables[5][v]), strict=True):
        np.clip((mixed + 32) >> 6, 0, 255, out=plane, casting="unsafe")


@lru_cache(maxsize=4)
def _tables(source: str, target: str, full_range: bool) -> tuple[NDArray[np.int16], ...]:
    """What each Cb and Cr (rows 0, 1) adds to luma, to Cb (2, 3) and Cr (4, 5), times 64."""
    kr, kb = WEIGHTS[source]
    to_rgb = np.array([[1, 0, 2 - 2 * kr], [1, -2 * kb * (1 - kb) / (1 - kr - kb), -2 * kr * (1 - kr) / (1 - kr - kb)],
                       [1, 2 - 2 * kb, 0]])
    kr, kb = WEIGHTS[target]
    luma = np.array([kr, 1 - kr - kb, kb])
    mixed = np.array([luma, (np.array([0, 0, 1]) - luma) / (2 - 2 * kb), (np.array([1, 0, 0]) - luma) / (2 - 2 * kr)])
    share = mixed @ to_rgb
    level = np.arange(256) - 128
    tables = [share[0, 1:] * (1 if full_range else 219 / 224), share[1, 1:], share[2, 1:]]
    return tuple(np.rint(64 * (k * level + (128 if row and row - 1 == column else 0))).astype(np.int16)
                 for row, pair in enumerate(tables) for column, k in enumerate(pair))


def depalettised(frame: Any) -> NDArray[np.uint8]:
    """A palette picture as RGBA, shape (h, w, 4); FFmpeg keeps the palette as 256 native-endian 0xAARRGGBB."""
    indices, palette = frame.planes[0], np.frombuffer(frame.planes[1], np.uint32)[:256]
    rows = np.frombuffer(indices, np.uint8).reshape(-1, indices.line_size)[:frame.height, :frame.width]
    rgba = np.stack([palette >> 16 & 255, palette >> 8 & 255, palette & 255, palette >> 24], axis=1).astype(np.uint8)
    return rgba[rows]
