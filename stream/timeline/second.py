"""second: captions in a second language: how they look and where they stand, so that the two never overlap."""

from dataclasses import replace

from stream.timeline.looks import LINE_RATIO
from stream.timeline.program import CaptionSpec, TextStyle

SIZE_RATIO, GAP_RATIO, LINES = 0.85, 0.3, 2
"""Letters and the gap between the two, as shares of the first one's letters; both have so many lines at most."""


def second_style(first: TextStyle, height_px: float) -> TextStyle:
    """Return `first` somewhat smaller, on the side of it where the picture is: above what hangs from the bottom.

    Below what hangs from the top, unless there is no room.
    """
    style = replace(first, size_px=first.size_px * SIZE_RATIO, outline_px=first.outline_px * SIZE_RATIO,
                    box=first.box and replace(first.box, y_border_px=first.box.y_border_px * SIZE_RATIO))
    gap = GAP_RATIO * first.size_px
    step = _height(first) + gap + _border(first) + _border(style)
    if first.align.startswith("Bottom"):
        return replace(style, y_px=first.y_px + step)
    if first.align.startswith("Center") and first.align != "Center":
        return replace(style, y_px=first.y_px - (_height(first) + _height(style)) / 2 - gap - _border(first)
                       - _border(style))
    below = first.y_px + step
    if below + _height(style) + _border(style) <= height_px:
        return replace(style, y_px=below)
    return replace(style, y_px=first.y_px - _height(style) - gap - _border(first) - _border(style))


def second_spec(spec: CaptionSpec) -> CaptionSpec:
    """Return how the second language's captions are made: in their own style, nothing marked."""
    hearing = replace(spec.hearing, language=spec.hearing.translate, paging="pop-on", speaker="")
    return replace(spec, style=spec.second_style or spec.style, highlighting=False, spoken=False, hearing=hearing)


def _height(style: TextStyle) -> float:
    return LINES * style.size_px * LINE_RATIO + (LINES - 1) * style.line_spacing_px


def _border(style: TextStyle) -> float:
    return style.box.y_border_px if style.box else style.outline_px
