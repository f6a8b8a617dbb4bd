"""moment: one picture in the life of a VFX, and the curves that life follows."""

from dataclasses import dataclass
from math import floor, pi, sin

import numpy as np

from stream.media import VideoFrame
from stream.timeline.program import FOREVER_NS

NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Moment:
    """What a VFX function is given: the picture and when it is shown.

    `age_s` counts from the effect's start, `left_s` to its end (1e9 while the end is not known), `span_s` is both.
    """

    frame: VideoFrame
    age_s: float
    left_s: float
    seed: int

    @property
    def span_s(self) -> float:
        return self.age_s + self.left_s

    def coming(self, length_s: float) -> float:
        """0 to 1, eased, over the first `length_s` (at most half of the span)."""
        return eased(self.age_s / max(min(length_s, self.span_s / 2), 1e-3))

    def going(self, length_s: float) -> float:
        """1 to 0, eased, over the last `length_s` (at most half of the span)."""
        return eased(self.left_s / max(min(length_s, self.span_s / 2), 1e-3))

    def cycle(self, period_s: float) -> float:
        """Where in its period the effect is: [0, 1)."""
        return self.age_s / period_s % 1.0

    def swing(self, period_s: float, phase: float = 0.0) -> float:
        """A sine, -1 to 1, beginning at 0 (or at `phase`, in periods)."""
        return sin(2 * pi * (self.age_s / period_s + phase))

    def wander(self, period_s: float, channel: int) -> float:
        """A smooth random walk in [-1, 1]: a new value each period, eased in between."""
        place = self.age_s / period_s
        first = floor(place)
        part = eased(place - first)
        return self.random(first, channel) * (1 - part) + self.random(first + 1, channel) * part

    def random(self, step: int, channel: int) -> float:
        """A number in [-1, 1) for `step` (any whole number) and `channel`, from the seed."""
        return float(np.random.default_rng((self.seed & 0xFFFFFFFF, step & 0xFFFFFFFF, channel)).random() * 2 - 1)


def moment(frame: VideoFrame, start_ns: int, end_ns: int, seed: int, pts_ns: int) -> Moment:
    """Return the Moment of a look from `start_ns` to `end_ns` at `pts_ns`."""
    left_s = 1e9 if end_ns >= FOREVER_NS else (end_ns - pts_ns) / NS
    return Moment(frame, (pts_ns - start_ns) / NS, left_s, seed)


def eased(part: float) -> float:
    """Return 0 to 1 as `part` goes from 0 to 1, slow at both ends; held outside."""
    part = min(max(part, 0.0), 1.0)
    return part * part * (3 - 2 * part)


def pulse(part: float, at: float, width: float) -> float:
    """Return a bump of height 1 at `at` in a cycle, 0 beyond `width` on either side (round the cycle's end too)."""
    distance = abs(part - at)
    return eased(1 - min(distance, 1 - distance) / width)
