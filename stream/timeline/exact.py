"""exact: looks and runs as JSON, for what plain IMS cannot say: every field, to the last bit."""

from dataclasses import MISSING, fields, replace
from typing import Any

from stream.timeline.program import Color, Line, Run, TextBox, TextStyle, WordStyle
from stream.timeline.vocabulary import ALIGNMENTS, WRAP_MODES

MAX_FONT_PX = 5000.0
MAX_LENGTH_PX = 100_000.0


def style_difference(wanted: TextStyle, got: TextStyle) -> dict[str, Any]:
    """Return the fields of `wanted` that differ from `got`, as JSON."""
    return {f.name: _plain(getattr(wanted, f.name)) for f in fields(TextStyle)
            if getattr(wanted, f.name) != getattr(got, f.name)}


def with_difference(style: TextStyle, difference: Any) -> TextStyle:
    """Return `style` with what `style_difference` gave; members that make no sense are left out."""
    if not isinstance(difference, dict):
        return style
    changes: dict[str, Any] = {}
    for f in fields(TextStyle):
        if f.name in difference:
            value = _style_value(f.name, difference[f.name], getattr(style, f.name))
            if value is not MISSING:
                changes[f.name] = value
    return replace(style, **changes)


def lines_value(lines: tuple[Line, ...]) -> list[list[dict[str, Any]]]:
    """Return `lines` as JSON: for each run its text and the fields that are set."""
    return [[{f.name: _plain(getattr(run, f.name)) for f in fields(Run)
              if f.name == "text" or getattr(run, f.name) != f.default} for run in line] for line in lines]


def lines_of(value: Any) -> tuple[Line, ...] | None:
    """Return the lines that `lines_value` gave; None when `value` is nothing of the kind."""
    if not isinstance(value, list):
        return None
    lines = [tuple(_run(run) for run in line) if isinstance(line, list) else None for line in value]
    made: list[Line] = []
    for line in lines:
        if line is None or None in line:
            return None
        made.append(tuple(run for run in line if run is not None))
    return tuple(made)


def _plain(value: Any) -> Any:
    if isinstance(value, Color):
        return f"#{value.red:02X}{value.green:02X}{value.blue:02X}{value.alpha:02X}"
    if isinstance(value, TextBox | WordStyle):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    return value


def _style_value(name: str, value: Any, now: Any) -> Any:
    if name == "box":
        return None if value is None else _box(value)
    if name == "highlight":
        return _word_style(value)
    if isinstance(now, Color):
        return _color(value) or MISSING
    if isinstance(now, bool):
        return value if isinstance(value, bool) else MISSING
    if isinstance(now, float):
        number = _number(value)
        return MISSING if number is None else min(number, MAX_FONT_PX) if name == "size_px" else number
    allowed = {"align": ALIGNMENTS, "wrap": ("", *WRAP_MODES)}.get(name)
    return value if isinstance(value, str) and (allowed is None or value in allowed) else MISSING


def _run(value: Any) -> Run | None:
    if not isinstance(value, dict) or not isinstance(value.get("text"), str):
        return None
    flags = {name: value[name] for name in ("bold", "italic", "underline") if isinstance(value.get(name), bool)}
    return Run(value["text"], value.get("highlighted") is True, color=_color(value.get("color")),
               outline_color=_color(value.get("outline_color")), outline_px=_number(value.get("outline_px")), **flags)


def _box(value: Any) -> Any:
    color = _color(value.get("color")) if isinstance(value, dict) else None
    if color is None:
        return MISSING
    lengths = {name: _number(value.get(name)) or 0.0 for name in ("x_border_px", "y_border_px", "radius_px")}
    return TextBox(color, **lengths)


def _word_style(value: Any) -> Any:
    if not isinstance(value, dict):
        return MISSING
    return WordStyle(_color(value.get("color")), _color(value.get("outline_color")), _number(value.get("outline_px")))


def _color(value: Any) -> Color | None:
    if not isinstance(value, str) or len(value) != 9 or value[0] != "#":
        return None
    try:
        return Color(*bytes.fromhex(value[1:]))
    except ValueError:
        return None


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > MAX_LENGTH_PX:
        return None
    return float(value)
