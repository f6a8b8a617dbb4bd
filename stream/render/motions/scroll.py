"""scroll: credits and tickers: text that runs through the picture, smooth to a fraction of a pixel."""

import math
from collections import OrderedDict

import numpy as np

from stream.render.motions.sheet import Rgba, image_of, surface_of
from stream.render.raster import Raster, from_rgba
from stream.render.text import Typesetter
from stream.timeline.program import NS, Cue, Scroll

TILE_PX = 512
_KEPT = 8  # tiles kept: what a picture of 2160 px shows and the next
_STEPS = 64  # positions per px
_FARTHEST_PX = 1e7


class Strip:
    """A scrolling caption, drawn tile by tile along its way as it comes into the picture, however long it is."""

    def __init__(self, typesetter: Typesetter, cue: Cue, canvas_width_px: int, canvas_height_px: int) -> None:
        if cue.scroll is None:
            raise ValueError("a caption that does not scroll")
        self._typesetter, self._cue, self._size = typesetter, cue, (canvas_width_px, canvas_height_px)
        self._upright = cue.scroll.direction in ("up", "down")
        self._bounds = typesetter.bounds(cue, *self._size)
        spot, width_px, height_px = typesetter.spot(cue, *self._size)
        self._at_px, self._length_px = (spot.top_px, height_px) if self._upright else (spot.left_px, width_px)
        self._tiles: OrderedDict[int, Rgba] = OrderedDict()

    def raster(self, cue: Cue, pts_ns: int) -> Raster | None:
        """Return what is seen of the text at `pts_ns`; `cue` has the lines and the style of the strip's own."""
        if cue.scroll is None:
            return None
        full_px = self._size[1] if self._upright else self._size[0]
        offset = position_px(cue.scroll, self._length_px, full_px, pts_ns - cue.start_ns,
                             cue.end_ns - cue.start_ns) - self._at_px
        low, high = (self._bounds[1], self._bounds[3]) if self._upright else (self._bounds[0], self._bounds[2])
        first = max(low, math.floor(-offset) - 1)
        end = min(high, math.ceil(full_px - offset) + 1)
        if end <= first:
            return None
        numbers = range((first - low) // TILE_PX, (end - 1 - low) // TILE_PX + 1)
        strip = np.concatenate([self._tile(number) for number in numbers], axis=0 if self._upright else 1)
        across = self._bounds[0] if self._upright else self._bounds[1]
        along = low + numbers[0] * TILE_PX + offset
        x, y = (float(across), along) if self._upright else (along, float(across))
        raster = from_rgba(*self._placed(strip, x, y))
        return raster if raster.width_px else None

    def _tile(self, number: int) -> Rgba:
        """Return tile `number`, drawing it if it is new: TILE_PX long (the last one shorter), as wide as the text."""
        if number not in self._tiles:
            left, top, right, bottom = self._bounds
            if self._upright:
                top, bottom = top + number * TILE_PX, min(bottom, top + (number + 1) * TILE_PX)
            else:
                left, right = left + number * TILE_PX, min(right, left + (number + 1) * TILE_PX)
            self._tiles[number] = self._typesetter.rgba(self._cue, *self._size, (left, top, right, bottom))[0]
            if len(self._tiles) > _KEPT:
                self._tiles.popitem(last=False)
        self._tiles.move_to_end(number)
        return self._tiles[number]

    def _placed(self, strip: Rgba, x: float, y: float) -> tuple[Rgba, int, int]:
        """Return `strip` with its top left at (`x`, `y`), between whole pixels interpolated, cut to the picture."""
        import skia

        left, top = max(0, math.floor(x)), max(0, math.floor(y))
        right = min(self._size[0], math.ceil(x) + strip.shape[1] + 1)
        bottom = min(self._size[1], math.ceil(y) + strip.shape[0] + 1)
        if right <= left or bottom <= top:
            return np.zeros((0, 0, 4), np.uint8), 0, 0
        picture = np.zeros((bottom - top, right - left, 4), np.uint8)
        surface = surface_of(picture)
        surface.getCanvas().drawImage(image_of(strip), x - left, y - top, skia.SamplingOptions(skia.FilterMode.kLinear))
        surface.flushAndSubmit()
        return picture, left, top


def position_px(scroll: Scroll, length_px: float, full_px: float, since_ns: int, lasts_ns: int) -> float:
    """Return where the text's top (up, down) or left end (left, right) is `since_ns` after it began.

    It stands at `from_px` for `hold_start_ns`, goes to `to_px` at `speed_px_s` (0: so that all of it takes `lasts_ns`)
    and stays there, or with `loop` begins again after `hold_end_ns`. What is not finite means just outside the picture,
    `full_px` in the direction of the scroll, for text `length_px` long. A `to_px` that lies the other way is taken for
    just outside.
    """
    onward = scroll.direction in ("down", "right")
    start = _within(scroll.from_px) if math.isfinite(scroll.from_px) else -length_px if onward else full_px
    end = _within(scroll.to_px) if math.isfinite(scroll.to_px) else full_px if onward else -length_px
    if (end < start) if onward else (end > start):
        end = max(start, full_px) if onward else min(start, -length_px)
    way = abs(end - start)
    takes_ns = max(lasts_ns - scroll.hold_start_ns - scroll.hold_end_ns, 1)
    if scroll.speed_px_s > 0:
        takes_ns = max(round(min(way / scroll.speed_px_s, 1e9) * NS), 1)
    if scroll.loop:
        since_ns %= scroll.hold_start_ns + takes_ns + scroll.hold_end_ns
    gone = way * min(max((since_ns - scroll.hold_start_ns) / takes_ns, 0.0), 1.0)
    return round((start + gone if end >= start else start - gone) * _STEPS) / _STEPS


def _within(at_px: float) -> float:
    return min(max(at_px, -_FARTHEST_PX), _FARTHEST_PX)
