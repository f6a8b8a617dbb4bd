"""spelling: names and terms spelled as a user's vocabulary has them, where what was heard sounds like them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from models.asr._sounds import distance, sound_of
from stream.captions.lines import unspaced
from stream.captions.units import FAR, Unit, key_of, parted

SPAN = 3
"""So many neighbouring words may be one term, or one more than it has."""
UNHEARD_OF, ORDINARY, COMMON, VERY_COMMON = 1.2, 3.0, 6.0, 6.3
"""Zipf frequencies: a word in a million is 3, one in a thousand 6; about thirty words are above 6.3."""
_FIRST = ("pb", "tdTɾθð", "kɡ", "fv", "szʃʒʧʤ", "mnŋ", "lɹ")
_PASSED_OVER = "aAɑæɐeEɛəɜiɪᵻIoOɔQuʊUʌWYᵊhjw"


@dataclass(frozen=True, slots=True)
class _Term:
    text: str
    key: str
    sound: str
    words: int


class _Judged(NamedTuple):
    """What words may be: the nearest term, how unlike it they are (0: its letters), and what they may become."""

    term: _Term | None
    unlike: float
    begun: tuple[_Term, ...]


_NOTHING = _Judged(None, 9.0, ())


class Spelling:
    """Finds where words are one of `terms`, misheard: 'cube our needs' is Kubernetes.

    English is compared by its sounds, another language (BCP 47) by its letters. Ordinary words become a term
    only where several of them sound just like it together, one alone never. Terms written
    without spaces are left to Homophones.
    """

    def __init__(self, terms: Sequence[str], language: str = "") -> None:
        tag = language.lower().replace("_", "-").partition("-")[0] or "en"
        self._sound: Callable[[str], str] = sound_of if tag == "en" else key_of
        self._zipf = _zipf(tag)
        self._terms = [_Term(text, key, "".join(map(self._sound, text.split())), len(text.split()))
                       for text in terms if (key := _joined(text)) and not any(map(unspaced, text))]
        self._keys = {term.key: term for term in self._terms}
        self._begun = frozenset(term.key[:i] for term in self._terms for i in range(1, len(term.key)))
        self._longest = max((max(SPAN, term.words + 1) for term in self._terms), default=0)
        self._by_first: dict[str, tuple[_Term, ...]] = {}
        for term in self._terms:
            self._by_first[_first(term.sound)] = (*self._by_first.get(_first(term.sound), ()), term)
        self._judge: Callable[[tuple[str, ...]], _Judged] = lru_cache(16384)(self._judged)

    def at(self, units: Sequence[Unit], i: int) -> tuple[int, str, int]:
        """Return how many units from `i` on are a term (0: none), it as spelled, and up to where that was looked at."""
        if not self._terms or units[i].glued or not units[i].key:
            return 0, "", i + 1
        best, unlike, shown = 0, 9.0, ""
        words: tuple[str, ...] = ()
        for k in range(i, min(len(units), i + self._longest)):
            for ending, suffix in _endings(units[k].core):
                judged = self._judge((*words, ending))
                if judged.term is not None and judged.unlike < unlike - (0.05 if suffix == "s" else 0.0):
                    best, unlike, shown = k + 1 - i, judged.unlike, judged.term.text + suffix
            words = (*words, units[k].core)
            if not self._judge(words).begun or parted(units, k) or len(words) == self._longest:
                return best, shown, k + 1
        return best, shown, FAR

    def _judged(self, words: tuple[str, ...]) -> _Judged:
        key = _joined(" ".join(words))
        if len(words) == 1:
            common = self._zipf(words[0]) >= VERY_COMMON
            pool = () if common else self._by_first.get(_first(self._sound(words[0])), ())
        else:
            before = self._judge(words[:-1])
            pool = before.begun
        exact = self._keys.get(key)
        sound = "".join(map(self._sound, words)) if pool else ""
        begun = [term for term in pool if term is not exact and _begins(sound, term.sound)]
        if key in self._begun:
            begun += [term for term in self._terms
                      if term.key.startswith(key) and term is not exact and term not in begun]
        if exact is not None:
            return _Judged(exact, 0.0, tuple(begun))
        near = [(unlike, term) for term in pool
                if (unlike := distance(sound, term.sound) / max(1, len(term.sound))) <= self._allowed(words, key, term)]
        if not near:
            return _Judged(None, 9.0, tuple(begun))
        unlike, term = min(near, key=lambda pair: pair[0])
        return _Judged(term, 0.001 + unlike, tuple(begun))

    def _allowed(self, words: tuple[str, ...], key: str, term: _Term) -> float:
        """Return how unlike `term` these words may sound and still be it; below zero: never."""
        size, known = len(term.sound), [self._zipf(word) for word in words if "-" not in word] or [ORDINARY]
        if abs(len(key) - len(term.key)) > max(3, len(term.key) // 2):
            return -1.0
        if min(known) < UNHEARD_OF:
            return 0.0 if size < 4 else 0.1 if size < 6 else 0.25 if _alike(key, term.key) else 0.19
        if min(known) < ORDINARY:
            return 0.0 if size < 5 else 0.1
        if size < 5 or (len(words) == 1 and "-" not in words[0]):
            return -1.0
        if any("-" in word for word in words):
            return 0.13
        return 0.04 if max(known) >= COMMON else 0.06 if size < 7 else 0.08 if size < 9 else 0.09


def _begins(sound: str, whole: str) -> bool:
    return distance(sound, whole, beginning=True) <= max(0.45, 0.25 * len(sound))


def _first(sound: str) -> str:
    """Return the kind of the first consonant."""
    for letter in sound:
        if letter not in _PASSED_OVER:
            return next((kind for kind in _FIRST if letter in kind), letter)
    return ""


def _endings(core: str) -> list[tuple[str, str]]:
    """Return `core` and what follows it: whole, and without a possessive or a plural."""
    out = [(core, "")]
    if core[-2:] in ("'s", "’s") and len(core) > 3:
        out.append((core[:-2], core[-2:]))
    elif core[-1:] == "s" and len(core) > 4:
        out.append((core[:-1], "s"))
    return out


def _joined(text: str) -> str:
    return "".join(map(key_of, text.split()))


def _alike(a: str, b: str) -> bool:
    import jellyfish

    return jellyfish.jaro_winkler_similarity(a, b) >= 0.9


def _zipf(tag: str) -> Callable[[str], float]:
    """Return a function that gives a word's frequency in language `tag` (English where that is not listed)."""
    import wordfreq

    listed = tag if tag in wordfreq.available_languages() and tag not in ("zh", "ja", "ko") else "en"

    @lru_cache(8192)
    def zipf(word: str) -> float:
        return float(wordfreq.zipf_frequency(word.replace("’", "'"), listed))

    return zipf
