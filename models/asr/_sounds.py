"""_sounds: how English words sound, and how alike two of them sound."""

import re
import threading
import unicodedata
from functools import cache, lru_cache
from typing import Any

_VOWELS = "aAɑæɐeEɛəɜiɪᵻIoOɔQuʊUʌWYᵊ"
_WEAK = "əɪᵻᵊʌɐ"
_ALIKE = ("pb", "tdTɾ", "kɡ", "fv", "sz", "szθ", "ʃʒ", "ʧʤ", "θð", "mnŋ", "lɹw", "ʧʃ", "ʤʒ", "ɹɜ", "iɪᵻj", "uʊw",
          "kx", "bv")
_DROPPED = {"h": 0.5, "j": 0.4, "w": 0.6, "ɹ": 0.5, "t": 0.7, "d": 0.7, "T": 0.5, "ɾ": 0.5, "n": 0.8, "l": 0.8}
_lock = threading.Lock()


@cache
def _reader() -> Any:
    """Hibari's dictionary and spelling rules (Apache-2.0): text to phonemes, one letter each."""
    from hibari.g2p import G2P

    reader = G2P()
    reader("ready")  # it loads a part only now
    return reader


@lru_cache(8192)
def sound_of(words: str) -> str:
    """Return the phonemes of `words`, without stress and spaces; a word it has never seen is read by its letters.

    Letters of other alphabets stand for themselves.
    """
    folded = unicodedata.normalize("NFKD", words)
    readable = re.sub(r"\d{7,}|[^A-Za-z0-9' -]", "", folded.replace("’", "'"))
    if not readable.strip("' -"):
        return "".join(filter(str.isalnum, folded)).casefold()
    with _lock:
        said: str = _reader()(readable)
    return re.sub(r"[^\w]|[ˈˌː]", "", said)


def distance(ours: str, theirs: str, *, beginning: bool = False) -> float:
    """Return how unlike two strings of phonemes are: 1 for each consonant more, less or other, less for what is alike.

    `beginning`: compares `ours` with that beginning of `theirs` that is nearest.
    """
    row = [0.0]
    for letter in theirs:
        row.append(row[-1] + _dropping(letter))
    for our in ours:
        dropping = _dropping(our)
        before, row = row, [row[0] + dropping]
        for j, their in enumerate(theirs, 1):
            cost = before[j - 1] + (0.0 if our == their else _difference(our, their))
            row.append(min(cost, before[j] + dropping, row[j - 1] + _dropping(their)))
    return min(row) if beginning else row[-1]


def _dropping(letter: str) -> float:
    return 0.35 if letter in _WEAK else 0.6 if letter in _VOWELS else _DROPPED.get(letter, 1.0)


@lru_cache(8192)
def _difference(a: str, b: str) -> float:
    if a in _VOWELS and b in _VOWELS:
        return 0.2 if a in _WEAK or b in _WEAK else 0.4
    return 0.35 if any(a in group and b in group for group in _ALIKE) else 1.0
