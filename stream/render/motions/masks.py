"""masks: what of a drawn caption is seen: wipes, sweeps, grains; and rows torn, colours parted."""

import math

import numpy as np
from numpy.typing import NDArray

from stream.render.motions.easing import noise
from stream.render.motions.pose import Pose
from stream.render.motions.sheet import Rgba, Sheet

_WHOLE = (0.0, 0.0, 1.0, 1.0)
_SOFT = 0.3  # how much of the time a grain takes to appear
Mask = NDArray[np.float32]


def applied(picture: Rgba, left: int, top: int, sheet: Sheet, pose: Pose) -> Rgba:
    """Return `picture`, whose top left pixel lies at (`left`, `top`), torn, parted and masked as `pose` says."""
    if pose.tear_px >= 1:
        picture = _torn(picture, top, sheet, pose)
    if round(pose.split_px):
        picture = _split(picture, round(pose.split_px))
    for wanted, mask in ((pose.reveal != _WHOLE, _revealed), (pose.sweep < 1, _swept), (pose.dissolve < 1, _grains)):
        if wanted:
            seen = mask(picture, left, top, sheet, pose)
            picture = np.rint(picture * seen[..., None]).astype(np.uint8)
    return picture


def _shares(picture: Rgba, left: int, top: int, sheet: Sheet) -> tuple[Mask, Mask]:
    """Return where columns and rows lie as shares of the caption's box at rest."""
    x0, y0, x1, y1 = sheet.ink
    xs = (np.arange(picture.shape[1]) + (left + 0.5 - x0)) / (x1 - x0)
    ys = (np.arange(picture.shape[0]) + (top + 0.5 - y0)) / (y1 - y0)
    return xs.astype(np.float32), ys.astype(np.float32)


def _revealed(picture: Rgba, left: int, top: int, sheet: Sheet, pose: Pose) -> Mask:
    xs, ys = _shares(picture, left, top, sheet)
    across = _between(xs, pose.reveal[0], pose.reveal[2], max(pose.feather, 1 / (sheet.ink[2] - sheet.ink[0])))
    down = _between(ys, pose.reveal[1], pose.reveal[3], max(pose.feather, 1 / (sheet.ink[3] - sheet.ink[1])))
    return np.outer(down, across).astype(np.float32)


def _between(at: Mask, low: float, high: float, soft: float) -> Mask:
    """1 from `low` to `high` with edges `soft` wide: nothing is left with an edge at the far end, all at the near."""
    after = np.clip((at - np.float32(low * (1 + soft) - soft)) / np.float32(soft), 0, 1)
    before = np.clip((np.float32(high * (1 + soft)) - at) / np.float32(soft), 0, 1)
    seen: Mask = np.minimum(after, before) if low > 0 else before
    return seen


def _swept(picture: Rgba, left: int, top: int, sheet: Sheet, pose: Pose) -> Mask:
    """A hand turns clockwise from noon about the middle of the box; its edge is a degree and a half soft."""
    xs, ys = _shares(picture, left, top, sheet)
    width, height = sheet.ink[2] - sheet.ink[0], sheet.ink[3] - sheet.ink[1]
    turn = np.arctan2((xs - 0.5)[None, :] * width, -(ys - 0.5)[:, None] * height) / np.float32(2 * math.pi) % 1
    soft = np.float32(1.5 / 360)
    seen: Mask = np.clip((np.float32(pose.sweep) * (1 + soft) - turn) / soft, 0, 1)
    return seen


def _grains(picture: Rgba, left: int, top: int, sheet: Sheet, pose: Pose) -> Mask:
    """Grains of a fourteenth of an em, each appearing at its own moment (an integer hash of its place)."""
    grain = max(2, round(sheet.em_px / 14))
    columns = ((np.arange(picture.shape[1]) + left - sheet.ink[0]) // grain).astype(np.uint32)[None, :]
    rows = ((np.arange(picture.shape[0]) + top - sheet.ink[1]) // grain).astype(np.uint32)[:, None]
    x = columns * np.uint32(0x9E3779B1) ^ rows * np.uint32(0x85EBCA77)
    x = (x ^ x >> np.uint32(16)) * np.uint32(0x7FEB352D)
    x = (x ^ x >> np.uint32(15)) * np.uint32(0x846CA68B)
    moment = ((x ^ x >> np.uint32(16)) >> np.uint32(8)).astype(np.float32) / np.float32(1 << 24)
    seen: Mask = np.clip((np.float32(pose.dissolve * (1 + _SOFT)) - moment) / np.float32(_SOFT), 0, 1)
    return seen


def _torn(picture: Rgba, top: int, sheet: Sheet, pose: Pose) -> Rgba:
    """Move bands of rows sideways, each its own way."""
    band = max(3, round(sheet.em_px / 5))
    result = picture.copy()
    for start in range(0, picture.shape[0], band):
        number = (start + top - sheet.ink[1]) // band
        shift = round(2 * (noise(number, pose.seed, 5) - 0.5) * pose.tear_px) if noise(number, pose.seed) < 0.6 else 0
        result[start:start + band] = np.roll(picture[start:start + band], shift, axis=1)
    return result


def _split(picture: Rgba, apart: int) -> Rgba:
    """Move red to the left and blue to the right; opacity is that of the most opaque of the three."""
    left, right = np.roll(picture, -apart, axis=1), np.roll(picture, apart, axis=1)
    return np.stack([left[..., 0], picture[..., 1], right[..., 2],
                     np.maximum(np.maximum(left[..., 3], picture[..., 3]), right[..., 3])], axis=2)
