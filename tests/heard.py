"""heard: samples, frames and sounds that the tests of sound share."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from stream.media import NS, AudioFrame
from stream.sound.chain import chain
from stream.timeline.program import Sound, SoundEffect, Value

RATE = 48_000
Block = NDArray[np.float32]


def tone(hz: float, length_s: float, level: float = 0.5) -> Block:
    wave = level * np.sin(2 * np.pi * hz * np.arange(round(length_s * RATE)) / RATE)
    return np.stack([wave, wave]).astype(np.float32)


def noise(length_s: float, level: float, seed: int = 1) -> Block:
    one = level * np.random.default_rng(seed).standard_normal(round(length_s * RATE))
    return np.stack([one, one]).astype(np.float32)


def frames(samples: Block, size: int = 1024, start: int = 0) -> list[AudioFrame]:
    """`samples` as a decoder gives them, from sample number `start` on."""
    return [AudioFrame(samples[:, i:i + size], (start + i) * NS // RATE) for i in range(0, samples.shape[1], size)]


def effect(name: str, start_s: float, end_s: float, **params: Value) -> SoundEffect:
    return SoundEffect(name, round(start_s * NS), round(end_s * NS), tuple(params.items()))  # type: ignore[arg-type]


def sound(length_s: float, *effects: SoundEffect, start_s: float = 0.0, speed: float = 1.0) -> Sound:
    return Sound("s", "x.wav", round(start_s * NS), round((start_s + length_s) * NS), speed=speed, effects=effects)


def joined(out: Iterable[AudioFrame], first: int = 0) -> Block:
    """The samples of `out`, which must follow each other without gap from sample number `first` on."""
    parts, at = [], first
    for frame in out:
        assert (frame.pts_ns * RATE + NS // 2) // NS == at
        at += frame.samples.shape[1]
        parts.append(frame.samples)
    return np.concatenate(parts, axis=1)


def changed(made: Sound, samples: Block, size: int = 1024) -> Block:
    """What `made` makes of `samples`, which begin when it does."""
    first = made.start_ns * RATE // NS
    return joined(chain(made, frames(samples, size, first)), first)


def rms_db(samples: Block) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(np.square(samples.astype(np.float64)))) + 1e-12))


def peak_hz(samples: Block) -> float:
    """The strongest frequency, to a fraction of a bin."""
    n = samples.shape[1]
    power = np.log(np.abs(np.fft.rfft(samples[0] * np.hanning(n))) + 1e-12)
    k = int(power.argmax())
    a, b, c = power[k - 1:k + 2]
    return float((k + 0.5 * (a - c) / (a - 2 * b + c)) * RATE / n)
