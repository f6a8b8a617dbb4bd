"""draft: a Program at half its size, for a quick look: the same picture, smaller."""

from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from stream.timeline.program import Box, Layer, Program

T = TypeVar("T")
_OF_SOURCE: dict[type, set[str]] = {Layer: {"crop", "source_px"}}
"""Members that count px of the source, which stays as large as it is."""


def halved(program: Program) -> Program:
    """Return `program` at half its width and height (even): every box, text and distance on the canvas shrinks."""
    wide, high = max(program.width_px // 4 * 2, 2), max(program.height_px // 4 * 2, 2)
    return replace(_half(program), width_px=wide, height_px=high)


def _half(value: T) -> T:
    if isinstance(value, Box):
        x, y, right, bottom = (round(edge / 4) * 2 for edge in (value.x_px, value.y_px, value.x_px + value.width_px,
                                                                value.y_px + value.height_px))
        return replace(value, x_px=x, y_px=y, width_px=max(right - x, 2), height_px=max(bottom - y, 2))
    if isinstance(value, tuple):
        return tuple(_half(item) for item in value)  # type: ignore[return-value]
    if not is_dataclass(value) or isinstance(value, type):
        return value
    kept = _OF_SOURCE.get(type(value), set())
    changed: dict[str, Any] = {}
    for member in fields(value):
        old = getattr(value, member.name)
        if member.name in kept:
            continue
        if isinstance(old, int | float) and member.name.endswith(("_px", "_px_s")):
            changed[member.name] = old / 2
        else:
            new = _half(old)
            if new is not old:
                changed[member.name] = new
    return replace(value, **changed) if changed else value
