"""rasters: cues drawn once and, where they move, posed anew for each tick."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from stream.render.raster import Raster
from stream.render.text import Typesetter
from stream.timeline.program import Cue, Line, Program, TextStyle

if TYPE_CHECKING:  # only Programs with motions pay for it
    from stream.render.motions.stage import Stage

KEPT_RASTERS = 64


class _Undrawn:
    """What a cue's raster is before it is drawn (None: nothing to draw)."""


_UNDRAWN = _Undrawn()


class Rasters:
    """Cues drawn once: `draw` may run in a thread of its own, ahead of the tick that shows the cue."""

    def __init__(self, typesetter: Typesetter, program: Program) -> None:
        self._typesetter, self._size = typesetter, (program.width_px, program.height_px)
        self._drawn: dict[object, Raster | None] = {}  # read without the lock, so never in two steps
        self._stage: Stage | None = None
        self._lock = threading.Lock()

    def measure(self, style: TextStyle) -> Callable[[Line], float]:
        """Return what measures a line in `style`, in px, as it will be drawn."""

        def measured(line: Line) -> float:
            with self._lock:
                return self._typesetter.measure(line, style)

        return measured

    def draw(self, cue: Cue) -> Raster | None:
        """Return the cue's raster, drawing it if it is new. The same text and style draw the same pixels."""
        key = (cue.lines, cue.style)
        found = self._drawn.get(key, _UNDRAWN)
        if not isinstance(found, _Undrawn):
            return found
        with self._lock:
            found = self._drawn.get(key, _UNDRAWN)
            if not isinstance(found, _Undrawn):
                return found
            drawn = self._typesetter.raster(cue, *self._size)
            self._drawn[key] = drawn
            while len(self._drawn) > KEPT_RASTERS:
                self._drawn.pop(next(iter(self._drawn)), None)
        return drawn

    def at(self, cue: Cue, pts_ns: int) -> Raster | None:
        """Return the cue as it is at `pts_ns`: drawn, and while it moves, where and how it is by then."""
        if cue.scroll is None and cue.motion_in is None and cue.motion_out is None and cue.motion_loop is None:
            return self.draw(cue)
        from stream.render.motions.stage import Stage

        with self._lock:
            if self._stage is None:
                self._stage = Stage(self._typesetter, *self._size)
            return self._stage.raster(cue, pts_ns)
