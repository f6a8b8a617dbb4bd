"""spoken: highlights that follow the voice: a caption in revisions, a word lit in each."""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from stream.timeline.program import CaptionSpec, Cue, Line, Run


def told(cue: Cue, spec: CaptionSpec) -> tuple[Cue, ...]:
    """Return `cue` as `spec` wants it: in one piece, or, where highlights follow the voice, in its revisions."""
    return follow(cue) if spec.highlighting and spec.spoken else (cue,)


def follow(cue: Cue) -> tuple[Cue, ...]:
    """Return `cue` as revisions, each from when one of its `times` begins to the next: the word said then is lit.

    Before the first word nothing is. Words said after the caption's end, or at the same time as the next, are not lit
    by themselves. An entrance ends with the first revision and an exit begins with the last. A caption without times
    stays as it is.
    """
    moments: list[tuple[int, int]] = []  # (time, number of the word)
    for number, (_, time_ns) in enumerate(cue.times):
        time_ns = max(time_ns, cue.start_ns, moments[-1][0] if moments else 0)
        if moments and moments[-1][0] == time_ns:
            moments.pop()
        moments.append((time_ns, number))
    moments = [moment for moment in moments if moment[0] < cue.end_ns]
    if not moments:
        return (cue,)
    starts = [time_ns for time_ns, _ in moments]
    lit = [_lit(cue, number) for _, number in moments]
    if starts[0] > cue.start_ns:
        starts, lit = [cue.start_ns, *starts], [_plain(cue.lines), *lit]
    ends = [*starts[1:], cue.end_ns]
    return tuple(_moving(replace(cue, start_ns=start, end_ns=end, lines=lines, revision=cue.revision + i),
                         first=i == 0, last=i == len(starts) - 1)
                 for i, (start, end, lines) in enumerate(zip(starts, ends, lit, strict=True)))


def _lit(cue: Cue, number: int) -> tuple[Line, ...]:
    """Return the lines of `cue` with the word lit that begins at `times[number]`, without punctuation around it."""
    text, begin = cue.text, cue.times[number][0]
    end = min((at for at, _ in cue.times if at > begin), default=len(text))
    word = text[begin:end].partition("\n")[0]  # a speaker's name may follow on the next line
    core = word.strip("".join(c for c in word if not _is_said(c))) or word.strip()
    begin += word.index(core)
    end = begin + len(core)
    out, at = list[Line](), 0
    for line in _plain(cue.lines):
        runs: list[Run] = []
        for run in line:
            first, last = (min(max(place - at, 0), len(run.text)) for place in (begin, end))
            parts = ((run.text[:first], False), (run.text[first:last], True), (run.text[last:], False))
            runs += [replace(run, text=part, highlighted=lit) for part, lit in parts if part]
            at += len(run.text)
        out.append(tuple(runs))
        at += 1
    return tuple(out)


def _is_said(character: str) -> bool:
    return unicodedata.category(character)[0] not in "PZC"


def _plain(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return `lines` with nothing highlighted; neighbours that then look the same are one run."""
    out = []
    for line in lines:
        runs: list[Run] = []
        for run in line:
            run = replace(run, highlighted=False)
            if runs and replace(run, text="") == replace(runs[-1], text=""):
                runs[-1] = replace(run, text=runs[-1].text + run.text)
            else:
                runs.append(run)
        out.append(tuple(runs))
    return tuple(out)


def _moving(cue: Cue, *, first: bool, last: bool) -> Cue:
    length_ns = cue.end_ns - cue.start_ns
    come = cue.motion_in if first else None
    go = cue.motion_out if last else None
    return replace(cue, motion_in=come and replace(come, duration_ns=min(come.duration_ns, length_ns)),
                   motion_out=go and replace(go, duration_ns=min(go.duration_ns, length_ns)))
