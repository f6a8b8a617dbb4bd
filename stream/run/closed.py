"""closed: cues as closed captions beside the picture (CEA-608): what is loaded when, so that it is shown in time."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise

from stream.media import NS
from stream.protocols import cea608
from stream.protocols.cea608 import MOST_ROWS, NULL
from stream.protocols.cea608_letters import Pair, readable, shown
from stream.protocols.cea608_letters import pairs as letter_pairs
from stream.timeline.cuetrack import CueTrack
from stream.timeline.program import Cue, Program

STEP_NS = NS // 30
"""Between two pairs of one channel."""
MARGIN = 5
"""So many pairs before it must, a load begins: room for an erasure, and for steps that are not quite even."""
GROWING_ROWS = 3
_ENDS = (".", "?", "!", "…", ":")
LEAST_NS = NS
"""What came late stays so long nevertheless (or as long as it was meant to)."""


@dataclass(frozen=True, slots=True)
class Screen:
    """What closed captions show from `start_ns` until `end_ns`; `ids` are the cues it is made of."""

    start_ns: int
    end_ns: int
    rows: tuple[str, ...]
    ids: tuple[str, ...] = ()
    top: bool = False


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


@dataclass(slots=True)
class _Channel:
    """CC1 or CC3 being sent, a pair at a time: what is queued, what is on the screen and until when."""

    second: bool
    rolling: bool
    live: bool
    screens: list[Screen]
    queue: deque[Pair]
    last: Pair = NULL
    on: Screen | None = None
    until_ns: int = 0
    loaded: Screen | None = None
    erasing: int = 0
    roll: Roll = field(default_factory=Roll)

    def next(self, now_ns: int) -> Pair:
        """Return the pair for the picture of `now_ns`."""
        while self.screens and self.screens[0].end_ns <= now_ns:
            del self.screens[0]
        if not self.erasing and self._is_over(now_ns) and not (self.queue and self.queue[0] == self.last):
            self.on, self.erasing = None, 2
        if self.erasing:
            self.erasing -= 1
            self.last = cea608.erase(self.second)[0]
            return self.last
        if not self.queue:
            (self._roll if self.rolling else self._pop)(now_ns)
        self.last = self.queue.popleft() if self.queue else NULL
        return self.last

    def _is_over(self, now_ns: int) -> bool:
        writing = self.rolling and self.queue
        return self.on is not None and now_ns >= self.until_ns and not writing and self._at(now_ns) is None

    def _at(self, now_ns: int) -> Screen | None:
        return self.screens[0] if self.screens and self.screens[0].start_ns <= now_ns else None

    def _shows(self, screen: Screen, now_ns: int) -> None:
        self.on = screen
        written_ns = now_ns + (len(self.queue) * STEP_NS if self.rolling else 0)
        self.until_ns = written_ns + min(LEAST_NS, screen.end_ns - screen.start_ns)

    def _pop(self, now_ns: int) -> None:
        """Show what is loaded when its time has come, else load what comes next when its time is near."""
        loaded, at = self.loaded, self._at(now_ns)
        if loaded is not None and now_ns >= loaded.start_ns:
            more = grown(loaded, at) if self.live and at is not None else []
            self.queue.extend(more or cea608.flip(self.second))
            if at is not None and (more or at.rows == loaded.rows):
                loaded = at
            if more:
                self.loaded = loaded
            else:
                self._shows(loaded, now_ns)
                self.loaded = None
            return
        wanted = next((s for s in self.screens if not self._is_on(s, now_ns)), None)
        if wanted is None or (loaded is not None and loaded.rows == wanted.rows):
            self.loaded = loaded and wanted
            return
        pairs = cea608.load(wanted.rows, self.second, first=first_row(wanted, self.live), centred=not self.live)
        needs_ns = len(pairs) * STEP_NS
        if wanted.start_ns - now_ns > needs_ns + MARGIN * STEP_NS:
            self.loaded = None
        elif not self.live and now_ns + needs_ns >= wanted.end_ns:
            self.screens.remove(wanted)  # over before it could be shown
        else:
            self.queue.extend(pairs)
            self.loaded = wanted

    def _is_on(self, screen: Screen, now_ns: int) -> bool:
        return self.on is not None and screen.rows == self.on.rows and screen.start_ns <= now_ns

    def _roll(self, now_ns: int) -> None:
        """Write what has been added, in the lowest row as long as it has room."""
        at = self._at(now_ns)
        if at is None or (self.on is not None and at.rows == self.on.rows):
            return
        if self.on is None:
            self.roll = Roll()
        self.queue.extend(self.roll.pairs(at, self.second))
        self._shows(at, now_ns)


def first_row(screen: Screen, live: bool) -> int:
    """Return the row that `screen` begins in. What may still grow has room below it for a third row."""
    return 1 if screen.top else cea608.ROWS + 1 - max(len(screen.rows), GROWING_ROWS if live else 0)


def grown(loaded: Screen, wanted: Screen) -> list[Pair]:
    """Return the pairs that add to what is loaded what `wanted` has more; none where it is not the same, grown."""
    last, first = len(loaded.rows) - 1, first_row(loaded, live=True)
    rows = wanted.rows
    if loaded.rows == rows or first_row(wanted, live=True) != first or rows[:last] != loaded.rows[:-1]:
        return []
    more = rows[last].removeprefix(loaded.rows[-1])
    if not rows[last].startswith(loaded.rows[-1]) or more[:1] not in ("", " "):
        return []
    rest = (cea608.write(row, first + last + 1 + number) for number, row in enumerate(rows[last + 1:]))
    return [*letter_pairs(more), *(pair for pairs in rest for pair in pairs)]


class ClosedCaptions:
    """One film's closed captions: cues in, the caption data of each picture out, in the order they are shown.

    Cues in no language (`Cue.lane`), the first, are CC1's; those of any other are CC3's. `rolling` writes them as they
    come into two rows; else each is loaded unseen and shown whole, in time where it was known early enough (a screen
    takes about a second to load). `live` cues may still grow. `show` may be called from another thread.
    """

    def __init__(self, rate: Fraction, cues: Sequence[Cue] = (), *, rolling: bool = False, live: bool = False) -> None:
        self._rate, self._live, self._rolling = rate, live, rolling
        self._come: deque[Cue] = deque()
        self._tracks = (CueTrack(), CueTrack())
        lanes = ([cue for cue in cues if not cue.lane], [cue for cue in cues if cue.lane])
        self._channels = tuple(_Channel(second, rolling, live, self._screens(lanes[second]), deque())
                               for second in (False, True))

    def show(self, cue: Cue) -> None:
        """Take in a cue, or a revision of one."""
        self._come.append(cue)

    def data(self, pts_ns: int) -> bytes:
        """Return `cc_data` for the picture of `pts_ns`, b"" where it carries none. Times must grow."""
        self._take(pts_ns)
        picture = (pts_ns * self._rate.numerator + NS * self._rate.denominator // 2) // (NS * self._rate.denominator)
        pairs = [(field, self._channels[field].next(pts_ns)) for field in cea608.fields(self._rate, picture)]
        return cea608.cc_data(pairs) if pairs else b""

    def _take(self, now_ns: int) -> None:
        changed = set()
        while self._come:
            cue = self._come.popleft()
            track = self._tracks[bool(cue.lane)]
            track.show(cue)
            track.forget(now_ns)
            changed.add(bool(cue.lane))
        for second in changed:
            self._channels[second].screens = self._screens(self._tracks[second].cues)

    def _screens(self, cues: Sequence[Cue]) -> list[Screen]:
        return screens(cues, live=self._live, rolling=self._rolling)


def rolls(program: Program) -> bool:
    """Whether the captions of `program` are asked to roll up."""
    specs = [layer.captions for layer in program.layers] + [sound.captions for sound in program.sounds]
    return next((spec.hearing.paging == "roll-up" for spec in specs if spec is not None), False)
