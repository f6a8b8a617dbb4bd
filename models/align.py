"""align: when each word of a known text was spoken, by forced alignment with PocketSphinx."""

import importlib.util
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models import weights

RATE_HZ = 16_000
FRAME_NS = 10_000_000
MAX_ADDED = 4096
"""Pronunciations made up for unknown words before the aligner starts afresh, so that it does not grow for ever."""

_ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
         "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SIGNS = {"%": "percent", "&": "and", "+": "plus", "=": "equals", "@": "at",
          "$": "dollars", "€": "euros", "£": "pounds"}
_SOUNDS = (  # spelling to ARPAbet, longest first: rough, for it only has to hold a place between known words
    ("tion", "SH AH N"), ("sion", "ZH AH N"), ("ough", "AO"), ("augh", "AO"), ("eigh", "EY"), ("igh", "AY"),
    ("tch", "CH"), ("sch", "SH"), ("ch", "CH"), ("sh", "SH"), ("th", "TH"), ("ph", "F"), ("ck", "K"), ("ng", "NG"),
    ("qu", "K W"), ("wh", "W"), ("kn", "N"), ("wr", "R"), ("ee", "IY"), ("ea", "IY"), ("ie", "IY"), ("oo", "UW"),
    ("ou", "AW"), ("ow", "OW"), ("oi", "OY"), ("oy", "OY"), ("ai", "EY"), ("ay", "EY"), ("au", "AO"), ("aw", "AO"),
    ("er", "ER"), ("ir", "ER"), ("ur", "ER"), ("ar", "AA R"), ("or", "AO R"), ("a", "AE"), ("b", "B"), ("c", "K"),
    ("d", "D"), ("e", "EH"), ("f", "F"), ("g", "G"), ("h", "HH"), ("i", "IH"), ("j", "JH"), ("k", "K"), ("l", "L"),
    ("m", "M"), ("n", "N"), ("o", "AA"), ("p", "P"), ("q", "K"), ("r", "R"), ("s", "S"), ("t", "T"), ("u", "AH"),
    ("v", "V"), ("w", "W"), ("x", "K S"), ("y", "IY"), ("z", "Z"),
)


@dataclass(frozen=True, slots=True)
class Span:
    """When one word was spoken, from the first sample given; `known` says that its pronunciation was known."""

    start_ns: int
    end_ns: int
    known: bool


class Aligner:
    """PocketSphinx's English acoustic model and dictionary. Calls from several threads take turns.

    Where the package is not installed (it is not made for every Python), no word is ever aligned.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._decoder: Any = _decoder() if importlib.util.find_spec("pocketsphinx") else None
        self._added: set[str] = set()

    def align(self, samples: NDArray[np.float32], words: Sequence[str]) -> list[Span | None]:
        """Return when each of `words` was spoken in `samples` (mono, in [-1, 1], 16 kHz).

        A word outside the dictionary keeps its place with a pronunciation guessed from its spelling
        (`known` is False), so that it does not spoil its neighbours'. None for every word when the
        text does not fit the sound, and for a word without any sound to it.
        """
        with self._lock:
            return self._align(samples, words)

    def _align(self, samples: NDArray[np.float32], words: Sequence[str]) -> list[Span | None]:
        none: list[Span | None] = [None] * len(words)
        if self._decoder is None:
            return none
        entries = [self._entry(word) for word in words]
        names = [entry[0] for entry in entries if entry]
        if not names or len(samples) < RATE_HZ // 20:
            return none
        sound = (np.clip(samples, -1.0, 1.0) * 32767).astype("<i2").tobytes()
        try:
            self._decoder.reinit_feat()  # forget the noise heard before: equal sound gives equal times
            self._decoder.set_align_text(" ".join(names))
            self._decoder.start_utt()
            self._decoder.process_raw(sound, full_utt=True)
            self._decoder.end_utt()
        except RuntimeError:  # how it says that it found no path
            self._decoder = _decoder()
            self._added.clear()
            return none
        found = [s for s in self._decoder.seg() or () if not s.word.startswith(("<", "["))]
        if [_base(s.word) for s in found] != names:
            return none
        times = iter(found)
        return [Span((s := next(times)).start_frame * FRAME_NS, (s.end_frame + 1) * FRAME_NS, entry[1])
                if entry else None for entry in entries]

    def _entry(self, word: str) -> tuple[str, bool] | None:
        """The dictionary's name for `word`, made up if need be, and whether all of it was known."""
        parts = spoken(word)
        if not parts:
            return None
        if len(parts) == 1 and self._decoder.lookup_word(parts[0]):
            return parts[0], True
        phones, known = [], True
        for part in parts:
            sound = self._decoder.lookup_word(part)
            known = known and bool(sound)
            phones.append(sound or sounds(part))
        name = "x" + "_".join(phones).replace(" ", "_").lower()
        if name not in self._added:
            if len(self._added) >= MAX_ADDED:
                self._decoder = _decoder()
                self._added.clear()
            self._decoder.add_word(name, " ".join(phones), True)
            self._added.add(name)
        return name, known


def spoken(word: str) -> list[str]:
    """Return what is said for a written `word`, in lower case: "1813" is eighteen thirteen, "re-use" is re use."""
    parts: list[str] = []
    for piece in re.findall(r"[a-z']+|\d+|[%&+=@$€£]", word.lower().replace("’", "'").replace(",", "")):
        if piece.isdigit():
            parts += _number(piece)
        elif stripped := _SIGNS.get(piece) or piece.strip("'"):
            parts.append(stripped)
    return parts


def sounds(word: str) -> str:
    """Return a rough ARPAbet pronunciation of a word in a to z, by spelling."""
    phones, at = [], 0
    while at < len(word):
        for letters, sound in _SOUNDS:
            if word.startswith(letters, at):
                phones.append(sound)
                at += len(letters)
                break
        else:
            at += 1
    return " ".join(phones) or "AH"


def _number(digits: str) -> list[str]:
    if len(digits) > 4 or digits.startswith("0"):
        return [_ONES[int(d)] for d in digits]
    value = int(digits)
    if value < 20:
        return [_ONES[value]]
    if value < 100:
        return [_TENS[value // 10 - 2], *([_ONES[value % 10]] if value % 10 else [])]
    if value >= 1000 and 0 < value % 1000 < 100 and value // 1000 % 10 != 1:
        return [_ONES[value // 1000], "thousand", *_number(str(value % 1000))]
    if value >= 1000 and value % 1000:
        rest = value % 100
        return [*_number(str(value // 100)), *(_number(str(rest)) if rest >= 10 else ["oh", _ONES[rest]] if rest
                                               else ["hundred"])]
    unit, name = (1000, "thousand") if value >= 1000 else (100, "hundred")
    return [*_number(str(value // unit)), name, *(_number(str(value % unit)) if value % unit else [])]


def _base(word: str) -> str:
    """A dictionary entry's name without the number of its variant: "for(2)" is "for"."""
    return re.sub(r"\(\d+\)$", "", word)


def _decoder() -> Any:
    from pocketsphinx import Decoder

    return Decoder(hmm=str(weights.path("pocketsphinx/mdef").parent), dict=str(weights.path("pocketsphinx/dictionary")),
                   lm=None, samprate=RATE_HZ, bestpath=False, loglevel="FATAL")
