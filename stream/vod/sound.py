"""sound: the sound of a clip as it lies in its file, and what is done to it before it is mixed."""

from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stream.codecs.decode import AudioDecoder
from stream.media import NS, SAMPLE_RATE_HZ, AudioFrame, Packet, Setup
from stream.run.times import ClipTimes
from stream.sources import tone
from stream.timeline.program import Layer, Sound, SoundEffect
from stream.worker import MakeWorker

if TYPE_CHECKING:
    from stream.sound.chain import Chain

LEAD_IN_NS = NS
PIECE = 4800
_PCM = Setup("audio", "pcm_f32le", sample_rate_hz=SAMPLE_RATE_HZ, channels=2)


def source_end_ns(item: Layer | Sound) -> int:
    """Return until when the source of `item` is used, on a clock on which source time `in_ns` is `start_ns`."""
    return item.start_ns + round((item.end_ns - item.start_ns) * item.speed)


def source_frames(address: str, item: Layer | Sound) -> Iterator[AudioFrame]:
    """Yield the sound of `item` at its source's own pace, source time `in_ns` at `start_ns`; a little before comes too.

    Raises MediaError when the file at `address` cannot be read or decoded.
    """
    from stream.codecs.demux import Demuxer

    times = ClipTimes(item.start_ns, item.in_ns, 1.0)
    if address.startswith("tone://"):  # a voice's stand-in
        for frame in tone.frames(address):
            if frame.pts_ns + item.start_ns - item.in_ns < source_end_ns(item):
                yield replace(frame, pts_ns=frame.pts_ns + item.start_ns - item.in_ns)
        return
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


async def looped(address: str, sound: Sound, from_ns: int, make_worker: MakeWorker) -> AsyncIterator[Packet]:
    """Yield the part of a source that `sound` repeats, decoded once and kept, over and over until nobody asks.

    Packets are at their source's own pace, from a little before `from_ns` on; no pass lies a sample off its time.
    """
    worker = make_worker("loop")
    try:
        period_ns = round(sound.loop_ns * sound.speed)
        part = await worker.run(_part, address, replace(sound, end_ns=sound.start_ns + sound.loop_ns))
        number = max((from_ns - sound.start_ns) // period_ns - 1, 0)
        while True:
            begin, stop = (_sample(sound.start_ns + n * period_ns) for n in (number, number + 1))
            for first in range(begin, stop, PIECE):
                piece = part[:, first - begin:min(first + PIECE, stop) - begin]
                yield Packet(_PCM, first * NS // SAMPLE_RATE_HZ, first * NS // SAMPLE_RATE_HZ, True,
                             piece.T.astype("<f4").tobytes(), PIECE * NS // SAMPLE_RATE_HZ)
            number += 1
    finally:
        worker.close()


def _part(address: str, sound: Sound) -> NDArray[np.float32]:
    """The samples of one pass and one more: passes differ by one where the length is no whole number of them."""
    begin, stop = _sample(sound.start_ns), _sample(source_end_ns(sound))
    part = np.zeros((2, stop - begin + 2), np.float32)
    for frame in source_frames(address, sound):
        first = _sample(frame.pts_ns)
        a, b = max(first, begin), min(first + frame.samples.shape[1], begin + part.shape[1])
        if a < b:
            part[:, a - begin:b - begin] = frame.samples[:, a - first:b - first]
    return part


def _sample(pts_ns: int) -> int:
    return (pts_ns * SAMPLE_RATE_HZ + NS // 2) // NS


class Settled:
    """What has been measured of the sounds of one render: each stretch of a source once, however often it is heard."""

    def __init__(self) -> None:
        self._effects: dict[Sound, tuple[SoundEffect, ...]] = {}

    def of(self, sound: Sound, address: str) -> Sound:
        """Return `sound` with what its effects must know beforehand; its file is read for that."""
        from stream.sound.chain import settle

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
