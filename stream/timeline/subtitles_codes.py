"""subtitles_codes: the override codes inside the text of an ASS event."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from stream.timeline.program import Color, Line, Run, TextStyle

_BLOCK = re.compile(r"\{([^{}]*)\}|\\([Nnh{}\u2060])|([^\\{]+)|(.)", re.DOTALL)
_ESCAPES = {"h": "\u00a0", "n": " ", "\u2060": "\\"}
_CODE = re.compile(
    r"\\(1c|2c|3c|4c|1a|2a|3a|4a|alpha|xbord|ybord|bord|xshad|yshad|shad|blur|be|fscx|fscy|fsp|fsc|fs|fn|fax|fay|"
    r"fade|fad|frx|fry|frz|fr|fe|pos|move|org|iclip|clip|an|a|kf|ko|kt|k|K|pbo|p|q|t|b|i|u|s|c|r)"
    r"\s*(\([^)]*\)?|[^\\]*)")
_NUMBERS = re.compile(r"[+-]?\d{1,9}(?:\.\d{0,9})?|[+-]?\.\d{1,9}")


@dataclass(frozen=True, slots=True)
class Place:
    """What codes say of the whole event: numpad alignment, position in px of the script, first size, font and angle."""

    align: int = 0
    at: tuple[float, float] | None = None
    size: float | None = None
    font: str = ""
    angle_deg: float | None = None
    wrap: bool | None = None
    fade_ms: tuple[float, float] = (0.0, 0.0)


class _Look(NamedTuple):
    bold: bool | None = None
    italic: bool | None = None
    underline: bool | None = None
    color: Color | None = None
    outline_color: Color | None = None
    outline_px: float | None = None


def read_codes(text: str, style: TextStyle, styles: Mapping[str, TextStyle],
               border: float) -> tuple[list[Line], Place, set[str]]:
    """Return the lines of an event in `style`, what its codes say of all of it, and the codes without effect.

    `styles` are those that \\r may name (in lower case); `border` is what an outline's width is multiplied by.
    """
    lines: list[list[Run]] = [[]]
    look, place, ignored, drawing = _Look(), Place(), set[str](), False
    shown, pending = False, ""

    def flush() -> None:
        nonlocal pending
        if pending:
            lines[-1].append(Run(pending, False, *look))
            pending = ""

    for found in _BLOCK.finditer(text):
        block, escape, plain, other = found.groups()
        if block is not None:
            for code, argument in _CODE.findall(block):
                if code == "p":
                    drawing = _first(argument, 0.0) > 0
                    if drawing:
                        ignored.add("\\p")
                    continue
                changed = _look(look, code, argument, style, styles, border)
                if changed is None:
                    placed = _place(place, code, argument, shown)
                    if placed is None:
                        ignored.add(f"\\{code}")
                    else:
                        place = placed
                elif changed != look:
                    flush()
                    look = changed
        elif drawing:
            continue
        elif escape == "N":
            flush()
            lines.append([])
        else:
            pending += _ESCAPES.get(escape or "", plain or other or escape)
            shown = True
    flush()
    while len(lines) > 1 and not lines[-1]:
        lines.pop()
    return [tuple(line) for line in lines], place, ignored


def _look(look: _Look, code: str, argument: str, style: TextStyle, styles: Mapping[str, TextStyle],
          border: float) -> _Look | None:
    """Return `look` after a code of its own; None for other codes. A bare code goes back to the style's."""
    word = argument.strip()
    if code in ("b", "i", "u"):
        field = {"b": "bold", "i": "italic", "u": "underline"}[code]
        changes: dict[str, Any] = {field: None if not word else _first(word, 0.0) not in (0, 400)}
        return look._replace(**changes)
    if code in ("c", "1c", "3c"):
        field = "outline_color" if code == "3c" else "color"
        current = getattr(look, field) or getattr(style, field)
        tinted: dict[str, Any] = {field: None if not word else _tinted(word, current)}
        return look._replace(**tinted)
    if code in ("alpha", "1a", "3a"):
        fields = {"1a": ("color",), "3a": ("outline_color",)}.get(code, ("color", "outline_color"))
        alpha = _hex(word)
        for field in fields:
            current = getattr(look, field) or getattr(style, field)
            opacity = getattr(style, field).alpha if alpha is None else 255 - (alpha & 255)
            look = look._replace(**{field: replace(current, alpha=opacity)})
        return look
    if code == "bord":
        return look._replace(outline_px=None if not word else min(max(_first(word, 0.0), 0.0), 1000.0) * border)
    if code == "r":
        other = styles.get(word.lower())
        if other is None:
            return _Look()
        return _Look(other.bold, other.italic, other.underline, other.color, other.outline_color, other.outline_px)
    return None


def _place(place: Place, code: str, argument: str, shown: bool) -> Place | None:
    """Return `place` after a code that speaks of the whole event; None for a code without effect here."""
    numbers = [float(number) for number in _NUMBERS.findall(argument)]
    if code == "an" and numbers and numbers[0] in range(1, 10):
        return replace(place, align=place.align or int(numbers[0]))
    if code == "a" and numbers and int(numbers[0]) in (1, 2, 3, 5, 6, 7, 9, 10, 11):
        value = int(numbers[0])
        return replace(place, align=place.align or (value & 3) + {0: 0, 4: 6, 8: 3}[value & 12])
    if code == "pos" and len(numbers) >= 2:
        return replace(place, at=place.at or (numbers[0], numbers[1]))
    if code == "fad" and len(numbers) >= 2:
        return replace(place, fade_ms=(min(max(numbers[0], 0.0), 1e7), min(max(numbers[1], 0.0), 1e7)))
    if code == "q" and numbers:
        return replace(place, wrap=numbers[0] != 2)
    if shown:
        return None
    if code == "fs" and numbers and argument.strip()[:1] not in "+-":
        return replace(place, size=numbers[0])
    if code == "fn" and argument.strip():
        return replace(place, font=argument.strip())
    if code in ("frz", "fr") and numbers:
        return replace(place, angle_deg=numbers[0])
    return None


def _tinted(word: str, current: Color) -> Color:
    value = _hex(word)
    if value is None:
        return current
    return Color(value & 255, value >> 8 & 255, value >> 16 & 255, current.alpha)


def _hex(word: str) -> int | None:
    found = re.match(r"&?[hH]?([0-9a-fA-F]{1,8})&?\s*$", word)
    return int(found[1], 16) if found else None


def _first(word: str, default: float) -> float:
    found = _NUMBERS.search(word)
    return float(found[0]) if found else default
