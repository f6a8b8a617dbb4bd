"""_voice: whether somebody speaks right now, for engines that cut their segments by themselves."""

import numpy as np

from models.asr._said import Samples
from models.vad import VoiceDetector

NS = 1_000_000_000
ON, OFF = 0.5, 0.35
HOLD_S = 0.5
"""So long after the last voiced window somebody still counts as speaking."""
LONG_S, LONGEST_S = 12.0, 18.0


class Voice:
    """Follows one sound's voice activity.

    `quiet` is whether the last window had no voice in it; `began_ns` and `ended_ns` are where the first (since
    `renew`) and the last voiced window begins and ends, from the first sample.
    """

    def __init__(self, detector: VoiceDetector) -> None:
        self._vad, self._size = detector.open(), detector.window_samples
        self._hold = round(HOLD_S * detector.sample_rate_hz / self._size)
        self._rest = np.zeros(0, np.float32)
        self._since = self._hold  # windows since the last voiced one
        self.quiet = True
        self._window_ns = self._size * NS // detector.sample_rate_hz
        self._windows, self._new = 0, True
        self.began_ns = self.ended_ns = 0

    def renew(self) -> None:
        """A new segment begins: what is voiced next is its beginning."""
        self._new = True

    def hear(self, samples: Samples) -> None:
        """Take finite mono samples in [-1, 1], however many."""
        sound = np.concatenate((self._rest, samples))
        whole = len(sound) // self._size * self._size
        self._rest = sound[whole:]
        for window in sound[:whole].reshape(-1, self._size):
            chance = self._vad.probability(window)
            self._since = 0 if chance >= ON else self._since + 1
            self.quiet = chance < OFF
            if chance >= ON:
                if self._new:
                    self._new, self.began_ns = False, self._windows * self._window_ns
                self.ended_ns = (self._windows + 1) * self._window_ns
            self._windows += 1

    @property
    def speaking(self) -> bool:
        return self._since < self._hold


def clean(samples: Samples) -> Samples:
    """Return finite mono samples in [-1, 1]."""
    sound = np.asarray(samples, np.float32).reshape(-1)
    return np.clip(np.nan_to_num(sound, nan=0.0, posinf=1.0, neginf=-1.0), -1.0, 1.0)


def cuts(length_s: float, quiet: bool) -> bool:
    """Whether a segment of `length_s` must end by now: at the next quiet moment, or at last anywhere."""
    return length_s >= LONG_S and (quiet or length_s >= LONGEST_S)
