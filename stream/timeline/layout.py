"""layout: where a picture goes on the canvas and which part of it is used, in px.

Boxes on the canvas have even edges, so that a 4:2:0 picture fits them; a crop is in px of the source as
shown (after its rotation), before any scaling.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from stream.timeline.program import Box
from stream.timeline.scalars import px

Default = Literal["fit", "natural", "full"]
FAR_PX = 1_000_000.0


@dataclass(frozen=True, slots=True)
class Region:
    """X, Y, Width, Height as the document gives them (ratio/px rule); None is "not given"."""

    x: float | None = None
    y: float | None = None
    width: float | None = None
    height: float | None = None

    def scaled(self, sx: float, sy: float) -> "Region":
        """Return the same region with its px members for a canvas `sx`, `sy` times as large."""
        def times(value: float | None, factor: float) -> float | None:
            return value if value is None or -1 <= value <= 1 else value * factor
        return Region(times(self.x, sx), times(self.y, sy), times(self.width, sx), times(self.height, sy))


def even(value: float) -> int:
    """Return the even number nearest to `value`."""
    return round(value / 2) * 2


def crop_box(region: Region, source: tuple[int, int]) -> Box | None:
    """Return the part of a `source` that a Crop effect keeps: missing X, Y are 0, missing sizes the rest.

    None when the source's size is not known or nothing is left.
    """
    width, height = source
    if not width or not height:
        return None
    left, top = px(region.x or 0, width), px(region.y or 0, height)
    wide = width - left if region.width is None else px(region.width, width)
    high = height - top if region.height is None else px(region.height, height)
    left, right = max(left, 0.0), min(left + wide, width)
    top, bottom = max(top, 0.0), min(top + high, height)
    if left >= right or top >= bottom:
        return None
    x, y = max(min(even(left), width - 2), 0), max(min(even(top), height - 2), 0)
    w = (width if right == width else min(even(right), width)) - x
    h = (height if bottom == height else min(even(bottom), height)) - y
    return Box(x, y, w, h) if w > 0 and h > 0 else None


def place(region: Region, mode: str, source: tuple[int, int], crop: Box | None, canvas: tuple[int, int],
          default: Default) -> tuple[Box, Box | None]:
    """Return the box where a clip is drawn, and the part of its source that fills it.

    `source` is its size as shown (zeros: not known), `crop` what is used of it. `mode` is AdaptMode, which
    acts only when Width and Height are both given. `default` places a clip without any size: fitted into
    the canvas, in its natural size (shrunk when larger), or over all of it.
    """
    used = (crop.width_px, crop.height_px) if crop else source
    known = used[0] > 0 and used[1] > 0
    if region.width is None and region.height is None:
        if default == "full" or not known:
            return _box(0.0, 0.0, *canvas), crop
        return _box(*_unsized(region, used, canvas, default)), crop
    left, top = px(region.x or 0, canvas[0]), px(region.y or 0, canvas[1])
    wide = None if region.width is None else max(px(region.width, canvas[0]), 2.0)
    high = None if region.height is None else max(px(region.height, canvas[1]), 2.0)
    if wide is None or high is None:
        aspect = used[0] / used[1] if known else canvas[0] / canvas[1]
        wide = (high or 2.0) * aspect if wide is None else wide
        high = wide / aspect if high is None else high
        return _box(left, top, wide, high), crop
    if mode == "Contain" and known:
        scale = min(wide / used[0], high / used[1])
        inner = (used[0] * scale, used[1] * scale)
        return _box(left + (wide - inner[0]) / 2, top + (high - inner[1]) / 2, *inner), crop
    box = _box(left, top, wide, high)
    if mode == "Cover" and known:
        return box, _covering(box, crop or Box(0, 0, *source), source)
    return box, crop


def _unsized(region: Region, used: tuple[int, int], canvas: tuple[int, int],
             default: Default) -> tuple[float, float, float, float]:
    scale = min(canvas[0] / used[0], canvas[1] / used[1])
    if default == "natural":
        scale = min(scale, 1.0)
    wide, high = used[0] * scale, used[1] * scale
    left = (canvas[0] - wide) / 2 if region.x is None else px(region.x, canvas[0])
    top = (canvas[1] - high) / 2 if region.y is None else px(region.y, canvas[1])
    return left, top, wide, high


def _box(left: float, top: float, wide: float, high: float) -> Box:
    left, top = min(max(left, -FAR_PX), FAR_PX), min(max(top, -FAR_PX), FAR_PX)
    x, y = even(left), even(top)
    return Box(x, y, max(even(left + min(wide, FAR_PX)) - x, 2), max(even(top + min(high, FAR_PX)) - y, 2))


def _middle(spare_px: int) -> int:
    """Half of what is to spare, at most all of it, even."""
    return min(even(spare_px / 2), spare_px)


def _covering(box: Box, crop: Box, source: tuple[int, int]) -> Box | None:
    """The middle of `crop` in the shape of `box`; None when that is the whole source."""
    aspect = Fraction(box.width_px, box.height_px)
    if Fraction(crop.width_px, crop.height_px) > aspect:
        wide = min(max(even(crop.height_px * float(aspect)), 2), crop.width_px)
        crop = Box(crop.x_px + _middle(crop.width_px - wide), crop.y_px, wide, crop.height_px)
    else:
        high = min(max(even(crop.width_px / float(aspect)), 2), crop.height_px)
        crop = Box(crop.x_px, crop.y_px + _middle(crop.height_px - high), crop.width_px, high)
    return None if crop == Box(0, 0, *source) else crop
