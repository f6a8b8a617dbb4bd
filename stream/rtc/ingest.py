"""ingest: what a WebRTC publisher sends, as packets before any decoder, handed to whoever waits for it by name."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace

from stream.channel import Channel
from stream.errors import MediaError, ProtocolError, RefusedError
from stream.media import Packet, Setup
from stream.protocols import h264
from stream.rtc.frames import Assembler, Frame
from stream.rtc.timing import Together
from stream.sources import Door, ListenSpec
from stream.sources import Publisher as AnyPublisher

WHIP_APP = "whip"
MAX_PACKETS = 1024
ASK_NS = 500_000_000
"""While a key frame is missing, it is asked for this often."""
# RFC 7845, 5.1: version 1, 2 channels, no pre-skip, 48000 Hz, no gain, mapping family 0.
OPUS_HEAD = b"OpusHead\x01\x02\x00\x00\x80\xbb\x00\x00\x00\x00\x00"
_OPUS_NS = (10_000_000, 20_000_000, 40_000_000, 60_000_000)


class Intake:
    """One publisher's frames as Packets: H.264 in the project's form (avcC, 4-byte lengths), VP8, Opus.

    Pictures are left out until the first key frame. After loss `lost_before` is set, which makes decoders wait for the
    next key frame, and one is asked for. Full (1024 packets) means: drop to the next key frame.
    """

    def __init__(self, connection: int, now_ns: Callable[[], int]) -> None:
        self.connection, self._now_ns = connection, now_ns
        self.together = Together()
        self.heard_ns = now_ns()
        self.codecs: dict[int, str] = {}
        self._has_video = False
        self._queue: Channel[Packet] = Channel(MAX_PACKETS, "drop_to_key", self._is_key)
        self._setups: dict[str, Setup] = {}
        self._marked: dict[str, int] = {}
        self._last_ns: dict[str, int] = {}
        self._awaits_key = True
        self._asked_ns = now_ns()

    def assembler(self, kind: str, codecs: dict[int, str]) -> Assembler:
        """Return what takes the packets of the `kind` track; `codecs` are FFmpeg's names by RTP payload type."""
        self.codecs |= codecs
        self._has_video = self._has_video or kind == "video"
        return Assembler(lambda frame: self.take(kind, frame), self._now_ns, is_video=kind == "video",
                         wants_key=self._wants_key if kind == "video" else lambda: False)

    @property
    def dropped(self) -> int:
        return self._queue.dropped

    def take(self, kind: str, frame: Frame) -> None:
        """Take one frame in."""
        self.heard_ns = frame.arrival_ns
        codec = self.codecs.get(frame.payload_type, "")
        pts_ns = self.together.place(kind, frame.timestamp, frame.arrival_ns)
        pts_ns = max(pts_ns, self._last_ns.get(kind, pts_ns - 1) + 1)
        self._last_ns[kind] = pts_ns
        if kind == "audio":
            self._offer(Packet(self._opus(), pts_ns, pts_ns, True, frame.data, opus_ns(frame.data),
                               connection=self.connection, lost_before=frame.lost_before))
            return
        self._awaits_key = self._awaits_key or frame.lost_before
        made = self._h264(frame.data) if codec == "h264" else self._vp8(frame.data) if codec == "vp8" else None
        if made is None:
            return
        setup, is_key, data = made
        if is_key:
            self._awaits_key = False
        self._offer(Packet(setup, pts_ns, pts_ns, is_key, data, connection=self.connection,
                           lost_before=frame.lost_before))

    def close(self) -> None:
        """No more will come: the iterator ends after what is queued."""
        self._queue.close()

    def __aiter__(self) -> AsyncIterator[Packet]:
        return aiter(self._queue)

    def _wants_key(self) -> bool:
        if not self._awaits_key or self._now_ns() - self._asked_ns < ASK_NS:
            return False
        self._asked_ns = self._now_ns()
        return True

    def _is_key(self, packet: Packet) -> bool:
        return packet.is_key and (packet.setup.kind == "video" or not self._has_video)

    def _offer(self, packet: Packet) -> None:
        kind, dropped = packet.setup.kind, self._queue.dropped
        if self._marked.get(kind, 0) != dropped:
            packet = replace(packet, lost_before=True)
        if self._queue.offer(packet):
            self._marked[kind] = dropped
        elif not self._queue.closed:
            self._awaits_key = self._has_video

    def _setup(self, kind: str, setup: Setup) -> Setup:
        """The same object as long as nothing changes."""
        known = self._setups.get(kind)
        if known == setup:
            return known
        self._setups[kind] = setup
        return setup

    def _opus(self) -> Setup:
        return self._setup("audio", Setup("audio", "opus", OPUS_HEAD, sample_rate_hz=48_000, channels=2))

    def _h264(self, data: bytes) -> tuple[Setup, bool, bytes] | None:
        units = h264.split_annexb(data)
        kinds = {unit[0] & 31 for unit in units}
        if h264.SPS in kinds and h264.PPS in kinds:
            try:
                sps = h264.find_sps(data)
                setup = Setup("video", "h264", h264.avcc_record(data), sps.width_px, sps.height_px, sps.rate)
            except ProtocolError:
                return None
            self._setup("video", setup)
        known, out = self._setups.get("video"), h264.to_avcc(data)
        return (known, h264.IDR in kinds, out) if known is not None and known.codec == "h264" and out else None

    def _vp8(self, data: bytes) -> tuple[Setup, bool, bytes] | None:
        """RFC 6386, 9.1: the lowest bit of a frame is 0 for key frames, whose size follows the start code."""
        is_key = not data[0] & 1
        if is_key:
            if len(data) < 10 or data[3:6] != b"\x9d\x01\x2a":
                return None
            width, height = (int.from_bytes(data[at:at + 2], "little") & 0x3FFF for at in (6, 8))
            self._setup("video", Setup("video", "vp8", b"", width, height))
        known = self._setups.get("video")
        return (known, is_key, data) if known is not None and known.codec == "vp8" else None


def opus_ns(packet: bytes) -> int:
    """Return how long an Opus packet sounds (RFC 6716, 3.1 and 3.2), 0 for an empty one."""
    if not packet:
        return 0
    config, count = packet[0] >> 3, packet[0] & 3
    if config < 12:
        one_ns = _OPUS_NS[config & 3]
    else:
        one_ns = (10_000_000 << (config & 1)) if config < 16 else 2_500_000 << (config & 3)
    if count == 3:
        return one_ns * (packet[1] & 63) if len(packet) > 1 else 0
    return one_ns * (1 if count == 0 else 2)


@dataclass(slots=True)
class Publisher:
    """One publisher that was let in (see `stream.sources.Publisher`); `leave`: it has gone; `cut` is called then."""

    address: str
    connection: int
    intake: Intake = field(repr=False)
    listener: "_Listener" = field(repr=False)
    ended: str = ""
    cut: Callable[[str], None] = field(repr=False, default=lambda _: None)

    @property
    def dropped(self) -> int:
        return self.intake.dropped

    def __aiter__(self) -> AsyncIterator[Packet]:
        return aiter(self.intake)

    def leave(self, words: str) -> None:
        """The publisher has gone; why, in words. Another may come."""
        self.ended = self.ended or words
        self.intake.close()
        if self.listener.live is self:
            self.listener.live = None
        self.cut(self.ended)


class _Listener:
    """One source that waits for the publishers of a name."""

    def __init__(self, idle_s: float) -> None:
        self.idle_s = idle_s
        self.publishers: Channel[Publisher] = Channel(8, "wait")
        self.live: Publisher | None = None
        self.count = 0

    def __aiter__(self) -> AsyncIterator[AnyPublisher]:
        return self

    async def __anext__(self) -> Publisher:
        return await self.publishers.get()


class RtcDoor:
    """A Door that also listens for WebRTC publishers: where a ListenSpec's app is `WHIP_APP` and its port 0.

    Everything else goes to `other`, the door of RTMP. One publisher at a time; the next one gets the next number.
    """

    def __init__(self, other: Door, now_ns: Callable[[], int]) -> None:
        self._other, self._now_ns = other, now_ns
        self._listeners: dict[str, _Listener] = {}

    def listen(self, spec: ListenSpec) -> AbstractAsyncContextManager[AsyncIterator[AnyPublisher]]:
        """Wait for publishers as `spec` says; MediaError when another listener waits for them already."""
        return self._listen(spec) if (spec.app, spec.port) == (WHIP_APP, 0) else self._other.listen(spec)

    @asynccontextmanager
    async def _listen(self, spec: ListenSpec) -> AsyncIterator[AsyncIterator[AnyPublisher]]:
        if spec.key in self._listeners:
            raise MediaError(f"another session waits for the publisher of {spec.key}", "Choose another name")
        listener = self._listeners[spec.key] = _Listener(spec.idle_s)
        try:
            yield listener
        finally:
            del self._listeners[spec.key]
            listener.publishers.close()
            if listener.live is not None:
                listener.live.leave("this end stopped listening")

    def admit(self, name: str, address: str) -> Publisher:
        """Let a publisher of `name` in; RefusedError when nobody waits for one, or one is live."""
        listener = self._listeners.get(name)
        if listener is None:
            raise RefusedError(f"Nothing waits for a publisher of {name} now", f"Start a session with whip://{name}")
        if listener.live is not None:
            raise RefusedError(f"{name} has a publisher already: {listener.live.address}", "End that one first")
        publisher = Publisher(address, listener.count, Intake(listener.count, self._now_ns), listener)
        if not listener.publishers.offer(publisher):
            raise RefusedError(f"Nothing takes what is published to {name} now", "Try again later")
        listener.count += 1
        listener.live = publisher
        return publisher
