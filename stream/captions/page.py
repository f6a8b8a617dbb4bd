"""page: words set on pages of lines as they come; a word once placed stays where it is."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace

from models.asr import Word
from stream.captions.highlight import Highlighter
from stream.captions.lines import Measure, Piece, line_of, split
from stream.captions.lit import newest_lit
from stream.timeline.program import NS, CaptionSpec, Cue, Line

SENTENCE_END = tuple(".?!。？！…।؟")
ABBREVIATIONS = frozenset({"mr", "mrs", "ms", "dr", "prof", "st", "vs", "jr", "sr", "e.g", "i.e"})
CLOSING = "\"'”’»)]」』）"


@dataclass(frozen=True, slots=True)
class PageOptions:
    """How captions are paged. `line_ratio` of the canvas is a line's width where the style gives none."""

    max_lines: int = 2
    line_ratio: float = 0.8
    hold_per_word_s: float = 0.3
    hold_min_s: float = 1.0
    turn_max_s: float = 0.6
    pause_s: float = 1.0
    prefix: str = "c"


@dataclass(slots=True)
class _Page:
    id: str
    lines: list[list[Piece]]
    revision: int = -1
    added: int = 0  # pieces not drawn yet
    from_ns: int = 0  # when the newest words became visible
    fresh: int = 0  # how many pieces they were
    read_ns: int = 0  # when a reader has read it all
    end_ns: int = 0
    last_word: str = ""


class Pager:
    """Turns words into cues of at most two lines that never reflow.

    A line that is full stays; the next line is filled, then a new page begins and the old one ends.
    A page also ends when nothing new has come for as long as reading it takes. Hand what `say` and
    `clear` return to CueTrack.show in order.
    """

    def __init__(self, spec: CaptionSpec, measure: Measure, canvas_width_px: int,
                 highlighter: Highlighter | None = None, options: PageOptions | None = None) -> None:
        self._options = options or PageOptions()
        self._style, self._measure = spec.style, measure
        self._highlighter = highlighter if spec.highlighting else None
        self._spoken = spec.highlighting and spec.spoken
        self._width_px = line_width(spec, canvas_width_px, self._options)
        self._page: _Page | None = None
        self._count = 0
        self._shown_ns = 0  # nothing new becomes visible before
        self._spoken_ns = 0  # end of the last word

    def copy(self) -> "Pager":
        """Return another that stands where this one stands: to try words that may still be taken back."""
        other = copy(self)
        other._highlighter = self._highlighter and self._highlighter.copy()
        if self._page is not None:
            other._page = replace(self._page, lines=[list(line) for line in self._page.lines])
        return other

    def say(self, words: Sequence[Word], at_ns: int, ahead: Sequence[Word] = ()) -> list[Cue]:
        """Show `words` (times in session ns), each from when it begins or `at_ns`, whichever is later.

        `ahead` are the words that seem to follow and may still change: they are not shown, but may be looked at where
        it is chosen which words stand out and where lines and pages break.
        """
        out: list[Cue] = []
        texts = [w.text for w in words]
        flags = self._highlighter.flags(texts, [w.text for w in ahead]) if self._highlighter else [False] * len(texts)
        for batch in _batches(list(zip(words, flags, strict=True)), at_ns):
            out += self._show([w for w, _ in batch], [f for _, f in batch], max(batch[0][0].start_ns, at_ns))
        return out

    def clear(self, at_ns: int) -> list[Cue]:
        """End the page now (the input is gone, or captions were switched off)."""
        page, self._page = self._page, None
        if page is None or page.end_ns <= at_ns:
            return []
        self._shown_ns = max(self._shown_ns, at_ns)
        return [self._ended(page, at_ns)]

    def _show(self, words: list[Word], flags: list[bool], at_ns: int) -> list[Cue]:
        at_ns = max(at_ns, self._shown_ns)
        out: list[Cue] = []
        page = self._page
        if page is not None and (page.end_ns <= at_ns or self._turns(page, words)):
            self._page, page = None, None if page.end_ns <= at_ns else page
            at_ns = self._turned(page, at_ns, out)
        for word, flag in zip(words, flags, strict=True):
            for piece in split(Piece(word.text, flag), self._measure, self._width_px):
                if self._page is not None and not self._place(self._page, piece):
                    full, self._page = self._page, None
                    out += self._drawn(full, at_ns)
                    at_ns = self._turned(full, at_ns, out)
                if self._page is None:
                    self._count += 1
                    self._page = _Page(f"{self._options.prefix}{self._count}", [[piece]])
                self._page.added += 1
                self._page.last_word = word.text
            self._spoken_ns = max(self._spoken_ns, word.end_ns)
        return out + self._drawn(self._page, at_ns) if self._page else out

    def _place(self, page: _Page, piece: Piece) -> bool:
        """Put `piece` on the page's last line, or on a new line; False when the page is full."""
        line = page.lines[-1]
        if self._measure(line_of([*line, piece])) <= self._width_px:
            line.append(piece)
            return True
        if len(page.lines) < self._options.max_lines:
            page.lines.append([piece])
            return True
        return False

    def _turns(self, page: _Page, words: list[Word]) -> bool:
        """Whether a new page reads better: after a pause, or for a new sentence or few words more on the last line."""
        if words[0].start_ns - self._spoken_ns >= self._options.pause_s * NS:
            return True
        last = len(page.lines) == self._options.max_lines
        if last and ends_sentence(page.last_word):
            return True
        if not last:
            return False
        room = 0
        line = list(page.lines[-1])
        for word in words:
            line.append(Piece(word.text))
            if self._measure(line_of(line)) > self._width_px:
                break
            room += 1
        return room < len(words) and room <= 2

    def _turned(self, page: _Page | None, at_ns: int, out: list[Cue]) -> int:
        """End `page` for a new one; return when the new one begins: words just shown stay a moment."""
        if page is None:
            return at_ns
        hold_s = min(self._options.turn_max_s, self._options.hold_per_word_s * page.fresh)
        at_ns = max(at_ns, page.from_ns + round(hold_s * NS))
        if page.end_ns > at_ns:
            out.append(self._ended(page, at_ns))
        self._shown_ns = max(self._shown_ns, at_ns)
        return at_ns

    def _drawn(self, page: _Page, at_ns: int) -> list[Cue]:
        """Return the page as it is from `at_ns` on, if anything was put on it."""
        if not page.added:
            return []
        options = self._options
        page.fresh = page.fresh + page.added if page.from_ns == at_ns else page.added
        page.from_ns = self._shown_ns = at_ns
        page.read_ns = max(page.read_ns, at_ns) + round(page.added * options.hold_per_word_s * NS)
        page.end_ns = max(page.read_ns, at_ns + round(options.hold_min_s * NS))
        page.added = 0
        page.revision += 1
        return [Cue(page.id, at_ns, page.end_ns, self._lines(page), self._style, page.revision)]

    def _ended(self, page: _Page, at_ns: int) -> Cue:
        page.revision += 1
        return Cue(page.id, min(page.from_ns, at_ns), at_ns, self._lines(page), self._style, page.revision)

    def _lines(self, page: _Page) -> tuple[Line, ...]:
        return newest_lit(page.lines) if self._spoken else tuple(line_of(line) for line in page.lines)


def line_width(spec: CaptionSpec, canvas_width_px: int, options: PageOptions) -> float:
    """Return how wide a line may be: the style's own width, or a part of the canvas; the text box fits inside."""
    border_px = spec.style.box.x_border_px if spec.style.box else 0.0
    if spec.style.width_px > 0:
        return spec.style.width_px
    return max(1.0, min(canvas_width_px * options.line_ratio, canvas_width_px - 2 * border_px))


def ends_sentence(word: str) -> bool:
    """Whether a sentence ends with `word`: its full stop is not an abbreviation's, nor an initial's."""
    bare = word.rstrip(CLOSING)
    stem = bare.rstrip(".").lower()
    return bare.endswith(SENTENCE_END) and not (bare.endswith(".") and (stem in ABBREVIATIONS or len(stem) == 1))


def _batches(words: list[tuple[Word, bool]], at_ns: int) -> list[list[tuple[Word, bool]]]:
    """Group `words` by when they become visible."""
    out: list[list[tuple[Word, bool]]] = []
    shown_ns = -1
    for word, flag in words:
        visible_ns = max(word.start_ns, at_ns, shown_ns)
        if not out or visible_ns > shown_ns:
            out.append([])
        out[-1].append((word, flag))
        shown_ns = visible_ns
    return out


def shifted(words: Sequence[Word], by_ns: int) -> tuple[Word, ...]:
    """Return `words` `by_ns` later: from a stream's own time to the session's."""
    return tuple(replace(w, start_ns=w.start_ns + by_ns, end_ns=w.end_ns + by_ns) for w in words)
