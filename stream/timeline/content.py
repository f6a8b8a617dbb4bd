"""content: the text of a caption as the dialect writes it: line breaks and inline override codes, both ways.

Codes stand in braces, ASS-like: `{\\1c&BBGGRR&\\b1}word{\\1c\\b}`; a bare code goes back to the caption's own look.
A backslash that is meant as one is followed by U+2060 (word joiner), a brace is written `\\{` or `\\}`.
"""

import re
from dataclasses import dataclass, replace

from stream.timeline.program import Color, Line, Run, WordStyle

JOINER = "\u2060"
PLAIN = WordStyle()
_PIECE = re.compile(r"\\\u2060|\\[{}nN]|\r\n|\r|\n|\{[^{}]*\\[^{}]*\}|[^\\{\r\n]+|.", re.DOTALL)
_CODE = re.compile(r"\\+(1c|2c|3c|4c|1a|2a|3a|4a|alpha|xbord|ybord|bord|xshad|yshad|shad|blur|be|fscx|fscy|fsp|fs|fn|"
                   r"fade|fad|frx|fry|frz|fr|pos|move|org|clip|iclip|an|a|b|i|u|s|c|r|k|K|q|t|p)([^\\]*)")
_COLOR = re.compile(r"&?[Hh]?([0-9A-Fa-f]{1,8})&?\Z")


@dataclass(frozen=True, slots=True)
class _Look:
    """What the codes so far have set; None is the caption's own look."""

    bold: bool | None = None
    italic: bool | None = None
    underline: bool | None = None
    color: Color | None = None
    outline_color: Color | None = None
    outline_px: float | None = None


def parse(content: str, highlight: WordStyle = PLAIN) -> tuple[tuple[Line, ...], frozenset[str]]:
    """Return the lines of `content`, and the codes in it that are understood but have no effect.

    A stretch whose codes say exactly what `highlight` says is a highlighted run.
    """
    look, ignored = _Look(), set[str]()
    lines: list[Line] = []
    runs: list[Run] = []
    text: list[str] = []

    def flush() -> None:
        if text:
            runs.append(_run("".join(text), look, highlight))
            text.clear()

    for piece in _PIECE.findall(content):
        if piece == "\\" + JOINER:
            text.append("\\")
        elif piece in ("\\{", "\\}"):
            text.append(piece[1])
        elif piece in ("\\n", "\\N", "\n", "\r", "\r\n"):
            flush()
            lines.append(tuple(runs))
            runs.clear()
        elif len(piece) > 1 and piece[0] == "{" and piece[-1] == "}":
            changed = _coded(piece[1:-1], look, ignored)
            if changed != look:
                flush()
                look = changed
        else:
            text.append(piece)
    flush()
    return (*lines, tuple(runs)), frozenset(ignored)


def _run(text: str, look: _Look, highlight: WordStyle) -> Run:
    plain = (look.bold, look.italic, look.underline) == (None, None, None)
    said = (look.color, look.outline_color, look.outline_px)
    stressed = (_opaque(highlight.color), _opaque(highlight.outline_color), highlight.outline_px)
    if plain and said == stressed != (None, None, None):
        return Run(text, highlighted=True)
    return Run(text, False, look.bold, look.italic, look.underline, *said)


def _opaque(color: Color | None) -> Color | None:
    return color and replace(color, alpha=255)


def _coded(codes: str, look: _Look, ignored: set[str]) -> _Look:
    for code, argument in _CODE.findall(codes):
        value = argument.strip()
        if code == "r":
            look = _Look()
        elif code in ("1c", "c"):
            look = replace(look, color=_color(value))
        elif code == "3c":
            look = replace(look, outline_color=_color(value))
        elif code == "bord":
            look = replace(look, outline_px=_length(value))
        elif code in ("b", "i", "u"):
            field = {"b": "bold", "i": "italic", "u": "underline"}[code]
            look = replace(look, **{field: None if value == "" else value != "0"})
        else:
            ignored.add(code)
    return look


def _color(value: str) -> Color | None:
    match = _COLOR.match(value)
    if not match:
        return None
    number = int(match[1], 16)
    return Color(number & 255, number >> 8 & 255, number >> 16 & 255)


def _length(value: str) -> float | None:
    return min(float(value), 1000.0) if re.fullmatch(r"\d{1,6}(\.\d{1,20})?", value) else None


def write(lines: tuple[Line, ...], highlight: WordStyle = PLAIN) -> str:
    """Return `lines` as Content. Opacity of colours is not in it: the codes have no word for it."""
    return "\n".join("".join(_written(run, highlight) for run in line) for line in lines)


def _written(run: Run, highlight: WordStyle) -> str:
    text = run.text.replace("\\", "\\" + JOINER).replace("{", "\\{").replace("}", "\\}")
    color, outline_color, outline_px = run.color, run.outline_color, run.outline_px
    if run.highlighted:
        color = color or highlight.color
        outline_color = outline_color or highlight.outline_color
        outline_px = highlight.outline_px if outline_px is None else outline_px
    codes = {"1c": color and _bgr(color), "3c": outline_color and _bgr(outline_color),
             "bord": None if outline_px is None else f"{outline_px:.10g}",
             "b": _switch(run.bold), "i": _switch(run.italic), "u": _switch(run.underline)}
    said = {code: value for code, value in codes.items() if value is not None}
    if not said or not text:
        return text
    opened = "".join(f"\\{code}{value}" for code, value in said.items())
    closed = "".join(f"\\{code}" for code in said)
    return f"{{{opened}}}{text}{{{closed}}}"


def _bgr(color: Color) -> str:
    return f"&{color.blue:02X}{color.green:02X}{color.red:02X}&"


def _switch(value: bool | None) -> str | None:
    return None if value is None else "1" if value else "0"
