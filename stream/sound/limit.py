"""limit: a true-peak limiter that looks ahead: what stays below the ceiling passes bit by bit."""

import numpy as np
from numba import types
from numpy.typing import NDArray

from stream.media import SAMPLE_RATE_HZ
from stream.render.jit import kernel

Block = NDArray[np.float32]
Line = NDArray[np.float64]
HALF = 16
"""Samples on either side that one interpolated value is made of."""
RAMP = 57
"""Samples over which the gain comes down to a peak."""
DELAY = RAMP - 1 + HALF
"""How many samples behind its input the limiter's output is: 72, 1.5 ms at 48 kHz."""
CEILING_DBTP = -1.0
MARGIN_DB = 0.1
"""What the estimate may miss, and what a moving gain adds between samples."""
RELEASE_S = 0.12
_KAISER_BETA = 9.0
_SETTLED = 1.0 - 1e-5


def interpolator() -> Line:
    """Return the taps (3, 32) that give the values 1/4, 1/2 and 3/4 of the way from one sample to the next.

    A sinc in a Kaiser window: 4x oversampling as ITU-R BS.1770-4 Annex 2 asks, its filter longer than there.
    """
    rows = []
    for quarter in (1, 2, 3):
        at = np.arange(-HALF + 1, HALF + 1) - quarter / 4
        window = np.i0(_KAISER_BETA * np.sqrt(np.maximum(0.0, 1.0 - (at / HALF) ** 2))) / np.i0(_KAISER_BETA)
        taps = np.sinc(at) * window
        rows.append(taps / taps.sum())
    return np.array(rows)


_TAPS = interpolator()
_OVERSHOOT = float(np.abs(_TAPS).sum(axis=1).max())


class Limiter:
    """Holds sound below `ceiling_dbtp`, in dB of true peak. One stream of stereo blocks at 48 kHz.

    Each `feed` returns as many samples as it takes, DELAY samples behind: the first DELAY that come out are
    the silence before the beginning. Blocks may be cut anywhere: what comes out is the same. The gain comes
    down over RAMP samples before a peak and recovers over RELEASE_S.
    """

    def __init__(self, ceiling_dbtp: float = CEILING_DBTP) -> None:
        self._ceiling = 10 ** (ceiling_dbtp / 20)
        self._target = 10 ** ((ceiling_dbtp - MARGIN_DB) / 20)
        self._release = 1.0 - float(np.exp(-1.0 / (RELEASE_S * SAMPLE_RATE_HZ)))
        self._samples: Block = np.zeros((2, DELAY), np.float32)
        self._wanted = np.ones(RAMP)
        self._gains = np.ones(RAMP - 1)
        self._gain = np.ones(1)

    def feed(self, block: Block) -> Block:
        """Take `block` (2, n); return the (2, n) samples that are DELAY before it."""
        count = block.shape[1]
        samples = np.concatenate([self._samples, block], axis=1)
        if self._idle(samples):
            self._samples = samples[:, count:]
            return samples[:, :count]
        wanted = np.concatenate([self._wanted, np.ones(count)])
        gains = np.concatenate([self._gains, np.ones(count)])
        out: Block = np.empty((2, count), np.float32)
        _want(samples, _TAPS, self._ceiling, self._target, wanted)
        _hold_back(samples, wanted, self._release, self._gain, gains, out)
        self._samples, self._wanted, self._gains = samples[:, count:], wanted[count:], gains[count:]
        return out

    def flush(self) -> Block:
        """Return the last DELAY samples; the limiter may then begin anew."""
        return self.feed(np.zeros((2, DELAY), np.float32))

    def _idle(self, samples: Block) -> bool:
        """Whether no gain is at work and no value between these samples can reach the ceiling."""
        if self._gain[0] != 1.0 or self._wanted.min() < 1.0 or self._gains.min() < 1.0:
            return False
        return float(max(samples.max(initial=0.0), -samples.min(initial=0.0))) * _OVERSHOOT < self._ceiling


_STEREO = types.Array(types.float32, 2, "A", readonly=True)
_STEREO_OUT = types.Array(types.float32, 2, "A")
_LINE = types.Array(types.float64, 1, "A")
_TABLE = types.Array(types.float64, 2, "A", readonly=True)


@kernel(_STEREO, _TABLE, types.float64, types.float64, _LINE)
def _want(samples: Block, taps: Line, ceiling: float, target: float, wanted: Line) -> None:
    """For each sample that has HALF after it: the gain that brings it, and what follows up to the next, to target."""
    for k in range(wanted.shape[0] - RAMP):
        at = RAMP - 1 + k
        peak = 0.0
        for side in range(2):
            peak = max(peak, abs(samples[side, at]))
            for phase in range(3):
                value = 0.0
                for tap in range(2 * HALF):
                    value += taps[phase, tap] * samples[side, at - HALF + 1 + tap]
                peak = max(peak, abs(value))
        wanted[RAMP + k] = target / peak if peak > ceiling else 1.0


@kernel(_STEREO, _LINE, types.float64, _LINE, _LINE, _STEREO_OUT)
def _hold_back(samples: Block, wanted: Line, release: float, gain: Line, gains: Line, out: Block) -> None:
    """The least gain wanted around each sample, let go slowly, averaged over RAMP: never above what is wanted."""
    for k in range(out.shape[1]):
        least = 1.0
        for j in range(k, k + RAMP + 1):
            least = min(least, wanted[j])
        now = gain[0] + (1.0 - gain[0]) * release
        if now > _SETTLED:
            now = 1.0
        gain[0] = min(least, now)
        gains[RAMP - 1 + k] = gain[0]
        total = 0.0
        for j in range(k, k + RAMP):
            total += gains[j]
        factor = total / RAMP
        out[0, k] = samples[0, k] * factor
        out[1, k] = samples[1, k] * factor
