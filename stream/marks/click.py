"""click: a short chirp in the sound, and the matched filter that finds when it started.

The chirp sweeps 5 to 12 kHz in 20 ms under a Hann window: above most of speech, inside what AAC and
Opus keep, and its autocorrelation is a peak 0.15 ms wide, so its start is found to a fraction of a ms
in any copy. (Pulse compression: Cook & Bernfeld, "Radar Signals", 1967.)
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from stream.media import NS, SAMPLE_RATE_HZ

SAMPLES = SAMPLE_RATE_HZ // 50
PEAK = 0.25
_LOW_HZ, _HIGH_HZ = 5_000.0, 12_000.0
_BLOCK = SAMPLE_RATE_HZ
_LIKENESS = 0.5
_LEAST = 0.004
Sound = NDArray[np.float32]


@cache
def chirp() -> Sound:
    """Return the click, SAMPLES long at 48 kHz; its first sample is the moment it marks."""
    t = np.arange(SAMPLES) / SAMPLE_RATE_HZ
    phase = 2 * np.pi * (_LOW_HZ * t + (_HIGH_HZ - _LOW_HZ) * t * t * SAMPLE_RATE_HZ / (2 * SAMPLES))
    return np.asarray(PEAK * np.sin(phase) * np.hanning(SAMPLES), np.float32)


class ClickFinder:
    """Finds clicks in one stream's sound, block by block; every click is reported once."""

    def __init__(self) -> None:
        self._held = np.zeros(0, np.float32)
        self._held_ns = 0
        self._last_ns = -NS

    def feed(self, samples: Sound, pts_ns: int) -> list[int]:
        """Hear `samples`, shape (channels, n) or (n,), 48 kHz, first at `pts_ns`; return clicks' starts in ns.

        A jump of the times by more than 1 ms ends what was heard before: the rest of it is searched, and hearing
        starts anew.
        """
        mono = samples if samples.ndim == 1 else samples.mean(axis=0)
        found: list[int] = []
        end_ns = self._held_ns + self._held.size * NS // SAMPLE_RATE_HZ
        if not self._held.size or abs(pts_ns - end_ns) > NS // 1000:
            found += self.finish()
            self._held, self._held_ns = mono, pts_ns
        else:
            self._held = np.concatenate([self._held, mono])
        while self._held.size >= _BLOCK + SAMPLES:
            found += self._search(self._held[:_BLOCK + SAMPLES])
            self._held = self._held[_BLOCK:]
            self._held_ns += _BLOCK * NS // SAMPLE_RATE_HZ
        return found

    def finish(self) -> list[int]:
        """Search what is still held; return the starts in ns of the clicks in it."""
        found = self._search(self._held) if self._held.size >= SAMPLES else []
        self._held = self._held[:0]
        return found

    def _search(self, sound: Sound) -> list[int]:
        """Return the starts in ns of the clicks that begin in `sound`."""
        wanted = chirp()
        size = 1 << (sound.size + SAMPLES).bit_length()
        spectrum = np.fft.rfft(sound, size) * np.conj(np.fft.rfft(wanted, size))
        match = np.fft.irfft(spectrum, size)[:sound.size - SAMPLES + 1]
        band = _high_passed(sound)
        energy = np.concatenate([[0.0], np.cumsum(band * band)])
        local = np.sqrt(np.maximum(energy[SAMPLES:] - energy[:-SAMPLES], 1e-9))
        norm = float(np.linalg.norm(wanted))
        likeness = np.where(np.abs(match) / norm > _LEAST, np.abs(match) / (norm * local), 0.0)
        found = []
        while likeness.size and (at := int(likeness.argmax()), float(likeness.max()))[1] > _LIKENESS:
            start_ns = self._held_ns + round(_peak(np.abs(match), at) * NS / SAMPLE_RATE_HZ)
            likeness[max(0, at - _BLOCK // 10):at + _BLOCK // 10] = 0.0
            if abs(start_ns - self._last_ns) > NS // 100:
                found.append(start_ns)
        found.sort()
        if found:
            self._last_ns = found[-1]
        return found


def _high_passed(sound: Sound) -> NDArray[np.float64]:
    """Return `sound` with what lies under the chirp's band removed, so that speech does not hide a click."""
    spectrum = np.fft.rfft(sound)
    spectrum[:int(spectrum.size * _LOW_HZ * 0.8 / (SAMPLE_RATE_HZ / 2))] = 0
    return np.asarray(np.fft.irfft(spectrum, sound.size))


def _peak(match: NDArray[np.float64], at: int) -> float:
    """Return the place of the peak at `at` to a fraction of a sample (parabola through three points)."""
    if not 0 < at < match.size - 1:
        return float(at)
    left, middle, right = float(match[at - 1]), float(match[at]), float(match[at + 1])
    bend = left - 2 * middle + right
    return at if bend >= 0 else at + 0.5 * (left - right) / bend
