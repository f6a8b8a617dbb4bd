"""text_runs: lines as runs of text: cut, trimmed, cleaned of what no font can draw."""

import re
from dataclasses import replace

from stream.timeline.program import Line

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def cut(line: Line, start: int, end: int) -> Line:
    """Return the characters `start` to `end` of `line`."""
    parts, at = [], 0
    for run in line:
        text = run.text[max(0, start - at):max(0, end - at)]
        at += len(run.text)
        if text:
            parts.append(run if text == run.text else replace(run, text=text))
    return tuple(parts)


def trimmed(line: Line) -> Line:
    """Return `line` without white space at its end."""
    text = text_of(line)
    return cut(line, 0, len(text.rstrip())) if text[-1:].isspace() else line


def split(line: Line) -> list[Line]:
    """Return `line` cut at newlines that its text may hold."""
    text = text_of(line)
    if "\n" not in text:
        return [line]
    ends = [at for at, character in enumerate(text) if character == "\n"]
    starts = [0, *(end + 1 for end in ends)]
    return [cut(line, start, end) for start, end in zip(starts, [*ends, len(text)], strict=True)]


def clean(line: Line) -> Line:
    """Return `line` with what no font can draw (controls, halves of characters) as spaces."""
    return tuple(replace(run, text=_UNSEEN.sub(" ", run.text)) if _UNSEEN.search(run.text) else run for run in line)


def text_of(line: Line) -> str:
    return "".join(run.text for run in line)
