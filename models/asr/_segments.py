"""_segments: turns an engine that reads whole utterances into a RecognizerStream.

The sound is cut into segments by voice activity. The open segment is read again and again (partial
hypotheses), and once more when it has ended (final), so the engine only needs a function from samples to words.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from models.align import Aligner
from models.asr import Hypothesis, StreamOptions, Word
from models.asr._compare import amount, loopless, reach
from models.asr._said import Read, Said, Samples, Times, settle
from models.vad import VoiceDetector

NS = 1_000_000_000

ON, OFF = 0.5, 0.35  # probability of speech that opens a segment, and below which a window counts as silence
TIMED_PRE_S = 0.05  # an engine's word begins at most this long before the voice
PRE_ROLL_S = 0.32  # a consonant before the first voiced window
TAIL_S = 0.2  # what is kept of the silence after the last word, and may be the next segment's pre-roll
CUT_BACK_S = 3.0  # how far back a cut may lie
CUT_MARGIN_S = 0.6  # a cut is not closer to the end: the last words may be half heard
FIRST_S = 0.4  # voiced sound before the first reading: on less the engine invents words
VOICED_MIN_S = 0.16  # less voiced sound than this is no speech
LEAD_GAP_S = 1.0  # a segment that follows within this is read again with words before it
LEAD_DIFFERS = 0.5  # and where they come out too differently, the segment is read alone
WORDS_PER_S, SPARE_WORDS = 6.0, 2  # nobody speaks more words of voiced sound
UNSETTLED = 2  # the last words of an open segment are aligned again with the next reading
SHRUNK = 0.6  # a reading with less than this part of the words of the one before is not trusted
STEP_PER_S = 0.05  # a long segment is read less often, as reading it costs more: at 10 s every 0.5 s


@dataclass(frozen=True, slots=True)
class Cutting:
    """Where segments end: after a silence of `end_silence_s`, or, in one longer than `long_from_s`, of less and less.

    Between that and `long_until_s` the silence shrinks to `short_silence_s`; at `cap_s` a segment is cut without any
    pause. Up to `lead_s` of the words before are read again with a segment that follows closely: they help it.
    """

    end_silence_s: float = 0.35
    short_silence_s: float = 0.13
    long_from_s: float = 3.0
    long_until_s: float = 7.0
    cap_s: float = 9.0
    lead_s: float = 4.0


LIVE = Cutting()


class SegmentStream:
    """One sound's recognition in progress, over any engine that reads whole utterances."""

    def __init__(self, detector: VoiceDetector, read: Read, aligner: Aligner | None, options: StreamOptions,
                 cutting: Cutting = LIVE) -> None:
        self._rate, self._size = detector.sample_rate_hz, detector.window_samples
        self._vad, self._read, self._aligner, self._step_s = detector.open(), read, aligner, options.step_s
        self._cutting = cutting
        self._rest = np.zeros(0, np.float32)  # heard, but less than a window
        self._windows: list[Samples] = []  # from window number `_first` on
        self._chances: list[float] = []  # of speech, for each of them
        self._first = 0
        self._open = False
        self._continued = False  # the open segment goes on where one was cut
        self._lead = 0  # how many of the windows belong to the segment before: its last words
        self._lead_words: list[Said] = []
        self._begin = 0  # the window the open segment begins at: the lead and what silence follows it lie before
        self._segment = 0
        self._silent = 0  # windows since the last voiced one
        self._voiced = 0  # voiced windows of the open segment
        self._read_at: int | None = None  # samples heard at the last reading of the open segment
        self._voiced_read = 0  # voiced windows at that reading
        self._count_read = 0  # words at that reading
        self._timed, self._timed_words = options.timed, list[tuple[str, Times]]()  # of the reading before

    @property
    def speaking(self) -> bool:
        return self._open

    def feed(self, samples: Samples) -> list[Hypothesis]:
        """Hear `samples`; however long they are, the segment left open is read at most once."""
        out: list[Hypothesis] = []
        sound = np.concatenate((self._rest, _clean(samples)))
        whole = len(sound) // self._size * self._size
        self._rest = sound[:0]
        for window in sound[:whole].reshape(-1, self._size):
            out += self._hear(window)
        self._rest = sound[whole:]
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
        length_s = self._seconds(len(self._windows) - self._begin)
        if self._seconds(self._silent) >= silence_s(length_s, self._cutting):
            tail = min(self._silent, max(self._silent // 2, self._count(TAIL_S)))
            return self._final(len(self._windows) - self._silent + tail)
        return self._cut() if length_s >= self._cutting.cap_s else []

    def _listen(self) -> None:
        """Open a segment when two of the last three windows are voiced; else keep lead and pre-roll only."""
        voiced = [c >= ON for c in self._chances[-3:]]
        self._open = sum(voiced) >= 2
        if self._lead and len(self._windows) - self._lead > self._count(LEAD_GAP_S):
            self._drop(self._lead)
            self._lead, self._lead_words = 0, []
        self._begin = max(self._lead, len(self._windows) - self._count(PRE_ROLL_S) - 2)
        if not self._lead:
            self._drop(self._begin)
            self._begin = 0
        if self._open:
            self._silent, self._voiced, self._voiced_read, self._read_at = 0, sum(voiced), 0, None

    def _is_due(self) -> bool:
        length_s = self._seconds(len(self._windows) - self._begin)
        if self._step_s == math.inf or self._seconds(self._voiced) < FIRST_S or self._voiced == self._voiced_read:
            return False
        step_s = max(self._step_s, STEP_PER_S * length_s)
        return self._read_at is None or self._heard() - self._read_at >= step_s * self._rate

    def _partial(self) -> list[Hypothesis]:
        self._read_at, self._voiced_read = self._heard(), self._voiced
        end = len(self._windows)
        texts = self._texts(end, self._rest)
        if not texts:
            return []
        times = self._engine_times(texts, end) if texts[0].start_ns >= 0 else self._estimate(texts, end)
        if self._timed and self._aligner is not None and texts[0].start_ns < 0:
            times = self._aligned(self._aligner, texts, end)
        return [Hypothesis(self._segment, self._words(texts, times), False, self._ns(self._heard()))]

    def _final(self, end: int) -> list[Hypothesis]:
        """Close the segment at window `end`; what follows may belong to the next one."""
        texts = self._texts(end) if self._seconds(self._voiced) >= VOICED_MIN_S else []
        times = self._times(texts, end)
        out = [Hypothesis(self._segment, self._words(texts, times), True, self._ns(self._heard()))]
        if not (texts or self._voiced_read or self._continued):  # a noise, of which nothing has been said
            out = []
            self._segment -= 1
        self._next(end, texts, times)
        self._open = self._continued = False
        return out

    def _cut(self) -> list[Hypothesis]:
        """Cut a segment without a pause between two words; the words after the cut are heard again."""
        end = len(self._windows)
        heard_ns = self._ns(self._heard())
        texts = self._texts(end)
        times = self._times(texts, end)
        count, at = self._gap(times)
        if not count:  # nothing to go by but the voice itself
            lo, hi = end - self._count(CUT_BACK_S), end - self._count(CUT_MARGIN_S)
            at = lo + int(np.argmin(self._chances[lo:hi]))
            texts = self._texts(at)
            count, times = len(texts), self._times(texts, at)
        out = [Hypothesis(self._segment, self._words(texts[:count], times[:count]), True, heard_ns, continues=True)]
        self._next(at, texts[:count], times[:count])
        self._begin, self._continued = self._lead, True
        self._voiced = sum(c >= ON for c in self._chances[self._begin:])
        self._voiced_read, self._read_at = 0, self._heard()
        return out

    def _gap(self, times: Sequence[Times]) -> tuple[int, int]:
        """Return how many words to keep and the window to cut at: where the voice is weakest between two words."""
        level = np.array([float(np.sqrt(np.mean(w * w))) for w in self._windows])
        level /= float(level.max()) or 1.0
        best = (9.0, 0, 0)
        for i, ((_, end_ns, known), (start_ns, _, next_known)) in enumerate(pairwise(times), 1):
            at = self._begin + round((end_ns + start_ns) / 2 / self._ns(self._size))
            age_s = self._seconds(len(self._windows) - at)
            if known and next_known and CUT_MARGIN_S <= age_s <= CUT_BACK_S:
                lo, hi = max(0, at - 1), at + 2
                best = min(best, (float(min(self._chances[lo:hi]) + 2 * level[lo:hi].min()), i, at))
        return best[1], best[2]

    def _next(self, start: int, texts: list[Said], times: list[Times]) -> None:
        """Begin the next segment at window `start`; the last words of this one lead into it."""
        window_ns = self._ns(self._size)
        lead_s = self._cutting.lead_s
        kept = [i for i, (start_ns, _, _) in enumerate(times)
                if lead_s and self._seconds(start - self._begin) - start_ns / NS <= lead_s]
        first = start
        if kept:
            before_ns = times[kept[0] - 1][1] if kept[0] else 0
            first = min(start, self._begin + before_ns // window_ns)
        self._drop(first)
        self._lead, self._lead_words = start - first, [texts[i] for i in kept]
        self._segment += 1
        self._timed_words = []
        self._silent = self._voiced = self._voiced_read = self._count_read = 0

    def _texts(self, end: int, rest: Samples | None = None) -> list[Said]:
        """Read the segment up to window `end` (and `rest`), with its lead if that comes out as before."""
        sound = [*self._windows[:end], *([] if rest is None else [rest])]
        texts = self._read_with_lead(sound, end, rest is None)
        if len(texts) < SHRUNK * self._count_read:  # it lost the thread: a slightly different sound sets it right
            texts = max(texts, self._read_with_lead([sound[0] * 0, *sound[1:]], end, rest is None), key=len)
        self._count_read = len(texts)
        return texts

    def _read_with_lead(self, sound: list[Samples], end: int, last: bool) -> list[Said]:
        if self._lead_words:
            texts = self._read(np.concatenate(sound), last)
            count, distance = reach([t.text for t in self._lead_words], [t.text for t in texts])
            if distance <= LEAD_DIFFERS:
                lead_ns = self._ns(self._begin * self._size)
                return self._believable([t.shifted(-lead_ns) for t in texts[count:]], end)
        return self._believable(self._read(np.concatenate(sound[self._begin:]), last), end)

    def _believable(self, texts: list[Said], end: int) -> list[Said]:
        """Return `texts`; without its loops, or nothing, if it is more words than can be spoken in the time."""
        voiced_s = self._seconds(sum(c >= OFF for c in self._chances[self._begin:end]))
        most = SPARE_WORDS + WORDS_PER_S * voiced_s
        if amount([t.text for t in texts]) > most:
            texts = [texts[i] for i in loopless([t.text for t in texts])]
        return texts if amount([t.text for t in texts]) <= most else []

    def _times(self, texts: list[Said], end: int) -> list[Times]:
        """Return start, end (ns from the segment's first window) and whether they are known, for each word."""
        if texts and texts[0].start_ns >= 0:
            return self._engine_times(texts, end)
        guess = self._estimate(texts, end)
        if self._aligner is None or not texts:
            return guess
        sound = np.concatenate(self._windows[self._begin:end])
        return settle(guess, self._aligner.align(sound, [t.text for t in texts]))

    def _aligned(self, aligner: Aligner, texts: list[Said], end: int) -> list[Times]:
        """Return the times of an open segment's words: those settled in earlier readings stay, the rest is aligned."""
        before = self._timed_words[:-UNSETTLED]
        kept = next((i for i, (a, b) in enumerate(zip(before, texts, strict=False)) if a[0] != b.text),
                    min(len(before), len(texts)))
        while kept and not before[kept - 1][1][2]:
            kept -= 1
        from_ns = before[kept - 1][1][1] if kept else 0
        sound = np.concatenate([*self._windows[self._begin:end], self._rest])[from_ns * self._rate // NS:]
        rest = [t.text for t in texts[kept:]]
        spans = aligner.align(sound, rest)
        if len(rest) > 1 and not any(spans):  # the last word may be half heard
            spans = [*aligner.align(sound, rest[:-1]), None]
        moved = [span and replace(span, start_ns=span.start_ns + from_ns, end_ns=span.end_ns + from_ns)
                 for span in spans]
        guess = self._estimate(texts[kept:], end, from_ns // self._ns(self._size))
        times = [*(word[1] for word in before[:kept]), *settle(guess, moved)]
        self._timed_words = [(t.text, time) for t, time in zip(texts, times, strict=True)]
        return times

    def _engine_times(self, texts: Sequence[Said], end: int) -> list[Times]:
        """Return the engine's times, in order and within the voiced part of the segment."""
        voiced = [i for i, c in enumerate(self._chances[self._begin:end]) if c >= OFF] or [0, end - self._begin - 1]
        lo = max(0, self._ns(voiced[0] * self._size) - round(TIMED_PRE_S * NS))
        hi = self._ns((voiced[-1] + 2) * self._size)
        out: list[Times] = []
        for t in texts:
            lo = min(max(lo, t.start_ns), hi)
            out.append((lo, max(lo, min(t.end_ns, hi)), True))
            lo = out[-1][1]
        return out

    def _estimate(self, texts: Sequence[Said], end: int, start: int = 0) -> list[Times]:
        """Spread `texts` over the voiced windows of the segment from `start` on, in proportion to their letters."""
        chances = self._chances[self._begin:end]
        voiced = ([i for i, c in enumerate(chances) if c >= OFF and i >= start]
                  or list(range(min(start, len(chances) - 1), len(chances))))
        edges = np.cumsum([0.0, *(2.0 + sum(map(str.isalnum, t.text)) for t in texts)])
        edges *= len(voiced) / edges[-1] if len(edges) > 1 else 0.0
        window_ns = self._ns(self._size)

        def at(edge: float, side: int) -> int:
            i = min(max(int(np.ceil(edge)) - 1 if side else int(edge), 0), len(voiced) - 1)
            return int((voiced[i] + (edge - i)) * window_ns)

        return [(at(a, 0), max(at(a, 0), at(b, 1)), False) for a, b in pairwise(edges.tolist())]

    def _words(self, texts: Sequence[Said], times: Sequence[Times]) -> tuple[Word, ...]:
        base = self._ns((self._first + self._begin) * self._size)
        return tuple(Word(t.text, base + start_ns, base + end_ns, "engine" if t.start_ns >= 0 else
                          "aligned" if known else "interpolated", t.confidence)
                     for t, (start_ns, end_ns, known) in zip(texts, times, strict=True))

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


def silence_s(length_s: float, cutting: Cutting = LIVE) -> float:
    """Return how long a silence ends a segment of `length_s`: the longer it is, the shorter."""
    ratio = min(1.0, max(0.0, (length_s - cutting.long_from_s) / (cutting.long_until_s - cutting.long_from_s)))
    return cutting.end_silence_s + ratio * (cutting.short_silence_s - cutting.end_silence_s)


def _clean(samples: Samples) -> Samples:
    """Finite mono samples in [-1, 1]."""
    sound = np.asarray(samples, np.float32).reshape(-1)
    return np.clip(np.nan_to_num(sound, nan=0.0, posinf=1.0, neginf=-1.0), -1.0, 1.0)
