"""loudness: how loud sound is (ITU-R BS.1770-4, EBU R 128), and how quiet its quietest moments are."""

import numpy as np
from numba import types
from numpy.typing import NDArray

from stream.media import SAMPLE_RATE_HZ
from stream.render.jit import kernel

Block = NDArray[np.float32]
STEP = SAMPLE_RATE_HZ // 10
"""Loudness is measured over 400 ms, every 100 ms."""
# BS.1770-4, tables 1 and 2: the head's shelf and the low cut at 48 kHz; b0, b1, b2, a1, a2.
_SHELF = (1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585)
_LOW_CUT = (1.0, -2.0, 1.0, -1.99004745483398, 0.99007225036621)


class Meter:
    """Measures one stream of stereo blocks at 48 kHz."""

    def __init__(self) -> None:
        self._filters = np.array([*_SHELF, *_LOW_CUT])
        self._state = np.zeros((2, 4))
        self._rest: Block = np.zeros((2, 0), np.float32)
        self._steps: list[float] = []
        self._plain: list[float] = []
        self._sums = np.zeros(2)

    def feed(self, block: Block) -> None:
        """Take the next samples (2, n)."""
        samples = np.concatenate([self._rest, block], axis=1)
        whole = samples.shape[1] // STEP * STEP
        for start in range(0, whole, STEP):
            _weigh(samples[:, start:start + STEP], self._filters, self._state, self._sums)
            self._steps.append(float(self._sums[0]) / STEP)
            self._plain.append(float(self._sums[1]) / STEP / 2)
        self._rest = samples[:, whole:]

    def integrated_lufs(self) -> float:
        """Return the loudness of all of it, gated at -70 LUFS and 10 LU below; -inf for silence or under 0.4 s."""
        steps = np.array(self._steps)
        if len(steps) < 4:
            return -np.inf
        blocks = np.convolve(steps, np.full(4, 0.25), "valid")
        heard = blocks[blocks > 10 ** ((-70 + 0.691) / 10)]
        heard = heard[heard > 0.1 * heard.mean()] if len(heard) else heard
        return -0.691 + 10 * float(np.log10(heard.mean())) if len(heard) else -np.inf

    def noise_db(self) -> float:
        """Return the level (RMS, full scale) below which a tenth of the 100 ms steps lie, digital silence left out."""
        steps = [step for step in self._plain if step > 1e-10]
        return 10 * float(np.log10(np.quantile(steps, 0.1))) if steps else -np.inf


@kernel(types.Array(types.float32, 2, "A", readonly=True), types.Array(types.float64, 1, "A", readonly=True),
        types.Array(types.float64, 2, "A"), types.Array(types.float64, 1, "A"))
def _weigh(samples: Block, filters: NDArray[np.float64], state: NDArray[np.float64], sums: NDArray[np.float64]) -> None:
    """The sum of squares of `samples`, K-weighted and plain (both sides added); `state` goes on to the next block."""
    sums[0] = sums[1] = 0.0
    for side in range(2):
        for k in range(samples.shape[1]):
            value = float(samples[side, k])
            sums[1] += value * value
            for stage in range(2):
                at, held = 5 * stage, 2 * stage
                out = filters[at] * value + state[side, held]
                state[side, held] = filters[at + 1] * value - filters[at + 3] * out + state[side, held + 1]
                state[side, held + 1] = filters[at + 2] * value - filters[at + 4] * out
                value = out
            sums[0] += value * value
