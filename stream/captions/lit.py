"""lit: the word that was shown last, lit on its page."""

from collections.abc import Sequence
from dataclasses import replace

from stream.captions.lines import Piece, line_of
from stream.timeline.program import Line


def newest_lit(lines: Sequence[Sequence[Piece]]) -> tuple[Line, ...]:
    """Return `lines` with their last word lit and no other."""
    out = []
    lit = True
    for line in reversed(lines):
        pieces = []
        for piece in reversed(line):
            pieces.append(replace(piece, highlighted=lit))
            lit = lit and piece.glued
        out.append(line_of(pieces[::-1]))
    return tuple(reversed(out))
