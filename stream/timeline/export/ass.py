"""ass: captions as Advanced SubStation Alpha, with the looks and places they have here."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from stream.timeline.export import printable, settle
from stream.timeline.program import Color, Cue, Program, Run, TextStyle
from stream.timeline.schema import Document
from stream.timeline.subtitles_ass import NUMPAD, line_em
from stream.timeline.wordtimes import cut, timed

_NUMBERS = {name: number for number, name in NUMPAD.items()}
_SAFE = str.maketrans({"\\": "\\\u2060", "{": "\\{", "}": "\\}"})
_FORMAT = ("Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, "
           "Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, "
           "MarginR, MarginV, Encoding")


def write_program(program: Program, document: Document) -> str:
    """Return the captions of `program` as ASS for a picture of its size."""
    return write(program.cues, (program.width_px, program.height_px))


def write(cues: Sequence[Cue], size: tuple[int, int] = (1920, 1080)) -> str:
    """Return `cues`, settled, as ASS; their px are those of a picture of `size`.

    Each look becomes a style, each language has its own; highlighted and overridden words are inline codes, as are the
    times of words (\\k, in hundredths of a second; both colours of a style are the same, so that nothing changes until
    an editor makes it). A box is BorderStyle 3, and outlined text on a box two events, one over the other. Lost: line
    spacing, round corners, AutoScale, and motions but fades.
    """
    styles: dict[tuple[str, str], str] = {}
    events: list[str] = []
    for cue in settle(cues):
        box = cue.style.box
        layers = [(0, cue)]
        if box is not None and cue.style.outline_px > 0:
            layers = [(0, _box_alone(cue)), (1, replace(cue, style=replace(cue.style, box=None)))]
        for layer, shown in layers:
            lane = shown.lane.replace(",", " ")
            row = _style(shown.style, size)
            name = styles.setdefault((lane, row), f"{lane or 'Look'} {len(styles) + 1}")
            end_ns = max(cue.end_ns, cue.start_ns + 10_000_000)
            events.append(f"Dialogue: {layer},{_stamp(cue.start_ns)},{_stamp(end_ns)},{name},{lane},0,0,0,,"
                          f"{_codes(shown, size)}{_text(shown)}")
    rows = [f"Style: {name},{row}" for (_, row), name in styles.items()]
    return "\n".join([
        "[Script Info]", "ScriptType: v4.00+", f"PlayResX: {size[0]}", f"PlayResY: {size[1]}", "WrapStyle: 2",
        "ScaledBorderAndShadow: yes", "YCbCr Matrix: TV.709", "", "[V4+ Styles]", f"Format: {_FORMAT}", *rows, "",
        "[Events]", "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text", *events, ""])


def _box_alone(cue: Cue) -> Cue:
    """Return `cue` with its letters clear, so that only the box is seen."""
    style = replace(cue.style, color=replace(cue.style.color, alpha=0), outline_px=0.0, shadow_px=0.0)
    lines = tuple(tuple(Run(run.text, bold=run.bold, italic=run.italic) for run in line) for line in cue.lines)
    return replace(cue, style=style, lines=lines, times=())


def _style(style: TextStyle, size: tuple[int, int]) -> str:
    """Return the fields of a style after its name."""
    edge, outline, kind = style.outline_color, style.outline_px, 1
    if style.box is not None:
        edge, outline, kind = style.box.color, style.box.x_border_px, 3
    align, left, right, vertical = _margins(style, size)
    switches = ",".join("-1" if on else "0" for on in (style.bold, style.italic, style.underline))
    return (f"{style.font.replace(',', ' ')},{_number(style.size_px * line_em(style.font))},{_color(style.color)},"
            f"{_color(style.color)},{_color(edge)},{_color(style.shadow_color)},{switches},0,100,100,"
            f"{_number(style.spacing_px)},{_number(style.angle_deg)},{kind},{_number(outline)},"
            f"{_number(style.shadow_px)},{align},{left},{right},{vertical},1")


def _margins(style: TextStyle, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return the numpad alignment, and the margins left, right and vertical: its place, or its width alone."""
    align = _numpad(style)
    across = (align - 1) % 3
    inner = min(style.width_px, size[0]) if style.wrap and style.width_px > 0 else float(size[0])
    if _pos(style, size) or across == 1:
        side = max(round((size[0] - inner) / 2), 0)
        return align, side, side, max(round(style.y_px), 0)
    near = round(style.x_px)
    far = max(round(size[0] - inner - style.x_px), 0) if style.wrap else 0
    return align, *((near, far) if across == 0 else (far, near)), max(round(style.y_px), 0)


def _numpad(style: TextStyle) -> int:
    return _NUMBERS.get(style.align) or {"Left": 7, "Center": 8, "Right": 9}[style.align]


def _pos(style: TextStyle, size: tuple[int, int]) -> tuple[float, float] | None:
    """Return the point the text hangs by where margins (whole, not negative, none in the middle) cannot say it."""
    if style.align in ("Left", "Center", "Right"):
        return style.x_px, style.y_px
    across, down = (_numpad(style) - 1) % 3, (_numpad(style) - 1) // 3
    x_whole = style.x_px == 0 if across == 1 else style.x_px >= 0 and style.x_px == round(style.x_px)
    y_whole = style.y_px == 0 if down == 1 else style.y_px >= 0 and style.y_px == round(style.y_px)
    if x_whole and y_whole:
        return None
    return ((style.x_px, size[0] / 2 + style.x_px, size[0] - style.x_px)[across],
            (size[1] - style.y_px, size[1] / 2 + style.y_px, style.y_px)[down])


def _codes(cue: Cue, size: tuple[int, int]) -> str:
    """Return the codes that speak of the whole event."""
    codes = []
    at = _pos(cue.style, size)
    if at is not None:
        codes.append(f"\\pos({_number(at[0])},{_number(at[1])})")
    if cue.style.wrap:
        codes.append("\\q1")
    box = cue.style.box
    if box is not None and box.x_border_px != box.y_border_px:
        codes.append(f"\\xbord{_number(box.x_border_px)}\\ybord{_number(box.y_border_px)}")
    fades = [motion.duration_ns // 1_000_000 if motion and motion.name == name else 0
             for motion, name in ((cue.motion_in, "fade_in"), (cue.motion_out, "fade_out"))]
    if any(fades):
        codes.append(f"\\fad({fades[0]},{fades[1]})")
    return f"{{{''.join(codes)}}}" if codes else ""


def _text(cue: Cue) -> str:
    starts = timed(cue.times, cue.start_ns, cue.end_ns)
    bounds = [_hundredths(time_ns) for time_ns in (cue.start_ns, *(time_ns for _, time_ns in starts), cue.end_ns)]
    spans = dict(zip((at for at, _ in starts), pairwise(bounds[1:]), strict=False))
    out = f"{{\\k{bounds[1] - bounds[0]}}}" if starts else ""
    for at, run, breaks in cut(cue.lines, spans):
        out += "\\N" * breaks
        if at in spans:
            out += f"{{\\k{spans[at][1] - spans[at][0]}}}"
        out += _run(run, cue.style, bool(starts))
    return out


def _run(run: Run, style: TextStyle, sung: bool = False) -> str:
    text = printable(run.text).translate(_SAFE).replace("\n", "\\N")
    word = style.highlight if run.highlighted else None
    color = run.color or (word and word.color)
    edge = run.outline_color or (word and word.outline_color)
    outline = run.outline_px if run.outline_px is not None or word is None else word.outline_px
    codes = "".join(f"\\{code}{int(on)}" for code, on in (("b", run.bold), ("i", run.italic), ("u", run.underline))
                    if on is not None)
    if color:
        codes += f"\\1c{_bgr(color)}" + (f"\\2c{_bgr(color)}" if sung else "")
        codes += f"\\1a&H{255 - color.alpha:02X}&" if color.alpha != style.color.alpha else ""
    if style.box is None:  # with a box these would be the box's own
        codes += f"\\3c{_bgr(edge)}" if edge else ""
        codes += f"\\bord{_number(outline)}" if outline is not None else ""
    return f"{{{codes}}}{text}{{\\r}}" if codes and text else text


def _stamp(time_ns: int) -> str:
    seconds, hundredths = divmod(_hundredths(time_ns), 100)
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{hundredths:02d}"


def _hundredths(time_ns: int) -> int:
    return (max(time_ns, 0) + 5_000_000) // 10_000_000


def _color(color: Color) -> str:
    return f"&H{255 - color.alpha:02X}{color.blue:02X}{color.green:02X}{color.red:02X}"


def _bgr(color: Color) -> str:
    return f"&H{color.blue:02X}{color.green:02X}{color.red:02X}&"


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
