"""closed_channels: CC1 and CC3 being sent, a pair at a time: loaded unseen and shown whole, painted, or rolled up."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from stream.media import NS
from stream.protocols import cea608
from stream.protocols.cea608 import NULL
from stream.protocols.cea608_letters import Pair
from stream.protocols.cea608_letters import pairs as letter_pairs
from stream.run.closed_screens import Screen

STEP_NS = NS // 30
"""Between two pairs of one channel."""
MARGIN = 5
"""So many pairs before it must, a load begins: room for an erasure, and for steps that are not quite even."""
LEAD_NS = 4 * STEP_NS
"""What is written at once begins so early: its codes come before its letters."""
LEAST_NS = NS
"""What came late stays so long nevertheless (or as long as it was meant to)."""
PAINTED_ROWS = 4
"""What may still grow has room for so many rows."""
_ENDS = (".", "?", "!", "…", ":")


@dataclass(slots=True)
class PopOn:
    """Screens that come whole, each loaded unseen so early, if it is known by then, that it is shown when it should be.

    What would be over before it could be shown is left out, but not where screens are told as they come (`live`).
    """

    second: bool
    screens: list[Screen]
    live: bool = False
    _queue: deque[Pair] = field(default_factory=deque)
    _last: Pair = NULL
    _on: Screen | None = None
    _until_ns: int = 0
    _loaded: Screen | None = None
    _erasing: int = 0

    def next(self, now_ns: int) -> Pair:
        """Return the pair for the picture of `now_ns`."""
        while self.screens and self.screens[0].end_ns <= now_ns:
            del self.screens[0]
        over = self._on is not None and now_ns >= self._until_ns and self._at(now_ns) is None
        if over and not self._erasing and not (self._queue and self._queue[0] == self._last):
            self._on, self._erasing = None, 2
        if self._erasing:  # in the midst of a load, but not between a code and its repetition
            self._erasing -= 1
            self._last = cea608.erase(self.second)[0]
            return self._last
        if not self._queue:
            self._decide(now_ns)
        self._last = self._queue.popleft() if self._queue else NULL
        return self._last

    def _at(self, now_ns: int) -> Screen | None:
        return self.screens[0] if self.screens and self.screens[0].start_ns <= now_ns else None

    def _decide(self, now_ns: int) -> None:
        """Show what is loaded when its time has come, else load what comes next when its time is near."""
        loaded = self._loaded
        if loaded is not None and now_ns < loaded.start_ns and not any(_same(loaded, one) for one in self.screens):
            loaded = self._loaded = None  # it has been taken back
        if loaded is not None:
            if now_ns >= loaded.start_ns:
                self._queue.extend(cea608.flip(self.second))
                self._on, self._loaded = loaded, None
                self._until_ns = now_ns + min(LEAST_NS, loaded.end_ns - loaded.start_ns)
            return
        wanted = next((screen for screen in self.screens if not _same(screen, self._on)), None)
        if wanted is None:
            return
        pairs = cea608.load(wanted.rows, self.second, first=1 if wanted.top else 0)
        needs_ns = len(pairs) * STEP_NS
        if not self.live and now_ns + needs_ns >= wanted.end_ns:
            self.screens.remove(wanted)  # over before it could be shown
        elif wanted.start_ns - now_ns <= needs_ns + MARGIN * STEP_NS:
            self._queue.extend(pairs)
            self._loaded = wanted


def _same(one: Screen, other: Screen | None) -> bool:
    return other is not None and one.rows == other.rows and one.start_ns == other.start_ns


@dataclass(slots=True)
class Written:
    """Screens as they come to be known, every word of them: painted on in pages, or rolled up."""

    second: bool
    screens: list[Screen]
    writer: "Roll | Paint"
    _queue: deque[Pair] = field(default_factory=deque)
    _on: Screen | None = None
    _until_ns: int = 0
    _done_ns: int = -(1 << 62)

    def next(self, now_ns: int) -> Pair:
        """Return the pair for the picture of `now_ns`."""
        while self.screens and self.screens[0].end_ns <= now_ns and self.screens[0].start_ns <= self._done_ns:
            del self.screens[0]
        if not self._queue:
            self._decide(now_ns)
        return self._queue.popleft() if self._queue else NULL

    def _decide(self, now_ns: int) -> None:
        near = takewhile(lambda screen: screen.start_ns <= now_ns + LEAD_NS, self.screens)
        due = [screen for screen in near if screen.start_ns > self._done_ns]
        if due:
            self._write(due, now_ns)
        elif self._on is not None and now_ns >= self._until_ns and not self._shown_at(now_ns):
            self._queue.extend(cea608.erase(self.second))
            self._on = None
            self.writer.clear()

    def _shown_at(self, now_ns: int) -> bool:
        begun = takewhile(lambda screen: screen.start_ns <= now_ns, self.screens)
        return any(now_ns < screen.end_ns for screen in begun)

    def _write(self, due: Sequence[Screen], now_ns: int) -> None:
        """Write the first screen that is due, or the last that has only grown from it."""
        target = due[0]
        for screen in due[1:]:
            if screen.ids != target.ids or not screen.text.startswith(target.text):
                break
            target = screen
        self._queue.extend(self.writer.pairs(target, self.second))
        self._on, self._done_ns = target, target.start_ns
        self._until_ns = now_ns + len(self._queue) * STEP_NS + min(LEAST_NS, target.end_ns - target.start_ns)


@dataclass(slots=True)
class Paint:
    """A page written straight onto the screen (paint-on): what has grown is added where the writing stopped.

    Rows are never entered in their middle: some decoders blank what is before an indent.
    """

    on: Screen | None = None
    _going_on: bool = False

    def pairs(self, wanted: Screen, second: bool) -> list[Pair]:
        """Return the pairs after which `wanted` is on the screen."""
        first, before, going_on = first_row(wanted), self.on, self._going_on
        self.on, self._going_on = wanted, True
        if before is None or before.ids != wanted.ids or first_row(before) != first:
            rows = (cea608.write(row, first + number) for number, row in enumerate(wanted.rows))
            return [*cea608.direct(second), *cea608.erase(second), *(pair for row in rows for pair in row)]
        last = len(before.rows) - 1
        grown = len(wanted.rows) > last and wanted.rows[:last] == before.rows[:last]
        if going_on and grown and wanted.rows[last].startswith(before.rows[last]):
            out = letter_pairs(wanted.rows[last][len(before.rows[last]):])
            return out + [pair for number, row in enumerate(wanted.rows[last + 1:], first + last + 1)
                          for pair in cea608.write(row, number)]
        out = cea608.direct(second)
        for number in range(max(len(wanted.rows), len(before.rows))):
            row, old = (rows[number] if number < len(rows) else "" for rows in (wanted.rows, before.rows))
            if row != old or number == len(wanted.rows) - 1:
                out += cea608.anew(row, first + number, second)
        self._going_on = len(wanted.rows) >= len(before.rows)
        return out

    def clear(self) -> None:
        """Nothing is on the screen."""
        self.on = None



def first_row(screen: Screen) -> int:
    """Return the row that `screen` begins in where it may still grow."""
    return 1 if screen.top else cea608.ROWS + 1 - max(len(screen.rows), PAINTED_ROWS)


@dataclass(slots=True)
class Roll:
    """Two rows that roll: words one after the other, whatever lines and pages their captions have them in."""

    row: str = ""
    said: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()

    def pairs(self, wanted: Screen, second: bool) -> list[Pair]:
        """Return the pairs that write what `wanted` says that has not been written yet.

        Words of the lowest row that have become others are written anew; those in the row above stay.
        """
        words = tuple(word for row in wanted.rows for word in row.split())
        out: list[Pair] = []
        known = 0
        if wanted.ids == self.ids:
            known, wrong = self._known(words)
            if wrong and self.row.endswith(wrong) and self.row != wrong:
                self.row = self.row.removesuffix(wrong).rstrip()
                out += cea608.rewrite(self.row, second)
        elif self.row.endswith(_ENDS):
            self.row = ""
        more, rows = self._rows(words[known:])
        out += letter_pairs(more)
        for row in rows:
            out += cea608.roll(row, second)
        self.row = rows[-1] if rows else self.row + more
        self.said, self.ids = words, wanted.ids
        return out

    def clear(self) -> None:
        """Nothing is on the screen."""
        self.row, self.said, self.ids = "", (), ()

    def _known(self, words: tuple[str, ...]) -> tuple[int, str]:
        """Return how many of `words` are written already, and what is written but no longer said."""
        said = self.said
        same = next((n for n, (old, new) in enumerate(zip(said, words, strict=False)) if old != new),
                    min(len(said), len(words)))
        rolled = next((n for n in range(min(len(words), len(said)), 0, -1) if said[len(said) - n:] == words[:n]), 0)
        return (rolled, "") if rolled > same else (same, " ".join(said[same:]))

    def _rows(self, words: Sequence[str]) -> tuple[str, list[str]]:
        """Return what is added to the lowest row, and the rows that follow it."""
        more, rows = "", list[str]()
        for word in words:
            last = rows[-1] if rows else self.row + more
            if last and len(last) + 1 + len(word) <= cea608.COLUMNS:
                if rows:
                    rows[-1] += f" {word}"
                else:
                    more += f" {word}"
            else:
                rows += [word[at:at + cea608.COLUMNS] for at in range(0, len(word), cea608.COLUMNS)]
        return more, rows
