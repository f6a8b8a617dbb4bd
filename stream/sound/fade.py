"""fade: gains that change with time."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stream.media import NS, SAMPLE_RATE_HZ
from stream.timeline.program import SoundEffect

Block = NDArray[np.float32]
Line = NDArray[np.floating[Any]]
EXP_DB = -100.0
"""Where the curve "exp" begins: FFmpeg's afade has the same, exp(-11.5129 * (1 - x))."""


def curve(name: str, x: Line) -> Line:
    """Return the gain of a fade in, `x` of its way (0 to 1) through: "tri" linear, "exp" linear in dB from -100 dB."""
    x = np.clip(x, 0.0, 1.0)
    return x if name == "tri" else np.where(x > 0, 10 ** (EXP_DB / 20 * (1 - x)), 0.0)


class Gain:
    """A fade or a volume over its span, as a stage: `at` is the number of its first sample, counted from time 0.

    A fade in is silent before its span, a fade out after it; a volume changes nothing outside.
    """

    def __init__(self, effect: SoundEffect, at: int) -> None:
        params = dict(effect.params)
        self._name, self._curve = effect.name, str(params.get("curve", "exp"))
        self._gain = float(params.get("gain", 1.0))
        self._start, self._stop = (ns * SAMPLE_RATE_HZ / NS for ns in (effect.start_ns, effect.end_ns))
        self._at = at

    def feed(self, block: Block) -> Block:
        """Return `block` (2, n) at its gains."""
        first, self._at = self._at, self._at + block.shape[1]
        if self._name == "volume":
            if first >= self._stop or self._at <= self._start:
                return block
            at = np.arange(first, self._at)
            gains = np.where((at >= round(self._start)) & (at < round(self._stop)), self._gain, 1.0)
            return block * gains.astype(np.float32)
        if (first >= self._stop) if self._name == "fade_in" else (self._at <= self._start):
            return block
        way = (np.arange(first, self._at) - self._start) / max(self._stop - self._start, 1.0)
        return block * curve(self._curve, way if self._name == "fade_in" else 1 - way).astype(np.float32)

    def flush(self) -> Block:
        """Nothing is held back."""
        return np.zeros((2, 0), np.float32)
