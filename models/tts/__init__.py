"""tts: text to speech. One file per engine; this one holds what a voice is."""

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from stream.errors import ModelError


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a sentence: its text, and how to say it where that was given.

    `text` is written out as it is spoken (no digits, units or symbols), with the ordinary punctuation that a reader
    breathes by, and the spaces that part it from its neighbours. `ipa` is in the International Phonetic Alphabet,
    `pinyin` syllables with tone numbers ("dian3 dang4", 5 or none for the neutral tone); a voice that cannot take the
    one given, or cannot read it, says `text`.
    """

    text: str
    ipa: str = ""
    pinyin: str = ""


@dataclass(frozen=True, slots=True)
class Saying:
    """One sentence or clause for a voice, said in one breath.

    `speed` is how many times as fast as usual, at the same pitch; `pitch` is how many times as high, at the same speed
    and still the same person's (formants stay). Every voice does both, exactly, from 0.5 to 2; beyond that the nearest
    is taken.
    """

    parts: tuple[Part, ...]
    language: str = "en"
    speed: float = 1.0
    pitch: float = 1.0

    @property
    def text(self) -> str:
        """The words, as written."""
        return "".join(part.text for part in self.parts)


class SilentError(ModelError):
    """The voice has no sound for any letter of what it was to say."""


@dataclass(frozen=True, slots=True)
class VoiceInfo:
    """A voice there is: `name` within its engine, BCP 47 `language`, and whose it sounds like."""

    name: str
    language: str
    gender: Literal["female", "male", ""] = ""


class Voice(Protocol):
    """One voice, loaded. Synchronous; one thread at a time.

    An engine's module has `VOICES: tuple[VoiceInfo, ...]`, the first being its default, `available() -> str` ("" or
    what is missing, with the remedy) and `load(voice: str = "") -> Voice` (ModelError when it cannot be had).
    """

    sample_rate_hz: int
    takes: frozenset[Literal["ipa", "pinyin"]]

    def say(self, saying: Saying) -> NDArray[np.float32]:
        """Return `saying` as mono samples in [-1, 1], with at most 50 ms of silence at either end.

        The same saying gives the same samples. Letters that the voice has no sound for (Arabic, for an English voice)
        are left out; ModelError when nothing is left to say.
        """
        ...
