"""srt: captions as SubRip text (UTF-8, a blank line after each cue)."""

from collections.abc import Sequence

from stream.timeline.export import plain_lines, settle, span
from stream.timeline.program import Cue


def write(cues: Sequence[Cue]) -> str:
    """Return `cues`, settled, as SRT. An arrow "-->" in a text, which would end it, becomes "→"."""
    blocks = []
    for number, cue in enumerate(settle(cues), 1):
        text = "\n".join(plain_lines(cue)).replace("-->", "→")
        blocks.append(f"{number}\n{span(cue, ',')}\n{text}\n")
    return "\n".join(blocks)
