"""closed_screens: what closed captions show when: cues of one language in rows that CEA-608 has room for."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from stream.protocols import cea608
from stream.protocols.cea608 import MOST_ROWS
from stream.protocols.cea608_letters import readable, shown
from stream.timeline.program import Cue


@dataclass(frozen=True, slots=True)
class Screen:
    """What closed captions show from `start_ns` until `end_ns`; `ids` are the cues it is made of."""

    start_ns: int
    end_ns: int
    rows: tuple[str, ...]
    ids: tuple[str, ...] = ()
    top: bool = False

    @property
    def text(self) -> str:
        """All of it in one line."""
        return " ".join(self.rows)


def screens(cues: Iterable[Cue], *, live: bool, rolling: bool = False) -> list[Screen]:
    """Return what `cues` of one language show, one after the other, in rows that CEA-608 has room for.

    Text that may still grow (`live`) is filled row by row, and of too much the end is shown. Else rows are even, and
    too much becomes several screens that share the time. Where they are `rolling`, rows are the lines as they are.
    Cues whose letters CEA-608 does not have are left out.
    """
    kept = sorted((cue for cue in cues if cue.text.strip() and cue.end_ns > cue.start_ns and readable(cue.text)),
                  key=lambda cue: (cue.start_ns, cue.id))
    times = sorted({time for cue in kept for time in (cue.start_ns, cue.end_ns)})
    rows = {id(cue): _rows(cue, live, rolling) for cue in kept}
    out: list[Screen] = []
    waiting, visible = deque(kept), list[Cue]()
    for start_ns, end_ns in pairwise(times):
        visible = [cue for cue in visible if cue.end_ns > start_ns]
        while waiting and waiting[0].start_ns <= start_ns:
            visible.append(waiting.popleft())
        if not visible:
            continue
        found = Screen(start_ns, end_ns, tuple(row for cue in visible for row in rows[id(cue)]),
                       tuple(cue.id for cue in visible), all(cue.style.align.startswith("Top") for cue in visible))
        if out and out[-1].end_ns == start_ns and out[-1].rows == found.rows:
            out[-1] = replace(out[-1], end_ns=end_ns)
        elif found.rows:
            out.append(found)
    if rolling:
        return out
    if live:
        return [replace(screen, rows=screen.rows[-MOST_ROWS:]) for screen in out]
    return [part for screen in out for part in _parts(screen)]


def _rows(cue: Cue, live: bool, rolling: bool) -> list[str]:
    lines = [" ".join(shown(line).split()) for line in cue.text.split("\n") if line.strip()]
    if not rolling and any(len(line) > cea608.COLUMNS for line in lines):
        return cea608.wrap(" ".join(lines), even=not live)
    return [line for line in lines if line]


def _parts(screen: Screen) -> list[Screen]:
    count = -(-len(screen.rows) // MOST_ROWS)
    if count <= 1:
        return [screen]
    length_ns = (screen.end_ns - screen.start_ns) // count
    times = [screen.start_ns + number * length_ns for number in range(count)] + [screen.end_ns]
    cuts = [number * len(screen.rows) // count for number in range(count + 1)]
    return [replace(screen, start_ns=times[number], end_ns=times[number + 1],
                    rows=screen.rows[cuts[number]:cuts[number + 1]]) for number in range(count)]
