"""beeps: an engine that hears tones as words, and sounds made of such words: speech whose truth is known."""

import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from models.asr import Hypothesis, StreamOptions, Word

RATE = 48_000
WORDS = {"low": 300, "middle": 600, "high": 1200}
Said = Sequence[tuple[str, float, float]]


def sound(path: Path, words: Said, length_s: float) -> Path:
    """A WAV (mono, 48 kHz) in which `words` (text, start, end in s) are tones."""
    at = np.arange(round(length_s * RATE)) / RATE
    samples = np.zeros(len(at))
    for text, start_s, end_s in words:
        inside = (at >= start_s) & (at < end_s)
        samples[inside] = 0.5 * np.sin(2 * np.pi * WORDS[text] * at[inside])
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


class Hearing:
    """The stream of an engine: at its end, a word for each tone, timed to 10 ms."""

    def __init__(self) -> None:
        self._heard: list[NDArray[np.float32]] = []
        self.speaking = False

    def feed(self, samples: NDArray[np.float32]) -> list[Hypothesis]:
        self._heard.append(samples)
        return []

    def finish(self) -> list[Hypothesis]:
        samples = np.concatenate([np.zeros(0, np.float32), *self._heard])
        loud = np.abs(samples[:len(samples) // 160 * 160].reshape(-1, 160)).max(axis=1, initial=0) > 0.1
        edges = np.flatnonzero(np.diff(np.concatenate(([0], loud.view(np.int8), [0]))))
        words = []
        for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            inside = samples[first * 160:last * 160]
            hz = np.count_nonzero(np.diff(np.signbit(inside))) * 8000 / max(len(inside), 1)
            text = min(WORDS, key=lambda word: abs(WORDS[word] - hz))
            words.append(Word(text, first * 10_000_000, last * 10_000_000, "engine", 0.9))
        return [Hypothesis(0, tuple(words), True, len(samples) * 62_500)]


class Engine:
    """An engine for `Hearing`s; `opened` are the options of each."""

    sample_rate_hz = 16_000
    languages = frozenset({"en"})

    def __init__(self) -> None:
        self.opened: list[StreamOptions] = []

    def open(self, options: StreamOptions) -> Hearing:
        self.opened.append(options)
        return Hearing()


def installed(monkeypatch: pytest.MonkeyPatch, cache: Path) -> Engine:
    """The one engine that a render finds, whatever it asks for; nothing is remembered from other tests."""
    found = Engine()
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    monkeypatch.setattr("stream.vod.ear.load_recognizer", lambda name, language: found)
    monkeypatch.setattr("stream.vod.ear.load_detector", lambda recognizer: None)
    return found
