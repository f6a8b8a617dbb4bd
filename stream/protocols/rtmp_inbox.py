"""rtmp_inbox: what arrives on one RTMP connection, as packets in a queue that is bounded twice."""

from collections.abc import Mapping
from dataclasses import replace

from stream.channel import Channel
from stream.media import Packet
from stream.protocols.amf import Value
from stream.protocols.flv import FlvReader

MAX_PACKETS = 2048
MAX_BYTES = 32 << 20


class Inbox:
    """Packets of one connection, `async for`. Full (2048 packets or 32 MiB) means: drop to the next key frame.

    A receiver that keeps up never sees that. Drops are counted in `dropped`; the first packet of each
    track after one says `lost_before`.
    """

    def __init__(self, connection: int = 0) -> None:
        self._reader = FlvReader(connection)
        self._queue: Channel[Packet] = Channel(MAX_PACKETS, "wait")
        self._bytes = 0
        self._overflowed = 0
        self._awaiting_key = False
        self._marked: dict[tuple[str, int], int] = {}

    @property
    def dropped(self) -> int:
        """Packets lost because nobody took them, or because they came before their sequence header."""
        return self._overflowed + self._reader.dropped

    def describe(self, metadata: Mapping[str, Value]) -> None:
        """Take onMetaData in."""
        self._reader.describe(metadata)

    def feed(self, kind: int, time_ms: int, body: bytes) -> None:
        """Take one audio or video message in; raises ProtocolError for a broken one."""
        for packet in self._reader.feed(kind, time_ms, body):
            self._offer(packet)

    def close(self) -> None:
        """No more will come: the iterator ends after what is queued."""
        self._queue.close()

    def __aiter__(self) -> "Inbox":
        return self

    async def __anext__(self) -> Packet:
        packet = await self._queue.get()
        self._bytes -= len(packet.data)
        return packet

    def _is_key(self, packet: Packet) -> bool:
        kind = "video" if any(s.kind == "video" for s in self._reader.setups.values()) else "audio"
        return packet.is_key and packet.setup.kind == kind and packet.track == 0

    def _offer(self, packet: Packet) -> None:
        if len(self._queue) >= MAX_PACKETS or self._bytes + len(packet.data) > MAX_BYTES:
            while self._queue.take_nowait():
                self._overflowed += 1
            self._bytes, self._awaiting_key = 0, True
        if self._awaiting_key and not self._is_key(packet):
            self._overflowed += 1
            return
        self._awaiting_key = False
        track = (packet.setup.kind, packet.track)
        if self._marked.get(track, 0) != self._overflowed:
            self._marked[track] = self._overflowed
            packet = replace(packet, lost_before=True)
        if self._queue.offer(packet):
            self._bytes += len(packet.data)
