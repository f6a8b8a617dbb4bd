"""received: what one stream brought: which pictures, how late, and how far its sound is from its picture.

Errors of the figures: latency counts to the turn of the loop in which a packet was handed over (about 1 ms); the
A/V offset is exact to 0.1 ms where time stamps are, and to 1 ms where FLV and RTMP round them to ms.
"""

import statistics
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from typing import Any, cast

from stream.codecs.decode import AudioDecoder, VideoDecoder
from stream.errors import MediaError
from stream.marks.barcode import Code, Reader
from stream.marks.click import ClickFinder
from stream.media import AudioFrame, Packet, Setup, VideoFrame
from stream.metrics import percentile

_NEAR_NS = 400_000_000


@dataclass(frozen=True, slots=True)
class Seen:
    """One picture received: what its bar code says, its time in the stream, and when its packet arrived."""

    code: Code
    pts_ns: int
    arrival_ns: int


@dataclass(frozen=True, slots=True)
class Spread:
    """How a quantity in ms is spread over `n` values."""

    n: int
    p50: float
    p95: float
    p99: float
    max: float


@dataclass(frozen=True, slots=True)
class AvOffset:
    """Click time less flash time in ms (positive: the sound is late), over `n` flashes that had a click."""

    n: int
    median_ms: float
    max_abs_ms: float
    first_ms: float
    last_ms: float


@dataclass(frozen=True, slots=True)
class Report:
    """What came. `lost` numbers never came between the first and the last, `repeated` came again at once.

    `reordered` came after a later one; `unread` pictures (of the whole stream) had no readable code. The last
    picture may be held when its publisher has gone: `held_at_end`, which is no repetition. `jitter` is how far
    the time between arrivals is from the time between codes.
    """

    received: int
    unread: int
    lost: int
    repeated: int
    reordered: int
    held_at_end: int
    seconds: float
    latency_ms: Spread | None
    jitter_ms: Spread | None
    av: AvOffset | None
    flashes: int
    clicks: int
    decode_errors: int

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values, rounded to µs."""
        return cast(dict[str, Any], _rounded(asdict(self)))


@dataclass(slots=True)
class Received:
    """Everything one stream brought so far. Synchronous; one thread at a time."""

    seen: list[Seen] = field(default_factory=list)
    clicks: list[int] = field(default_factory=list)
    unread: int = 0
    _codes: Reader = field(default_factory=Reader)
    _finder: ClickFinder = field(default_factory=ClickFinder)
    _video: VideoDecoder | None = None
    _audio: AudioDecoder | None = None
    _arrivals: list[int] = field(default_factory=list)
    _errors: int = 0

    def take(self, packet: Packet, arrival_ns: int) -> None:
        """Decode `packet`, which arrived at loop time `arrival_ns`, and read what it carries."""
        if packet.setup.kind == "video":
            self._video = decoder = self._video_for(packet.setup)
            self._arrivals.append(arrival_ns)
            self._look(decoder.decode(packet, len(self._arrivals) - 1))
        else:
            self._audio = hearer = self._audio_for(packet.setup)
            self._hear(hearer.decode(packet))

    def finish(self) -> None:
        """Take what the decoders still hold; the stream has ended."""
        if self._video is not None:
            self._look(self._video.flush())
            self._errors += self._video.errors
        if self._audio is not None:
            self._hear(self._audio.flush())
            self._errors += self._audio.errors
        self._video = self._audio = None
        self.clicks += self._finder.finish()

    def _video_for(self, setup: Setup) -> VideoDecoder:
        if self._video is None or self._video.setup != setup:
            if self._video is not None:
                self._look(self._video.flush())
                self._errors += self._video.errors
            return VideoDecoder(setup)
        return self._video

    def _audio_for(self, setup: Setup) -> AudioDecoder:
        if self._audio is None or self._audio.setup != setup:
            if self._audio is not None:
                self._hear(self._audio.flush())
                self._errors += self._audio.errors
            return AudioDecoder(setup)
        return self._audio

    def _look(self, frames: list[VideoFrame]) -> None:
        for frame in frames:
            code = self._codes.read(frame.y)
            if code is None:
                self.unread += 1
            else:
                self.seen.append(Seen(code, frame.pts_ns, self._arrivals[frame.index]))

    def _hear(self, sounds: list[AudioFrame]) -> None:
        for sound in sounds:
            self.clicks += self._finder.feed(sound.samples, sound.pts_ns)

    def report(self, zero_ns: int | None = None, skip_s: float = 0.0) -> Report:
        """Return what came, without the first `skip_s` of coded time.

        `zero_ns` is the loop time at which coded time zero was sent (0 for codes stamped by the clock); without
        it there is neither latency nor jitter. MediaError when no picture had a code.
        """
        if not self.seen:
            raise MediaError(f"the bar code was in none of {self.unread} pictures",
                             "Publish a test stream, and keep its code visible")
        start_us = self.seen[0].code.time_us + round(skip_s * 1e6)
        seen = [s for s in self.seen if s.code.time_us >= start_us]
        if not seen:
            raise MediaError(f"the stream was over before {skip_s:g} s", "Receive for longer")
        numbers = [s.code.frame for s in seen]
        latest, reordered, repeated, held = numbers[0], 0, 0, 0
        while held + 1 < len(numbers) and numbers[-held - 2] == numbers[-1]:
            held += 1
        for before, number in pairwise(numbers):
            repeated += number == before
            reordered += number != before and number < latest
            latest = max(latest, number)
        first: dict[int, Seen] = {}
        for one in seen:
            first.setdefault(one.code.frame, one)
        latency = None if zero_ns is None else spread(
            [(s.arrival_ns - zero_ns - s.code.time_us * 1000) / 1e6 for s in first.values()])
        flashes = [s.pts_ns for s in first.values() if s.code.flash]
        since_ns = seen[0].pts_ns - _NEAR_NS
        clicks = [c for c in self.clicks if c >= since_ns]
        lost = max(numbers) - min(numbers) + 1 - len(first)
        return Report(len(seen), self.unread, lost, repeated - held, reordered, held,
                      (seen[-1].code.time_us - seen[0].code.time_us) / 1e6, latency,
                      None if zero_ns is None else _jitter(list(first.values())),
                      _offset(flashes, clicks), len(flashes), len(clicks),
                      self._errors + sum(d.errors for d in (self._video, self._audio) if d is not None))


def spread(values: list[float]) -> Spread | None:
    """Return how `values` are spread; None for none."""
    if not values:
        return None
    p50, p95, p99 = (percentile(values, p) for p in (50, 95, 99))
    return Spread(len(values), p50, p95, p99, max(values))


def _jitter(seen: list[Seen]) -> Spread | None:
    return spread([abs(b.arrival_ns - a.arrival_ns - (b.code.time_us - a.code.time_us) * 1000) / 1e6
                   for a, b in pairwise(seen)])


def _offset(flashes: list[int], clicks: list[int]) -> AvOffset | None:
    """Match every flash with the click nearest to it in time."""
    offsets = []
    for flash in flashes:
        nearest = min(clicks, key=lambda click: abs(click - flash), default=None)
        if nearest is not None and abs(nearest - flash) < _NEAR_NS:
            offsets.append((nearest - flash) / 1e6)
    if not offsets:
        return None
    return AvOffset(len(offsets), statistics.median(offsets), max(abs(o) for o in offsets), offsets[0], offsets[-1])


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return round(value, 3) if isinstance(value, float) else value
