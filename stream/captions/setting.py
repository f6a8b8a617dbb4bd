"""setting: how much of what is said goes on a line, and how two lines are balanced."""

from collections.abc import Sequence

from models.asr import Word
from stream.captions.lines import Measure, Piece, line_of, split
from stream.captions.phrasing import Phrasing, parts_of_chinese

FULL = 0.9
"""From here on a line is full enough to be ended anywhere between two phrases."""
EMPTY_COST = 6.0
SPARE, ENOUGH = 0.12, 0.5
"""Of a line: less room than this, and the next word hardly fits. With more, a break must be as good as this."""


def pieces_of(word: Word, highlighted: bool, measure: Measure, width_px: float) -> list[Piece]:
    """Return `word` in the pieces it is set in: one, or several of Chinese, or parts that fit a line."""
    texts = parts_of_chinese(word.text)
    step = (word.end_ns - word.start_ns) / len(texts)
    whole = [Piece(text, highlighted, False, word.start_ns + round(i * step), word.start_ns + round((i + 1) * step))
             for i, text in enumerate(texts)]
    return [part for piece in whole for part in split(piece, measure, width_px)]


def kept(line: Sequence[Piece], run: Sequence[Piece], measure: Measure, width_px: float, phrasing: Phrasing) -> int:
    """Return how many of `run`, what follows as far as it is known, go on `line` before it is broken: maybe none."""
    widths = [measure(line_of(line))]
    for count in range(1, len(run) + 1):
        width = measure(line_of([*line, *run[:count]]))
        if width > width_px:
            break
        widths.append(width)
    fits_all = len(widths) > len(run) and width_px - widths[-1] >= SPARE * width_px

    def worth(count: int) -> tuple[float, int]:
        if fits_all and count == len(run):  # the line may go on
            return ENOUGH, count
        short = max(0.0, FULL - widths[count] / width_px)
        return phrasing.worth([*line, *run[:count]], run[count:]) - EMPTY_COST * short, count

    return max(range(len(widths)), key=worth)
