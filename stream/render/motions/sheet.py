"""sheet: a caption drawn once, unturned and in parts, from which every moment of its motion is made."""

import itertools
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stream.render.text import Letter, Typesetter
from stream.timeline.program import Color, Cue, Run, TextStyle, WordStyle

Rgba = NDArray[np.uint8]
_CLEAR = Color(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Premultiplied RGBA (h, w, 4) with its top left pixel at (`left`, `top`) of the canvas, as if it were not turned.

    `ink` is the box of what is drawn; `under` the box behind the letters alone and `over` the letters alone, where
    there is a box (else `over` is `whole`). `letters` stand in order of reading, and `cells`, (left, top, right,
    bottom) in px of the array, share the whole of it among them. At rest all of it is turned by `angle_deg` about
    `anchor`.
    """

    whole: Rgba
    under: Rgba | None
    over: Rgba
    left: int
    top: int
    ink: tuple[int, int, int, int]
    letters: tuple[Letter, ...]
    cells: tuple[tuple[int, int, int, int], ...]
    angle_deg: float
    anchor: tuple[float, float]
    em_px: float
    color: Color


def sheet(typesetter: Typesetter, cue: Cue, canvas_width_px: int, canvas_height_px: int) -> Sheet | None:
    """Return `cue` drawn for motion, also what lies up to a picture's size outside the canvas; None for nothing."""
    size = canvas_width_px, canvas_height_px
    style = replace(cue.style, angle_deg=0.0)
    flat = replace(cue, style=style)
    window = (-size[0], -size[1], 2 * size[0], 2 * size[1])
    whole, left, top = typesetter.rgba(flat, *size, window)
    rows, columns = np.flatnonzero(whole[..., 3].any(axis=1)), np.flatnonzero(whole[..., 3].any(axis=0))
    if not rows.size:
        return None
    ink = (left + int(columns[0]), top + int(rows[0]), left + int(columns[-1]) + 1, top + int(rows[-1]) + 1)
    under, over = None, whole
    if style.box is not None:
        under = _placed(typesetter.rgba(_without_letters(flat), *size, window), whole.shape, left, top)
        over = _placed(typesetter.rgba(replace(flat, style=replace(style, box=None)), *size, window), whole.shape,
                       left, top)
    spot, _, _ = typesetter.spot(flat, *size)
    letters = typesetter.letters(flat, *size)
    return Sheet(whole, under, over, left, top, ink, letters, _cells(letters, left, top, whole), cue.style.angle_deg,
                 (spot.anchor_x_px, spot.anchor_y_px), style.size_px, style.color)


def _cells(letters: tuple[Letter, ...], left: int, top: int, whole: Rgba) -> tuple[tuple[int, int, int, int], ...]:
    """Share `whole` among the letters: each has what is nearest to it, those at an end what sticks out there."""
    height, width = whole.shape[:2]
    last = max((letter.line for letter in letters), default=0)
    found: dict[int, tuple[int, int, int, int]] = {}
    for number in range(last + 1):
        row = sorted((letter.left_px, index) for index, letter in enumerate(letters) if letter.line == number)
        edges = [0, *(min(max(round(x) - left, 0), width) for x, _ in row[1:]), width]
        for (_, index), (x0, x1) in zip(row, itertools.pairwise(edges), strict=True):
            y0 = 0 if number == 0 else round(letters[index].top_px) - top
            y1 = height if number == last else round(letters[index].bottom_px) - top
            found[index] = x0, min(max(y0, 0), height), x1, min(max(y1, 0), height)
    return tuple(found[index] for index in range(len(letters)))


def _without_letters(cue: Cue) -> Cue:
    """Return `cue` with nothing but its box to be seen."""
    style: TextStyle = replace(cue.style, color=_CLEAR, outline_color=_CLEAR, shadow_px=0.0,
                               highlight=WordStyle(outline_px=cue.style.highlight.outline_px))
    lines = tuple(tuple(Run(run.text, run.highlighted, run.bold, run.italic, run.underline,
                            outline_px=run.outline_px) for run in line) for line in cue.lines)
    return replace(cue, style=style, lines=lines)


def _placed(drawn: tuple[Rgba, int, int], shape: tuple[int, ...], left: int, top: int) -> Rgba:
    """Return `drawn` on an empty array of `shape` whose top left pixel lies at (`left`, `top`)."""
    rgba, x, y = drawn
    result = np.zeros(shape, np.uint8)
    height, width = min(rgba.shape[0], shape[0] - (y - top)), min(rgba.shape[1], shape[1] - (x - left))
    if height > 0 and width > 0:
        result[y - top:y - top + height, x - left:x - left + width] = rgba[:height, :width]
    return result


def surface_of(rgba: Rgba) -> Any:
    """Return a Skia surface that draws into `rgba`. Both it and images say BGRA, Skia's own order on most machines.

    Nothing in moving pixels about depends on the order, and in its own Skia interpolates ten times faster.
    """
    import skia

    return skia.Surface(rgba, skia.ColorType.kBGRA_8888_ColorType, skia.AlphaType.kPremul_AlphaType)


def image_of(rgba: Rgba) -> Any:
    """Return `rgba` as a Skia image to draw on such a surface."""
    import skia

    return skia.Image.fromarray(np.ascontiguousarray(rgba), skia.ColorType.kBGRA_8888_ColorType,
                                skia.AlphaType.kPremul_AlphaType, copy=False)
