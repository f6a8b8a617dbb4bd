"""stage: captions in motion: each is drawn once, and placed anew at every tick."""

from collections import OrderedDict

from stream.render.motions import pose, posed
from stream.render.motions.scroll import Strip
from stream.render.motions.sheet import Sheet, sheet
from stream.render.raster import Raster
from stream.render.text import Typesetter
from stream.timeline.program import Cue

_KEPT = 16


class Stage:
    """Draws the captions of one session that move or scroll; used by one thread at a time."""

    def __init__(self, typesetter: Typesetter, canvas_width_px: int, canvas_height_px: int) -> None:
        self._typesetter, self._size = typesetter, (canvas_width_px, canvas_height_px)
        self._drawn: OrderedDict[object, Sheet | Strip | None] = OrderedDict()

    def raster(self, cue: Cue, pts_ns: int) -> Raster | None:
        """Return `cue` as it is at `pts_ns`, None when nothing of it is seen; at rest: as the typesetter has it."""
        if cue.scroll is not None:
            strip = self._found((cue.lines, cue.style, cue.scroll.direction), cue)
            return strip.raster(cue, pts_ns) if isinstance(strip, Strip) else None
        placed = pose(cue, pts_ns)
        if placed is None:
            return self._typesetter.raster(cue, *self._size)
        found = self._found((cue.lines, cue.style), cue)
        return posed(found, placed, *self._size) if isinstance(found, Sheet) else None

    def _found(self, key: object, cue: Cue) -> Sheet | Strip | None:
        if key not in self._drawn:
            made = sheet if cue.scroll is None else Strip
            self._drawn[key] = made(self._typesetter, cue, *self._size)
            if len(self._drawn) > _KEPT:
                self._drawn.popitem(last=False)
        self._drawn.move_to_end(key)
        return self._drawn[key]
