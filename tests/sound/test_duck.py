"""Ducking: music gives way to speech, as deep and as fast as asked, and comes back."""

import numpy as np
import pytest

from stream.sound.duck import HOLD_S, Ducker
from stream.timeline.program import NS, Ducking

RATE = 48_000
SPEC = Ducking(threshold_db=-40.0, amount_db=-12.0, attack_ns=NS // 20, release_ns=NS // 2)


def speech(level: float, start_s: float, end_s: float, length_s: float) -> np.ndarray:
    t = np.arange(round(length_s * RATE)) / RATE
    tone = np.where((t >= start_s) & (t < end_s), level * np.sin(2 * np.pi * 300 * t), 0.0)
    return np.stack([tone, tone]).astype(np.float32)


def test_music_goes_down_by_the_amount_and_comes_back() -> None:
    gain = Ducker(SPEC).gain(speech(0.2, 1, 3, 7))
    db = 20 * np.log10(gain)
    assert not db[:RATE].any()
    assert db[2 * RATE:3 * RATE] == pytest.approx(-12, abs=0.1)
    assert db[-RATE // 2:] == pytest.approx(0, abs=0.1)


def test_attack_and_release_are_time_constants() -> None:
    gain = Ducker(SPEC).gain(speech(0.2, 1, 3, 7))
    low = 10 ** (-12 / 20)
    down = np.argmax(gain < low + (1 - low) / np.e) / RATE - 1
    assert down == pytest.approx(0.05, abs=0.01)
    up = np.argmax(gain[3 * RATE:] > 1 - (1 - low) / np.e) / RATE
    assert HOLD_S + 0.5 < up < HOLD_S + 0.5 + 0.15  # what was loud fades from the measured level first


def test_what_is_below_the_threshold_is_not_speech() -> None:
    assert np.array_equal(Ducker(SPEC).gain(speech(0.005, 0, 2, 2)), np.ones(2 * RATE, np.float32))


def test_the_pause_between_two_words_does_not_let_the_music_up() -> None:
    said = speech(0.2, 0, 1, 3)
    said[:, 57_600:] = speech(0.2, 0, 1.8, 1.8)  # again after 0.2 s
    assert 20 * np.log10(Ducker(SPEC).gain(said)[RATE // 2:]).max() < -11.9


def test_blocks_may_be_cut_anywhere() -> None:
    said = speech(0.2, 0.3, 0.8, 1.5)
    whole, parts = Ducker(SPEC).gain(said), Ducker(SPEC)
    assert np.array_equal(whole, np.concatenate([parts.gain(said[:, i:i + 977]) for i in range(0, said.shape[1], 977)]))
