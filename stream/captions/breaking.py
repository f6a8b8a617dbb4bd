"""breaking: a text whose end is known, cut into pages of lines where it reads best."""

from collections.abc import Sequence
from itertools import accumulate, pairwise

from stream.captions.lines import Measure, Piece, line_of, unspaced
from stream.captions.phrasing import CLAUSE, SENTENCE, Phrasing, ends_sentence
from stream.timeline.program import NS

Page = list[list[Piece]]
PAGE_COST, RUN_ON_COST, MISSED_COST, UNEVEN_COST = 3.2, 1.2, 0.6, 2.5
TOP_HEAVY_COST, BRIEF_COST, FAST_COST = 0.4, 4.0, 3.0
"""Per page; per sentence that ends inside one; per clause that ends inside a line of several; for lines unlike in
length; for the longer one above; for pages too short to be read, in time and in letters a second. Against these
stands how good each break is (Phrasing.worth)."""
PAGE_WORTH = 1.5
"""So much more than a line's counts how good a page's break is."""
BRIEF_S = 1.0
NEAR = 8
NARROWER = (1.0, 0.97, 0.93, 0.85)
"""Widths are added up word by word; where letters of two words push each other apart, a narrower line is tried."""


def pages_of(pieces: Sequence[Piece], measure: Measure, width_px: float, phrasing: Phrasing, max_lines: int,
             letters_per_s: float) -> list[Page]:
    """Return `pieces`, one stretch of speech, on pages of at most `max_lines` lines that fit `width_px`.

    The least sum of costs over all ways to cut it is found. `letters_per_s` is how fast it can be read.
    """
    for narrower in NARROWER:
        pages = _Stretch(pieces, measure, width_px * narrower, phrasing, letters_per_s).pages(max_lines)
        if all(measure(line_of(line)) <= width_px for page in pages for line in page if len(line) > 1):
            return pages
    return [[[piece]] for piece in pieces]


def is_unspaced(pieces: Sequence[Piece]) -> bool:
    """Whether most of `pieces` is in a script written without spaces."""
    text = "".join(piece.text for piece in pieces)
    return 2 * sum(map(unspaced, text)) > len(text)


class _Stretch:
    """The measures of one stretch of speech, and the costs of its pages."""

    def __init__(self, pieces: Sequence[Piece], measure: Measure, width_px: float, phrasing: Phrasing,
                 letters_per_s: float) -> None:
        self._pieces, self._width_px, self._letters_per_s = pieces, width_px, letters_per_s
        alone = [measure(line_of([piece])) for piece in pieces]
        self._joins = [0.0] + [measure(line_of(pieces[i - 1:i + 1])) - alone[i - 1] - alone[i]
                               for i in range(1, len(pieces))]
        self._ends = [0.0, *accumulate(w + j for w, j in zip(alone, self._joins, strict=True))]
        self._letters = [0, *accumulate(len(piece.text) for piece in pieces)]
        self._worth = [phrasing.worth(pieces[max(0, i - NEAR):i], pieces[i:i + NEAR])
                       for i in range(1, len(pieces))] + [SENTENCE]
        self._clauses = [0, *accumulate(worth >= CLAUSE for worth in self._worth)]
        self._sentences = [0, *accumulate(ends_sentence(piece.text) for piece in pieces)]

    def pages(self, max_lines: int) -> list[Page]:
        """Return the best pages."""
        count = len(self._pieces)
        best: list[tuple[float, int, tuple[int, ...]]] = [(0.0, 0, ())]
        for end in range(1, count + 1):
            found: tuple[float, int, tuple[int, ...]] | None = None
            for start in range(end - 1, -1, -1):
                if start < end - 1 and self._width(start, end) > max_lines * self._width_px:
                    break
                laid = self._lines(start, end, max_lines)
                if laid is not None:
                    cost = best[start][0] + laid[0] + self._page(start, end)
                    if found is None or cost < found[0]:
                        found = cost, start, laid[1]
            assert found is not None, "a piece alone fits a line"
            best.append(found)
        out: list[Page] = []
        end = count
        while end:
            _, start, breaks = best[end]
            bounds = (start, *breaks, end)
            out.append([list(self._pieces[a:b]) for a, b in pairwise(bounds)])
            end = start
        return out[::-1]

    def _width(self, start: int, end: int) -> float:
        return self._ends[end] - self._ends[start] - self._joins[start]

    def _lines(self, start: int, end: int, most: int) -> tuple[float, tuple[int, ...]] | None:
        """Return what the lines of a page cost and where they are broken; None where they do not fit."""
        whole = self._width(start, end)
        if whole <= self._width_px or start == end - 1:
            return 0.0, ()
        if most == 1 or whole > most * self._width_px:
            return None
        found: tuple[float, tuple[int, ...]] | None = None
        for at in range(start + 1, end):
            above, below = self._width(start, at), self._width(at, end)
            if above > self._width_px and at > start + 1:
                break
            laid = self._lines(at, end, most - 1)
            if laid is None:
                continue
            missed = self._clauses[at - 1] - self._clauses[start]
            missed += 0 if laid[1] else self._clauses[end - 1] - self._clauses[at]
            uneven = (above - below) / self._width_px
            cost = laid[0] - self._worth[at - 1] + UNEVEN_COST * abs(uneven) + (TOP_HEAVY_COST if uneven > 0 else 0.0)
            cost += MISSED_COST * missed
            if found is None or cost < found[0]:
                found = cost, (at, *laid[1])
        return found

    def _page(self, start: int, end: int) -> float:
        """Return what it costs that a page is from `start` to `end`."""
        cost = PAGE_COST - PAGE_WORTH * self._worth[end - 1]
        cost += RUN_ON_COST * (self._sentences[end - 1] - self._sentences[start])
        if end < len(self._pieces):
            time_s = max(0.05, (self._pieces[end].start_ns - self._pieces[start].start_ns) / NS)
            fast = (self._letters[end] - self._letters[start]) / time_s / self._letters_per_s
            cost += BRIEF_COST * max(0.0, BRIEF_S - time_s) + FAST_COST * max(0.0, min(fast, 3.0) - 1.0)
        return cost
