"""polish: final words to cues at the times they were spoken, with the page breaks of someone who knows the end."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from models.asr import Word
from stream.captions.breaking import Page, is_unspaced, pages_of
from stream.captions.highlight import Highlighter, highlighter_for
from stream.captions.lines import Measure, Piece, line_of, split
from stream.captions.page import PageOptions, label_for, line_width, weight
from stream.captions.phrasing import LABEL, Phrasing
from stream.captions.setting import pieces_of
from stream.captions.tags import NOTE
from stream.timeline.program import NS, CaptionSpec, Cue
from stream.timeline.wordtimes import word_times

SHORTEST_NS = 300_000_000
CHAIN_NS = 250_000_000
"""A gap between two captions that is shorter than this only flickers: the first stays until the second."""


def settle(words: Sequence[Word], spec: CaptionSpec, measure: Measure, canvas_width_px: int,
           options: PageOptions | None = None, highlighter: Highlighter | None = None, *,
           introduced: bool = False) -> tuple[Cue, ...]:
    """Return `words` (session times) as cues, a page each, from its first word on; none overlap.

    Pages follow the Pager's rules, but all their lines are known: they break where a sentence, a clause or a breath
    ends, their lines are about as long, and each stays as long as reading it takes where the next leaves room. With
    paging "roll-up" each cue is a line and the line above it. `highlighter` is that of a text given in parts, of
    which `introduced` ones follow another: there the speaker's name is not said again.
    """
    rules = options or PageOptions()
    if not words:
        return ()
    measure = lru_cache(16384)(measure)
    width_px = line_width(spec, canvas_width_px, rules)
    highlighter = highlighter or highlighter_for(spec)
    flags = highlighter.flags([w.text for w in words]) if highlighter else [False] * len(words)
    pieces = [p for word, flag in zip(words, flags, strict=True) for p in pieces_of(word, flag, measure, width_px)]
    label = "" if introduced else label_for(spec.hearing.speaker, "")
    if label:
        start_ns = words[0].start_ns
        pieces[:0] = split(Piece(label, False, False, start_ns, start_ns), measure, width_px)
    rolls = spec.hearing.paging == "roll-up"
    speed = rules.signs_per_s if is_unspaced(pieces) else rules.letters_per_s
    phrasing = Phrasing(spec.hearing.language)
    pages = [page for stretch in _stretches(pieces, rules)
             for page in pages_of(stretch, measure, width_px, phrasing, 1 if rolls else rules.max_lines, speed)]
    cues = _timed(pages, spec, rules, speed)
    return tuple(_rolling(cues, rules.max_lines) if rolls else cues)


def _stretches(pieces: Sequence[Piece], rules: PageOptions) -> Iterator[Sequence[Piece]]:
    """Yield what is said without a long pause, and notes alone."""
    first = 0
    for at in range(1, len(pieces)):
        notes = NOTE in (pieces[at].text, pieces[at - 1].text)
        if notes or pieces[at].start_ns - pieces[at - 1].end_ns >= rules.pause_s * NS:
            yield pieces[first:at]
            first = at
    yield pieces[first:]


def _timed(pages: Sequence[Page], spec: CaptionSpec, rules: PageOptions, speed: float) -> list[Cue]:
    out: list[Cue] = []
    for page in pages:
        pieces = [piece for line in page for piece in line]
        start_ns = pieces[0].start_ns
        if out:
            start_ns = max(start_ns, out[-1].start_ns + SHORTEST_NS)
            end_ns = out[-1].end_ns
            out[-1] = replace(out[-1], end_ns=start_ns if start_ns - end_ns < CHAIN_NS else end_ns)
        cue = Cue(f"{rules.prefix}{len(out) + 1}", start_ns, _end_ns(start_ns, pieces, rules, speed),
                  tuple(line_of(line) for line in page), spec.style)
        said_at = ((p.text, p.start_ns) for p in pieces if not (p.glued or p.text.startswith(LABEL)))
        out.append(replace(cue, times=word_times(cue.text, said_at)))
    return out


def _end_ns(start_ns: int, pieces: Sequence[Piece], rules: PageOptions, speed: float) -> int:
    """Return until when a page is shown if nothing follows: until its last word, or it has been read."""
    letters = sum(len(piece.text) for piece in pieces) + len(pieces) - 1
    read_s = max(rules.hold_min_s, rules.hold_per_word_s * sum(map(weight, pieces)), letters / speed)
    last = pieces[-1]
    return max(start_ns + round(read_s * NS), last.start_ns + round(rules.hold_min_s * NS), last.end_ns)


def _rolling(cues: Sequence[Cue], most: int) -> list[Cue]:
    """Return cues of a line each with the lines before, up to `most`, above them while speech goes on."""
    out: list[Cue] = []
    above: list[Cue] = []
    for cue in cues:
        above = [*above, cue][-most:] if above and above[-1].end_ns == cue.start_ns else [cue]
        shift = len("\n".join(one.text for one in above[:-1])) + (len(above) > 1)
        times = tuple((at + shift, time_ns) for at, time_ns in cue.times)
        out.append(replace(cue, lines=tuple(line for one in above for line in one.lines), times=times))
    return out
