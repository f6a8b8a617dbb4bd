"""golden_pictures: compare a picture with the one kept in tests/golden, tile by tile, with a tolerance."""

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

GOLDEN = Path(__file__).with_name("golden")
TILE_PX = 16


def assert_golden(picture: NDArray[np.uint8], name: str, tolerance: float) -> None:
    """Fail when `picture` (h, w, 3) differs from golden/`name`.png.

    `tolerance`: how far (8-bit levels, mean over a tile of 16 x 16 px) the worst tile may differ, so that a small
    fault is not lost in a large picture. On failure the picture is left beside as `name`.actual.png; with
    UPDATE_GOLDEN=1 it becomes the golden one.
    """
    path, actual = GOLDEN / f"{name}.png", GOLDEN / f"{name}.actual.png"
    if os.environ.get("UPDATE_GOLDEN") == "1":
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(picture).save(path, optimize=True)
        return
    golden = np.asarray(Image.open(path).convert("RGB")) if path.exists() else np.zeros((0, 0, 3), np.uint8)
    worst = worst_tile(picture, golden) if golden.shape == picture.shape else float("inf")
    if worst > tolerance:
        Image.fromarray(picture).save(actual)
    assert worst <= tolerance, (
        f"{name}: the worst tile differs by {worst:.2f} levels (at most {tolerance}); see {actual}. "
        "If the new picture is right: UPDATE_GOLDEN=1")
    actual.unlink(missing_ok=True)


def worst_tile(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Return the largest mean absolute difference of any tile of two pictures of the same size."""
    difference = np.abs(one.astype(np.int16) - other).mean(axis=2)
    height, width = difference.shape
    padded = np.pad(difference, ((0, -height % TILE_PX), (0, -width % TILE_PX)), mode="edge")
    tiles = padded.reshape(padded.shape[0] // TILE_PX, TILE_PX, -1, TILE_PX).mean(axis=(1, 3))
    return float(tiles.max())


def laid_over(rgba: NDArray[np.uint8], x_px: int, y_px: int, canvas: NDArray[np.uint8]) -> None:
    """Lay premultiplied `rgba` over `canvas` (h, w, 3) in place at (`x_px`, `y_px`)."""
    part = canvas[y_px:y_px + rgba.shape[0], x_px:x_px + rgba.shape[1]]
    part[...] = np.minimum(255, rgba[..., :3] + np.rint(part * (1 - rgba[..., 3:] / 255.0))).astype(np.uint8)
