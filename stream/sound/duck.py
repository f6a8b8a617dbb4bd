"""duck: music made quieter while somebody speaks."""

import numpy as np
from numba import types
from numpy.typing import NDArray

from stream.media import NS, SAMPLE_RATE_HZ
from stream.render.jit import kernel
from stream.timeline.program import Ducking

Block = NDArray[np.float32]
Line = NDArray[np.float64]
RMS_S = 0.02
HOLD_S = 0.25
"""How long after the last loud moment speech goes on: gaps between words do not let the music up."""


class Ducker:
    """The gain of the music beside one stream of speech, both stereo at 48 kHz.

    While the level of the speech (RMS over RMS_S) is above the threshold, and HOLD_S longer, the gain goes to
    `amount_db`, else to 0 dB, along an exponential with the attack or the release as its time constant.
    """

    def __init__(self, spec: Ducking) -> None:
        self._numbers = np.array([10 ** (spec.threshold_db / 10), 10 ** (min(spec.amount_db, 0.0) / 20),
                                  _step(spec.attack_ns / NS), _step(spec.release_ns / NS), _step(RMS_S),
                                  HOLD_S * SAMPLE_RATE_HZ])
        self._state = np.array([0.0, 1.0, 0.0])

    def gain(self, speech: Block) -> Block:
        """Return the gain (n,) for the samples beside `speech` (2, n)."""
        out: Block = np.empty(speech.shape[1], np.float32)
        _follow(speech, self._numbers, self._state, out)
        return out


def _step(seconds: float) -> float:
    return 1.0 - float(np.exp(-1.0 / max(seconds * SAMPLE_RATE_HZ, 1.0)))


_STEREO = types.Array(types.float32, 2, "A", readonly=True)
_LINE = types.Array(types.float64, 1, "A")


@kernel(_STEREO, _LINE, _LINE, types.Array(types.float32, 1, "A"))
def _follow(speech: Block, numbers: Line, state: Line, out: Block) -> None:
    for k in range(out.shape[0]):
        power = 0.5 * (speech[0, k] * speech[0, k] + speech[1, k] * speech[1, k])
        state[0] += (power - state[0]) * numbers[4]
        if state[0] > numbers[0]:
            state[2] = numbers[5]
        elif state[2] > 0.0:
            state[2] -= 1.0
        target = numbers[1] if state[2] > 0.0 else 1.0
        state[1] += (target - state[1]) * (numbers[2] if target < state[1] else numbers[3])
        if state[1] > 0.99999:
            state[1] = 1.0
        out[k] = state[1]
