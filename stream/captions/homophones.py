"""homophones: Chinese names and terms written as a user's vocabulary has them, where others sound the same."""

from collections.abc import Sequence
from functools import lru_cache

from stream.captions.lines import unspaced
from stream.captions.units import FAR, Unit, keys_of, parted

_SAME = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"))
"""Sounds that many speakers, and engines, do not tell apart."""
_ORDINARY = 3.0


class Homophones:
    """Finds where characters sound like one of `terms`: 打磨院 is 达摩院. A common word is never one of two."""

    def __init__(self, terms: Sequence[str]) -> None:
        self._ends: dict[tuple[str, ...], str] = {}
        self._more: set[tuple[str, ...]] = set()
        for term in terms:
            keys = keys_of(term)
            if len(keys) < 2 or not any(map(unspaced, term)):
                continue
            sounds = tuple(map(_sound, keys))
            self._ends[sounds] = term
            self._more.update(sounds[:i] for i in range(1, len(sounds)))

    def at(self, units: Sequence[Unit], i: int) -> tuple[int, str, int]:
        """Return how many units from `i` on are a term (0: none), it as spelled, and up to where that was looked at."""
        found: tuple[int, str] = 0, ""
        sounds: tuple[str, ...] = ()
        for k in range(i, len(units)):
            sounds = (*sounds, _sound(units[k].key))
            term = self._ends.get(sounds)
            said = "".join(unit.key for unit in units[i:k + 1])
            if term and (said == term or len(sounds) > 2 or not _is_common(said)):
                found = k + 1 - i, term
            if sounds not in self._more or parted(units, k):
                return *found, k + 1
        return *found, FAR


@lru_cache(8192)
def _sound(character: str) -> str:
    """Return the pinyin of one character, without its tone and what is often confused; others as they are."""
    if not ("\u4e00" <= character[:1] <= "\u9fff"):
        return character
    from pypinyin import lazy_pinyin

    said = "".join(lazy_pinyin(character))
    for full, plain in _SAME:
        said = said.replace(full, plain)
    return said


@lru_cache(8192)
def _is_common(word: str) -> bool:
    import wordfreq

    return bool(wordfreq.zipf_frequency(word, "zh") >= _ORDINARY)
