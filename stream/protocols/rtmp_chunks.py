"""rtmp_chunks: RTMP's chunk layer: messages to chunks and back, with every limit a peer could break."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from stream.errors import ProtocolError

COMMAND_BYTES = 64 << 10
MEDIA_BYTES = 8 << 20
MAX_STREAMS = 64
KNOWN_TYPES = frozenset((1, 2, 3, 4, 5, 6, 8, 9, 15, 16, 17, 18, 19, 20, 22))
_EXTENDED = 0xFFFFFF
_HEADER_BYTES = (11, 7, 3, 0)


@dataclass(frozen=True, slots=True)
class Message:
    """One RTMP message: its type id, message stream, 32-bit time in ms, and body."""

    type_id: int
    stream_id: int
    time_ms: int
    body: bytes


class _Stream:
    """What the next header of one chunk stream may leave out, and the message being put together."""

    __slots__ = ("body", "extended", "field", "length", "open", "stream_id", "time_ms", "type_id")

    def __init__(self) -> None:
        self.time_ms = self.field = self.length = self.type_id = self.stream_id = 0
        self.extended = self.open = False
        self.body = bytearray()


class ChunkReader:
    """Chunks in, messages out (Adobe, "RTMP 1.0", section 5.3).

    Chunk bodies are taken as they come, so that no more than a header ever waits unread. Memory is
    bounded: `limit_bytes` for one message (set by whoever knows the state), twice that for all
    unfinished ones. A type 3 chunk after an extended time normally repeats that time; senders that
    leave it out are understood too.
    """

    def __init__(self) -> None:
        self.chunk_bytes = 128
        self.limit_bytes = COMMAND_BYTES
        self._streams: dict[int, _Stream] = {}
        self._rest = b""
        self._current: _Stream | None = None
        self._left = 0
        self._held = 0

    def feed(self, data: bytes) -> Iterator[Message]:
        """Yield the messages that `data` completes; a change of `chunk_bytes` counts from the next chunk.

        Raises ProtocolError for bytes that cannot be RTMP and for broken limits.
        """
        if self._rest:
            data, self._rest = self._rest + data, b""
        at, end = 0, len(data)
        while at < end:
            if self._current is None:
                begin = self._header(data, at)
                if begin < 0:
                    self._rest = data[at:]
                    return
                at = begin
            stream = self._current
            if stream is None:
                continue
            size = min(self._left, end - at)
            whole = size == stream.length
            if not whole:
                stream.body += data[at:at + size]
                self._held += size
                if self._held > 2 * self.limit_bytes:
                    raise ProtocolError("too many unfinished RTMP messages")
            self._left -= size
            if not self._left:
                self._current = None
                if whole or len(stream.body) == stream.length:
                    yield self._finish(stream, data[at:at + size] if whole else None)
            at += size

    def abort(self, chunk_stream: int) -> None:
        """Forget the unfinished message of `chunk_stream` (message type 2)."""
        stream = self._streams.get(chunk_stream)
        if stream is not None:
            self._held -= len(stream.body)
            stream.body, stream.open = bytearray(), False

    def _finish(self, stream: _Stream, whole: bytes | None) -> Message:
        body = whole
        if body is None:
            body = bytes(stream.body)
            self._held -= len(body)
            stream.body = bytearray()
        stream.open = False
        return Message(stream.type_id, stream.stream_id, stream.time_ms, body)

    def _header(self, data: bytes, at: int) -> int:
        """Read one chunk header; return where its body begins, or -1 when more bytes are needed."""
        end = len(data)
        form, number = data[at] >> 6, data[at] & 63
        at += 1
        if number < 2:
            if at + number + 1 > end:
                return -1
            number, at = 64 + int.from_bytes(data[at:at + number + 1], "little"), at + number + 1
        fields, after = at, at + _HEADER_BYTES[form]
        if after > end:
            return -1
        stream = self._stream(number, form)
        field = int.from_bytes(data[fields:fields + 3], "big") if form < 3 else stream.field
        extended = field == _EXTENDED if form < 3 else stream.extended
        if extended:
            if after + 4 > end:
                return -1
            value = int.from_bytes(data[after:after + 4], "big")
            if form < 3 or value == field:
                field, after = value, after + 4
        if form < 3:
            stream.field, stream.extended = field, extended
        if form < 2:
            self._describe(stream, data, fields, form)
        if not stream.open:
            self._begin(stream, form)
        if stream.open:
            self._current = stream
            self._left = min(self.chunk_bytes, stream.length - len(stream.body))
        return after

    def _stream(self, number: int, form: int) -> _Stream:
        stream = self._streams.get(number)
        if stream is None:
            if form > 1:  # some senders begin with type 1, whose missing stream id is then 0
                raise ProtocolError("an RTMP chunk refers to a header that never came")
            if len(self._streams) >= MAX_STREAMS:
                raise ProtocolError(f"more than {MAX_STREAMS} RTMP chunk streams")
            stream = self._streams[number] = _Stream()
        elif stream.open and form != 3:
            raise ProtocolError("an RTMP message begins inside another one")
        return stream

    def _begin(self, stream: _Stream, form: int) -> None:
        """Start a message; an empty one says nothing and is over with its header."""
        stream.time_ms = stream.field if form == 0 else (stream.time_ms + stream.field) & 0xFFFFFFFF
        if stream.length > self.limit_bytes:
            raise ProtocolError(f"an RTMP message of {stream.length} bytes (limit {self.limit_bytes})")
        stream.open = stream.length > 0

    def _describe(self, stream: _Stream, data: bytes, at: int, form: int) -> None:
        stream.length, stream.type_id = int.from_bytes(data[at + 3:at + 6], "big"), data[at + 6]
        if form == 0:
            stream.stream_id = int.from_bytes(data[at + 7:at + 11], "little")
        if stream.type_id not in KNOWN_TYPES:
            raise ProtocolError(f"{stream.type_id} is not an RTMP message type")


def chunk(message: Message, chunk_stream: int, chunk_bytes: int) -> bytes:
    """Return `message` as chunks of `chunk_stream` (2 to 63): a full header, then type 3 ones."""
    body, time_ms = message.body, message.time_ms & 0xFFFFFFFF
    extended = struct.pack(">I", time_ms) if time_ms >= _EXTENDED else b""
    head = (bytes((chunk_stream,)) + min(time_ms, _EXTENDED).to_bytes(3, "big") + len(body).to_bytes(3, "big")
            + bytes((message.type_id,)) + message.stream_id.to_bytes(4, "little") + extended)
    if len(body) <= chunk_bytes:
        return head + body
    again = bytes((0xC0 | chunk_stream,)) + extended
    return head + again.join(body[i:i + chunk_bytes] for i in range(0, len(body), chunk_bytes))
