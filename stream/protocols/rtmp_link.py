"""rtmp_link: handshake, control messages and commands, the same at both ends of an RTMP connection."""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from stream.errors import ProtocolError
from stream.protocols import amf
from stream.protocols.rtmp import AUDIO, DATA, VIDEO
from stream.protocols.rtmp_chunks import ChunkReader, Message, chunk

HANDSHAKE_BYTES = 1536
WINDOW_BYTES = 2_500_000
STREAM_BEGIN, STREAM_EOF, SET_BUFFER, PING, PONG = 0, 1, 3, 6, 7
_CHUNK_STREAMS = {AUDIO: 4, VIDEO: 6, DATA: 5, 20: 3}


@dataclass(frozen=True, slots=True)
class Command:
    """A command message: `arguments` follow the name and the transaction number."""

    name: str
    transaction: float
    arguments: tuple[amf.Value, ...]
    stream_id: int

    def text(self, index: int) -> str:
        """Return argument `index` where it is a string, else nothing."""
        value = self.arguments[index] if index < len(self.arguments) else None
        return value if isinstance(value, str) else ""

    def table(self, index: int) -> dict[str, amf.Value]:
        """Return argument `index` where it is an object, else an empty one."""
        value = self.arguments[index] if index < len(self.arguments) else None
        return value if isinstance(value, dict) else {}


@dataclass(frozen=True, slots=True)
class UserControl:
    """A user control message that is not a ping: its event number and value (a stream id)."""

    event: int
    value: int


class Link:
    """One end of a connection, without I/O: bytes in, messages out, `bytes_to_send` for the peer.

    The handshake is the simple one (Adobe, "RTMP 1.0", section 5.2): our version field is zero, at
    which clients that could do the signed one fall back. Garbage raises ProtocolError at once.
    """

    def __init__(self, *, server: bool, chunk_bytes: int) -> None:
        self.reader = ChunkReader()
        self.ready = False
        self.peer_fourccs: frozenset[str] = frozenset()
        self._server, self._chunk_bytes = server, chunk_bytes
        self._sent_chunk_bytes = 128
        self._greeting = b""
        self._greeted = False
        self._out = bytearray()
        self._received = self._acknowledged = 0
        self._window = 0
        if not server:
            self._out += b"\x03" + bytes(8) + os.urandom(HANDSHAKE_BYTES - 8)

    def bytes_to_send(self) -> bytes:
        """Return what is to be written to the peer, and forget it."""
        out = bytes(self._out)
        self._out.clear()
        return out

    def receive(self, data: bytes) -> Iterator[Message | Command | UserControl]:
        """Yield what `data` completes: commands, audio, video, data messages, user control."""
        self._received += len(data)
        if not self.ready:
            data = self._handshake(data)
        for message in self.reader.feed(data):
            yield from self._take(message)
        if self._window and self._received - self._acknowledged >= self._window // 2:
            self._acknowledged = self._received
            self._control(3, struct.pack(">I", self._received & 0xFFFFFFFF))

    def send(self, type_id: int, time_ms: int, body: bytes, stream_id: int) -> None:
        """Queue one audio, video, data or command message."""
        self._out += chunk(Message(type_id, stream_id, time_ms, body), _CHUNK_STREAMS[type_id], self._sent_chunk_bytes)

    def command(self, name: str, transaction: float, *arguments: amf.Value, stream_id: int = 0) -> None:
        """Queue a command."""
        self.send(20, 0, amf.encode(name, transaction, *arguments), stream_id)

    def user_control(self, event: int, *values: int) -> None:
        """Queue a user control message."""
        self._control(4, struct.pack(f">H{len(values)}I", event, *values))

    def announce_chunk_size(self) -> None:
        """Tell the peer our chunk size, and use it."""
        self._control(1, struct.pack(">I", self._chunk_bytes))
        self._sent_chunk_bytes = self._chunk_bytes

    def announce_window(self, *, bandwidth: bool) -> None:
        """Tell the peer how often to acknowledge (and, from a server, how often we will)."""
        self._control(5, struct.pack(">I", WINDOW_BYTES))
        if bandwidth:
            self._control(6, struct.pack(">IB", WINDOW_BYTES, 2))

    def _control(self, type_id: int, body: bytes) -> None:
        self._out += chunk(Message(type_id, 0, 0, body), 2, self._sent_chunk_bytes)

    def _handshake(self, data: bytes) -> bytes:
        """Take the peer's part of the handshake; return what came after it."""
        self._greeting += data
        if self._greeting and self._greeting[0] != 3:
            raise ProtocolError(*_what_speaks(self._greeting[0]))
        if not self._greeted and len(self._greeting) > HANDSHAKE_BYTES:
            hello = self._greeting[1:1 + HANDSHAKE_BYTES]
            if self._server:
                self._out += b"\x03" + bytes(8) + os.urandom(HANDSHAKE_BYTES - 8)
            self._out += hello
            self._greeted = True
        end = 1 + 2 * HANDSHAKE_BYTES
        if len(self._greeting) < end:
            return b""
        rest, self._greeting, self.ready = self._greeting[end:], b"", True
        return rest

    def _take(self, message: Message) -> Iterator[Message | Command | UserControl]:
        type_id, body = message.type_id, message.body
        if type_id in (AUDIO, VIDEO):
            yield message
        elif type_id in (20, 17):
            yield _command(message)
        elif type_id in (DATA, 15):
            skip = 1 if type_id == 15 and body[0] == 0 else 0
            yield Message(DATA, message.stream_id, message.time_ms, body[skip:])
        elif type_id == 22:
            for part in _split(message):
                yield from self._take(part)
        elif type_id == 4:
            event, value = int.from_bytes(_exactly(body, 2)[:2], "big"), int.from_bytes(body[2:6], "big")
            if event == PING:
                self.user_control(PONG, value)
            else:
                yield UserControl(event, value)
        elif type_id < 8:
            self._obey(type_id, int.from_bytes(_exactly(body, 4)[:4], "big"))

    def _obey(self, type_id: int, value: int) -> None:
        if type_id == 1:
            if not 1 <= value <= 0x7FFFFFFF:
                raise ProtocolError(f"{value} is not an RTMP chunk size")
            self.reader.chunk_bytes = value
        elif type_id == 2:
            self.reader.abort(value)
        elif type_id == 5:
            self._window = value
        elif type_id == 6 and not self._server:
            self.announce_window(bandwidth=False)


def _exactly(body: bytes, size: int) -> bytes:
    if len(body) < size:
        raise ProtocolError("an RTMP control message is cut short")
    return body


def _what_speaks(first: int) -> tuple[str, str]:
    if first == 0x16:
        return "the peer speaks TLS, not plain RTMP", "Use rtmps:// on both sides, or rtmp:// on both"
    if first == 6:
        return "the peer wants encrypted RTMPE, which is not supported", "Use rtmps:// or rtmp://"
    return "the peer does not speak RTMP", "Check the address and the port"


def _command(message: Message) -> Command:
    """Read a command; type 17 (AMF3) carries AMF0 values behind one zero byte.

    The number may be missing: FFmpeg's server says "onFCPublish" and nothing else.
    """
    body = message.body
    values = amf.decode(body, 1 if message.type_id == 17 and body[:1] == b"\x00" else 0)
    name, number = (*values, 0.0, 0.0)[:2]
    if not isinstance(name, str) or not isinstance(number, float):
        raise ProtocolError("an RTMP command without a name")
    return Command(name, number, tuple(values[2:]), message.stream_id)


def _split(aggregate: Message) -> Iterator[Message]:
    """Yield the FLV tags inside an aggregate message, the first at the aggregate's own time."""
    body, at, first_ms = aggregate.body, 0, -1
    while at < len(body):
        size = int.from_bytes(body[at + 1:at + 4], "big")
        if at + 15 + size > len(body) or body[at] not in (AUDIO, VIDEO, DATA):
            raise ProtocolError("an RTMP aggregate message is broken")
        tag_ms = int.from_bytes(body[at + 4:at + 7], "big") | body[at + 7] << 24
        first_ms = tag_ms if first_ms < 0 else first_ms
        time_ms = (aggregate.time_ms + tag_ms - first_ms) & 0xFFFFFFFF
        yield Message(body[at], aggregate.stream_id, time_ms, body[at + 11:at + 11 + size])
        at += 15 + size


def text_table(message: Message) -> dict[str, amf.Value] | None:
    """Return the table of an onMetaData message, with or without @setDataFrame before it; None for other data."""
    values = amf.decode(message.body)
    if values[:1] == ["@setDataFrame"]:
        values = values[1:]
    if len(values) > 1 and values[0] == "onMetaData" and isinstance(values[1], dict):
        return values[1]
    return None
