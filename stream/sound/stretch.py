"""stretch: sound faster or slower at the same pitch."""

import numpy as np
from numba import types
from numpy.typing import NDArray

from stream.render.jit import kernel

Block = NDArray[np.float32]
HOP = 960
"""Every 20 ms a piece of 40 ms is laid over the one before."""
REACH = 480
"""How far, at most, a piece is taken from elsewhere than its time says, so that it fits the one before: 10 ms."""
_COARSE = 4


class Stretch:
    """Sound at `speed` times its pace: WSOLA (Verhelst and Roelands, ICASSP 1993). One stream of stereo blocks.

    Output sample n is what the input has at n * speed, give or take REACH. All the output together is as long as
    the input divided by `speed`, to the sample.
    """

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._input: Block = np.zeros((2, HOP + REACH), np.float32)
        self._first, self._taken = -HOP - REACH, 0
        self._number, self._given = 0, 0
        self._before: Block = np.zeros(HOP, np.float32)
        self._tail: Block = np.zeros((2, HOP), np.float32)
        self._rise = (0.5 - 0.5 * np.cos(np.pi * np.arange(HOP) / HOP)).astype(np.float32)
        self._shift = np.zeros(1, np.int64)

    def feed(self, block: Block) -> Block:
        """Take the next samples (2, n); return what is complete."""
        self._taken += block.shape[1]
        return self._run(block)

    def flush(self) -> Block:
        """Return the rest, faded into silence where the input ended."""
        total = round(self._taken / self._speed)
        parts = [self._run(np.zeros((2, 0), np.float32))]
        while self._given < total:
            parts.append(self._run(np.zeros((2, self._end() - self._first - self._input.shape[1]), np.float32)))
        return np.concatenate(parts, axis=1)[:, :max(total - self._given, 0) or None]

    def _start(self) -> int:
        """Where the next piece begins in the input: its middle is where its time says."""
        return round(self._number * HOP * self._speed) - HOP

    def _end(self) -> int:
        """What must be here before the next piece can be laid."""
        return self._start() + 2 * HOP + REACH

    def _run(self, block: Block) -> Block:
        first = self._start() - REACH
        if self._first + self._input.shape[1] <= first:  # far ahead at high speed: nothing of this is needed
            self._first, self._input = self._first + self._input.shape[1], self._input[:, :0]
        if self._first + self._input.shape[1] + block.shape[1] <= first:
            self._first += self._input.shape[1] + block.shape[1]
            self._input = self._input[:, :0]
            return self._input
        self._input = np.concatenate([self._input, block], axis=1)
        parts = []
        while self._end() <= self._first + self._input.shape[1]:
            parts.append(self._piece())
            drop = min(max(self._start() - REACH - self._first, 0), self._input.shape[1])
            self._first, self._input = self._first + drop, self._input[:, drop:]
        out = np.concatenate(parts, axis=1) if parts else np.zeros((2, 0), np.float32)
        self._given += out.shape[1]
        return out

    def _piece(self) -> Block:
        """Lay the next piece over the last; the part that nothing more is laid over is complete."""
        at = self._start() - self._first
        shift = 0
        if self._number:
            area = self._input[:, at - REACH:at + REACH + HOP].mean(axis=0)
            _fit(self._before, area, self._shift)
            shift = int(self._shift[0])
        piece = self._input[:, at + shift:at + shift + 2 * HOP]
        done: Block = self._tail + piece[:, :HOP] * self._rise
        self._tail = piece[:, HOP:] * (1 - self._rise)
        self._before = np.ascontiguousarray(piece[:, HOP:].mean(axis=0))
        self._number += 1
        return done if self._number > 1 else done[:, :0]


_LINE = types.Array(types.float32, 1, "A", readonly=True)


@kernel(_LINE, _LINE, types.Array(types.int64, 1, "A"))
def _fit(before: Block, area: Block, shift: NDArray[np.int64]) -> None:
    """Find the shift, -REACH to REACH, at which `area` is most like `before`: coarse, then fine."""
    best, found = 0.0, 0
    for fine in range(2):
        middle, reach, step = (0, REACH, _COARSE) if fine == 0 else (found, _COARSE - 1, 1)
        for candidate in range(middle - reach, middle + reach + 1, step):
            if candidate < -REACH or candidate > REACH:
                continue
            dot, power = 0.0, 1e-9
            for k in range(0, HOP, 2 if fine == 0 else 1):
                value = area[REACH + candidate + k]
                dot += value * before[k]
                power += value * value
            score = dot / np.sqrt(power)
            if fine == 1:
                score /= np.sqrt(2.0)
            if score > best + 1e-9 or (fine == 1 and candidate == found):
                best, found = score, candidate
    shift[0] = found
