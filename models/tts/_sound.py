"""_sound: what every voice does to its samples last: ends cut and softened, pieces joined, level, no clipping."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
PAUSE_S = {".": 0.35, "!": 0.35, "?": 0.35, "…": 0.35, ",": 0.2, ";": 0.25, ":": 0.25, "—": 0.25}
"""The silence between two pieces, by the mark that the first ends with; `SHORT_S` where it ends with none."""
SHORT_S = 0.08
_FRAME_S, _KEPT_S, _FADE_S, _SILENT_DB = 0.01, 0.03, 0.005, -50.0
_CEILING = 0.97


def trimmed(samples: Samples, rate_hz: int) -> Samples:
    """Return `samples` without the silence around them but 30 ms (40 at most), beginning and ending in zero.

    Silent is what lies 50 dB below the loudest 10 ms.
    """
    size = round(rate_hz * _FRAME_S)
    frames = samples[:len(samples) // size * size].reshape(-1, size)
    power = np.square(frames, dtype=np.float64).mean(axis=1)
    if not len(power) or power.max() <= 0.0:
        return np.zeros(0, np.float32)
    loud = np.flatnonzero(power > power.max() * 10 ** (_SILENT_DB / 10))
    kept = round(rate_hz * _KEPT_S)
    out = samples[max(0, loud[0] * size - kept):(loud[-1] + 1) * size + kept].astype(np.float32)  # a copy
    fade = min(round(rate_hz * _FADE_S), len(out) // 2)
    ramp = np.linspace(0.0, 1.0, fade, dtype=np.float32)
    out[:fade] *= ramp
    out[len(out) - fade:] *= ramp[::-1]
    return out


def joined(pieces: Sequence[tuple[str, Samples]], rate_hz: int) -> Samples:
    """Return pieces of one saying after each other: each its text, or phonemes, and its samples, trimmed."""
    out: list[Samples] = []
    pause_s = 0.0
    for text, samples in pieces:
        if out:
            out.append(np.zeros(round(rate_hz * pause_s), np.float32))
        out.append(samples)
        pause_s = PAUSE_S.get(text[-1:], SHORT_S)
    return np.concatenate(out) if out else np.zeros(0, np.float32)


def levelled(samples: Samples, gain_db: float) -> Samples:
    """Return `samples` louder by `gain_db`; where that would clip, only as much as fits."""
    gain = 10 ** (gain_db / 20)
    peak = float(np.abs(samples).max(initial=0.0))
    return samples * np.float32(min(gain, _CEILING / peak) if peak > 0 else gain)
