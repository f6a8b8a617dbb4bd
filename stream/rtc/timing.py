"""timing: RTP times of one publisher's tracks on one clock, kept together by its sender reports."""

from dataclasses import dataclass, field

NS = 1_000_000_000
RATES_HZ = {"video": 90_000, "audio": 48_000}
_NTP_1900_TO_1970_S = 2_208_988_800
_ROUND = 1 << 32
SLEW_NS = 3_000_000
"""A picture's time is moved by so much at most, that times still grow."""
JUMP_NS = 500_000_000


def ntp_ns(stamp: int) -> int:
    """Return a 64-bit NTP time stamp (RFC 3550, 4) as ns since 1970."""
    return (stamp >> 32) * NS + ((stamp & 0xFFFFFFFF) * NS >> 32) - _NTP_1900_TO_1970_S * NS


@dataclass(slots=True)
class _Track:
    rate_hz: int
    last: int
    first: int
    arrival_ns: int
    sender_ns: int | None = None
    """The sender's clock less ours, by its last report."""

    def raw_ns(self, timestamp: int) -> int:
        return self.arrival_ns + (self.unwrapped(timestamp) - self.first) * NS // self.rate_hz

    def unwrapped(self, timestamp: int) -> int:
        return self.last + (timestamp - self.last + _ROUND // 2) % _ROUND - _ROUND // 2


@dataclass(slots=True)
class Together:
    """Lays a publisher's tracks on one clock: the arrival of each track's first frame, until reports say better.

    From the first sender reports of both on (RFC 3550, 6.4.1: an NTP time for an RTP time), pictures are moved to the
    sound, a little at a time; sound is never moved.
    """

    _tracks: dict[str, _Track] = field(default_factory=dict)
    _shift_ns: int = 0

    def place(self, kind: str, timestamp: int, arrival_ns: int) -> int:
        """Return the time in ns of the frame with this RTP time stamp."""
        track = self._tracks.get(kind)
        if track is None:
            track = self._tracks[kind] = _Track(RATES_HZ[kind], timestamp, timestamp, arrival_ns)
        raw_ns = track.raw_ns(timestamp)
        track.last = max(track.last, track.unwrapped(timestamp))
        if kind != "video":
            return raw_ns
        off_ns = self.skew_ns() - self._shift_ns
        self._shift_ns += off_ns if abs(off_ns) > JUMP_NS else max(-SLEW_NS, min(SLEW_NS, off_ns))
        return raw_ns + self._shift_ns

    def report(self, kind: str, ntp: int, timestamp: int) -> None:
        """Take a sender report in; one from before the first frame, or without a time, is nothing."""
        track = self._tracks.get(kind)
        if track is not None and ntp:
            track.sender_ns = ntp_ns(ntp) - track.raw_ns(timestamp)

    def skew_ns(self) -> int:
        """How much later pictures belong than the arrival of their first one said; 0 while that is not known."""
        video, audio = self._tracks.get("video"), self._tracks.get("audio")
        if video is None or audio is None or video.sender_ns is None or audio.sender_ns is None:
            return 0
        return video.sender_ns - audio.sender_ns
