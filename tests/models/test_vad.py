"""Where there is speech, by Silero."""

from typing import Any

import numpy as np
import pytest

from models.vad import silero


def chances(samples: Any) -> Any:
    detector = silero.load()
    stream = detector.open()
    windows = samples[:len(samples) // detector.window_samples * detector.window_samples]
    return np.array([stream.probability(w) for w in windows.reshape(-1, detector.window_samples)])


def test_speech_is_found_where_it_is_and_nowhere_else(evening: Any) -> None:
    found = np.flatnonzero(chances(evening.samples) >= 0.5) * 512 / 16_000
    assert evening.start_s - 0.1 <= found[0] <= evening.start_s + 0.2
    assert evening.end_s - 0.3 <= found[-1] <= evening.end_s + 0.2


def test_noise_and_tones_are_no_speech() -> None:
    time = np.arange(32_000) / 16_000
    hiss = np.random.default_rng(1).standard_normal(32_000) * 0.1
    for sound in (hiss, 0.5 * np.sin(2 * np.pi * 440 * time), time * 0):
        assert chances(sound.astype(np.float32)).max() < 0.5


def test_streams_of_one_detector_do_not_hear_each_other(evening: Any) -> None:
    detector = silero.load()
    one, other = detector.open(), detector.open()
    loud = evening.samples[16_000:16_512]
    alone = detector.open().probability(loud)
    for i in range(20):
        other.probability(evening.samples[16_000 + i * 512:][:512])
    assert one.probability(loud) == alone


def test_a_window_of_the_wrong_size_is_refused() -> None:
    with pytest.raises(ValueError, match="512"):
        silero.load().open().probability(np.zeros(480, np.float32))
