"""aligning: when each word of a given text was said: by the words heard, by forced alignment, else by the voice."""

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from models.align import Span
from models.asr import Word
from models.asr._compare import plain

NS = 1_000_000_000
RATE_HZ = 16_000
LONGEST_NS = 60 * NS
"""Forced alignment is tried on no longer stretch at a time."""
SHORTEST_NS = 20_000_000
"""Words begin at least so far apart, where there is room."""
LEAST_ALIKE = 0.3
"""Where fewer of the words were heard, what was heard says nothing of when."""
ONE_BY_ONE = r"\u2e80-\u312f\u31a0-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Characters of scripts written without spaces between words: each is timed by itself."""
_WORD = re.compile(rf"[{ONE_BY_ONE}]|[^\s{ONE_BY_ONE}]+")
_MARK = re.compile(r"[^\w\s]+\Z")
_OPENING = re.compile(r"[(\[{“‘«「『《〈（【¿¡]+\Z")

Interval = tuple[int, int]
Align = Callable[[NDArray[np.float32], Sequence[str]], Sequence[Span | None]]
"""Forced alignment: the words' times from the first sample (mono, 16 kHz), None for a word that has none."""


def tokens(text: str) -> tuple[str, ...]:
    """Return the words of `text` with their punctuation; Chinese and Japanese character by character."""
    out: list[str] = []
    opened = ""
    at = -1
    for match in _WORD.finditer(text):
        piece, touches = match[0], match.start() == at
        at = match.end()
        if _OPENING.match(piece):
            opened += piece
        elif out and _MARK.match(piece) and not opened and (touches or piece in "—–-…·~"):
            out[-1] += piece if touches else f" {piece}"
        else:
            out.append(opened + piece)
            opened = ""
    if opened:
        out.append(opened)
    return tuple(out)


def aligned(words: Sequence[str], heard: Sequence[Word], length_ns: int, *, voiced: Callable[[], Sequence[Interval]],
            samples: Callable[[], NDArray[np.float32]], align: Align | None = None) -> tuple[Word, ...]:
    """Return each of `words`, unchanged, with when it was said in a sound `length_ns` long; times never cross.

    What was `heard` alike has those times; between, forced alignment by `align` where there is one and it succeeds,
    else the time in which somebody speaks (`voiced`) is shared out by the words' lengths. `samples` gives the sound.
    """
    times = _matched(words, heard)
    if sum(time is not None for time in times) < LEAST_ALIKE * len(words):  # another text, or another language
        times = [None] * len(words)
    if align is not None:
        for first, last in _gaps(times):
            times[first:last] = _forced(words[first:last], *_between(times, first, last, length_ns), samples, align)
    for first, last in _gaps(times):
        times[first:last] = _shared(words[first:last], *_between(times, first, last, length_ns), voiced())
    return _apart(words, [time or (0, 0) for time in times], heard, length_ns)


def _between(times: Sequence[Interval | None], first: int, last: int, length_ns: int) -> Interval:
    """The time left to the words from `first` up to `last`."""
    before, after = times[first - 1] if first else None, times[last] if last < len(times) else None
    begin_ns = before[1] if before else 0
    return begin_ns, max(after[0] if after else length_ns, begin_ns)


def _matched(words: Sequence[str], heard: Sequence[Word]) -> list[Interval | None]:
    """The times of the words that were heard in this order; a Chinese word heard is its characters."""
    said: list[tuple[str, Interval]] = []
    for word in heard:
        parts = tokens(word.text) or (word.text,)
        for k, part in enumerate(parts):
            edges = (word.start_ns + (word.end_ns - word.start_ns) * n // len(parts) for n in (k, k + 1))
            said.append((plain(part), (next(edges), next(edges))))
    times: list[Interval | None] = [None] * len(words)
    alike = SequenceMatcher(None, [plain(word) for word in words], [text for text, _ in said], autojunk=False)
    for ours, theirs, count in alike.get_matching_blocks():
        for k in range(count):
            times[ours + k] = said[theirs + k][1]
    return times


def _gaps(times: Sequence[Interval | None]) -> list[tuple[int, int]]:
    """The runs of words without a time, first and one past the last."""
    out: list[tuple[int, int]] = []
    for at, time in enumerate(times):
        if time is None and out and out[-1][1] == at:
            out[-1] = (out[-1][0], at + 1)
        elif time is None:
            out.append((at, at + 1))
    return out


def _forced(words: Sequence[str], begin_ns: int, end_ns: int, samples: Callable[[], NDArray[np.float32]],
            align: Align) -> list[Interval | None]:
    if not 0 < end_ns - begin_ns <= LONGEST_NS:
        return [None] * len(words)
    part = samples()[begin_ns * RATE_HZ // NS:end_ns * RATE_HZ // NS]
    return [(begin_ns + span.start_ns, min(begin_ns + span.end_ns, end_ns)) if span else None
            for span in align(part, words)]


def _shared(words: Sequence[str], begin_ns: int, end_ns: int, voiced: Sequence[Interval]) -> list[Interval | None]:
    """The time between, as far as somebody speaks in it, shared out by how much there is to say."""
    inside = [(max(a, begin_ns), min(b, end_ns)) for a, b in voiced]
    inside = [(a, b) for a, b in inside if a < b] or [(begin_ns, end_ns)]
    ends = list(accumulate(b - a for a, b in inside))
    weights = _weights(words)

    def at(weight: int, opens: bool) -> int:
        spoken = weight * ends[-1] // weights[-1]
        k = min(bisect_right(ends, spoken if opens else spoken - 1), len(inside) - 1)
        return inside[k][1] - max(ends[k] - spoken, 0)

    return [(at(a, True), at(b, False)) for a, b in pairwise(weights)]


def _weights(words: Sequence[str]) -> list[int]:
    """How much there is to say before each of `words`, and in all."""
    return list(accumulate((max(len(plain(word)), 1) for word in words), initial=0))


def _apart(words: Sequence[str], times: Sequence[Interval], heard: Sequence[Word],
           length_ns: int) -> tuple[Word, ...]:
    """The words in order of time: none begins before the one before, nor after the sound."""
    least_ns = min(SHORTEST_NS, length_ns // max(len(words), 1))
    starts, at = [], 0
    for start_ns, _ in times:
        at = max(start_ns, at)
        starts.append(at)
        at += least_ns
    latest_ns = length_ns
    for k in reversed(range(len(starts))):
        latest_ns = max(latest_ns - least_ns, 0)
        starts[k] = min(starts[k], latest_ns)
        latest_ns = starts[k]
    sure = {(word.start_ns, word.end_ns): word for word in heard}
    out = []
    for k, (word, start_ns, (_, end_ns)) in enumerate(zip(words, starts, times, strict=True)):
        following_ns = starts[k + 1] if k + 1 < len(starts) else length_ns
        made = Word(word, start_ns, min(max(end_ns, start_ns + least_ns), max(following_ns, start_ns)))
        known = sure.get(times[k])
        out.append(replace(made, timing=known.timing, confidence=known.confidence) if known else made)
    return tuple(out)


def spread(words: Sequence[str], start_ns: int, end_ns: int) -> tuple[Word, ...]:
    """Return `words` said evenly from `start_ns` to `end_ns`: each as long as it is written."""
    weights = _weights(words)
    edges = [start_ns + (end_ns - start_ns) * weight // max(weights[-1], 1) for weight in weights]
    return tuple(Word(word, a, b) for word, (a, b) in zip(words, pairwise(edges), strict=True))
