"""vtt: captions as WebVTT (W3C WebVTT: The Web Video Text Tracks Format); words with times carry them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from stream.timeline.export import full_lines, printable, settle, span, stamp
from stream.timeline.program import Color, Cue, Program, Run, TextStyle
from stream.timeline.schema import Document
from stream.timeline.wordtimes import cut, timed

ONE_LANE = True
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def write_program(program: Program, document: Document) -> str:
    """Return the captions of `program` as WebVTT, with their looks and places in a picture of its size."""
    return write(program.cues, (program.width_px, program.height_px))


def write(cues: Sequence[Cue], size: tuple[int, int] | None = None) -> str:
    """Return `cues`, settled, as WebVTT; &, < and > in a text are escaped.

    With the `size` of the picture their px are meant for, places become the cues' settings, and looks classes of a
    STYLE block where they tell words or captions from others. One look for all is left to the player, as is everything
    without `size`: programs that know no STYLE (FFmpeg 5 is one) find no captions after it. Lost: outlines but as
    shadows, sizes, spacing, turned text and motions.
    """
    settled = settle(cues)
    classes = _classes(settled) if size else {}
    blocks = ["WEBVTT\n"]
    if classes:
        rules = "\n".join(f"::cue(.{name}) {{ {css} }}" for css, name in classes.items())
        blocks.append(f"STYLE\n{rules}\n")
    return "\n".join([*blocks, *(_block(cue, classes, size) for cue in settled)])


def segment(cues: Iterable[Cue], start_ns: int, end_ns: int, *, whole: bool = True, mpegts: int = 0,
            zero_ns: int = 0) -> str:
    """Return one segment of a WebVTT rendition of HTTP Live Streaming (RFC 8216, 3.5): what is shown in its time.

    `mpegts` is the 90 kHz time stamp of the media at `zero_ns`, which is 00:00:00.000 here. A cue that is shown in
    several segments is in each of them: with its own times where it is known `whole`; while it may still grow, from
    and to the segment's bounds, with what has been said until its end.
    """
    shown = settle([cue for cue in cues if cue.start_ns < end_ns])
    found = [cue for cue in shown if cue.end_ns > start_ns]
    if not whole:
        found = [replace(cue, start_ns=max(cue.start_ns, start_ns), end_ns=min(cue.end_ns, end_ns)) for cue in found]
    moved = (replace(cue, start_ns=cue.start_ns - zero_ns, end_ns=cue.end_ns - zero_ns,
                     times=tuple((at, time_ns - zero_ns) for at, time_ns in cue.times)) for cue in found)
    head = f"WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:{mpegts % (1 << 33)},LOCAL:00:00:00.000\n"
    return "\n".join([head, *(_block(cue, {}, None) for cue in moved)])


def _block(cue: Cue, classes: dict[str, str], size: tuple[int, int] | None) -> str:
    times = dict(timed(cue.times, cue.start_ns, cue.end_ns))
    look = classes.get(_css(cue.style), "")
    text, last = "", ""
    for at, run, breaks in cut(cue.lines, times):
        text += "\n" * breaks
        time = stamp(times[at], ".") if at in times else last
        text += (f"<{time}>" if time != last else "") + _run(run, cue.style, classes)
        last = time
    lines = full_lines(text)
    if look:
        lines = [f"<c.{look}>{line}</c>" for line in lines]
    return f"{span(cue, '.')}{_settings(cue.style, size) if size else ''}\n" + "\n".join(lines) + "\n"


def _run(run: Run, style: TextStyle, classes: dict[str, str]) -> str:
    text = printable(run.text).translate(_ESCAPES)
    for tag, on in (("b", run.bold), ("i", run.italic), ("u", run.underline)):
        if on and text.strip():
            text = f"<{tag}>{text}</{tag}>"
    name = classes.get(_run_css(run, style), "")
    return f"<c.{name}>{text}</c>" if name and text.strip() else text


def _classes(cues: Sequence[Cue]) -> dict[str, str]:
    """Return the looks of cues and of words in them: CSS and the name of its class."""
    found: dict[str, str] = {}
    for cue in cues:
        found.setdefault(_css(cue.style), f"look{len(found) + 1}")
        for line in cue.lines:
            for run in line:
                css = _run_css(run, cue.style)
                if css:
                    found.setdefault(css, f"look{len(found) + 1}")
    return found if len(found) > 1 else {}


def _css(style: TextStyle) -> str:
    rules = [f"color: {_color(style.color)}"]
    if style.box is not None:
        rules.append(f"background-color: {_color(style.box.color)}")
    rules += [rule for rule, on in (("font-weight: bold", style.bold), ("font-style: italic", style.italic),
                                    ("text-decoration: underline", style.underline)) if on]
    if style.outline_px > 0:
        edge = _color(style.outline_color)
        rules.append("text-shadow: " + ", ".join(f"{x}px {y}px 1px {edge}" for x in (-1, 1) for y in (-1, 1)))
    return "; ".join(rules)


def _run_css(run: Run, style: TextStyle) -> str:
    color = run.color or (style.highlight.color if run.highlighted else None)
    return f"color: {_color(color)}" if color is not None and color != style.color else ""


def _settings(style: TextStyle, size: tuple[int, int]) -> str:
    """Return the settings that put a cue where `style` has it."""
    out = []
    exact = style.align in ("Left", "Center", "Right")
    y = min(max(style.y_px / size[1], 0.0), 1.0)
    if style.align.startswith("Bottom"):
        out.append(f"line:{_share(1 - y)},end")
    elif style.align.startswith("Center") and not exact:
        out.append(f"line:{_share(min(max(0.5 + style.y_px / size[1], 0.0), 1.0))},center")
    else:
        out.append(f"line:{_share(y)},start")
    x = min(max(style.x_px / size[0], 0.0), 1.0)
    if style.align.endswith("Left"):
        out += [f"position:{_share(x)},line-left", "align:left"]
    elif style.align.endswith("Right"):
        out += [f"position:{_share(x if exact else 1 - x)},line-right", "align:right"]
    else:
        middle = style.x_px / size[0] + (0.0 if exact else 0.5)
        out += [f"position:{_share(min(max(middle, 0.0), 1.0))},center", "align:center"]
    return "".join(f" {one}" for one in out)


def _share(ratio: float) -> str:
    return f"{100 * ratio:.2f}".rstrip("0").rstrip(".") + "%"


def _color(color: Color) -> str:
    return f"rgba({color.red}, {color.green}, {color.blue}, {color.alpha / 255:.3g})"
