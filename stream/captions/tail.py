"""tail: words that may still change, shown behind those that are settled; what is said again does not move."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from models.asr import Word
from models.asr._compare import plain
from stream.captions.page import Pager
from stream.timeline.program import Cue


@dataclass(frozen=True, slots=True)
class Seen:
    """One word that a page shows for the first time, from `at_ns` on."""

    word: Word
    at_ns: int


@dataclass(frozen=True, slots=True)
class Spread:
    """What one step changes: cues to show, words newly seen, and how many seen before were taken back."""

    cues: list[Cue] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    erased: int = 0


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the pages stand after one word: its pager, and the newest cue of each page it has touched."""

    pager: Pager
    newest: dict[str, Cue]
    word: Word | None = None
    at_ns: int = 0
    touched: frozenset[str] = frozenset()


class TailPager:
    """A Pager that may also show what is not settled. Its pages follow the Pager's, word by word.

    The tail is said to a copy of the Pager, which is kept for each of its words: where the next step says
    the same word in the same place, settled or not, that copy is gone on from, and nothing on the picture changes.
    What is said otherwise is taken off, from the first such word on.
    """

    def __init__(self, pager: Pager) -> None:
        self._base = _Place(pager, {})
        self._tail: list[_Place] = []
        self._revisions: dict[str, int] = {}

    def say(self, words: Sequence[Word], at_ns: int, tail: Sequence[Word] = (), *, show_tail: bool = False) -> Spread:
        """Show `words` (session ns) from when each begins, at the earliest at `at_ns`; `show_tail`: and `tail` behind.

        `words` are settled. A tail that is not shown is only looked at where lines and pages are broken.
        """
        said = [*words, *tail] if show_tail else list(words)
        kept = 0
        while kept < min(len(said), len(self._tail)) and plain(said[kept].text) == plain(_text(self._tail[kept])):
            kept += 1
        chain, dropped = self._tail[:kept], self._tail[kept:]
        place = chain[-1] if chain else self._base
        cues, seen = _taken_off(dropped, place, at_ns), list[Seen]()
        following = [*words, *tail]
        for number in range(kept, len(said)):
            place, new = _said(place, said[number], following[number + 1:], at_ns)
            cues += new
            seen.append(Seen(said[number], place.at_ns))
            chain.append(place)
        settled = len(words)
        if settled:
            self._base = chain[settled - 1]
        self._tail = chain[settled:]
        erased = sum(old.at_ns <= at_ns for old in dropped)
        return Spread(self._numbered(cues, at_ns), seen, erased)

    def clear(self, at_ns: int) -> list[Cue]:
        """End what is shown at `at_ns`; the tail is forgotten."""
        cues = _taken_off(self._tail, self._base, at_ns)
        self._tail = []
        ended = self._base.pager.clear(at_ns)
        ids = {cue.id for cue in ended}
        self._base = replace(self._base, newest={})
        return self._numbered([cue for cue in cues if cue.id not in ids] + ended, at_ns)

    def _numbered(self, cues: list[Cue], at_ns: int) -> list[Cue]:
        """Return `cues` from `at_ns` on, without those that a later one replaces at once, numbered as revisions."""
        out: list[Cue] = []
        cues = [replace(cue, start_ns=max(cue.start_ns, at_ns), end_ns=max(cue.end_ns, at_ns)) for cue in cues]
        for i, cue in enumerate(cues):
            if any(later.id == cue.id and later.start_ns <= cue.start_ns for later in cues[i + 1:]):
                continue
            revision = self._revisions[cue.id] = self._revisions.get(cue.id, -1) + 1
            out.append(replace(cue, revision=revision))
        while len(self._revisions) > 64:
            del self._revisions[next(iter(self._revisions))]
        return out


def _text(place: _Place) -> str:
    return place.word.text if place.word else ""


def _said(place: _Place, word: Word, ahead: Sequence[Word], at_ns: int) -> tuple[_Place, list[Cue]]:
    """Return where the pages stand once `word` has been said, and what that changes."""
    pager = place.pager.copy()
    cues = pager.say([word], at_ns, ahead)
    newest = {name: cue for name, cue in place.newest.items() if cue.end_ns > at_ns} | {cue.id: cue for cue in cues}
    due_ns = max(word.start_ns, at_ns)
    shown_ns = min((cue.start_ns for cue in cues if cue.start_ns >= due_ns and word.text in cue.text), default=due_ns)
    return _Place(pager, newest, word, shown_ns, frozenset(cue.id for cue in cues)), cues


def _taken_off(dropped: Sequence[_Place], place: _Place, at_ns: int) -> list[Cue]:
    """Return what makes every page that the `dropped` words touched as it was at `place`, from `at_ns` on."""
    out = []
    for page in dict.fromkeys(name for old in dropped for name in sorted(old.touched)):
        before, after = place.newest.get(page), dropped[-1].newest.get(page)
        if before is not None:
            start_ns = max(before.start_ns, at_ns)
            out.append(replace(before, start_ns=start_ns, end_ns=max(before.end_ns, start_ns)))
        elif after is not None:
            start_ns = min(after.start_ns, at_ns)
            out.append(replace(after, start_ns=start_ns, end_ns=max(at_ns, start_ns)))
    return out
