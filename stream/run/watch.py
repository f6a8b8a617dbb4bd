"""watch: what is known of an input now: its set-up, its rate, when something last came."""

from dataclasses import dataclass, field
from fractions import Fraction

from stream.media import NS, Setup

MEASURED = 7
COMMON_RATES = tuple(Fraction(r) for r in (30, 25, 24, 60, 50, 15, 20, 12, 10, 48, 120)) + tuple(
    Fraction(r * 1000, 1001) for r in (24, 60, 120))


@dataclass(slots=True)
class Watch:
    """What is known of an input now, for the status line and the alarms."""

    video: Setup | None = None
    audio: Setup | None = None
    connection: int = -1
    last_packet_ns: int = 0
    last_audio_ns: int = 0
    frames_in: int = 0
    ended: bool = False
    first_dts_ns: list[int] = field(default_factory=list)

    def rate(self) -> Fraction | None:
        """Return the picture rate: as set up, else measured; None until enough pictures have come."""
        if self.video is not None and self.video.rate:
            return self.video.rate
        if len(self.first_dts_ns) < MEASURED:
            return None
        step_ns = (self.first_dts_ns[-1] - self.first_dts_ns[0]) / (len(self.first_dts_ns) - 1)
        return min(COMMON_RATES, key=lambda rate: abs(float(rate) * step_ns / NS - 1))
