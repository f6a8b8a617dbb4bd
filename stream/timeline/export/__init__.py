"""export: cues in other formats; one file per suffix, each with `write(cues) -> str`.

A module whose format holds one language only says so: `ONE_LANE = True`. Its second language is a file of its own,
captions.zh.srt beside captions.srt (see `lane_name`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from stream.timeline.program import Cue, Line
from stream.timeline.wordtimes import Times, grown


def settle(cues: Sequence[Cue]) -> tuple[Cue, ...]:
    """Return each caption once, in order of time: revisions of one id (in one language) become one cue.

    It lasts from the first revision's start to the last one's end and has the last one's text: what grew word by word
    on the screen is read in one piece, and `times` say when each part of it appeared, unless it is known when its words
    were said. A highlight that went from word to word is no part of the text: it becomes such times. Of captions that
    roll up, each line is there once. Captions without any text are left out.
    """
    revisions: dict[tuple[str, str], list[list[Cue]]] = {}
    for cue in sorted(cues, key=lambda cue: (cue.start_ns, cue.revision)):
        groups = revisions.setdefault((cue.lane, cue.id), [[]])
        if groups[-1] and not cue.text.startswith(groups[-1][-1].text) and _repeated(groups[-1][-1], cue):
            groups.append([])
        groups[-1].append(cue)
    settled = [_one(those) for groups in revisions.values() for those in groups]
    kept = [cue for cue in settled if cue.text.strip() and cue.end_ns > cue.start_ns]
    return tuple(_unrolled(sorted(kept, key=lambda cue: (cue.start_ns, cue.end_ns))))


def _unrolled(cues: Sequence[Cue]) -> Iterator[Cue]:
    """Yield `cues` without the lines that one has rolled up from the one before it, in the same place."""
    last: dict[object, Cue] = {}
    for cue in cues:
        place = (cue.lane, cue.style.align, cue.style.x_px, cue.style.y_px)
        before = last.get(place)
        last[place] = cue
        count = _repeated(before, cue) if before is not None and before.end_ns >= cue.start_ns else 0
        if before is not None and count:
            at = sum(len(run.text) for line in cue.lines[:count] for run in line) + count
            cue = replace(cue, lines=cue.lines[count:],
                          times=tuple((place - at, time_ns) for place, time_ns in cue.times if place >= at))
        yield cue


def _repeated(before: Cue, cue: Cue) -> int:
    """Return how many lines at the beginning of `cue` are the last ones of `before`, rolled up; 0 where none are."""
    old, new = before.text.split("\n"), cue.text.split("\n")
    return next((count for count in range(min(len(old), len(new) - 1), 0, -1) if old[-count:] == new[:count]), 0)


def _one(revisions: Sequence[Cue]) -> Cue:
    last = revisions[-1]
    if len(revisions) == 1:
        return last
    lines, times = last.lines, last.times
    spoken = _spoken(revisions)
    if spoken:
        lines = tuple(tuple(replace(run, highlighted=False) for run in line) for line in lines)
    if not times:
        times = spoken or grown([(cue.text, cue.start_ns) for cue in revisions])
    return replace(last, start_ns=revisions[0].start_ns, end_ns=max(cue.end_ns for cue in revisions), lines=lines,
                   times=times)


def _spoken(revisions: Sequence[Cue]) -> Times:
    """Return when the highlight reached each word, if it left the one before; empty where it stayed."""
    moved, found, before = False, dict[int, int](), frozenset[int]()
    for cue in revisions:
        now = _highlighted(cue.lines)
        moved |= not before <= now and cue.text.startswith(revisions[0].text)
        for at in sorted(now - before)[:1]:
            found.setdefault(at, cue.start_ns)
        before = now
    return tuple(found.items()) if moved else ()


def _highlighted(lines: Sequence[Line]) -> frozenset[int]:
    """Where highlighted runs begin in the text."""
    found, at = set[int](), 0
    for line in lines:
        for run in line:
            if run.highlighted:
                found.add(at)
            at += len(run.text)
        at += 1
    return frozenset(found)


def by_lane(cues: Sequence[Cue]) -> dict[str, tuple[Cue, ...]]:
    """Return `cues` by their language, the first ("") first."""
    return {lane: tuple(cue for cue in cues if cue.lane == lane) for lane in sorted({cue.lane for cue in cues})}


def lane_name(name: str, lane: str) -> str:
    """Return what a language's own file is called beside `name`: captions.srt, captions.zh.srt."""
    stem, point, suffix = name.rpartition(".")
    tag = "".join(c if c.isalnum() or c == "-" else "-" for c in lane)
    return f"{stem}.{tag}{point}{suffix}" if lane else name


def stamp(time_ns: int, point: str) -> str:
    """Return a time as HH:MM:SS{point}mmm, to the nearest ms; hours grow past two digits when they must."""
    seconds, ms = divmod((max(time_ns, 0) + 500_000) // 1_000_000, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{point}{ms:03d}"


def span(cue: Cue, point: str) -> str:
    """Return the line "from --> to" of `cue`; it lasts at least 1 ms."""
    return f"{stamp(cue.start_ns, point)} --> {stamp(max(cue.end_ns, cue.start_ns + 1_000_000), point)}"


def plain_lines(cue: Cue) -> list[str]:
    """Return the lines of `cue` that are not blank, control characters taken out."""
    return full_lines(printable(cue.text))


def full_lines(text: str) -> list[str]:
    """Return the lines of `text` that are not blank, without space around them."""
    return [line.strip() for line in text.split("\n") if line.strip()]


def printable(text: str) -> str:
    """Return `text` with control characters, but for newlines and joiners, as spaces."""
    return "".join(c if c.isprintable() or c in "\n\u200c\u200d\u2060\u00a0" else " " for c in text)
