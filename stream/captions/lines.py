"""lines: words set in lines that fit: spaces where a script has them, and highlighted runs."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from stream.timeline.program import Line, Run

Measure = Callable[[Line], float]
"""The width in px of one line in the caption's style."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A word, said from `start_ns` to `end_ns`, or a part of one too long for a line (`glued` to the part before)."""

    text: str
    highlighted: bool = False
    glued: bool = False
    start_ns: int = 0
    end_ns: int = 0


def line_of(pieces: Sequence[Piece]) -> Line:
    """Return `pieces` as one line; neighbours of one look share a Run, outer punctuation is not highlighted."""
    spans: list[tuple[str, bool]] = []
    for i, piece in enumerate(pieces):
        before = pieces[i - 1] if i else None
        if before and not piece.glued and spaced(before.text, piece.text):
            spans.append((" ", before.highlighted and piece.highlighted))
        if piece.highlighted:
            core = piece.text.strip("".join(c for c in piece.text if unicodedata.category(c)[0] == "P")) or piece.text
            at = piece.text.index(core)
            spans += [(piece.text[:at], False), (core, True), (piece.text[at + len(core):], False)]
        else:
            spans.append((piece.text, False))
    runs: list[Run] = []
    for text, highlighted in spans:
        if text and runs and runs[-1].highlighted == highlighted:
            runs[-1] = Run(runs[-1].text + text, highlighted)
        elif text:
            runs.append(Run(text, highlighted))
    return tuple(runs)


def spaced(left: str, right: str) -> bool:
    """Whether a space belongs between two words: not beside a script that is written without, nor a second one."""
    return bool(left and right) and left[-1] != " " and not (unspaced(left[-1]) or unspaced(right[0]))


def split(piece: Piece, measure: Measure, width_px: float) -> list[Piece]:
    """Return `piece`, in parts that fit `width_px` where it does not (a part has at least one character)."""
    if measure(line_of([piece])) <= width_px:
        return [piece]
    parts: list[str] = []
    for character in piece.text:
        joined = (parts[-1] if parts else "") + character
        clings = bool(unicodedata.combining(character)) or character in "\u200d\ufe0e\ufe0f"
        if parts and (clings or measure(line_of([Piece(joined, piece.highlighted)])) <= width_px):
            parts[-1] = joined
        else:
            parts.append(character)
    return [replace(piece, text=part, glued=i > 0) for i, part in enumerate(parts)]


def unspaced(character: str) -> bool:
    """Chinese, Japanese, Thai, Lao, Khmer and Burmese, and full-width punctuation."""
    code = ord(character)
    return (0x2E80 <= code <= 0x312F or 0x31A0 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or 0xFE30 <= code <= 0xFE4F
            or 0xFF00 <= code <= 0xFFEF or 0x20000 <= code <= 0x3FFFF
            or 0x0E00 <= code <= 0x0EFF or 0x1000 <= code <= 0x109F or 0x1780 <= code <= 0x17FF)
