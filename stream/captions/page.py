"""page: words set on pages of lines as they come; a word once placed stays where it is."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import lru_cache

from models.asr import Word
from stream.captions.highlight import Highlighter
from stream.captions.lines import Measure, Piece, line_of, split, unspaced
from stream.captions.lit import newest_lit
from stream.captions.phrasing import LABEL, Phrasing
from stream.captions.phrasing import ends_sentence as ends_sentence
from stream.captions.setting import kept, pieces_of
from stream.captions.tags import NOTE
from stream.timeline.program import NS, CaptionSpec, Cue, Line

AHEAD = 12
"""So many words are looked at where a line is broken."""
NARROW, WIDEST = 24, 0.9
"""Where a line holds fewer letters than that (on a canvas on its side), it may be this part of the canvas."""
NOTE_WORDS = 10.0
"""A note stays as long as so many words."""


@dataclass(frozen=True, slots=True)
class PageOptions:
    """How captions are paged. `line_ratio` of the canvas is a line's width where the style gives none.

    A word is on the picture for `hold_per_word_s`, a page for `hold_min_s` at least; a page with new words is
    turned after at most `turn_max_s`. A silence of `pause_s` turns it. Polished captions stay longer where they
    have more letters than `letters_per_s` (`signs_per_s` in scripts without spaces) and the next leaves room.
    """

    max_lines: int = 2
    line_ratio: float = 0.68
    hold_per_word_s: float = 0.3
    hold_min_s: float = 1.0
    turn_max_s: float = 0.6
    pause_s: float = 1.0
    letters_per_s: float = 20.0
    signs_per_s: float = 9.0
    prefix: str = "c"


@dataclass(slots=True)
class _Page:
    id: str
    lines: list[list[Piece]]
    whole_ns: list[int]  # when all of each line was visible
    revision: int = -1
    touched: int = 1  # lines from the bottom that have pieces not drawn yet
    added: float = 0.0  # words not drawn yet
    from_ns: int = 0  # when the newest words became visible
    fresh: float = 0.0  # how many words they were
    read_ns: int = 0  # when a reader has read it all
    end_ns: int = 0


@dataclass(slots=True)
class _Said:
    """What `say` was given: each word's pieces, those shown and, behind them, those only looked at."""

    runs: list[list[Piece]] = field(default_factory=list)

    def following(self, number: int, part: int) -> list[Piece]:
        near = [piece for run in self.runs[number:number + AHEAD] for piece in run]
        return near[part:]


class Pager:
    """Turns words into cues of at most two lines that never reflow.

    Lines are broken where Phrasing finds it best among the words that are known. With paging "pop-on" the next line
    is filled, then a new page begins and the old one ends; with "roll-up" the lines roll up by one, the newest is the
    last. A page also ends when nothing new has come for as long as reading it takes. Another speaker begins on a new
    line as in broadcasts: ">> NAME: words". Hand what `say` and `clear` return to CueTrack.show in order.
    """

    def __init__(self, spec: CaptionSpec, measure: Measure, canvas_width_px: int,
                 highlighter: Highlighter | None = None, options: PageOptions | None = None) -> None:
        self._options = options or PageOptions()
        self._style = spec.style
        self._measure: Measure = lru_cache(4096)(measure)
        self._highlighter = highlighter if spec.highlighting else None
        self._spoken = spec.highlighting and spec.spoken
        self._width_px = line_width(spec, canvas_width_px, self._options)
        self._phrasing = Phrasing(spec.hearing.language)
        self._rolls = spec.hearing.paging == "roll-up"
        self._default_speaker, self._speaker = spec.hearing.speaker, ""
        self._page: _Page | None = None
        self._count = 0
        self._shown_ns = 0  # nothing new becomes visible before
        self._spoken_ns = 0  # end of the last word

    def copy(self) -> "Pager":
        """Return another that stands where this one stands: to try words that may still be taken back."""
        other = copy(self)
        other._highlighter = self._highlighter and self._highlighter.copy()
        if self._page is not None:
            other._page = replace(self._page, lines=[list(line) for line in self._page.lines],
                                  whole_ns=list(self._page.whole_ns))
        return other

    def say(self, words: Sequence[Word], at_ns: int, ahead: Sequence[Word] = (), speaker: str = "") -> list[Cue]:
        """Show `words` (times in session ns), each from when it begins or `at_ns`, whichever is later.

        `ahead` are the words that seem to follow and may still change: they are not shown, but may be looked at where
        it is chosen which words stand out and where lines and pages break. `speaker` says them ("": the spec's).
        """
        if not words:
            return []
        texts = [w.text for w in words]
        flags = self._highlighter.flags(texts, [w.text for w in ahead]) if self._highlighter else [False] * len(texts)
        looks = [*zip(words, flags, strict=True), *((word, False) for word in ahead[:AHEAD])]
        said = _Said([pieces_of(word, flag, self._measure, self._width_px) for word, flag in looks])
        label = label_for(speaker or self._default_speaker, self._speaker)
        if label:
            self._speaker = speaker or self._default_speaker
            said.runs[0][:0] = split(Piece(label, False, False, words[0].start_ns, words[0].start_ns), self._measure,
                                     self._width_px)
        out: list[Cue] = []
        first = 0
        for last, visible_ns in _batches(words, at_ns):
            out += self._show(words, said, range(first, last), visible_ns, anew=bool(label) and not first)
            first = last
        return out

    def clear(self, at_ns: int) -> list[Cue]:
        """End the page now (the input is gone, or captions were switched off)."""
        page, self._page = self._page, None
        if page is None or page.end_ns <= at_ns:
            return []
        self._shown_ns = max(self._shown_ns, at_ns)
        return [self._ended(page, at_ns)]

    def _show(self, words: Sequence[Word], said: _Said, batch: range, at_ns: int, *, anew: bool) -> list[Cue]:
        at_ns = max(at_ns, self._shown_ns)
        out: list[Cue] = []
        if self._page is not None and self._page.end_ns <= at_ns:
            self._page = None
        for number in batch:
            word = words[number]
            for part, piece in enumerate(said.runs[number]):
                page = self._page
                if page is not None and not part and self._turns(page, word):
                    at_ns = self._next_line(page, at_ns, out, turn=True)
                elif page is not None and (
                        (anew and number == batch[0] and not part)
                        or not kept(page.lines[-1], said.following(number, part), self._measure, self._width_px,
                                    self._phrasing)):
                    at_ns = self._next_line(page, at_ns, out)
                self._put(piece)
            self._spoken_ns = max(self._spoken_ns, word.end_ns)
        return out + self._drawn(self._page, at_ns) if self._page else out

    def _turns(self, page: _Page, word: Word) -> bool:
        """Whether a new page reads better: after a pause or music, for a new sentence where the last line ended one."""
        if word.start_ns - self._spoken_ns >= self._options.pause_s * NS:
            return True
        last = page.lines[-1]
        if word.text == NOTE or (last and last[-1].text == NOTE):
            return True
        return not self._rolls and len(page.lines) == self._options.max_lines and bool(last) and ends_sentence(
            last[-1].text)

    def _next_line(self, page: _Page, at_ns: int, out: list[Cue], *, turn: bool = False) -> int:
        """Begin a new line or (`turn`, or if it is full) page; return when that is: words just shown stay a moment."""
        options = self._options
        if len(page.lines) < options.max_lines and (self._rolls or not turn):
            page.lines.append([])
            page.whole_ns.append(at_ns)
            page.touched += 1
            return at_ns
        if not self._rolls:
            self._page = None
            out += self._drawn(page, at_ns)
            hold_s = min(options.turn_max_s, options.hold_per_word_s * page.fresh)
            at_ns = max(at_ns, page.from_ns + round(hold_s * NS))
            if page.end_ns > at_ns:
                out.append(self._ended(page, at_ns))
        else:
            if page.touched >= len(page.lines):
                out += self._drawn(page, at_ns)
            at_ns = max(at_ns, page.whole_ns[0] + round(options.turn_max_s * NS))
            page.lines, page.whole_ns = [*page.lines[1:], []], [*page.whole_ns[1:], at_ns]
            page.touched += 1
        self._shown_ns = max(self._shown_ns, at_ns)
        return at_ns

    def _put(self, piece: Piece) -> None:
        if self._page is None:
            self._count += 1
            self._page = _Page(f"{self._options.prefix}{self._count}", [[]], [0])
        self._page.lines[-1].append(piece)
        self._page.touched = max(self._page.touched, 1)
        self._page.added += weight(piece)

    def _drawn(self, page: _Page, at_ns: int) -> list[Cue]:
        """Return the page as it is from `at_ns` on, if anything was put on it."""
        if not page.touched:
            return []
        options = self._options
        page.fresh = page.fresh + page.added if page.from_ns == at_ns else page.added
        page.from_ns = self._shown_ns = at_ns
        words = sum(weight(piece) for line in page.lines for piece in line)
        unread = min(page.added + max(0, page.read_ns - at_ns) / NS / options.hold_per_word_s, words)
        page.read_ns = at_ns + round(unread * options.hold_per_word_s * NS)
        page.end_ns = max(page.read_ns, at_ns + round(options.hold_min_s * NS))
        for line in range(max(0, len(page.lines) - page.touched), len(page.lines)):
            page.whole_ns[line] = at_ns
        page.added, page.touched = 0.0, 0
        return [self._cue(page, at_ns, page.end_ns)]

    def _ended(self, page: _Page, at_ns: int) -> Cue:
        return self._cue(page, min(page.from_ns, at_ns), at_ns)

    def _cue(self, page: _Page, start_ns: int, end_ns: int) -> Cue:
        """Return the next revision of `page`."""
        page.revision += 1
        return Cue(page.id, start_ns, end_ns, self._lines(page), self._style, page.revision)

    def _lines(self, page: _Page) -> tuple[Line, ...]:
        return newest_lit(page.lines) if self._spoken else tuple(line_of(line) for line in page.lines)


def line_width(spec: CaptionSpec, canvas_width_px: int, options: PageOptions) -> float:
    """Return how wide a line may be: the style's own width, or a part of the canvas; the text box fits inside."""
    border_px = spec.style.box.x_border_px if spec.style.box else 0.0
    if spec.style.width_px > 0:
        return spec.style.width_px
    width_px = max(canvas_width_px * options.line_ratio,
                   min(canvas_width_px * WIDEST, NARROW * spec.style.size_px / 2))
    return max(1.0, min(width_px, canvas_width_px - 2 * border_px))


def label_for(speaker: str, before: str) -> str:
    """Return what is set before the words of `speaker` after those of `before`: ">> NAME: ", or ""."""
    return f"{LABEL} {speaker.upper()}: " if speaker and speaker != before else ""


def weight(piece: Piece) -> float:
    """Return for how many words `piece` is read: two characters of a script without spaces are like a word."""
    if piece.text == NOTE:
        return NOTE_WORDS
    if piece.glued:
        return 0.0
    return max(1.0, sum(map(unspaced, piece.text)) / 2)


def _batches(words: Sequence[Word], at_ns: int) -> list[tuple[int, int]]:
    """Group `words` by when they become visible: up to which word, and when."""
    out: list[tuple[int, int]] = []
    shown_ns = -1
    for number, word in enumerate(words, 1):
        visible_ns = max(word.start_ns, at_ns, shown_ns)
        if out and visible_ns == shown_ns:
            out.pop()
        out.append((number, visible_ns))
        shown_ns = visible_ns
    return out


def shifted(words: Sequence[Word], by_ns: int) -> tuple[Word, ...]:
    """Return `words` `by_ns` later: from a stream's own time to the session's."""
    return tuple(replace(w, start_ns=w.start_ns + by_ns, end_ns=w.end_ns + by_ns) for w in words)
