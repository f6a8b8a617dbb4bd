"""inputs: one source being read: its packets recorded, decoded, segmented, and its sound handed on."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby, islice
from typing import Protocol

from models.matting import SegmenterStream
from stream.channel import Channel
from stream.clock import Clock, Signal
from stream.codecs.decode import AudioDecoder, VideoDecoder
from stream.errors import CuelightError
from stream.media import NS, AudioFrame, Packet, Setup, VideoFrame
from stream.metrics import Metrics
from stream.run.cutter import Cutter
from stream.run.shelf import Shelf
from stream.run.watch import MEASURED, Watch
from stream.sound import Change
from stream.worker import MakeWorker, Worker

BACKLOG_S = 2.5
LEAD_IN_NS = NS
AT_ONCE = 4
"""So many packets go to a decoder's thread together where nobody waits for the first."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What every part of a session shares."""

    clock: Clock
    metrics: Metrics
    make_worker: MakeWorker
    changed: Signal
    tell: Callable[[str], None]
    now_ns: Callable[[], int]


class Times(Protocol):
    """Lays packets in session time; None for those that have no place."""

    def place(self, packet: Packet, arrival_ns: int) -> Packet | None: ...


class Admit(Protocol):
    """Takes every packet placed in session time (the recorder); never waits."""

    def __call__(self, packet: Packet, index: int) -> None: ...


@dataclass(slots=True)
class Input:
    """One source and the tasks that work on it. `run_*` methods are the tasks; the session starts them.

    Nothing before `from_ns` and nothing from `until_ns` on will be shown. `renewed` is called when the
    source was connected anew.
    """

    name: str
    packets: Callable[[], AsyncIterator[Packet]]
    times: Times
    parts: Parts
    shelf: Shelf
    delay_ns: int = 0
    leads: bool = False
    wants_video: bool = True
    wants_audio: bool = True
    audio_track: int | None = None
    admit: Admit | None = None
    hear: Callable[[AudioFrame], None] | None = None
    change: Change | None = None
    play: Callable[[AudioFrame], None] | None = None
    played: Callable[[], None] | None = None
    room: Callable[[], bool] | None = None
    from_ns: int = -(1 << 62)
    until_ns: int = 1 << 62
    renewed: Callable[[], None] | None = None
    watch: Watch = field(default_factory=Watch)
    known: Signal = field(default_factory=Signal)
    arrivals: dict[int, int] = field(default_factory=dict)
    _video: "Channel[tuple[Packet, int]]" = field(init=False)
    _audio: "Channel[Packet]" = field(init=False)
    _to_segment: "Channel[VideoFrame]" = field(init=False)
    side_tracks: "dict[int, Input]" = field(default_factory=dict)
    began_ns: int = 0
    _index: int = 0
    _decoder: VideoDecoder | None = None
    _setup: Setup | None = None
    _connection: int = -1

    def __post_init__(self) -> None:
        policy = self.parts.clock.policy
        depth = int((self.delay_ns / NS + BACKLOG_S) * 60)
        self._video = Channel(depth, policy("drop_to_key"), lambda item: item[0].is_key)
        self._audio = Channel(int((BACKLOG_S + 8) * 50), policy("drop_oldest"))
        self._to_segment = Channel(4, policy("newest"))

    async def run_read(self) -> None:
        """Read the source to its end, handing packets on in session time; then nothing more comes."""
        try:
            await self.read()
        finally:
            self.close()

    async def read(self) -> None:
        """Read the source once, until it ends or fails; it may be read again."""
        await self.parts.clock.near(self.from_ns)
        packets = self.packets()
        async with aclosing(packets) as source:  # type: ignore[type-var]
            async for packet in source:
                if not await self._admit(packet):
                    break

    def close(self) -> None:
        """Nothing more will be read."""
        self.watch.ended = True
        for one in [self, *self.side_tracks.values()]:
            one._video.close()
            one._audio.close()
        self.known.set()

    async def _admit(self, packet: Packet) -> bool:
        """Hand one packet on; False once the input is past its end."""
        parts, watch = self.parts, self.watch
        now = parts.now_ns()
        watch.last_packet_ns = now
        if packet.connection != watch.connection:
            if watch.connection >= 0:
                parts.metrics.count(f"{self.name}.reconnects")
                if self.renewed:
                    self.renewed()
            watch.connection = packet.connection
        video = packet.setup.kind == "video"
        self._notice_setup(packet.setup, video)
        placed = self.times.place(packet, now)
        if placed is None:
            return True
        self.began_ns = self.began_ns or now
        if placed.dts_ns >= self.until_ns:
            return video is False and self.wants_video
        if video and self.wants_video:
            await self._admit_video(placed, now)
        if not video and packet.track in self.side_tracks:
            await self.side_tracks[packet.track]._audio.put(placed)
        if not video and self.wants_audio and packet.track == self._first_track(packet):
            watch.last_audio_ns = now
            if self.leads and watch.video is None:
                parts.clock.arrived(placed.dts_ns)
            if self.admit:
                self.admit(placed, -1)
            await self._audio.put(placed)
        return True

    def _first_track(self, packet: Packet) -> int:
        """The track that is played: the one asked for, else the first that comes."""
        if self.audio_track is None:
            self.audio_track = packet.track
        return self.audio_track

    async def _admit_video(self, placed: Packet, now: int) -> None:
        if self.leads:
            self.parts.clock.arrived(placed.dts_ns)
        if len(self.watch.first_dts_ns) < MEASURED:
            self.watch.first_dts_ns.append(placed.dts_ns)
            self.known.set()
        index, self._index = self._index, self._index + 1
        self.watch.frames_in += 1
        self.arrivals[index] = now
        if len(self.arrivals) > 1024:
            del self.arrivals[next(iter(self.arrivals))]
        if self.admit:
            self.admit(placed, index)
        dropped = self._video.dropped
        await self._video.put((placed, index))
        if self._video.dropped > dropped:
            self.parts.metrics.count(f"drops.{self.name}.decode", self._video.dropped - dropped)

    def _notice_setup(self, setup: Setup, video: bool) -> None:
        if video and setup is not self.watch.video:
            self.watch.video = setup
            self.known.set()
        elif not video and setup is not self.watch.audio:
            self.watch.audio = setup
            self.known.set()

    async def run_video(self) -> None:
        """Decode video onto the shelf, each packet when the delay lets it through."""
        worker = self.parts.make_worker(f"decode-{self.name}")
        held: list[tuple[Packet, int]] = []
        try:
            async for packet, index in self._video:
                await self.parts.clock.release(packet.dts_ns)
                if packet.is_key and packet.pts_ns <= self.from_ns:
                    held.clear()  # what is shown first can be decoded from here on
                held.append((packet, index))
                if packet.pts_ns >= self.from_ns and not (self._waits and len(self._video) and len(held) < AT_ONCE):
                    await self._decode(worker, held)
            await self._decode(worker, held)
            await self._end_decoder(worker)
        finally:
            worker.close()
            self._to_segment.close()
            self.shelf.end()

    async def _decode(self, worker: Worker, held: list[tuple[Packet, int]]) -> None:
        """Decode the packets `held`, and empty it. A picture that cannot be taken is told; its track ends."""
        for batch in self._batches(held):
            packet, index = batch[0]
            if packet.setup is not self._setup or packet.connection != self._connection:
                await self._end_decoder(worker)
                self.shelf.new_scene(index)
                if packet.setup is not self._setup:
                    self._decoder = self._open_video(packet.setup)
                self._setup, self._connection = packet.setup, packet.connection
            if self._decoder is not None:
                try:
                    await self._shelve(await worker.run(_pictures, self._decoder, batch))
                except CuelightError as error:
                    if self._waits:
                        raise
                    self._decoder = None
                    self.parts.tell(f"{self.name}: {error}")
        held.clear()

    def _batches(self, held: list[tuple[Packet, int]]) -> Iterator[list[tuple[Packet, int]]]:
        """`held` in parts of one set-up that go to the decoder's thread together: one by one where time counts."""
        for _, run in groupby(held, lambda item: (id(item[0].setup), item[0].connection)):
            while batch := list(islice(run, AT_ONCE if self._waits else 1)):
                yield batch

    async def _end_decoder(self, worker: Worker) -> None:
        if self._decoder is not None:
            await self._shelve(await worker.run(self._decoder.flush))

    @property
    def _waits(self) -> bool:
        return self.parts.clock.policy("drop_oldest") == "wait"

    def _open_video(self, setup: Setup) -> VideoDecoder | None:
        if setup.rate:
            self.shelf.interval_ns = int(NS / setup.rate)
        try:
            return VideoDecoder(setup)
        except CuelightError as error:
            if self._waits:
                raise
            self.parts.tell(f"{self.name}: {error}")
            return None

    async def _shelve(self, frames: list[VideoFrame]) -> None:
        for frame in frames:
            while self._waits and self.shelf.full:
                await self.parts.changed.wait()
            self.parts.metrics.count(f"{self.name}.frames_decoded")
            self.shelf.add(frame)
            if self.shelf.wants_matte:
                await self._to_segment.put(frame)

    async def run_segment(self, segmenter: SegmenterStream, width_px: int, height_px: int) -> None:
        """Compute a matte for the newest frame, again and again."""
        worker = self.parts.make_worker(f"segment-{self.name}")
        cutter = Cutter(segmenter, width_px, height_px)
        scene = -1
        try:
            async for frame in self._to_segment:
                if self.shelf.scene_of(frame.index) != scene:
                    scene = self.shelf.scene_of(frame.index)
                    cutter.refiner.reset()
                began = self.parts.now_ns()
                matte = await worker.run(cutter.matte, frame)
                self.parts.metrics.sample("matte_ms", (self.parts.now_ns() - began) / 1e6)
                self.shelf.add_matte(frame, matte)
        finally:
            worker.close()

    async def run_audio(self) -> None:
        """Decode sound and hand it to who plays and who hears it."""
        decoder: AudioDecoder | None = None
        setup: Setup | None = None
        worker: Worker = self.parts.make_worker(f"audio-{self.name}")
        try:
            async for first in self._audio:
                more = self._audio.take_ready(AT_ONCE) if self._waits else []
                heard = [packet for packet in (first, *more) if packet.pts_ns >= self.from_ns - LEAD_IN_NS]
                for _, run in groupby(heard, lambda packet: id(packet.setup)):
                    packets = list(run)
                    if packets[0].setup is not setup:
                        setup, decoder = packets[0].setup, self._open_audio(packets[0].setup)
                    if decoder is not None:
                        await self._give(await worker.run(self._changed, [partial(decoder.decode, p) for p in packets]))
            if decoder is not None:
                await self._give(await worker.run(self._changed, [decoder.flush]))
            if self.change is not None:
                await self._give(await worker.run(self.change.flush))
            if self.played:
                self.played()
        finally:
            worker.close()

    def _changed(self, decode: list[Callable[[], list[AudioFrame]]]) -> list[AudioFrame]:
        frames = [frame for one in decode for frame in one()]
        return self.change.feed(frames) if self.change is not None else frames

    def _open_audio(self, setup: Setup) -> AudioDecoder | None:
        try:
            return AudioDecoder(setup)
        except CuelightError as error:
            if self._waits:
                raise
            self.parts.tell(f"{self.name}: {error}")
            return None

    async def _give(self, frames: list[AudioFrame]) -> None:
        for frame in frames:
            while self.room and not self.room():
                await self.parts.changed.wait()
            if self.play:
                self.play(frame)
            if self.hear:
                self.hear(frame)
        await asyncio.sleep(0)


def _pictures(decoder: VideoDecoder, batch: list[tuple[Packet, int]]) -> list[VideoFrame]:
    return [frame for packet, index in batch for frame in decoder.decode(packet, index)]
