"""captions_play: a recording played to an engine as if live, its words settled by each policy at once.

Sound arrives in pieces of 100 ms on an audio clock; the time that reading it really takes is added,
and what arrives meanwhile is handed over together, so that lag is carried as it would be live.
"""

import time
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.asr import Hypothesis, Recognizer, StreamOptions, Word
from models.asr._compare import plain
from stream.captions.commit import Committer
from stream.captions.page import Pager
from stream.captions.score import Steadiness
from stream.captions.tail import Spread, TailPager
from stream.timeline.program import CaptionSpec, Cue, Line, TextStyle
from stream.timeline.program_captions import Policy

NS = 1_000_000_000
RATE_HZ = 16_000
PIECE_S, QUIET_S = 0.1, 1.0  # a piece; the silence that follows each recording
LINE_CHARACTERS = 40


@dataclass(slots=True)
class Aired:
    """What one policy showed of a clip: words that stayed, each with the time it came, in seconds of the clip."""

    policy: Policy
    shown: list[tuple[Word, float]] = field(default_factory=list)
    firsts: list[int] = field(default_factory=list)  # places in `shown` of each segment's first word
    steadiness: Steadiness = field(default_factory=Steadiness)
    changed: int = 0  # settled words that were taken back: must be none
    pages: dict[str, Cue] = field(default_factory=dict)
    begins_ns: dict[str, int] = field(default_factory=dict)
    _committer: Committer = field(init=False)
    _pager: TailPager = field(init=False)
    _segment: int = -1
    _settled: int = 0
    _tail: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._committer = Committer(self.policy)
        self._pager = TailPager(Pager(CaptionSpec(TextStyle()), _length, LINE_CHARACTERS))

    def take(self, hypothesis: Hypothesis, now_s: float) -> None:
        """Show what `hypothesis`, come at `now_s`, adds or changes."""
        words = self._committer.push(hypothesis)
        tail = self._committer.tail if self.policy == "eager" else ()
        spread = self._pager.say(words, round(now_s * NS), self._committer.tail, show_tail=self.policy == "eager")
        said = [plain(word.text) for word in (*words, *tail)]
        kept = next((i for i, pair in enumerate(zip(self._tail, said, strict=False)) if pair[0] != pair[1]),
                    min(len(self._tail), len(said)))
        self._show(spread, len(self._tail) - kept, hypothesis.segment)
        self._settled += len(words)
        self._tail = said[len(words):]
        if hypothesis.final:
            self.steadiness.over()

    def _show(self, spread: Spread, erased: int, segment: int) -> None:
        at = len(self.shown) - erased
        self.changed += max(0, self._settled - at)
        del self.shown[at:]
        self.firsts = [place for place in self.firsts if place < at]
        self.steadiness.step(erased, len(spread.seen))
        if spread.seen and (segment != self._segment or not self.firsts):
            self._segment = segment
            self.firsts.append(at)
        self.shown += [(seen.word, seen.at_ns / NS) for seen in spread.seen]
        for cue in spread.cues:
            self.pages[cue.id] = cue
            self.begins_ns.setdefault(cue.id, cue.start_ns)

    def characters_per_s(self) -> list[float]:
        """Return how fast each page must be read."""
        return [len(cue.text) * NS / (cue.end_ns - self.begins_ns[cue.id]) for cue in self.pages.values()
                if cue.end_ns > self.begins_ns[cue.id] and cue.text]


@dataclass(slots=True)
class Heard:
    """What came of one clip: its finals with the time they came, what each policy showed, and what it cost."""

    aired: tuple[Aired, ...]
    finals: list[tuple[Hypothesis, float]] = field(default_factory=list)
    partials: int = 0
    cpu_s: float = 0.0
    reads_s: list[float] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The final text."""
        return " ".join(word.text for hypothesis, _ in self.finals for word in hypothesis.words)


def play(samples: NDArray[np.float32], recognizer: Recognizer, policies: tuple[Policy, ...] = ("stable",),
         options: StreamOptions | None = None) -> Heard:
    """Play `samples` (mono, 16 kHz) to a new stream of `recognizer` as if live."""
    sound = np.concatenate((samples, np.zeros(int(QUIET_S * RATE_HZ), np.float32)))
    pieces = np.array_split(sound, range(int(PIECE_S * RATE_HZ), len(sound), int(PIECE_S * RATE_HZ)))
    stream, heard = recognizer.open(options or StreamOptions()), Heard(tuple(map(Aired, policies)))
    now_s, at = 0.0, 0
    while at <= len(pieces):
        now_s = max(now_s, min(at + 1, len(pieces)) * PIECE_S)
        arrived = max(at + 1, min(len(pieces), int(now_s / PIECE_S + 1e-6)))
        began_s, cpu_s = time.perf_counter(), time.process_time()
        found = stream.feed(np.concatenate(pieces[at:arrived])) if at < len(pieces) else stream.finish()
        spent_s = time.perf_counter() - began_s
        heard.cpu_s += time.process_time() - cpu_s
        if found:
            heard.reads_s.append(spent_s)
        now_s += spent_s
        at = arrived
        for hypothesis in found:
            heard.partials += not hypothesis.final
            if hypothesis.final:
                heard.finals.append((hypothesis, now_s))
            for aired in heard.aired:
                aired.take(hypothesis, now_s)
    return heard


def _length(line: Line) -> float:
    return sum(len(run.text) for run in line)
