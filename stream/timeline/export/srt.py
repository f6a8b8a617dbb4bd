"""srt: captions as SubRip text (UTF-8, a blank line after each cue)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from stream.timeline.export import full_lines, plain_lines, printable, settle, span
from stream.timeline.program import Cue
from stream.timeline.wordtimes import cut, timed

ONE_LANE = True


def write(cues: Sequence[Cue], *, by_word: bool = False) -> str:
    """Return `cues`, settled, as SRT. An arrow "-->" in a text, which would end it, becomes "→".

    SubRip has no times inside a caption: with `by_word` a caption whose words' times are known is written once for
    each word, which is underlined while it is said.
    """
    blocks: list[str] = []
    for cue in settle(cues):
        for part, lines in _by_word(cue) if by_word and cue.times else [(cue, plain_lines(cue))]:
            text = "\n".join(lines).replace("-->", "→")
            blocks.append(f"{len(blocks) + 1}\n{span(part, ',')}\n{text}\n")
    return "\n".join(blocks)


def _by_word(cue: Cue) -> Iterator[tuple[Cue, list[str]]]:
    starts = timed(cue.times, cue.start_ns, cue.end_ns)
    moments = [(-1 if not cue.times or cue.times[0] in starts else cue.times[0][0], cue.start_ns), *starts]
    places = sorted({at for at, _ in cue.times})
    ends = dict(zip(places, [*places[1:], len(cue.text)], strict=True))
    for number, (at, start_ns) in enumerate(moments):
        end_ns = moments[number + 1][1] if number + 1 < len(moments) else cue.end_ns
        text = "".join("\n" * breaks + _marked(run.text, at >= 0 and at <= first < ends[at])
                       for first, run, breaks in cut(cue.lines, places))
        yield replace(cue, start_ns=start_ns, end_ns=end_ns), full_lines(text)


def _marked(text: str, marked: bool) -> str:
    text = printable(text)
    core = text.strip()
    return text.replace(core, f"<u>{core}</u>", 1) if marked and core else text
