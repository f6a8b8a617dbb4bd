"""text_underline: lines under text, at one height whatever fonts fill a run in."""

import unicodedata
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from stream.timeline.program import Color

# In em below the baseline, as Noto Sans has it: middle and thickness of the line.
_MIDDLE_EM, _THICK_EM = 0.125, 0.05


class Underline(NamedTuple):
    """A line under `left_px` to `right_px` of its text; `outline_px` is 0 for none."""

    left_px: float
    right_px: float
    color: Color
    outline_color: Color
    outline_px: float


class Part(NamedTuple):
    """A stretch of text in one look: underlined or not, and the colours its underline takes."""

    text: str
    underlined: bool
    color: Color
    outline_color: Color
    outline_px: float


def left_to_skia(parts: Sequence[Part]) -> bool:
    """Whether only the shaper knows where the underlined parts lie: some of a line that mixes directions."""
    if not any(part.underlined for part in parts) or _whole(parts):
        return False
    return any(unicodedata.bidirectional(character) in ("R", "AL") for part in parts for character in part.text)


def underlines(parts: Sequence[Part], width_px: float, reach: Callable[[int], float]) -> tuple[Underline, ...]:
    """Return the underlines of a line; `reach` gives the px at which the n-th character of it begins."""
    if parts and _whole(parts):
        return (Underline(0.0, width_px, *parts[0][2:]),)
    found, at = [], 0
    for part in parts:
        if part.underlined:
            found.append(Underline(reach(at), reach(at + len(part.text)), *part[2:]))
        at += len(part.text)
    return tuple(found)


def draw(canvas: Any, under: Underline, x: float, baseline: float, size_px: float, stroke: bool) -> None:
    """Draw `under`, or its outline, for text of `size_px` that begins at (`x`, `baseline`)."""
    import skia

    color = under.outline_color if stroke else under.color
    if stroke and under.outline_px <= 0:
        return
    thick_px = max(1.0, round(_THICK_EM * size_px))
    top = round(baseline + _MIDDLE_EM * size_px - thick_px / 2)
    line = skia.Rect.MakeLTRB(x + under.left_px, top, x + under.right_px, top + thick_px)
    paint = skia.Paint(AntiAlias=True, Color=skia.Color(color.red, color.green, color.blue, color.alpha))
    if stroke:
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeWidth(2 * under.outline_px)
        paint.setStrokeJoin(skia.Paint.kRound_Join)
    canvas.drawRect(line, paint)


def _whole(parts: Sequence[Part]) -> bool:
    return all(part.underlined for part in parts) and len({part[2:] for part in parts}) == 1
