"""voices: a voice for tests: every word is a beep whose pitch and length are known."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.tts import Saying, SilentError, VoiceInfo
from stream.voicing.voices import Engine, Voices

RATE_HZ, WORD_S, PITCH_HZ = 24_000, 0.2, 200.0


@dataclass(slots=True)
class Beeper:
    """Says each word as 0.2 s of a tone with overtones, 30 ms of silence around; keeps what it was asked to say."""

    sample_rate_hz: int = RATE_HZ
    takes: frozenset[Any] = frozenset()
    said: list[Saying] = field(default_factory=list)

    def say(self, saying: Saying) -> NDArray[np.float32]:
        self.said.append(saying)
        words = len([word for word in saying.text.split() if any(c.isalnum() for c in word)])
        if not words or "unsayable" in saying.text:
            raise SilentError("no sound")
        at = np.arange(round(words * WORD_S / saying.speed * RATE_HZ)) / RATE_HZ
        wave = sum(np.sin(2 * np.pi * PITCH_HZ * saying.pitch * k * at) / k for k in (1, 2, 3)) * 0.2
        quiet = np.zeros(round(0.03 * RATE_HZ))
        return np.concatenate([quiet, wave, quiet]).astype(np.float32)


@dataclass(slots=True)
class Machine:
    """An engine with beeping voices, some of which may be missing."""

    VOICES: tuple[VoiceInfo, ...]
    lacks: str = ""
    beeper: Beeper = field(default_factory=Beeper)

    def available(self) -> str:
        return self.lacks

    def load(self, voice: str = "") -> Beeper:
        return self.beeper


def machine(*voices: tuple[str, str, str], lacks: str = "") -> Machine:
    return Machine(tuple(VoiceInfo(*voice) for voice in voices), lacks)  # type: ignore[arg-type]


def small_house(**lacks: str) -> tuple[Voices, dict[str, Machine]]:
    """Voices of three engines as they are, each with a word or two of its list; `lacks` says what one is missing."""
    engines = {"hibari": machine(("heart", "en-US", "female"), lacks=lacks.get("hibari", "")),
               "kokoro": machine(("af_heart", "en-US", "female"), ("am_michael", "en-US", "male"),
                                 ("zf_xiaoxiao", "zh-CN", "female"), ("zm_yunxi", "zh-CN", "male"),
                                 lacks=lacks.get("kokoro", "")),
               "espeak": machine(("en-us", "en-US", "male"), ("fr", "fr", "male"), ("fr+f3", "fr", "female"),
                                 ("yue", "yue", "male"), ("cmn-latn-pinyin", "zh-CN", "male"),
                                 lacks=lacks.get("espeak", ""))}

    def engine(name: str) -> Engine:
        return engines[name]

    return Voices(engine), engines
