"""moves: KenBurns and Zoom as the part of a picture that is shown, and where it goes."""

import re

from stream.timeline.program import FOREVER_NS, Box, Move
from stream.timeline.scalars import is_ratio, ns
from stream.timeline.schema_effects import KenBurnsEffect, ZoomEffect

Rect = tuple[float, float, float, float]
WHOLE: Rect = (0.0, 0.0, 1.0, 1.0)
ZOOM_OUT_FROM = 1.2
_RECT = re.compile(r"\s*,\s*".join([r"(-?\d{1,6}(?:\.\d{0,12})?|-?\.\d{1,12})"] * 4))


def zoom(effect: ZoomEffect, span_ns: tuple[int, int], base: Rect) -> Move | None:
    """Return a growth from StartRate to EndRate times the size around the middle of `base`, within Duration.

    Rates below 1 would show what is not there: 1 is used. None when it would not grow.
    """
    first, last = max(effect.StartRate or 1.0, 1.0), max(effect.EndRate or 1.0, 1.0)
    if last <= first or span_ns[1] >= FOREVER_NS:
        return None
    end_ns = span_ns[1] if effect.Duration is None else min(span_ns[0] + max(ns(effect.Duration), 1), span_ns[1])
    return Move(inside(base, _middle(1 / first, 1 / first)), inside(base, _middle(1 / last, 1 / last)), span_ns[0],
                end_ns)


def ken_burns(effect: KenBurnsEffect, span_ns: tuple[int, int], source: tuple[int, int], box: Box) -> Move | None:
    """Return the move from Start to End ("x,y,width,height", ratios of the source or px), trimmed to the box's shape.

    Without them: a slow zoom out; where picture and box lie differently (upright, lying), a slide along the picture.
    """
    if span_ns[1] >= FOREVER_NS or not source[0] or not source[1]:
        return None
    aspect = (box.width_px / box.height_px) / (source[0] / source[1])  # width over height of a rect that fills the box
    start, end = _rect(effect.Start, source), _rect(effect.End, source)
    if start is None and end is None:
        start, end = _automatic(source, box, aspect)
    else:
        start, end = (_shaped(rect or WHOLE, aspect) for rect in (start, end))
    return Move(start, end, *span_ns)


def inside(base: Rect, rect: Rect) -> Rect:
    """Return `rect`, given in shares of `base`, in shares of what `base` is given in."""
    return (base[0] + rect[0] * base[2], base[1] + rect[1] * base[3], rect[2] * base[2], rect[3] * base[3])


def share(box: Box | None, source: tuple[int, int]) -> Rect:
    """Return the part of a `source` that `box` is, in shares of it; all of it for None."""
    if box is None or not source[0] or not source[1]:
        return WHOLE
    return (box.x_px / source[0], box.y_px / source[1], box.width_px / source[0], box.height_px / source[1])


def _automatic(source: tuple[int, int], box: Box, aspect: float) -> tuple[Rect, Rect]:
    whole = _shaped(WHOLE, aspect)
    if (source[0] > source[1]) != (box.width_px > box.height_px):
        _, _, wide, high = whole
        return (0.0, 0.0, wide, high), (1.0 - wide, 1.0 - high, wide, high)
    return inside(whole, _middle(1 / ZOOM_OUT_FROM, 1 / ZOOM_OUT_FROM)), whole


def _middle(wide: float, high: float) -> Rect:
    return ((1 - wide) / 2, (1 - high) / 2, wide, high)


def _shaped(rect: Rect, aspect: float) -> Rect:
    """The middle of `rect` in the shape `aspect`."""
    x, y, wide, high = rect
    if wide > high * aspect:
        return (x + (wide - high * aspect) / 2, y, high * aspect, high)
    return (x, y + (high - wide / aspect) / 2, wide, wide / aspect)


def _rect(text: str | None, source: tuple[int, int]) -> Rect | None:
    """The rectangle "x,y,width,height" in shares of the source, kept inside it; None for anything else."""
    match = _RECT.fullmatch((text or "").strip())
    if match is None:
        return None
    values = [float(part) for part in match.groups()]
    if not all(is_ratio(value) for value in values):
        values = [value / full for value, full in zip(values, (*source, *source), strict=True)]
    x, y, wide, high = values
    if wide <= 0 or high <= 0:
        return None
    wide, high = min(wide, 1.0), min(high, 1.0)
    return (min(max(x, 0.0), 1 - wide), min(max(y, 0.0), 1 - high), wide, high)
