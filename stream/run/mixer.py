"""mixer: the programme's sound: every sound at its time and gain, summed, given out without gaps."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from stream.media import NS, SAMPLE_RATE_HZ, AudioFrame
from stream.metrics import Metrics
from stream.timeline.program import Ducking, Sound

Block = NDArray[np.float32]
AHEAD_SAMPLES = 4 * SAMPLE_RATE_HZ
ROUNDED = 2
"""Times in ns and in other clocks' units put neighbouring frames so many samples apart, or one over the other."""


def sample_at(pts_ns: int) -> int:
    """Return the number of the 48 kHz sample nearest to `pts_ns`."""
    return (pts_ns * SAMPLE_RATE_HZ + NS // 2) // NS


@dataclass(slots=True)
class Lane:
    """One sound's decoded samples, waiting to be mixed. `end` is the first sample not yet here.

    It is heard from sample `begin` until `stop`.
    """

    sound: Sound
    blocks: "deque[tuple[int, Block]]" = field(default_factory=deque)
    end: int = -(1 << 62)
    ended: bool = False
    begin: int = field(init=False)
    stop: int = field(init=False)

    def __post_init__(self) -> None:
        self.begin, self.stop = sample_at(self.sound.start_ns), sample_at(min(self.sound.end_ns, 1 << 60))

    @property
    def whole(self) -> bool:
        """Whether nothing more is to come that would be heard."""
        return self.ended or self.end >= self.stop

    def add(self, frame: AudioFrame) -> None:
        """Append `frame`; what overlaps sound already here, and what is before the sound begins, is cut off."""
        start = sample_at(frame.pts_ns)
        samples = frame.samples
        if abs(start - self.end) <= ROUNDED:
            start = self.end
        first = max(self.end, self.begin)
        if start < first:
            self.end = max(self.end, min(start + samples.shape[1], first))
            samples = samples[:, first - start:]
            start = first
        if samples.shape[1]:
            if start < self.stop:
                self.blocks.append((start, samples))
            self.end = start + samples.shape[1]

    def into(self, out: Block, first: int) -> int:
        """Add this lane's samples from `first` on to `out`, at its gain; return how many there were."""
        last, found = first + out.shape[1], 0
        while self.blocks and self.blocks[0][0] + self.blocks[0][1].shape[1] <= first:
            self.blocks.popleft()
        for start, samples in self.blocks:
            if start >= last:
                break
            a = max(start, first)
            b = min(start + samples.shape[1], last, self.stop)
            if a < b:
                out[:, a - first:b - first] += samples[:, a - start:b - start] * np.float32(self.sound.gain)
                found += b - a
        return found


class Mixer:
    """Mixes lanes from `start` on. Sound that is late by more than `LATE_NS` becomes counted silence.

    The sum goes through a true-peak limiter that looks ahead: so much of the mix is made before it is given
    out, at its own time all the same. With `ducking`, lanes of the role "music" give way to those of "speech".
    """

    LATE_NS = 250_000_000

    def __init__(self, metrics: Metrics, changed: Callable[[], None] = lambda: None,
                 ducking: Ducking | None = None) -> None:
        from stream.sound.duck import Ducker  # their kernels are compiled when they are imported
        from stream.sound.limit import DELAY, Limiter

        self._metrics, self._changed = metrics, changed
        self._lanes: dict[str, Lane] = {}
        self._heard: list[Lane] = []
        self._limiter, self._ahead = Limiter(), DELAY
        self._ducker = Ducker(ducking) if ducking else None
        self._next: int | None = None
        self._mixed = 0
        self._silent = 0

    def lane(self, sound: Sound) -> Callable[[AudioFrame], None]:
        """Add a sound; return what takes its frames."""
        lane = self._lanes[sound.id] = Lane(sound)
        self._heard.append(lane)

        def play(frame: AudioFrame) -> None:
            lane.add(frame)
            self._changed()

        return play

    def room(self, sound: Sound) -> bool:
        """Whether more of this sound may be decoded ahead of the mix (offline, where nothing else holds it back)."""
        lane = self._lanes[sound.id]
        return self._next is None or lane.end - max(self._next, lane.begin) < AHEAD_SAMPLES

    def end(self, sound_id: str) -> None:
        """No more samples will come for this sound."""
        self._lanes[sound_id].ended = True
        self._changed()

    def start(self, pts_ns: int) -> None:
        """The programme begins at `pts_ns`; nothing may have been given out yet."""
        self._next = self._mixed = sample_at(pts_ns)

    def ready(self, pts_ns: int) -> bool:
        """Whether every sound that plays is here up to `pts_ns`, and as far beyond as the limiter looks."""
        limit = sample_at(pts_ns) + self._ahead
        return self._here(limit) >= limit

    def give(self, until_ns: int) -> list[AudioFrame]:
        """Return the mix from where the last ended up to `until_ns`, or as far as it is here."""
        if self._next is None:
            return []
        limit = sample_at(until_ns)
        until = max(self._here(limit + self._ahead) - self._ahead, limit - sample_at(self.LATE_NS))
        if until <= self._next:
            return []
        out = self._limiter.feed(self._mix(until + self._ahead - self._mixed))[:, self._next - until:]
        first, self._next = self._next, until
        self._changed()
        return [AudioFrame(out, first * NS // SAMPLE_RATE_HZ)]

    def _mix(self, count: int) -> Block:
        """The sum of all lanes over the next `count` samples."""
        first, self._mixed = self._mixed, self._mixed + count
        out, found = self._sum(first, count, "")
        if self._ducker is not None:
            speech, spoken = self._sum(first, count, "speech")
            music, played = self._sum(first, count, "music")
            out += speech + music * self._ducker.gain(speech)
            found = max(found, spoken, played)
        for lane in self._heard:
            if lane.stop <= self._mixed:
                lane.blocks.clear()
        self._heard = [lane for lane in self._heard if lane.stop > self._mixed]
        if self._lanes and found < count:
            self._silent += count - found
            if self._silent >= SAMPLE_RATE_HZ // 1000:
                self._metrics.count("silence_ms", self._silent * 1000 // SAMPLE_RATE_HZ)
                self._silent %= SAMPLE_RATE_HZ // 1000
        return out

    def _sum(self, first: int, count: int, role: str) -> tuple[Block, int]:
        """The lanes of one role (without ducking: all), and how many samples the one with the most had."""
        out: Block = np.zeros((2, count), np.float32)
        found = [lane.into(out, first) for lane in self._heard
                 if lane.begin < first + count and (self._ducker is None or lane.sound.role == role)]
        return out, max(found, default=0)

    def _here(self, limit: int) -> int:
        """The sample up to which all lanes that should sound before `limit` have their samples."""
        here = limit
        for lane in self._heard:
            if lane.begin < limit and not lane.whole and (self._next is None or lane.stop > self._mixed):
                here = min(here, lane.end)
        return here


LIVE_EFFECTS = ("fade_in", "fade_out", "volume", "denoise")


def live_lane(mixer: Mixer, sound: Sound) -> Callable[[AudioFrame], None]:
    """Add a sound whose samples come as they are made; return what takes them, with the effects that need no future."""
    lane = mixer.lane(sound)
    effects = tuple(effect for effect in sound.effects if effect.name in LIVE_EFFECTS)
    if not effects:
        return lane
    from stream.sound.chain import Chain

    changed = Chain(replace(sound, effects=effects))

    def play(frame: AudioFrame) -> None:
        for out in changed.feed(frame):
            lane(out)

    return play


def live_lanes(mixer: Mixer, sounds: Sequence[Sound]) -> tuple[Callable[[AudioFrame], None], Callable[[], None]]:
    """Let one input play all of `sounds`; return what takes its samples, and what to call at its end."""
    lanes = [live_lane(mixer, sound) for sound in sounds]

    def play(frame: AudioFrame) -> None:
        for lane in lanes:
            lane(frame)

    def played() -> None:
        for sound in sounds:
            mixer.end(sound.id)

    return play, played
