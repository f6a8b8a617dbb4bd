"""_segments: turns an engine that reads whole utterances into a RecognizerStream.

The sound is cut into segments by voice activity. The open segment is read again and again (partial
hypotheses), and once more when it has ended (final), so the engine only needs a function from samples to text.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from models.align import Aligner, Span
from models.asr import Hypothesis, StreamOptions, Word
from models.vad import VoiceDetector

Samples = NDArray[np.float32]
NS = 1_000_000_000

ON, OFF = 0.5, 0.35  # probability of speech that opens a segment, and below which a window counts as silence
PRE_ROLL_S = 0.32  # a consonant before the first voiced window
TAIL_S = 0.2  # what is kept of the silence after the last word, and may be the next segment's pre-roll
END_SILENCE_S, SHORT_SILENCE_S = 0.35, 0.13  # that ends a short segment, and one that has become long
LONG_FROM_S, LONG_UNTIL_S = 3.0, 7.0  # between these lengths the silence asked for shrinks
CAP_S = 9.0  # a segment without any pause is cut here
CUT_BACK_S = 3.0  # how far back a cut may lie
CUT_MARGIN_S = 0.6  # a cut is not closer to the end: the last words may be half heard
FIRST_S = 0.4  # voiced sound before the first reading: on less the engine invents words
VOICED_MIN_S = 0.1  # less voiced sound than this is no speech
STEP_PER_S = 0.05  # a long segment is read less often, as reading it costs more: at 10 s every 0.5 s


class SegmentStream:
    """One sound's recognition in progress, over any engine that reads whole utterances."""

    def __init__(self, detector: VoiceDetector, read: Callable[[Samples], list[str]], aligner: Aligner | None,
                 options: StreamOptions) -> None:
        self._rate, self._size = detector.sample_rate_hz, detector.window_samples
        self._vad, self._read, self._aligner, self._step_s = detector.open(), read, aligner, options.step_s
        self._rest = np.zeros(0, np.float32)  # heard, but less than a window
        self._windows: list[Samples] = []  # from window number `_first` on
        self._chances: list[float] = []  # of speech, for each of them
        self._first = 0
        self._open = False
        self._segment = 0
        self._silent = 0  # windows since the last voiced one
        self._voiced = 0  # voiced windows of the open segment
        self._read_at = 0  # samples heard at the last reading of the open segment
        self._voiced_read = 0  # voiced windows at that reading

    @property
    def speaking(self) -> bool:
        return self._open

    def feed(self, samples: Samples) -> list[Hypothesis]:
        """Hear `samples`; however long they are, the segment left open is read at most once."""
        out: list[Hypothesis] = []
        sound = np.concatenate((self._rest, _clean(samples)))
        whole = len(sound) // self._size * self._size
        self._rest = sound[whole:]
        for window in sound[:whole].reshape(-1, self._size):
            out += self._hear(window)
        if self._open and self._is_due():
            out += self._partial()
        return out

    def finish(self) -> list[Hypothesis]:
        if not self._open:
            return []
        if len(self._rest):
            padded = np.zeros(self._size, np.float32)
            padded[:len(self._rest)] = self._rest
            self._windows.append(padded)
            self._chances.append(self._chances[-1])
            self._rest = self._rest[:0]
        return self._final(len(self._windows))

    def _hear(self, window: Samples) -> list[Hypothesis]:
        chance = self._vad.probability(window)
        self._windows.append(window)
        self._chances.append(chance)
        if not self._open:
            self._listen()
            return []
        self._voiced += chance >= ON
        self._silent = 0 if chance >= OFF else self._silent + 1
        length_s = self._seconds(len(self._windows))
        if self._seconds(self._silent) >= silence_s(length_s):
            tail = min(self._silent, max(self._silent // 2, self._count(TAIL_S)))
            return self._final(len(self._windows) - self._silent + tail)
        return self._cut() if length_s >= CAP_S else []

    def _listen(self) -> None:
        """Open a segment when two of the last three windows are voiced; else keep the pre-roll only."""
        voiced = [c >= ON for c in self._chances[-3:]]
        self._open = sum(voiced) >= 2
        keep = self._count(PRE_ROLL_S) + 2
        self._drop(max(0, len(self._windows) - keep))
        if self._open:
            self._silent, self._voiced, self._voiced_read = 0, sum(voiced), 0
            self._read_at = self._heard() - round(self._step_s * self._rate)

    def _is_due(self) -> bool:
        length_s = self._seconds(len(self._windows))
        step_s = max(self._step_s, STEP_PER_S * length_s)
        return (self._heard() - self._read_at >= step_s * self._rate - 1
                and self._seconds(self._voiced) >= FIRST_S and self._voiced > self._voiced_read)

    def _partial(self) -> list[Hypothesis]:
        self._read_at, self._voiced_read = self._heard(), self._voiced
        texts = self._believable(self._read(np.concatenate((*self._windows, self._rest))), len(self._windows))
        if not texts:
            return []
        spans = self._estimate(texts, len(self._windows))
        return [Hypothesis(self._segment, self._words(texts, spans), False, self._ns(self._heard()))]

    def _final(self, end: int) -> list[Hypothesis]:
        """Close the segment at window `end`; what follows may belong to the next one."""
        out: list[Hypothesis] = []
        texts = self._believable(self._read(self._joined(end)), end)
        if self._seconds(self._voiced) >= VOICED_MIN_S and texts:
            words = self._words(texts, self._times(texts, end))
            out = [Hypothesis(self._segment, words, True, self._ns(self._heard()))]
        elif self._voiced_read:  # partials were shown: they need their end
            out = [Hypothesis(self._segment, (), True, self._ns(self._heard()))]
        self._next(end)
        self._open = False
        return out

    def _cut(self) -> list[Hypothesis]:
        """Cut a segment without a pause between two words; the words after the cut are heard again."""
        end = len(self._windows)
        texts = self._believable(self._read(self._joined(end)), end)
        times = self._times(texts, end)
        heard = Hypothesis(self._segment, (), True, self._ns(self._heard()), continues=True)
        count, at = self._gap(times)
        if not count:  # nothing to go by but the voice itself
            lo, hi = end - self._count(CUT_BACK_S), end - self._count(CUT_MARGIN_S)
            at = lo + int(np.argmin(self._chances[lo:hi]))
            texts = self._believable(self._read(self._joined(at)), at)
            count, times = len(texts), self._times(texts, at)
        out = [Hypothesis(heard.segment, self._words(texts[:count], times[:count]), True, heard.audio_end_ns, True)]
        self._next(at)
        self._voiced = sum(c >= ON for c in self._chances)
        self._voiced_read, self._read_at = 0, self._heard()
        return out

    def _gap(self, times: Sequence[tuple[int, int, bool]]) -> tuple[int, int]:
        """Return how many words to keep and the window to cut at: where the voice is weakest between two words."""
        level = np.array([float(np.sqrt(np.mean(w * w))) for w in self._windows])
        level /= float(level.max()) or 1.0
        best = (2.0, 0, 0)
        window_ns = self._ns(self._size)
        for i in range(1, len(times)):
            (_, end_ns, known), (start_ns, _, next_known) = times[i - 1], times[i]
            at = round((end_ns + start_ns) / 2 / window_ns)
            age_s = self._seconds(len(self._windows) - at)
            if known and next_known and CUT_MARGIN_S <= age_s <= CUT_BACK_S:
                lo, hi = max(0, at - 1), at + 2
                best = min(best, (float(min(self._chances[lo:hi]) + 2 * level[lo:hi].min()), i, at))
        return best[1], best[2]

    def _next(self, start: int) -> None:
        self._drop(start)
        self._segment += 1
        self._silent = self._voiced = self._voiced_read = 0

    def _believable(self, texts: list[str], end: int) -> list[str]:
        """Return `texts` without what engines invent: loops, and more words than can be spoken in the time."""
        texts = without_loops(texts)
        voiced_s = self._seconds(sum(c >= OFF for c in self._chances[:end]))
        return texts if len(texts) <= 3 + 6 * voiced_s else []

    def _times(self, texts: list[str], end: int) -> list[tuple[int, int, bool]]:
        """Return start, end (ns from the segment's first window) and whether it is aligned, for each word."""
        guess = self._estimate(texts, end)
        if self._aligner is None or not texts:
            return guess
        spans = self._aligner.align(self._joined(end), texts)
        return settle(guess, spans)

    def _estimate(self, texts: list[str], end: int) -> list[tuple[int, int, bool]]:
        """Spread `texts` over the voiced windows, in proportion to their letters."""
        voiced = [i for i, c in enumerate(self._chances[:end]) if c >= OFF] or list(range(end))
        edges = np.cumsum([0.0, *(2.0 + sum(map(str.isalnum, t)) for t in texts)])
        edges *= len(voiced) / edges[-1] if len(edges) > 1 else 0.0
        window_ns = self._ns(self._size)

        def at(edge: float, side: int) -> int:
            i = min(max(int(np.ceil(edge)) - 1 if side else int(edge), 0), len(voiced) - 1)
            return int((voiced[i] + (edge - i)) * window_ns)

        return [(at(a, 0), max(at(a, 0), at(b, 1)), False) for a, b in pairwise(edges.tolist())]

    def _words(self, texts: Sequence[str], times: Sequence[tuple[int, int, bool]]) -> tuple[Word, ...]:
        base = self._ns(self._first * self._size)
        return tuple(Word(t, base + start_ns, base + end_ns, "aligned" if known else "interpolated")
                     for t, (start_ns, end_ns, known) in zip(texts, times, strict=True))

    def _joined(self, end: int) -> Samples:
        return np.concatenate(self._windows[:end])

    def _drop(self, count: int) -> None:
        del self._windows[:count], self._chances[:count]
        self._first += count

    def _heard(self) -> int:
        return (self._first + len(self._windows)) * self._size + len(self._rest)

    def _seconds(self, windows: int) -> float:
        return windows * self._size / self._rate

    def _count(self, seconds: float) -> int:
        return round(seconds * self._rate / self._size)

    def _ns(self, samples: int) -> int:
        return samples * NS // self._rate


def silence_s(length_s: float) -> float:
    """Return how long a silence ends a segment of `length_s`: the longer it is, the shorter."""
    ratio = min(1.0, max(0.0, (length_s - LONG_FROM_S) / (LONG_UNTIL_S - LONG_FROM_S)))
    return END_SILENCE_S + ratio * (SHORT_SILENCE_S - END_SILENCE_S)


def without_loops(texts: list[str]) -> list[str]:
    """Return `texts` with a phrase that comes four times or more in a row said once: an engine ran in circles."""
    out = list(texts)
    plain = [t.strip(".,!?;:-").lower() for t in out]
    for size in range(1, 9):
        at = 0
        while at + 4 * size <= len(out):
            times = 1
            while plain[at:at + size] == plain[at + times * size:at + (times + 1) * size]:
                times += 1
            if times >= 4:
                del out[at + size:at + times * size], plain[at + size:at + times * size]
            at += 1
    return out


def settle(guess: Sequence[tuple[int, int, bool]], spans: Sequence[Span | None]) -> list[tuple[int, int, bool]]:
    """Return word times from alignment where there is one; elsewhere between the aligned neighbours.

    Words whose pronunciation was only guessed keep the place the alignment gave them, but do not
    count as aligned. With no alignment at all `guess` stays.
    """
    if all(span is None for span in spans):
        return list(guess)
    out: list[tuple[int, int, bool]] = []
    for i, span in enumerate(spans):
        if span is not None:
            out.append((span.start_ns, span.end_ns, span.known))
            continue
        before_ns = out[-1][1] if out else 0
        after_ns = next((s.start_ns for s in spans[i:] if s is not None), before_ns)
        out.append((before_ns, max(before_ns, after_ns), False))
    return out


def _clean(samples: Samples) -> Samples:
    """Finite mono samples in [-1, 1]."""
    sound = np.asarray(samples, np.float32).reshape(-1)
    return np.clip(np.nan_to_num(sound, nan=0.0, posinf=1.0, neginf=-1.0), -1.0, 1.0)
