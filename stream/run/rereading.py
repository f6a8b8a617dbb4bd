"""rereading: a second, better engine reads finished segments again for the polished words; the first never waits."""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from models.asr import Recognizer, StreamOptions, Word
from stream.captions.page import shifted
from stream.captions.wording import Rewording
from stream.channel import Channel
from stream.media import NS
from stream.run.inputs import Parts

Samples = NDArray[np.float32]
RATE_HZ = 16_000
KEPT_NS = 45 * NS
"""So much sound is kept for segments that are not finished."""
WAITING = 6
"""So many segments wait; what the second engine cannot follow is left to a later pass, oldest first."""
MARGIN_NS = 300_000_000
"""Sound before and after a segment's words that is read with them, where it belongs to no other segment."""
CONTEXT_NS = 15 * NS
"""So much sound before a segment is read with it: short segments alone are read worse than the first engine does.

(Moonshine re-read by Whisper base over English recordings end to end: 3.8 % of the words wrong become 5.2 % without
context, 4.9 % with 8 s, 2.9 % with 15 s.)
"""
LIKELY = (0.5, 2.0)
"""A re-reading with fewer or more words than so many times the first one's has heard something else."""


@dataclass(frozen=True, slots=True)
class Segment:
    """What the first engine finally heard, its sound after some before it, and when that, and when its own, begins."""

    words: tuple[Word, ...]
    sound: Samples
    start_ns: int
    own_ns: int

    @property
    def span_ns(self) -> tuple[int, int]:
        """The session time of its words."""
        return self.words[0].start_ns, self.words[-1].end_ns


@dataclass(slots=True)
class Rereader:
    """Gives `note` the words of each finished segment as `engine` hears them, and the time of those they replace.

    `hear` takes the sound, `finished` each segment's final words; neither waits. A segment that the engine cannot
    take in time is counted, and told to `missed` as a range of session time: a later pass may read it again.
    """

    engine: Recognizer
    options: StreamOptions
    parts: Parts
    note: Callable[[tuple[Word, ...], tuple[int, int]], None]
    missed: Callable[[int, int], None]
    rewording: Rewording | None = None
    skips: list[tuple[int, int]] = field(default_factory=list)
    _sound: "deque[tuple[int, Samples]]" = field(default_factory=deque)
    _until_ns: int = -(1 << 62)
    _segments: "Channel[Segment]" = field(default_factory=lambda: Channel(WAITING, "drop_oldest"))

    def hear(self, samples: Samples, start_ns: int) -> None:
        """Take in mono sound at 16 kHz whose first sample is at session time `start_ns`."""
        self._sound.append((start_ns, samples))
        while self._sound[0][0] < start_ns - KEPT_NS:
            self._sound.popleft()

    def finished(self, words: tuple[Word, ...]) -> None:
        """Take in the final words (session time) of a segment."""
        if not words or self._segments.closed:
            return
        start_ns = max(self._until_ns, words[0].start_ns - MARGIN_NS)
        self._until_ns = words[-1].end_ns
        sound, first_ns = self._cut(start_ns - CONTEXT_NS, words[-1].end_ns + MARGIN_NS)
        if len(self._segments) >= self._segments.size and (oldest := self._segments.take_nowait()) is not None:
            self._miss(oldest)
        self._segments.offer(Segment(words, sound, first_ns, start_ns))

    def close(self) -> None:
        """No more segments: `run` ends when those that wait are read."""
        self._segments.close()

    def give_up(self) -> None:
        """Whatever still waits is left to a later pass."""
        self.close()
        while (segment := self._segments.take_nowait()) is not None:
            self._miss(segment)

    async def run(self) -> None:
        """Read until `close`."""
        worker = self.parts.make_worker("asr-second")
        try:
            async for segment in self._segments:
                began_ns = self.parts.now_ns()
                words = await worker.run(self._read, segment)
                self.parts.metrics.sample("reread_s", (self.parts.now_ns() - began_ns) / NS)
                self.parts.metrics.count("reread")
                if LIKELY[0] <= len(words) / len(segment.words) <= LIKELY[1]:
                    self.note(words, segment.span_ns)
        finally:
            worker.close()

    def _read(self, segment: Segment) -> tuple[Word, ...]:
        stream = self.engine.open(replace(self.options, step_s=math.inf))
        found = [*stream.feed(segment.sound), *stream.finish()]
        words = shifted([w for h in found if h.final for w in h.words], segment.start_ns)
        words = tuple(w for w in words if w.start_ns + w.end_ns >= 2 * segment.own_ns)
        return self.rewording.apply(words).words if self.rewording is not None else words

    def _cut(self, start_ns: int, end_ns: int) -> tuple[Samples, int]:
        """Return the kept sound from `start_ns` to `end_ns`, and when it begins. Gaps in it are silence."""
        parts = [(at, s) for at, s in self._sound if at < end_ns and at + len(s) * NS // RATE_HZ > start_ns]
        if not parts:
            return np.zeros(0, np.float32), start_ns
        first_ns = max(start_ns, parts[0][0])
        out = np.zeros(max(0, (end_ns - first_ns) * RATE_HZ // NS), np.float32)
        for at, samples in parts:
            offset = round((at - first_ns) * RATE_HZ / NS)
            piece = samples[max(0, -offset):max(0, len(out) - offset)]
            out[max(0, offset):max(0, offset) + len(piece)] = piece
        return out, first_ns

    def _miss(self, segment: Segment) -> None:
        self.parts.metrics.count("reread_skipped")
        self.skips.append(segment.span_ns)
        self.missed(*segment.span_ns)
