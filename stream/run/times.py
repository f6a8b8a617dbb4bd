"""times: where a source's own timestamps lie in session time, over reconnects and jumps."""

from dataclasses import replace

from stream.clock import Clock
from stream.media import NS, Packet

BACK_NS = NS // 2
AHEAD_NS = NS
NO_VIDEO_AFTER_NS = 2 * NS


class SessionTimes:
    """Moves packets of one input into session time.

    The first connection of the main input defines zero: its first video key frame (or, when no
    video has come within 2 s, its sound). Later connections, other inputs and streams whose
    timestamps jump are laid at the time at which they arrive. Packets before a connection's first
    key frame have no place: None.
    """

    def __init__(self, clock: Clock, *, defines_zero: bool) -> None:
        self._clock = clock
        self._defines_zero = defines_zero
        self._leads = defines_zero  # an input beside the main one is there for its sound
        self._connection = -1
        self._offsets: list[int] = []
        self._last: dict[str, tuple[int, int, int]] = {}
        self._first_audio_ns: int | None = None
        self.jumps = 0

    def place(self, packet: Packet, arrival_ns: int) -> Packet | None:
        """Return `packet` with session times; `arrival_ns` is any clock that runs with the wall."""
        if packet.connection != self._connection:
            self._connection, self._offsets, self._first_audio_ns = packet.connection, [], None
            self._last.clear()
        if not self._offsets and not self._begin(packet):
            return None
        track = f"{packet.setup.kind}{packet.track}"
        offset = self._offset(track, packet.dts_ns, arrival_ns)
        self._last[track] = (packet.dts_ns, arrival_ns, packet.dts_ns + offset)
        return replace(packet, pts_ns=packet.pts_ns + offset, dts_ns=packet.dts_ns + offset)

    def _begin(self, packet: Packet) -> bool:
        if packet.setup.kind == "audio":
            if self._first_audio_ns is None:
                self._first_audio_ns = packet.pts_ns
            if self._leads and packet.pts_ns - self._first_audio_ns < NO_VIDEO_AFTER_NS:
                return False
        elif not packet.is_key:
            return False
        here = 0 if self._defines_zero else self._clock.session_ns()
        self._defines_zero = False
        self._offsets = [here - packet.pts_ns]
        return True

    def _offset(self, track: str, dts_ns: int, arrival_ns: int) -> int:
        """The offset for this packet: the newest, unless its track has not jumped yet."""
        last = self._last.get(track)
        if last is None:
            return self._offsets[-1]
        _, last_arrival, last_session = last
        expected = last_session + min(max(arrival_ns - last_arrival, 0), NS)
        offset = min(self._offsets, key=lambda o: abs(dts_ns + o - last_session))
        step = dts_ns + offset - last_session
        if self._clock.jumped(step, arrival_ns - last_arrival):
            self.jumps += 1
            offset = expected - dts_ns
            self._offsets = [self._offsets[-1], offset]
        return offset


class ClipTimes:
    """Lays a file's packets where its clip lies: the first packet is source time 0, `in_ns` is at `start_ns`."""

    def __init__(self, start_ns: int, in_ns: int, speed: float) -> None:
        self._start_ns, self._in_ns, self._speed = start_ns, in_ns, speed
        self._base_ns: int | None = None

    def place(self, packet: Packet, arrival_ns: int) -> Packet:
        if self._base_ns is None:
            self._base_ns = packet.pts_ns if packet.pts_ns > NS // 4 else 0  # before 0 lies what is not shown
        return replace(packet, pts_ns=self._at(packet.pts_ns), dts_ns=self._at(packet.dts_ns))

    def _at(self, source_ns: int) -> int:
        inside = source_ns - (self._base_ns or 0) - self._in_ns
        return self._start_ns + (inside if self._speed == 1 else round(inside / self._speed))


class Unmoved:
    """Times of packets that are in session time already."""

    def place(self, packet: Packet, arrival_ns: int) -> Packet:
        return packet
