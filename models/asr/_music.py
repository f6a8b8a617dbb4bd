"""_music: where a sound is music without speech, by how long its tones hold and how regularly it beats."""

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.vad import VoiceDetector

Samples = NDArray[np.float32]
RATE_HZ = 16_000
HOP, WINDOW = 1_600, 4_096
"""A look every 0.1 s, at a quarter of a second: fine enough to tell half tones apart from 130 Hz on."""
LOWEST_BIN, HIGHEST_BIN = 20, 1_024  # 80 Hz to 4 kHz
SEEN = 30  # looks that are judged together: 3 s
HELD, BEAT, MOVING = 0.45, 0.85, 0.05
"""Tones that hold, or a beat that repeats; and something new now and then, or it is a hum. Of 3 s of recorded speech
none held 0.52 of its tones; some beat 0.9, but no speech is without a voice."""
QUIET_DB, MOST_QUIET = -50.0, 0.35
VOICED, SPOKEN = 0.15, 0.5
"""A mean probability of speech above which 3 s are no music, and one above which a moment ends it."""
BEATS = range(2, 16)  # looks from one beat to the next: 0.2 to 1.5 s
MOMENT = 5


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a sound: level, the part of its tones' power that was there 0.4 s before, how much is new, voice."""

    level_db: float
    held: float
    new: float
    voiced: float


class Music:
    """Tells whether a sound is music without speech: it is after 3 s of it, until a voice or a silence of a second.

    Synchronous; one thread at a time. It costs 1 % of a core.
    """

    def __init__(self, detector: VoiceDetector) -> None:
        self.playing = False
        self._vad, self._size = detector.open(), detector.window_samples
        self._unvoiced = np.zeros(0, np.float32)
        self._chances: list[float] = []
        self._rest = np.zeros(0, np.float32)
        self._shape = np.hanning(WINDOW).astype(np.float32)
        self._tones: deque[NDArray[np.float64]] = deque(maxlen=5)
        self._before: NDArray[np.float64] | None = None
        self._looks: deque[Look] = deque(maxlen=SEEN)

    def hear(self, samples: Samples) -> bool:
        """Take sound in (mono, 16 kHz, in [-1, 1]); return whether music is playing now."""
        sound = np.concatenate((self._unvoiced, samples))
        whole = len(sound) // self._size * self._size
        self._chances += [self._vad.probability(window) for window in sound[:whole].reshape(-1, self._size)]
        self._unvoiced = sound[whole:]
        sound = np.concatenate((self._rest, samples))
        while len(sound) >= WINDOW:
            self._looks.append(self._look(sound[:WINDOW]))
            sound = sound[HOP:]
            if self.playing and not self._goes_on():
                self.playing = False
                self._looks.clear()
            else:
                self.playing = self.playing or self._begins()
        self._rest = sound
        return self.playing

    def _begins(self) -> bool:
        looks = self._looks
        if len(looks) < SEEN or float(np.mean([look.voiced for look in looks])) > VOICED:
            return False
        if sum(look.level_db < QUIET_DB for look in looks) > MOST_QUIET * SEEN:
            return False
        new = np.array([look.new for look in looks])
        if float(new.mean()) < MOVING:
            return False
        return float(np.mean([look.held for look in looks])) >= HELD or _beat(new) >= BEAT

    def _goes_on(self) -> bool:
        looks = list(self._looks)
        spoken = float(np.mean([look.voiced for look in looks[-MOMENT:]])) > SPOKEN
        return not spoken and any(look.level_db >= QUIET_DB for look in looks[-10:])

    def _look(self, window: Samples) -> Look:
        level = float(np.sqrt(np.mean(window * window)))
        band = (np.abs(np.fft.rfft(window * self._shape)) ** 2)[LOWEST_BIN:HIGHEST_BIN]
        tones = _tones(band)
        held = 0.0
        if len(self._tones) == self._tones.maxlen and tones.sum() > 0:
            old = self._tones[0]
            near = np.maximum(np.maximum(old, np.roll(old, 1)), np.roll(old, -1))
            held = float(np.minimum(tones, 4 * near).sum() / tones.sum())
        self._tones.append(tones)
        loudness = np.log1p(1e3 * np.sqrt(band))
        new = 0.0 if self._before is None else float(np.maximum(loudness - self._before, 0).mean())
        self._before = loudness
        chances, self._chances = self._chances, self._chances[-1:]
        return Look(20 * float(np.log10(level + 1e-9)), held, new, float(np.mean(chances)) if chances else 0.0)


def _tones(band: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the power of what stands out in `band`: local peaks far above what surrounds them; elsewhere zero."""
    smooth = np.convolve(band, np.full(41, 1 / 41), "same")
    peak = (band > np.roll(band, 1)) & (band >= np.roll(band, -1)) & (band > 6 * smooth)
    return np.where(peak, band, 0.0)


def _beat(new: NDArray[np.float64]) -> float:
    """Return how well what is new repeats after some time, at most 1."""
    moved = new - new.mean()
    found = 0.0
    for step in BEATS:
        a, b = moved[step:], moved[:-step]
        size = float(np.sqrt((a * a).sum() * (b * b).sum()))
        if size > 1e-6:
            found = max(found, float((a * b).sum()) / size)
    return found
