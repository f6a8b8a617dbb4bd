"""export: cues in other formats; one file per suffix, each with `write(cues) -> str`."""

from collections.abc import Sequence
from dataclasses import replace

from stream.timeline.program import Cue


def settle(cues: Sequence[Cue]) -> tuple[Cue, ...]:
    """Return each caption once, in order of time: revisions of one id become one cue.

    It lasts from the first revision's start to the last one's end and has the last one's text: what
    grew word by word on the screen is read in one piece. Captions without any text are left out.
    """
    settled: dict[str, Cue] = {}
    for cue in sorted(cues, key=lambda cue: (cue.start_ns, cue.revision)):
        before = settled.get(cue.id)
        if before is not None:
            cue = replace(cue, start_ns=before.start_ns, end_ns=max(cue.end_ns, before.end_ns))
        settled[cue.id] = cue
    kept = (cue for cue in settled.values() if cue.text.strip() and cue.end_ns > cue.start_ns)
    return tuple(sorted(kept, key=lambda cue: (cue.start_ns, cue.end_ns)))


def stamp(time_ns: int, point: str) -> str:
    """Return a time as HH:MM:SS{point}mmm, to the nearest ms; hours grow past two digits when they must."""
    seconds, ms = divmod((max(time_ns, 0) + 500_000) // 1_000_000, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{point}{ms:03d}"


def span(cue: Cue, point: str) -> str:
    """Return the line "from --> to" of `cue`; it lasts at least 1 ms."""
    return f"{stamp(cue.start_ns, point)} --> {stamp(max(cue.end_ns, cue.start_ns + 1_000_000), point)}"


def plain_lines(cue: Cue) -> list[str]:
    """Return the lines of `cue` that are not blank, control characters taken out."""
    lines = printable(cue.text).split("\n")
    return [line.strip() for line in lines if line.strip()]


def printable(text: str) -> str:
    """Return `text` with control characters, but for newlines and joiners, as spaces."""
    return "".join(c if c.isprintable() or c in "\n\u200c\u200d\u2060\u00a0" else " " for c in text)
