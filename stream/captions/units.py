"""units: what wording looks at: words, and single characters where a script is written without spaces."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Generic, TypeVar

from models.asr import Word
from models.asr._compare import plain
from stream.captions.lines import unspaced

T = TypeVar("T")
FAR = 1 << 30
"""How far a decision looked that hangs on words still to come."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A word, or a character of one: `lead` and `tail` are the punctuation around `core`; `key` compares it.

    `glued`: no new word begins with it, it goes on in the one of the unit before.
    """

    core: str
    lead: str
    tail: str
    key: str
    word: Word
    glued: bool = False

    @property
    def text(self) -> str:
        return self.lead + self.core + self.tail


def units_of(words: Iterable[Word]) -> list[Unit]:
    """Return `words` as units; a word of characters that are written without spaces is taken apart, its time shared."""
    out: list[Unit] = []
    for word in words:
        parts = _parts(word.text)
        if len(parts) == 1:
            out.append(Unit(*parts[0], word))
            continue
        step = (word.end_ns - word.start_ns) / len(parts)
        for i, part in enumerate(parts):
            start_ns = word.start_ns + round(i * step)
            end_ns = word.start_ns + round((i + 1) * step)
            own = replace(word, text="".join(part[:3]), start_ns=start_ns, end_ns=end_ns)
            out.append(Unit(*part, own, i > 0))
    return out


def words_of(units: Sequence[Unit]) -> tuple[Word, ...]:
    """Return `units` as words again: characters that go on in one word are joined."""
    out: list[Word] = []
    for unit in units:
        if unit.glued and out:
            out[-1] = merged([out[-1], unit.word], out[-1].text + unit.text)
        else:
            out.append(unit.word if unit.text == unit.word.text else replace(unit.word, text=unit.text))
    return tuple(out)


def count_words(units: Sequence[Unit]) -> int:
    """Return how many words `units` are."""
    return sum(not unit.glued for unit in units)


def merged(words: Sequence[Word], text: str) -> Word:
    """Return one word of `text` that was spoken while `words` were."""
    timing = words[0].timing if len({w.timing for w in words}) == 1 else "interpolated"
    known = [w.confidence for w in words if w.confidence is not None]
    return Word(text, words[0].start_ns, max(w.end_ns for w in words), timing, min(known) if known else None)


def spread(words: Sequence[Word], texts: Sequence[str]) -> list[Word]:
    """Return `texts` as words over the time of `words`: one each where they are as many, else by their letters."""
    if len(words) == len(texts):
        return [replace(word, text=text) for word, text in zip(words, texts, strict=True)]
    whole = merged(words, "")
    if len(texts) == 1:
        return [replace(whole, text=texts[0])]
    letters = [max(1, len(text)) for text in texts]
    span_ns, total, done, out = whole.end_ns - whole.start_ns, sum(letters), 0, []
    for text, count in zip(texts, letters, strict=True):
        start_ns = whole.start_ns + span_ns * done // total
        done += count
        out.append(Word(text, start_ns, whole.start_ns + span_ns * done // total, "interpolated", whole.confidence))
    return out


@lru_cache(4096)
def key_of(text: str) -> str:
    """Return how `text` is compared: without case and punctuation; what is masked is like nothing else."""
    return text if "*" in text else plain(text)


@lru_cache(4096)
def _parts(text: str) -> tuple[tuple[str, str, str, str], ...]:
    """Return core, lead, tail and key of each unit of one word."""
    if not any(map(unspaced, text)):
        return (_peeled(text),)
    pieces: list[str] = []
    for character in text:
        joins = bool(pieces) and not unspaced(character) and not unspaced(pieces[-1][-1])
        if pieces and (joins or _is_mark(character) or unicodedata.combining(character)):
            pieces[-1] += character
        else:
            pieces.append(character)
    return tuple(_peeled(piece) for piece in pieces)


def _peeled(text: str) -> tuple[str, str, str, str]:
    start, end = 0, len(text)
    while start < end and _is_mark(text[start]):
        start += 1
    while end > start and _is_mark(text[end - 1]):
        end -= 1
    if start == end:
        return text, "", "", key_of(text)
    return text[start:end], text[:start], text[end:], key_of(text[start:end])


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "P" and character not in "*&@#%'’"


class Phrases(Generic[T]):
    """Phrases to be found in units; the longest one wins. Punctuation inside ends a phrase."""

    def __init__(self, entries: Mapping[str, T]) -> None:
        self._ends: dict[tuple[str, ...], T] = {}
        self._more: set[tuple[str, ...]] = set()  # what a phrase may begin with
        for phrase, value in entries.items():
            keys = keys_of(phrase)
            if keys:
                self._ends[keys] = value
                self._more.update(keys[:i] for i in range(1, len(keys)))

    def at(self, units: Sequence[Unit], i: int) -> tuple[int, T | None, int]:
        """Return how many units from `i` on are a phrase (0: none), its value, and up to where that was looked at."""
        found: tuple[int, T | None] = 0, None
        keys: tuple[str, ...] = ()
        for k in range(i, len(units)):
            keys = (*keys, units[k].key)
            if keys in self._ends:
                found = k + 1 - i, self._ends[keys]
            if keys not in self._more or parted(units, k):
                return *found, k + 1
        return *found, FAR


def parted(units: Sequence[Unit], k: int) -> bool:
    """Whether punctuation parts unit `k` from the next. What ends the last unit may go when more is heard."""
    return k + 1 < len(units) and bool(units[k].tail or units[k + 1].lead)


def keys_of(phrase: str) -> tuple[str, ...]:
    """Return the keys of the units of `phrase`."""
    return tuple(unit.key for unit in units_of(Word(text, 0, 0) for text in phrase.split()) if unit.key)
