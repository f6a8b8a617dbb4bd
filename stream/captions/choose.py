"""choose: about one word in six of what is said, those that say most, chosen as the words come."""

from collections import Counter
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace

from stream.captions import salience
from stream.captions.phrases import Unit, spaced_units
from stream.captions.tongue import latin, script_of

SHARE = 1 / 6
"""How many of the words may be marked."""
FIRST, MOST, OVERDRAWN = 1.0, 2.5, 2.5
"""Words that may be marked at the start; what is saved up at most; what may be marked in advance."""
FLOOR, PRICE = 0.45, 0.2
"""What a word must be worth to be marked, and how much more for each word marked in advance."""
REPEATED, TOPIC = 0.5, 0.08
"""What is taken from a word that was marked lately, and added to one that comes back."""
LATELY = 80
"""Words after which one that was marked may be marked again at its full worth."""
WINDOW, CONTEXT, KNOWN, EARLIER = 24, 8, 300, 40
"""Words looked at together; before and after them; what was worth a look and is remembered; to tell the language by."""


@dataclass(frozen=True, slots=True)
class _Said:
    text: str
    marked: bool


class Chooser:
    """Chooses the key words of one stream of words; `language` as `salience.base_language` gives it, or "".

    Every prefix of the stream has at most a sixth of its words marked, and a few more: FIRST and OVERDRAWN, and the
    rest of a phrase that has been begun. What a language needs is loaded here; Chinese (2 s) where the language is
    not said only when it is first seen.
    """

    def __init__(self, language: str = "") -> None:
        self._language = language
        self._rare: dict[str, salience.Frequencies | None] = {}
        self._past: list[_Said] = []
        self._earlier: tuple[str, ...] = ()  # to tell the language by
        self._count = 0
        self._credit = FIRST
        self._known: dict[str, None] = {}  # what was worth a look, the newest last
        self._marked: dict[str, int] = {}  # when each was marked last
        self._frequencies(language or "en")
        if language == "zh":
            from stream.captions import chinese

            chinese.warm()

    def copy(self) -> "Chooser":
        """Return another that stands where this one stands."""
        other = copy(self)
        other._past, other._known, other._marked = list(self._past), dict(self._known), dict(self._marked)
        return other

    def marks(self, words: Sequence[str], ahead: Sequence[str], given: Sequence[bool | None],
              free: Sequence[bool]) -> list[bool]:
        """Return for each of `words` whether it is marked. Those `given` are marked, or not, already.

        `ahead` are the words that seem to follow. Words that are `free` do not count.
        """
        parts = _windows(words)
        topics: Counter[str] = Counter()
        if len(parts) > 1:  # a whole text: what it comes back to is known from the start
            for first, last in parts:
                topics.update({u.key for u in self._units(words[first:last])[0]})
        out: list[bool] = []
        for first, last in parts:
            follow = [*words[last:last + CONTEXT], *ahead][:CONTEXT]
            out += self._window(words[first:last], follow, given[first:last], free[first:last], topics)
        return out

    def _window(self, words: Sequence[str], ahead: Sequence[str], given: Sequence[bool | None],
                free: Sequence[bool], topics: Counter[str]) -> list[bool]:
        past, end = len(self._past), len(self._past) + len(words)
        units, each = self._units([*(said.text for said in self._past), *words, *ahead])
        counts = [0.0 if f else c for c, f in zip(each[past:end], free, strict=True)]
        marked = [one is True for one in given]
        self._credit = min(self._credit + SHARE * sum(counts), MOST)
        self._credit -= sum(c for c, m in zip(counts, marked, strict=True) if m)
        begun = [u for u in units if u.first < past < u.last and all(s.marked for s in self._past[u.first:])]
        for unit in begun:
            self._take(range(past, unit.last), past, counts, given, marked)
        fresh = [replace(u, first=max(u.first, past)) for u in units
                 if u.last > past and u.first < end and u not in begun and (u.first >= past or not u.whole)]
        worth = {unit: self._worth(unit, topics) for unit in fresh}
        taken: set[str] = set()
        for unit in sorted(fresh, key=lambda u: (-worth[u], u.first)):
            inside = range(unit.first, min(unit.last, end))
            if unit.key in taken or any(given[i - past] is False for i in inside):
                continue
            short = sum(counts[i - past] for i in inside if not marked[i - past]) - self._credit
            if short <= OVERDRAWN and worth[unit] >= FLOOR + PRICE * max(short, 0.0):
                self._take(inside, past, counts, given, marked)
                self._marked[unit.key] = self._count + unit.first - past
                taken.add(unit.key)
        self._remember(words, marked, [u.key for u in fresh])
        return marked

    def _remember(self, words: Sequence[str], marked: Sequence[bool], keys: Sequence[str]) -> None:
        self._count += len(words)
        self._earlier = (*self._earlier, *words)[-EARLIER:]
        self._past = [*self._past, *(_Said(w, m) for w, m in zip(words, marked, strict=True))][-CONTEXT:]
        for key in keys:
            self._known.pop(key, None)
            self._known[key] = None
        for key in list(self._known)[:-KNOWN]:
            del self._known[key]
        for key in [key for key, at in self._marked.items() if self._count - at >= LATELY]:
            del self._marked[key]

    def _take(self, places: range, past: int, counts: Sequence[float], given: Sequence[bool | None],
              marked: list[bool]) -> None:
        for place in places:
            at = place - past
            if at < len(marked) and not marked[at] and given[at] is None:
                marked[at] = True
                self._credit -= counts[at]

    def _worth(self, unit: Unit, topics: Counter[str]) -> float:
        since = self._count - self._marked.get(unit.key, self._count - LATELY)
        if since < LATELY:
            return unit.score - REPEATED * (1 - since / LATELY)
        return unit.score + TOPIC * (unit.key in self._known or topics[unit.key] > 1)

    def _units(self, words: Sequence[str]) -> tuple[list[Unit], list[float]]:
        """Return what could stand out of `words`, and how many words each of them is."""
        language = self._read_as(words)
        rare = self._frequencies(language)
        if language == "zh" and rare is not None:
            from stream.captions.chinese import chinese_units

            return chinese_units(words, rare)
        return spaced_units(words, language, rare), [1.0] * len(words)

    def _read_as(self, words: Sequence[str]) -> str:
        """Return the language that `words` are read in: as was said, if their letters can be of it."""
        script = script_of(words)
        if script and self._language not in ("ja", script):
            return script if self._language in ("", "en") or script in ("zh", "ja", "ko") else self._language
        if not script and self._language in ("", "zh", "ja", "ko"):
            return latin([*self._earlier, *words])
        return self._language or script

    def _frequencies(self, language: str) -> salience.Frequencies | None:
        if language not in self._rare:
            self._rare[language] = salience.load(language)
        return self._rare[language]


def _windows(words: Sequence[str]) -> list[tuple[int, int]]:
    """Return where each sentence begins and ends in `words`; a long one in parts."""
    out, first = [], 0
    for i, word in enumerate(words):
        long = i - first >= WINDOW and word.endswith((",", "，", ";", "；", ":", "、"))
        if i + 1 == len(words) or word.rstrip("\"'”’»)」』）").endswith(tuple(".?!。？！…।؟")) or long \
                or i - first >= 2 * WINDOW:
            out.append((first, i + 1))
            first = i + 1
    return out
