"""flv: RTMP's audio and video message bodies to packets, classic FLV and Enhanced RTMP."""

from collections.abc import Mapping

from stream.errors import ProtocolError
from stream.media import Packet, Setup
from stream.protocols import flv_setup
from stream.protocols.amf import Value

AUDIO, VIDEO = 8, 9
MS = 1_000_000
MAX_TRACKS = 16
_LEGACY_VIDEO = {7: "h264", 12: "hevc"}  # 12 is not Adobe's, but widely sent
_LEGACY_AUDIO = {2: "mp3", 10: "aac", 14: "mp3"}
_FOURCC = {b"avc1": "h264", b"hvc1": "hevc", b"av01": "av1", b"vp09": "vp9", b"mp4a": "aac", b"Opus": "opus",
           b"fLaC": "flac", b".mp3": "mp3"}
_SEQUENCE_START, _CODED, _SEQUENCE_END, _CODED_X, _METADATA, _MOD_EX = 0, 1, 2, 3, 4, 7
_MULTITRACK = {VIDEO: 6, AUDIO: 5}


class _Cursor:
    """Takes an enhanced body apart from the front; past its end is a ProtocolError."""

    __slots__ = ("at", "data")

    def __init__(self, data: bytes, at: int) -> None:
        self.data, self.at = data, at

    def take(self, size: int) -> bytes:
        end = self.at + size
        if end > len(self.data):
            raise ProtocolError("an enhanced RTMP message is cut short")
        piece = self.data[self.at:end]
        self.at = end
        return piece

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def rest(self) -> bytes:
        return self.take(len(self.data) - self.at)


class FlvReader:
    """Message bodies in, packets out (Adobe, "Video File Format 10.1", annex E; Veovera, "Enhanced RTMP v2").

    The sequence header makes the track's Setup; packets before it are counted in `dropped`. Times
    are unwrapped from 32 bits, and pts is dts plus the signed composition time. Each track of a
    multitrack message becomes a track number. Raises ProtocolError for broken bodies and for
    codecs that RTMP can carry but nobody here can use.
    """

    def __init__(self, connection: int = 0) -> None:
        self.dropped = 0
        self.setups: dict[tuple[int, int], Setup] = {}
        self._connection = connection
        self._metadata: Mapping[str, Value] = {}
        self._last_ms: int | None = None

    def describe(self, metadata: Mapping[str, Value]) -> None:
        """Take onMetaData in: sizes and rates that sequence headers leave out."""
        self._metadata = metadata

    def feed(self, kind: int, time_ms: int, body: bytes) -> list[Packet]:
        """Return the packets of one message of `kind` audio (8) or video (9)."""
        if not body:
            return []
        dts_ns = self._unwrap(time_ms) * MS
        first = body[0]
        if kind == VIDEO:
            return self._enhanced(kind, first & 15, first >> 4 & 7, _Cursor(body, 1), dts_ns) if first & 0x80 else (
                self._video(body, dts_ns))
        return self._enhanced(kind, first & 15, 1, _Cursor(body, 1), dts_ns) if first >> 4 == 9 else (
            self._audio(body, dts_ns))

    def _unwrap(self, time_ms: int) -> int:
        last = self._last_ms
        if last is None:
            self._last_ms = time_ms
        else:
            self._last_ms = last + ((time_ms - last + 0x80000000) & 0xFFFFFFFF) - 0x80000000
        return self._last_ms or 0

    def _video(self, body: bytes, dts_ns: int) -> list[Packet]:
        frame_type, codec = body[0] >> 4, _LEGACY_VIDEO.get(body[0] & 15)
        if frame_type == 5:
            return []
        if codec is None:
            raise ProtocolError(f"FLV video codec {body[0] & 15} is not supported", "Publish H.264")
        if len(body) < 5:
            raise ProtocolError("an FLV video message is cut short")
        if body[1] == 0:
            self._configure(VIDEO, 0, codec, body[5:])
        elif body[1] == 1:
            return self._packet(VIDEO, 0, dts_ns, _signed(body[2:5]), frame_type == 1, body[5:])
        return []

    def _audio(self, body: bytes, dts_ns: int) -> list[Packet]:
        codec = _LEGACY_AUDIO.get(body[0] >> 4)
        if codec is None:
            raise ProtocolError(f"FLV audio format {body[0] >> 4} is not supported", "Publish AAC")
        if codec == "mp3":
            self._configure(AUDIO, 0, codec, body[1:5])
            return self._packet(AUDIO, 0, dts_ns, 0, True, body[1:])
        if len(body) < 2:
            raise ProtocolError("an FLV audio message is cut short")
        if body[1] == 0:
            self._configure(AUDIO, 0, codec, body[2:])
            return []
        return self._packet(AUDIO, 0, dts_ns, 0, True, body[2:])

    def _enhanced(self, kind: int, packet_type: int, frame_type: int, body: _Cursor, dts_ns: int) -> list[Packet]:
        while packet_type == _MOD_EX:
            size = body.number(1) + 1
            if size == 256:
                size = body.number(2) + 1
            extra, following = body.take(size), body.number(1)
            if following >> 4 == 0:
                dts_ns += int.from_bytes(extra[:3], "big")
            packet_type = following & 15
        if frame_type == 5 and packet_type != _METADATA:
            return []
        if packet_type != _MULTITRACK[kind]:
            return self._track(kind, 0, body.take(4), packet_type, frame_type, body, dts_ns)
        following = body.number(1)
        layout, packet_type = following >> 4, following & 15
        fourcc = body.take(4) if layout < 2 else b""
        packets: list[Packet] = []
        while body.at < len(body.data):
            own = fourcc or body.take(4)
            track = body.number(1)
            part = _Cursor(body.rest() if layout == 0 else body.take(body.number(3)), 0)
            packets += self._track(kind, track, own, packet_type, frame_type, part, dts_ns)
        return packets

    def _track(self, kind: int, track: int, fourcc: bytes, packet_type: int, frame_type: int, body: _Cursor,
               dts_ns: int) -> list[Packet]:
        codec = _FOURCC.get(fourcc)
        if codec is None:
            raise ProtocolError(f"codec {fourcc.decode('latin-1')!r} is not supported", "Publish H.264 and AAC")
        if packet_type == _SEQUENCE_START:
            self._configure(kind, track, codec, body.rest())
        elif packet_type == _CODED:
            offset = _signed(body.take(3)) if codec in ("h264", "hevc") else 0
            return self._packet(kind, track, dts_ns, offset, frame_type == 1, body.rest(), codec)
        elif packet_type == _CODED_X and kind == VIDEO:
            return self._packet(kind, track, dts_ns, 0, frame_type == 1, body.rest(), codec)
        return []

    def _configure(self, kind: int, track: int, codec: str, extradata: bytes) -> None:
        old = self.setups.get((kind, track))
        if old is not None and old.codec == codec and codec != "mp3" and old.extradata == extradata:
            return
        if old is None and len(self.setups) >= MAX_TRACKS:
            raise ProtocolError(f"more than {MAX_TRACKS} tracks")
        setup = (flv_setup.video(codec, extradata, self._metadata) if kind == VIDEO
                 else flv_setup.audio(codec, extradata))
        if setup != old:
            self.setups[kind, track] = setup

    def _packet(self, kind: int, track: int, dts_ns: int, offset_ms: int, is_key: bool, data: bytes,
                codec: str = "") -> list[Packet]:
        setup = self.setups.get((kind, track))
        if setup is None and codec == "mp3":
            self._configure(kind, track, codec, data[:4])
            setup = self.setups[kind, track]
        if setup is None or not data:
            self.dropped += 1
            return []
        return [Packet(setup, dts_ns + offset_ms * MS, dts_ns, is_key, data,
                       flv_setup.duration_ns(setup, data) if kind == AUDIO else 0, track, self._connection)]


def _signed(three: bytes) -> int:
    return (int.from_bytes(three, "big") ^ 0x800000) - 0x800000
