"""wording: what is changed in an engine's words before any is shown: tags, terms, replacements, strong words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from models.asr import Word
from stream.captions.homophones import Homophones
from stream.captions.lines import unspaced
from stream.captions.profanity import Profanity, masked
from stream.captions.spelling import Spelling
from stream.captions.tags import untagged
from stream.captions.units import Phrases, Unit, count_words, spread, units_of, words_of
from stream.timeline.program import Wording

Decision = tuple[int, list[Unit] | None, int]
"""How many units are taken (0: this one stays), what they become, and up to where was looked."""


@dataclass(frozen=True, slots=True)
class Reworded:
    """Words as they are to be shown. The first `safe` of them stay as they are, whatever may follow."""

    words: tuple[Word, ...]
    safe: int


class Rewording:
    """Changes the words of a hypothesis, or of a whole film, as `wording` asks. `language` is a BCP 47 tag.

    Applied to the words so far and to more of them, it gives the same beginning: `safe` words of it. Only what
    may still become part of a longer phrase lies beyond. Applied to what it gave, it changes nothing (but where
    a word removed has brought the parts of a phrase together). One thread at a time.
    """

    def __init__(self, wording: Wording, language: str = "") -> None:
        self._phrases = Phrases({said: (shown,) for said, shown in wording.replacements})
        shown = {shown: (shown,) for _, shown in wording.replacements if shown}
        self._kept = Phrases(shown)  # what is right already is not misheard
        self._spelling = Spelling(wording.vocabulary, language)
        self._homophones = Homophones(wording.vocabulary)
        self._mode = wording.profanity
        self._profanity = Profanity(language, wording.banned, wording.vocabulary)
        self._plain = not (wording.replacements or wording.vocabulary)

    def apply(self, words: Sequence[Word]) -> Reworded:
        """Return `words` (one hypothesis, or all of a film) as they are to be shown."""
        kept, sure = untagged(words, len(words))
        if self._plain and self._mode == "off":
            return Reworded(tuple(kept), sure)
        units = units_of(kept)
        sure = len(units_of(kept[:sure]))
        if not self._plain:
            units, sure = _changed(units, sure, self._respell)
        if self._mode != "off":
            units, sure = _changed(units, sure, self._soften)
        whole = sure if sure == len(units) or not units[sure].glued else _begin(units, sure)
        return Reworded(words_of(units), count_words(units[:whole]))

    def _respell(self, units: Sequence[Unit], i: int) -> Decision:
        count, replaced, looked = self._phrases.at(units, i)
        if count and replaced is not None:
            return count, _shown(units[i:i + count], replaced[0], sensible=True), looked
        count, kept, also = self._kept.at(units, i)
        looked = max(looked, also)
        if count and kept is not None:
            return count, list(units[i:i + count]), looked
        for find in (self._spelling.at, self._homophones.at):
            count, term, also = find(units, i)
            looked = max(looked, also)
            if count:
                return count, _shown(units[i:i + count], term, sensible=False), looked
        return 0, None, looked

    def _soften(self, units: Sequence[Unit], i: int) -> Decision:
        count, strong, looked = self._profanity.at(units, i)
        ours = list(units[i:i + count])
        if not strong:
            return count, ours, looked
        if self._mode == "remove":
            return count, [], looked
        inside = [n > 0 and unspaced(unit.core[0]) for n, unit in enumerate(ours)]
        return count, [replace(u, core=masked(u.core, keep=not m)) for u, m in zip(ours, inside, strict=True)], looked


def _changed(units: Sequence[Unit], sure: int,
             decide: Callable[[Sequence[Unit], int], Decision]) -> tuple[list[Unit], int]:
    """Return `units` after `decide`, and how many of those are sure, when the first `sure` of the old ones are."""
    out: list[Unit] = []
    settled: int | None = None
    i, torn, capital = 0, False, False
    while i < len(units):
        count, new, looked = decide(units, i)
        if settled is None and looked > sure:
            settled = len(out)
        ours = list(units[i:i + 1]) if new is None else new
        if count and not ours:
            capital = capital or (units[i].core[:1].isupper() and not units[i].glued)
        for unit in ours:
            glued = unit.glued and not torn
            core = unit.core[:1].upper() + unit.core[1:] if capital else unit.core
            out.append(unit if glued == unit.glued and core == unit.core else replace(unit, glued=glued, core=core))
            torn = capital = False
        i += max(count, 1)
        torn = torn or not ours or (new is not None and not _same(out[-1], units[i - 1]))
    return out, len(out) if settled is None else settled


def _same(a: Unit, b: Unit) -> bool:
    return a.word is b.word


def _shown(units: Sequence[Unit], text: str, *, sensible: bool) -> list[Unit]:
    """Return `units` showing `text` instead, with the punctuation around them; `sensible`: in their case too."""
    if not text:
        return []
    core = units[0].core
    if sensible and text == text.lower():
        if core.isupper() and sum(map(str.isalpha, "".join(u.core for u in units))) > 1:
            text = text.upper()
        elif core[:1].isupper():
            text = text[:1].upper() + text[1:]
    if "".join(("" if u.glued or n == 0 else " ") + u.core for n, u in enumerate(units)) == text:
        return list(units)
    texts, words = text.split(), [unit.word for unit in units]
    texts[0], texts[-1] = units[0].lead + texts[0], texts[-1] + units[-1].tail
    return units_of(spread(words, texts))


def _begin(units: Sequence[Unit], at: int) -> int:
    """Return where the word that unit `at` belongs to begins."""
    while units[at].glued:
        at -= 1
    return at
