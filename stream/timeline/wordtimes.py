"""wordtimes: when the words of a caption are said, and a caption cut into them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from stream.timeline.program import Line, Run

Times = tuple[tuple[int, int], ...]
"""Pairs of where a word begins in a caption's text (its lines joined by a newline) and when it is said, in ns."""


def word_times(text: str, words: Iterable[tuple[str, int]]) -> Times:
    """Return where in `text` each of `words` (word, start_ns), in order, begins, and when; what is not there is not."""
    out: list[tuple[int, int]] = []
    at = 0
    for word, start_ns in words:
        found = text.find(word, at)
        if found >= 0 and word:
            out.append((found, start_ns))
            at = found + len(word)
    return tuple(out)


def grown(texts: Sequence[tuple[str, int]]) -> Times:
    """Return when each part of the last of `texts` (text, start_ns) was first shown, of a caption that grew.

    Empty where it did not only grow.
    """
    out: list[tuple[int, int]] = []
    before = ""
    for text, start_ns in texts:
        if not text.startswith(before):
            return ()
        added = text[len(before):]
        if added.strip():
            out.append((len(before) + len(added) - len(added.lstrip()), start_ns))
        before = text
    return tuple(out)


def timed(times: Times, start_ns: int, end_ns: int) -> Times:
    """Return those of `times` that lie inside a cue and after the one before: times to write into a file."""
    out: list[tuple[int, int]] = []
    for at, time_ns in times:
        if start_ns < time_ns < end_ns and (not out or (time_ns > out[-1][1] and at > out[-1][0])):
            out.append((at, time_ns))
    return tuple(out)


def cut(lines: Sequence[Line], places: Iterable[int]) -> Iterator[tuple[int, Run, int]]:
    """Yield the runs of `lines`, cut at `places` of the text: where each begins, the run, the line breaks before."""
    wanted = sorted(set(places))
    at = breaks = 0
    for line in lines:
        for run in line:
            end = at + len(run.text)
            for first, last in pairwise((at, *(place for place in wanted if at < place < end), end)):
                if last > first:
                    yield first, replace(run, text=run.text[first - at:last - at]), breaks
                    breaks = 0
            at = end
        at += 1
        breaks += 1
