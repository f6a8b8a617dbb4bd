"""What the tests of engines share: a spoken text, made here, and the loaded recognizer."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

Samples = NDArray[np.float32]
RATE_HZ = 16_000


@dataclass(frozen=True)
class Spoken:
    """Synthetic speech at 16 kHz and where it begins and ends."""

    samples: Samples
    text: str
    start_s: float
    end_s: float


def at_16k(sound: Samples, from_hz: int) -> Samples:
    """Return `sound` at 16 kHz, band-limited through the spectrum of the whole."""
    size = round(len(sound) * RATE_HZ / from_hz)
    spectrum = np.fft.rfft(sound)[:size // 2 + 1]
    return (np.fft.irfft(spectrum, size) * (size / len(sound))).astype(np.float32)


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE_HZ), np.float32)


def say(text: str, lead_s: float = 0.5, tail_s: float = 1.0) -> Spoken:
    from hibari import Hibari

    voice = Hibari()
    sound = at_16k(np.asarray(voice(text, seed=7), np.float32), voice.sample_rate)
    sound *= 0.5 / np.abs(sound).max()
    loud = np.flatnonzero(np.abs(sound) > 0.02) / RATE_HZ
    return Spoken(np.concatenate((silence(lead_s), sound, silence(tail_s))), text,
                  lead_s + float(loud[0]), lead_s + float(loud[-1]))


@pytest.fixture(scope="session")
def evening() -> Spoken:
    return say("Good evening everybody, and welcome to the garden.")


@pytest.fixture(scope="session")
def recognizer() -> Any:
    from models.asr import moonshine

    return moonshine.load()
