"""backlog: what a recognizer that is slower than speech leaves out, so that its captions never fall further behind."""

from collections.abc import Sequence

from stream.media import NS, AudioFrame

LONG_NS = 2 * NS
"""So much sound may wait."""
KEPT_NS = NS // 4
"""The newest of what waits is heard all the same: a word has begun there."""
SLOW = 1.1
"""Reading is too slow when it lasts so many times as long as what was read."""


class Backlog:
    """Says which of the sound that waits is heard, and which is left out.

    A recognizer that takes as long for a second of sound as for five catches up by reading what waits at once; one that
    needs longer than the sound lasts never does: what waits grows with each read. It leaves out what waits then, in
    one piece, rather than a little everywhere.
    """

    def __init__(self) -> None:
        self._read_ns = 0

    def admit(self, frames: Sequence[AudioFrame]) -> tuple[list[AudioFrame], tuple[int, int] | None]:
        """Return those of `frames` to hear now, and the session time from and until which nothing is heard, if any."""
        end_ns = frames[-1].end_ns
        waits_ns = end_ns - frames[0].pts_ns
        kept = list(frames)
        if waits_ns > LONG_NS and self._read_ns > LONG_NS // 2 and waits_ns > SLOW * self._read_ns:
            kept = [frame for frame in frames if frame.pts_ns >= end_ns - KEPT_NS] or kept[-1:]
        self._read_ns = sum(frame.end_ns - frame.pts_ns for frame in kept)
        return kept, (frames[0].pts_ns, kept[0].pts_ns) if len(kept) < len(frames) else None

