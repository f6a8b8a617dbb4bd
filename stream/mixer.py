"""mixer: the programme's sound: every sound at its time and gain, summed, given out without gaps."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from stream.media import NS, SAMPLE_RATE_HZ, AudioFrame
from stream.metrics import Metrics
from stream.timeline.program import Sound

Block = NDArray[np.float32]
AHEAD_SAMPLES = 4 * SAMPLE_RATE_HZ
ROUNDED = 2
"""Times in ns and in other clocks' units put neighbouring frames so many samples apart, or one over the other."""


def sample_at(pts_ns: int) -> int:
    """Return the number of the 48 kHz sample nearest to `pts_ns`."""
    return (pts_ns * SAMPLE_RATE_HZ + NS // 2) // NS


@dataclass(slots=True)
class Lane:
    """One sound's decoded samples, waiting to be mixed. `end` is the first sample not yet here."""

    sound: Sound
    blocks: "deque[tuple[int, Block]]" = field(default_factory=deque)
    end: int = -(1 << 62)
    ended: bool = False

    def add(self, frame: AudioFrame) -> None:
        """Append `frame`; what overlaps sound already here, and what comes before the sound begins, is cut off."""
        start = sample_at(frame.pts_ns)
        samples = frame.samples
        if abs(start - self.end) <= ROUNDED:
            start = self.end
        first = max(self.end, sample_at(self.sound.start_ns))
        if start < first:
            self.end = max(self.end, min(start + samples.shape[1], first))
            samples = samples[:, first - start:]
            start = first
        if samples.shape[1]:
            self.blocks.append((start, samples))
            self.end = start + samples.shape[1]

    def into(self, out: Block, first: int) -> int:
        """Add this lane's samples from `first` on to `out`, at its gain; return how many there were."""
        last, found = first + out.shape[1], 0
        begin, stop = sample_at(self.sound.start_ns), sample_at(min(self.sound.end_ns, 1 << 60))
        while self.blocks and self.blocks[0][0] + self.blocks[0][1].shape[1] <= first:
            self.blocks.popleft()
        for start, samples in self.blocks:
            a = max(start, first, begin)
            b = min(start + samples.shape[1], last, stop)
            if a < b:
                out[:, a - first:b - first] += samples[:, a - start:b - start] * np.float32(self.sound.gain)
                found += b - a
        return found


class Mixer:
    """Mixes lanes from `first_ns` on. Sound that is late by more than `LATE_NS` becomes counted silence."""

    LATE_NS = 250_000_000

    def __init__(self, metrics: Metrics, changed: Callable[[], None] = lambda: None) -> None:
        self._metrics, self._changed = metrics, changed
        self._lanes: dict[str, Lane] = {}
        self._next: int | None = None
        self._silent = 0

    def lane(self, sound: Sound) -> Callable[[AudioFrame], None]:
        """Add a sound; return what takes its frames."""
        lane = self._lanes[sound.id] = Lane(sound)

        def play(frame: AudioFrame) -> None:
            lane.add(frame)
            self._changed()

        return play

    def room(self, sound: Sound) -> bool:
        """Whether more of this sound may be decoded ahead of the mix (offline, where nothing else holds it back)."""
        lane = self._lanes[sound.id]
        return self._next is None or lane.end - max(self._next, sample_at(sound.start_ns)) < AHEAD_SAMPLES

    def end(self, sound_id: str) -> None:
        """No more samples will come for this sound."""
        self._lanes[sound_id].ended = True
        self._changed()

    def start(self, pts_ns: int) -> None:
        """The programme begins at `pts_ns`."""
        self._next = sample_at(pts_ns)

    def ready(self, pts_ns: int) -> bool:
        """Whether every sound that plays is here up to `pts_ns`."""
        return self._here(sample_at(pts_ns)) >= sample_at(pts_ns)

    def give(self, until_ns: int) -> list[AudioFrame]:
        """Return the mix from where the last ended up to `until_ns`, or as far as it is here."""
        if self._next is None:
            return []
        limit = sample_at(until_ns)
        until = max(self._here(limit), limit - sample_at(self.LATE_NS))
        if until <= self._next:
            return []
        first, count = self._next, until - self._next
        self._next = until
        self._changed()
        out: Block = np.zeros((2, count), np.float32)
        found = [lane.into(out, first) for lane in self._lanes.values()]
        if self._lanes and max(found) < count:
            self._silent += count - max(found)
            if self._silent >= SAMPLE_RATE_HZ // 1000:
                self._metrics.count("silence_ms", self._silent * 1000 // SAMPLE_RATE_HZ)
                self._silent %= SAMPLE_RATE_HZ // 1000
        return [AudioFrame(soft_clip(out), first * NS // SAMPLE_RATE_HZ)]

    def _here(self, limit: int) -> int:
        """The sample up to which all lanes that should sound before `limit` have their samples."""
        here = limit
        for lane in self._lanes.values():
            if not lane.ended and sample_at(lane.sound.start_ns) < limit and (
                    self._next is None or sample_at(min(lane.sound.end_ns, 1 << 60)) > self._next):
                here = min(here, lane.end)
        return here


def soft_clip(samples: Block) -> Block:
    """Return `samples` limited to ±1: untouched up to 0.9, then bent smoothly (tanh knee)."""
    peak = float(np.abs(samples).max(initial=0.0))
    if peak <= 0.9:
        return samples
    over = np.abs(samples) > 0.9
    bent = np.sign(samples) * (0.9 + 0.1 * np.tanh((np.abs(samples) - 0.9) / 0.1))
    return np.where(over, bent, samples).astype(np.float32)
