"""polish: final words to cues at the times they were spoken, with the page breaks of someone who knows the end."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from models.asr import Word
from stream.captions.highlight import Highlighter, highlighter_for
from stream.captions.lines import Measure, Piece, line_of, split
from stream.captions.page import PageOptions, line_width
from stream.captions.phrasing import CLOSING, ends_sentence
from stream.timeline.program import NS, CaptionSpec, Cue, Line
from stream.timeline.wordtimes import word_times

GAP_NS = 250_000_000
"""A pause this long between two words is a better place for a page break than none."""
SHORTEST_NS = 300_000_000


@dataclass(frozen=True, slots=True)
class _Said:
    piece: Piece
    word: Word


def settle(words: Sequence[Word], spec: CaptionSpec, measure: Measure, canvas_width_px: int,
           options: PageOptions | None = None, highlighter: Highlighter | None = None) -> tuple[Cue, ...]:
    """Return `words` (session times) as cues, a page each, from its first word on; none overlap.

    `highlighter` is that of a text given in parts; without it these words are all.

    Pages follow the Pager's rules (lines, width, holds), but break where a sentence, a clause or a
    breath ends, if that leaves the page full enough.
    """
    rules = options or PageOptions()
    width_px = line_width(spec, canvas_width_px, rules)
    highlighter = highlighter or highlighter_for(spec)
    flags = highlighter.flags([w.text for w in words]) if highlighter else [False] * len(words)
    said = [_Said(piece, word) for word, flag in zip(words, flags, strict=True)
            for piece in split(Piece(word.text, flag), measure, width_px)]
    out: list[Cue] = []
    while said:
        lines, fits = _fill(said, measure, width_px, rules)
        if fits < len(said) and not _pauses(said[fits - 1].word, said[fits].word, rules):
            lines, fits = _fill(said[:_break(said, fits)], measure, width_px, rules)
        page, said = said[:fits], said[fits:]
        start_ns = page[0].word.start_ns
        if out:
            start_ns = max(start_ns, out[-1].start_ns + SHORTEST_NS)
            out[-1] = _until(out[-1], start_ns)
        cue = Cue(f"{rules.prefix}{len(out) + 1}", start_ns, _end_ns(start_ns, page, rules), lines, spec.style)
        said_at = ((one.piece.text, one.word.start_ns) for one in page if not one.piece.glued)
        out.append(replace(cue, times=word_times(cue.text, said_at)))
    return tuple(out)


def _fill(said: Sequence[_Said], measure: Measure, width_px: float, rules: PageOptions) -> tuple[tuple[Line, ...], int]:
    """Return the lines of one page and how many of `said` are on it, at least one."""
    lines: list[list[Piece]] = [[]]
    for count, one in enumerate(said):
        if count and _pauses(said[count - 1].word, one.word, rules):
            return _set(lines), count
        if not lines[-1] or measure(line_of([*lines[-1], one.piece])) <= width_px:
            lines[-1].append(one.piece)
        elif len(lines) < rules.max_lines:
            lines.append([one.piece])
        else:
            return _set(lines), count
    return _set(lines), len(said)


def _set(lines: list[list[Piece]]) -> tuple[Line, ...]:
    return tuple(line_of(line) for line in lines)


def _break(said: Sequence[_Said], fits: int) -> int:
    """Return how many of the `fits` words to put on a page: up to the best break that leaves it full enough."""
    def worth(count: int) -> int:
        last, following = said[count - 1], said[count]
        if following.piece.glued:
            return -1
        if ends_sentence(last.word.text):
            return 3
        if count < (fits + 1) // 2:
            return 0
        if last.word.text.rstrip(CLOSING).endswith((",", ";", ":", "—", "，", "、", "；", "：")):
            return 2
        return int(following.word.start_ns - last.word.end_ns >= GAP_NS)

    return max(range(fits // 3 + 1, fits + 1), key=lambda count: (worth(count), count))


def _pauses(last: Word, following: Word, rules: PageOptions) -> bool:
    return following.start_ns - last.end_ns >= rules.pause_s * NS


def _end_ns(start_ns: int, page: Sequence[_Said], rules: PageOptions) -> int:
    count = sum(not one.piece.glued for one in page)
    hold_ns = round(max(rules.hold_min_s, rules.hold_per_word_s * count) * NS)
    last = page[-1].word
    return max(start_ns + hold_ns, last.start_ns + round(rules.hold_min_s * NS), last.end_ns)


def _until(cue: Cue, end_ns: int) -> Cue:
    return replace(cue, end_ns=min(cue.end_ns, end_ns))
