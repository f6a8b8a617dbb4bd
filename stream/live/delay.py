"""delay: the smallest delay with which words are there when they are spoken, found while the programme runs."""

from collections import deque
from collections.abc import Callable

from models.asr import Word
from stream.clock import LiveClock
from stream.media import NS
from stream.metrics import percentile
from stream.timeline.program import Hearing

SHARE, AIM = 95, 96
"""So many words of a hundred are to be there; so many of the last ones must have been."""
LEAST_S, MOST_S = 0.3, 6.0
LONGER_S, SHORTER_S = 0.15, 0.4
"""The delay is changed only where it would become so much longer, or so much shorter."""
WARM, SURE, KEPT, EVERY = 60, 300, 500, 20
"""Words: how many before it becomes longer, and shorter; how many are looked at, how often."""
FIRST_S = {"moonshine": 1.5, "whisper": 4.0, "vosk": 2.0, "sherpa": 1.5}
"""What an engine is known to need from the beginning of a word until it is settled."""
TAIL_S = {"moonshine": 1.4, "whisper": 3.0, "vosk": 1.5, "sherpa": 1.2}
"""Likewise until a word is shown that may still change."""
OTHER_S, WHOLE_S = 2.0, 4.0


def first_delay_s(hearing: Hearing | None) -> float:
    """Return the delay to begin with, from what is known of the engine and of what it waits for; 0 without captions."""
    if hearing is None:
        return 0.0
    known = TAIL_S if hearing.policy == "eager" else FIRST_S
    return known.get(hearing.engine.partition(":")[0], OTHER_S) + (WHOLE_S if hearing.policy == "final" else 0.0)


class AutoDelay:
    """Holds the programme as long as SHARE of a hundred words need from their beginning until they can be shown.

    It looks at the newest words and asks the clock for another delay only where that is worth it; the clock gets
    there slowly, so that nothing is cut.
    """

    def __init__(self, clock: LiveClock, tell: Callable[[str], None]) -> None:
        self._clock, self._tell = clock, tell
        self._needs_s: deque[float] = deque(maxlen=KEPT)
        self._count = 0
        self.wanted_s = clock.delay_ns / NS

    def noticed(self, word: Word, due_ns: int) -> None:
        """`word` can be seen from session time `due_ns` on: take in how long a delay it would have needed."""
        self._needs_s.append((due_ns + self._clock.delay_ns - word.start_ns) / NS)
        self._count += 1
        if self._count < WARM or self._count % EVERY:
            return
        needed_s = min(MOST_S, max(LEAST_S, percentile(list(self._needs_s), AIM)))
        change_s = needed_s - self.wanted_s
        if -SHORTER_S < change_s < LONGER_S or (change_s < 0 and self._count < SURE):
            return
        self.wanted_s = needed_s
        self._clock.hold(round(needed_s * NS))
        self._tell(f"the delay goes to {needed_s:.1f} s: with it {SHARE} % of the words are there when they are spoken")
