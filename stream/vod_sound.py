"""vod_sound: the sound of a clip as it lies in its file, and what is done to it before it is mixed."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from stream.decode import AudioDecoder
from stream.media import NS, AudioFrame, Setup
from stream.timeline.program import Layer, Sound, SoundEffect
from stream.times import ClipTimes

if TYPE_CHECKING:
    from stream.sound.chain import Chain

LEAD_IN_NS = NS


def source_end_ns(item: Layer | Sound) -> int:
    """Return until when the source of `item` is used, on a clock on which source time `in_ns` is `start_ns`."""
    return item.start_ns + round((item.end_ns - item.start_ns) * item.speed)


def source_frames(address: str, item: Layer | Sound) -> Iterator[AudioFrame]:
    """Yield the sound of `item` at its source's own pace, source time `in_ns` at `start_ns`; a little before comes too.

    Raises MediaError when the file at `address` cannot be read or decoded.
    """
    from stream.demux import Demuxer

    times = ClipTimes(item.start_ns, item.in_ns, 1.0)
    decoder: AudioDecoder | None = None
    setup: Setup | None = None
    end_ns = source_end_ns(item)
    with closing(Demuxer(address)) as demuxer:
        for packet in demuxer.packets():
            placed = times.place(packet, 0)
            if packet.setup.kind != "audio" or placed.pts_ns < item.start_ns - LEAD_IN_NS:
                continue
            if placed.dts_ns >= end_ns:
                break
            if packet.setup is not setup:
                setup, decoder = packet.setup, AudioDecoder(packet.setup)
            yield from decoder.decode(placed) if decoder else []
        yield from decoder.flush() if decoder else []


class Settled:
    """What has been measured of the sounds of one render: each stretch of a source once, however often it is heard."""

    def __init__(self) -> None:
        self._effects: dict[Sound, tuple[SoundEffect, ...]] = {}

    def of(self, sound: Sound, address: str) -> Sound:
        """Return `sound` with what its effects must know beforehand; its file is read for that. A stand-in has none."""
        from stream.sound.chain import settle

        if address.startswith("tone://"):
            return sound
        key = _moved(replace(sound, id="", path="", captions=None), -sound.start_ns)
        if key not in self._effects:
            self._effects[key] = settle(key, lambda: source_frames(address, key)).effects
        return _moved(replace(sound, effects=self._effects[key]), sound.start_ns, sound)


def _moved(sound: Sound, by_ns: int, at: Sound | None = None) -> Sound:
    """`sound` with its effects (and, without `at`, itself) at another time."""
    effects = tuple(replace(e, start_ns=e.start_ns + by_ns, end_ns=e.end_ns + by_ns) for e in sound.effects)
    if at is not None:
        return replace(at, effects=effects)
    return replace(sound, effects=effects, start_ns=sound.start_ns + by_ns, end_ns=sound.end_ns + by_ns)


class Changed:
    """The speed and effects of one sound at work; what they must know is measured when the first frame comes."""

    def __init__(self, sound: Sound, address: str, settled: Settled) -> None:
        self._sound, self._address, self._settled = sound, address, settled
        self._chain: Chain | None = None

    def feed(self, frames: list[AudioFrame]) -> list[AudioFrame]:
        """Return what is complete after `frames`."""
        if self._chain is None:
            from stream.sound.chain import Chain

            self._chain = Chain(self._settled.of(self._sound, self._address))
        return [out for frame in frames for out in self._chain.feed(frame)]

    def flush(self) -> list[AudioFrame]:
        """Return the rest: the source has ended."""
        return self._chain.flush() if self._chain else []
