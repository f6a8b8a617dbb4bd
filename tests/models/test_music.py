"""Music without speech is told from speech, noise and hum."""

import wave
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from models.asr._music import Music
from models.vad import silero
from support import shared_media

Samples = NDArray[np.float32]
RATE_HZ = 16_000
CHORDS = ((262, 330, 392), (220, 262, 330), (175, 220, 262), (196, 247, 294))


def note(hz: float, seconds: float, decay: float, attack_s: float = 0.01) -> NDArray[np.float64]:
    time = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    tone = np.sum([np.sin(2 * np.pi * k * hz * time) / k ** 1.3 for k in range(1, 7)], axis=0)
    return np.asarray(tone * np.exp(-decay * time) * np.minimum(1, time / attack_s))


def chords(seconds: int = 6) -> Samples:
    parts = [np.sum([note(hz, 1, 1.5) for hz in CHORDS[i % 4]], axis=0) for i in range(seconds)]
    return (0.15 * np.concatenate(parts)).astype(np.float32)


def pad() -> Samples:
    parts = [np.sum([note(hz, 2, 0.1, 0.3) for hz in chord], axis=0) for chord in CHORDS[:3]]
    return (0.1 * np.concatenate(parts)).astype(np.float32)


def drums() -> Samples:
    time, dice = np.arange(RATE_HZ // 4) / RATE_HZ, np.random.default_rng(1)
    kick = np.sin(2 * np.pi * (50 + 80 * np.exp(-30 * time)) * time) * np.exp(-12 * time)
    beats = []
    for i in range(24):
        hat = dice.standard_normal(len(time)) * np.exp(-60 * time) * 0.25
        snare = dice.standard_normal(len(time)) * np.exp(-18 * time) * 0.6
        beats.append(hat + (kick if i % 4 == 0 else snare if i % 4 == 2 else 0))
    return (0.3 * np.concatenate(beats)).astype(np.float32)


def hiss() -> Samples:
    return np.asarray(np.random.default_rng(2).standard_normal(6 * RATE_HZ) * 0.05, np.float32)


def hum() -> Samples:
    time = np.arange(6 * RATE_HZ) / RATE_HZ
    return (0.1 * np.sin(2 * np.pi * 100 * time) + 0.05 * np.sin(2 * np.pi * 200 * time)).astype(np.float32)


def playing(samples: Samples, piece: int = 1600) -> list[float]:
    """Return the seconds at which music begins and ends, by turns."""
    music, out, on = Music(silero.load()), [], False
    for first in range(0, len(samples), piece):
        if music.hear(samples[first:first + piece]) != on:
            on = not on
            out.append(first / RATE_HZ)
    return out


@pytest.mark.parametrize("made", [chords, pad, drums])
def test_music_is_known_after_three_seconds(made: Callable[[], Samples]) -> None:
    found = playing(made())
    assert len(found) == 1 and 2.9 <= found[0] <= 3.6


@pytest.mark.parametrize("made", [hiss, hum, lambda: chords() * np.float32(0.01), lambda: chords(2)])
def test_noise_a_hum_what_can_hardly_be_heard_and_a_jingle_are_no_music(made: Callable[[], Samples]) -> None:
    assert playing(made()) == []


def test_speech_is_no_music_nor_is_it_before_a_band(evening: Any) -> None:
    speech: Samples = np.concatenate([evening.samples] * 3)
    assert playing(speech) == []
    voiced: Samples = evening.samples[round(evening.start_s * RATE_HZ):round(evening.end_s * RATE_HZ)]
    bed = np.resize(chords(), len(voiced)) * (np.std(voiced) / np.std(chords()) * 10 ** (-10 / 20))
    mixed = (voiced + bed).astype(np.float32)
    assert playing(np.concatenate([mixed] * 3)) == []


def test_music_ends_when_somebody_speaks_or_it_is_silent(evening: Any) -> None:
    voiced = evening.samples[round(evening.start_s * RATE_HZ):]
    begin, end = playing(np.concatenate([chords(), voiced]))[:2]
    assert begin < 4 and 6 <= end <= 7.2
    begin, end = playing(np.concatenate([chords(), np.zeros(3 * RATE_HZ, np.float32)]))
    assert begin < 4 and 6.5 <= end <= 8


def test_how_the_sound_comes_in_pieces_does_not_matter() -> None:
    assert playing(drums(), 700)[0] == pytest.approx(playing(drums(), 4000)[0], abs=0.3)


def test_no_recorded_speech_is_music() -> None:
    heard = 0
    for path in sorted((shared_media() / "speech").glob("*.wav")):
        with wave.open(str(path)) as file:
            if file.getframerate() == RATE_HZ and file.getnchannels() == 1:
                sound = np.frombuffer(file.readframes(file.getnframes()), "<i2")
                samples = (sound / 32768).astype(np.float32)
                assert playing(samples) == [], path.name
                heard += 1
    assert heard > 10
