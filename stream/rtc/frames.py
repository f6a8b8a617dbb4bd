"""frames: RTP packets of one track put in order and together into frames, and what was lost said."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

PATIENCE_S = 0.2
"""So long a missing packet is waited for (it is asked for again at once); then its frame is given up."""
HELD = 1024
_ROUND = 1 << 16


class RtpPacket(Protocol):
    """What is read of aiortc's packets; `_data` is what its depayloader made of the payload."""

    sequence_number: int
    timestamp: int
    marker: int
    payload_type: int
    _data: bytes


@dataclass(frozen=True, slots=True)
class Frame:
    """One encoded frame: its RTP time (32 bits) and type, when its last packet came, whether any before it is lost."""

    data: bytes
    timestamp: int
    payload_type: int
    arrival_ns: int
    lost_before: bool


class Assembler:
    """Takes the place of aiortc's jitter buffer: `add` hands each complete frame to `take` at once, in order.

    aiortc's own gives a picture away only when the next one begins, and sound only after four packets. A picture is
    complete here with its marker bit (RFC 3550, 5.1; RFC 6184, 5.1; RFC 7741, 4.1), sound with each packet.
    `wants_key` is asked at each packet whether a key frame is to be requested.
    """

    def __init__(self, take: Callable[[Frame], None], now_ns: Callable[[], int], *, is_video: bool,
                 wants_key: Callable[[], bool] = lambda: False) -> None:
        self._take, self._now_ns, self._is_video, self._wants_key = take, now_ns, is_video, wants_key
        self._held: dict[int, RtpPacket] = {}
        self._next: int | None = None
        self._lost = False
        self._gap_ns = 0
        self.received = self.given_up = 0

    def add(self, packet: RtpPacket) -> tuple[bool, None]:
        """Take one packet; return whether to ask for a key frame (aiortc sends the PLI), and nothing to be decoded."""
        self.received += 1
        at = self._unwrapped(packet.sequence_number)
        if self._next is None or abs(at - self._next) > HELD:
            self._lost = self._lost or self._next is not None
            self._held.clear()
            self._next = at
        if at >= self._next:
            self._held[at] = packet
            self._emit()
            self._give_up()
        return self._wants_key(), None

    def _unwrapped(self, number: int) -> int:
        near = self._next if self._next is not None else number
        return near + (number - near + _ROUND // 2) % _ROUND - _ROUND // 2

    def _emit(self) -> None:
        while (packets := self._complete()) is not None:
            assert self._next is not None
            for _ in packets:
                del self._held[self._next]
                self._next += 1
            self._gap_ns = 0
            data = b"".join(packet._data for packet in packets)
            if data:
                first, lost, self._lost = packets[0], self._lost, False
                self._take(Frame(data, first.timestamp, first.payload_type, self._now_ns(), lost))

    def _complete(self) -> list[RtpPacket] | None:
        """The packets of the next frame, if they are all there."""
        assert self._next is not None
        packets: list[RtpPacket] = []
        at = self._next
        while (packet := self._held.get(at)) is not None:
            if packets and packet.timestamp != packets[0].timestamp:
                return packets
            packets.append(packet)
            at += 1
            if packet.marker or not self._is_video or (len(packets) == 1 and not packet._data):
                return packets
        return None

    def _give_up(self) -> None:
        """Where a packet has been missing for too long, go on at the next frame that is whole from its beginning."""
        at = self._next or 0
        while at in self._held:
            at += 1
        behind = sorted(number for number in self._held if number > at)
        if not behind:
            return
        now_ns = self._now_ns()
        self._gap_ns = self._gap_ns or now_ns
        if now_ns - self._gap_ns < PATIENCE_S * 1e9:
            return
        start = next((number for number in behind if self._begins(number)), None)
        if start is None:
            return
        for number in [n for n in self._held if n < start]:
            del self._held[number]
        self._next, self._lost, self._gap_ns = start, True, 0
        self.given_up += 1
        self._emit()

    def _begins(self, number: int) -> bool:
        """Whether a frame is known to begin with this packet."""
        before, packet = self._held.get(number - 1), self._held[number]
        return not self._is_video or (before is not None and (bool(before.marker)
                                                               or before.timestamp != packet.timestamp))
