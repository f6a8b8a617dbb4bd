"""outputs: each rendition encoded once, its packets handed to every sink that takes it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from stream.channel import Channel
from stream.codecs.encode import AudioEncoder, Rendition, VideoEncoder
from stream.media import AudioFrame, Packet, Setup, VideoFrame
from stream.plugins import load
from stream.protocols import sei
from stream.run.closed import ClosedCaptions
from stream.run.inputs import Parts
from stream.run.supervise import supervise
from stream.sinks import SinkContext

SINK_DEPTH_S = 6


def video_key(packet: Packet) -> bool:
    """Whether a sink may begin with this packet."""
    return packet.is_key and packet.setup.kind == "video"


@dataclass(slots=True)
class Outlet:
    """One sink: where it writes, the packets waiting for it, and how it fares."""

    url: str
    shown_url: str
    scheme: str
    options: Mapping[str, str]
    packets: "Channel[Packet]"
    state: str = "waiting"
    failures: int = 0
    sent: int = 0
    task: "asyncio.Task[bool] | None" = None


@dataclass(slots=True)
class Shown:
    """A composed picture on its way to the encoder, with the moment its input packet arrived (or 0)."""

    frame: VideoFrame
    tick: int
    arrival_ns: int = 0


class Outgoing(Protocol):
    """What a session hands pictures and sound to; it runs the tasks, then closes, then lets the sinks finish."""

    frames: "Channel[Shown]"
    sound: "Channel[AudioFrame]"
    outlets: list[Outlet]
    origin_ns: int
    fatal: bool

    async def run_video(self) -> None: ...

    async def run_audio(self) -> None: ...

    async def run_outlet(self, outlet: Outlet) -> bool: ...

    def close(self) -> None: ...

    def finish(self) -> None: ...


class Watcher(Protocol):
    """Has every packet and all sound of an output, and never waits; `hear` runs in the sound encoder's thread."""

    def watch(self, packet: Packet) -> None: ...

    def hear(self, frame: AudioFrame) -> list[Packet]: ...

    def sound(self, packets: list[Packet]) -> None: ...

    def close(self) -> None: ...


@dataclass(slots=True)
class Output:
    """One rendition: its encoders, and the sinks and `watchers` that share their packets.

    `closed` captions go beside its pictures.
    """

    rendition: Rendition
    parts: Parts
    origin_ns: int = 0
    outlets: list[Outlet] = field(default_factory=list)
    watchers: list[Watcher] = field(default_factory=list)
    fatal: bool = False
    has_audio: bool = True
    sent: Callable[[Shown], None] | None = None
    closed: ClosedCaptions | None = None
    frames: "Channel[Shown]" = field(init=False)
    sound: "Channel[AudioFrame]" = field(init=False)
    _video: VideoEncoder = field(init=False)
    _audio: AudioEncoder | None = field(init=False, default=None)
    _key_wanted: bool = False

    def __post_init__(self) -> None:
        policy = self.parts.clock.policy
        self.frames = Channel(4, policy("drop_oldest"))
        self.sound = Channel(256, policy("drop_oldest"))
        self._video = VideoEncoder(self.rendition)
        if self.has_audio:
            self._audio = AudioEncoder(self.rendition)

    @property
    def setups(self) -> tuple[Setup, ...]:
        return (self._video.setup, *([self._audio.setup] if self._audio else []))

    def add(self, url: str, shown_url: str, options: Mapping[str, str]) -> Outlet:
        """Add a sink for `url`; `shown_url` is what may be printed of it."""
        scheme = url.split("://", 1)[0] if "://" in url else "file"
        rate = float(self.rendition.rate) + 60
        packets: Channel[Packet] = Channel(int(SINK_DEPTH_S * rate), self.parts.clock.policy("drop_to_key"), video_key,
                                           starts_at_key=True)
        outlet = Outlet(url, shown_url, scheme, options, packets)
        self.outlets.append(outlet)
        return outlet

    def want_key(self) -> None:
        """Ask for a key frame at the next tick."""
        self._key_wanted = True

    async def run_video(self) -> None:
        """Encode frames until the channel closes; give the packets to every sink."""
        worker = self.parts.make_worker("encode")
        try:
            async for shown in self.frames:
                key, self._key_wanted = self._key_wanted, False
                began = self.parts.now_ns()
                for packet in await worker.run(self._encode, shown.frame, key):
                    await self._give(packet)
                now = self.parts.now_ns()
                self.parts.metrics.sample("encode_ms", (now - began) / 1e6)
                self.parts.metrics.count("frames_out")
                if shown.arrival_ns:
                    self.parts.metrics.sample("latency_ms", (now - shown.arrival_ns) / 1e6)
                if self.sent:
                    self.sent(shown)
            for packet in await worker.run(self._video.flush):
                await self._give(packet)
        finally:
            worker.close()

    def _encode(self, frame: VideoFrame, key: bool) -> list[Packet]:
        packets = self._video.encode(frame, key)
        return packets if self.closed is None else [captioned(packet, self.closed) for packet in packets]

    async def run_audio(self) -> None:
        """Encode sound until the channel closes."""
        if self._audio is None:
            return
        worker = self.parts.make_worker("encode-audio")
        try:
            async for frame in self.sound:
                for packet in await worker.run(self._audio.encode, frame):
                    await self._give(packet)
                for watcher in tuple(self.watchers):
                    watcher.sound(await worker.run(watcher.hear, frame))
            for packet in await worker.run(self._audio.flush):
                await self._give(packet)
        finally:
            worker.close()

    async def run_outlet(self, outlet: Outlet) -> bool:
        """Write to one sink, again after failures; False when it was given up."""
        plugin: Any = load("stream.sinks", outlet.scheme)
        context = SinkContext(make_worker=self.parts.make_worker, tell=self.parts.tell, origin_ns=self.origin_ns)

        async def write() -> None:
            outlet.state = "connecting"
            await plugin.write(outlet.url, self.setups, _from_key(outlet), outlet.options, context)

        def failed() -> None:
            outlet.failures += 1
            outlet.state = "failed"
            self.parts.metrics.count("sink_failures")
            self.want_key()

        if self.fatal:
            await write()
            return True
        retries = 0 if outlet.scheme == "file" else -1
        done = await supervise(f"output {outlet.shown_url}", write, self.parts.tell, retries=retries, failed=failed)
        outlet.state = "ended" if done else "given up"
        if not done:
            outlet.packets.close()
        return done

    def close(self) -> None:
        """No more frames and sound: encoders flush, then `finish` ends the sinks."""
        self.frames.close()
        self.sound.close()

    def finish(self) -> None:
        """Both encoders are done: let the sinks drain and end."""
        for outlet in self.outlets:
            outlet.packets.close()
        for watcher in self.watchers:
            watcher.close()

    async def _give(self, packet: Packet) -> None:
        for watcher in self.watchers:
            watcher.watch(packet)
        for outlet in self.outlets:
            before = outlet.packets.dropped
            await outlet.packets.put(packet)
            if outlet.packets.dropped > before and outlet.sent:
                self.parts.metrics.count("drops.sink", outlet.packets.dropped - before)


def captioned(packet: Packet, closed: ClosedCaptions) -> Packet:
    """Return `packet` (H.264, four-byte lengths) with the closed captions of its time."""
    data = closed.data(packet.pts_ns)
    return replace(packet, data=sei.inserted(packet.data, sei.caption_nal(data))) if data else packet


async def _from_key(outlet: Outlet) -> AsyncIterator[Packet]:
    """The outlet's packets from the next video key frame on."""
    begun = False
    async for packet in outlet.packets:
        if not begun and not video_key(packet):
            continue
        if not begun:
            begun, outlet.state = True, "sending"
        outlet.sent += 1
        yield packet
