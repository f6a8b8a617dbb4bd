"""vtt: captions as WebVTT (W3C WebVTT: The Web Video Text Tracks Format)."""

from collections.abc import Sequence

from stream.timeline.export import plain_lines, settle, span
from stream.timeline.program import Cue


def write(cues: Sequence[Cue]) -> str:
    """Return `cues`, settled, as WebVTT; &, < and > in a text are escaped."""
    blocks = ["WEBVTT\n"]
    for cue in settle(cues):
        text = "\n".join(plain_lines(cue)).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        blocks.append(f"{span(cue, '.')}\n{text}\n")
    return "\n".join(blocks)
