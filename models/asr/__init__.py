"""asr: speech to words. One file per engine; this one holds what an engine is."""

from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Timing = Literal["aligned", "interpolated", "engine"]


@dataclass(frozen=True, slots=True)
class Word:
    """One word as recognised, punctuation attached; times count from the stream's first sample.

    `timing` says where the times come from: forced alignment, interpolation between aligned
    neighbours, or the engine itself. `confidence` is in [0, 1], or None where the engine gives none.
    """

    text: str
    start_ns: int
    end_ns: int
    timing: Timing = "interpolated"
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What the engine believes of the open segment: replaces the segment's earlier hypotheses.

    `segment` counts from 0; `final` says that the segment has ended and this is its last word.
    `audio_end_ns` is how much of the stream had been heard when it was made. `continues` marks a final
    that was cut off in mid-speech: what was heard after its last word comes again in the next segment.
    """

    segment: int
    words: tuple[Word, ...]
    final: bool
    audio_end_ns: int
    continues: bool = False


@dataclass(frozen=True, slots=True)
class StreamOptions:
    """What one recognition stream may be told; engines ignore what they cannot use.

    `language` is a BCP 47 tag; "" is the engine's own, or recognised. `translate` asks for English words whatever
    is spoken. `step_s` is how often an open segment is read (infinite: only when it has ended). `timed` asks for good
    times of the words of an open segment too: captions that are held back are to meet them.
    """

    language: str = ""
    step_s: float = 0.3
    vocabulary: tuple[str, ...] = field(default=())
    translate: bool = False
    timed: bool = False


class RecognizerStream(Protocol):
    """One speaker's or one programme's recognition in progress. Synchronous; one thread at a time."""

    def feed(self, samples: NDArray[np.float32]) -> list[Hypothesis]:
        """Hear `samples` (mono, in [-1, 1], at the recognizer's rate); return what changed, in order."""
        ...

    def finish(self) -> list[Hypothesis]:
        """Hear the end of the sound; return the last finals. The stream is not used afterwards."""
        ...

    @property
    def speaking(self) -> bool:
        """Whether speech is being heard now (for the 'speech heard, no caption' alarm)."""
        ...


class Recognizer(Protocol):
    """An engine's weights, loaded once and shared by its streams.

    An engine's module has `load(model: str = "") -> Recognizer` (`model`: a folder of the user's, where it takes
    one; ModelError says what is wrong with it), `check(folder: Path) -> Path` (whether that may be one, without
    loading it), `available() -> str` ("" or what is missing without a folder, with the remedy), and for people to
    read `LANGUAGES` and `LICENCE`.
    `languages` are the BCP 47 tags it can hear; empty where the model does not say.
    """

    sample_rate_hz: int
    languages: frozenset[str]

    def open(self, options: StreamOptions) -> RecognizerStream: ...
