"""degrade: clean recordings made as bad as the world is: a music bed, a room that rings, a crowd."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
RATE_HZ = 16_000
MUSIC_DB, CROWD_DB = 10.0, 10.0
"""How much louder the speech is than what is under it."""
RT60_S = 0.8
_CHORDS = ((0, 4, 7), (9, 12, 16), (5, 9, 12), (7, 11, 14))  # semitones above A3: I vi IV V


def music(samples: Samples, others: Sequence[Samples], seed: int) -> Samples:
    """Return `samples` over a bed of chords, a bass and a beat, 10 dB below the speech."""
    rng = np.random.default_rng(seed)
    t = np.arange(len(samples)) / RATE_HZ
    beat_s, out = 60 / (90 + seed % 40), np.zeros(len(samples))
    for number in range(int(t[-1] / (2 * beat_s)) + 1 if len(t) else 0):
        at = slice(int(number * 2 * beat_s * RATE_HZ), int((number + 1) * 2 * beat_s * RATE_HZ))
        local = t[at] - number * 2 * beat_s
        for semitone in (*_CHORDS[number % 4], _CHORDS[number % 4][0] - 12):
            hz = 220 * 2 ** (semitone / 12)
            out[at] += sum(np.sin(2 * np.pi * hz * k * local) / k ** 1.5 for k in (1, 2, 3)) * np.exp(-local)
    phase = t % beat_s
    out += 2 * np.exp(-phase * 40) * np.sin(2 * np.pi * 60 * phase)
    out += np.exp(-((t + beat_s / 2) % beat_s) * 60) * rng.standard_normal(len(t))
    return _under(samples, out, MUSIC_DB)


def room(samples: Samples, others: Sequence[Samples], seed: int) -> Samples:
    """Return `samples` as heard in a room whose sound has fallen by 60 dB after 0.8 s; the direct sound comes first."""
    rng = np.random.default_rng(seed)
    t = np.arange(int(RT60_S * RATE_HZ)) / RATE_HZ
    answer = rng.standard_normal(len(t)) * 10 ** (-3 * t / RT60_S)
    answer *= 1 / np.sqrt((answer**2).sum())  # as much energy as the direct sound
    answer[0] = 1.0
    size = 1 << (len(samples) + len(answer)).bit_length()
    out = np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(answer, size), size)[:len(samples)]
    return _bounded(out * _rms(samples) / max(_rms(out), 1e-9))


def crowd(samples: Samples, others: Sequence[Samples], seed: int) -> Samples:
    """Return `samples` with eight of `others` talking at once behind it, 10 dB below."""
    rng = np.random.default_rng(seed)
    out = np.zeros(len(samples))
    for _ in range(8 if others else 0):
        one = others[int(rng.integers(len(others)))]
        one = np.roll(np.resize(one, len(samples)), int(rng.integers(max(1, len(samples)))))
        out += one / max(_rms(one), 1e-9)
    return _under(samples, out, CROWD_DB)


def clean(samples: Samples, others: Sequence[Samples], seed: int) -> Samples:
    """Return `samples`."""
    return samples


WORLDS: dict[str, Callable[[Samples, Sequence[Samples], int], Samples]] = {
    "clean": clean, "music": music, "room": room, "crowd": crowd}


def _under(samples: Samples, bed: NDArray[np.float64], below_db: float) -> Samples:
    level = _rms(bed)
    gain = _rms(samples) / level * 10 ** (-below_db / 20) if level > 0 else 0.0
    return _bounded(samples + bed * gain)


def _rms(samples: "NDArray[np.floating]") -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0.0


def _bounded(samples: "NDArray[np.floating]") -> Samples:
    peak = float(np.abs(samples).max()) if len(samples) else 0.0
    return (samples / max(1.0, peak)).astype(np.float32)
