"""tts: text to speech. One file per engine; this one holds what a voice is."""

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a sentence: its text as words (no digits, no marks), and how to say it where that was given.

    `ipa` is in the International Phonetic Alphabet, `pinyin` syllables with tone numbers ("dian3 dang4"); a voice
    that cannot take the one given says `text`.
    """

    text: str
    ipa: str = ""
    pinyin: str = ""


@dataclass(frozen=True, slots=True)
class Saying:
    """One sentence or clause for a voice, said in one breath. `speed` is how many times as fast as usual."""

    parts: tuple[Part, ...]
    language: str = "en"
    speed: float = 1.0

    @property
    def text(self) -> str:
        """The words, as written."""
        return "".join(part.text for part in self.parts)


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
        """Return `saying` as mono samples in [-1, 1], with at most 50 ms of silence at either end."""
        ...
