"""text_layout: styled lines, shaped, wrapped and measured: everything about text but where it goes and its pixels."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from stream.render import text_break, text_runs, text_underline
from stream.render.text_fonts import Family, OpenFonts, font_style
from stream.timeline.program import Color, Line, Run, TextStyle

_CURSIVE = re.compile("[\u0600-\u08ff\u0900-\u0dff\ufb50-\ufeff]")  # letters that touch: never spaced apart
_LIMITLESS_PX = 1e7
_EMPTY = Color(0, 0, 0, 0)


class Look(NamedTuple):
    """How one run is drawn: the style, its highlight, its own overrides, all settled."""

    bold: bool
    italic: bool
    underline: bool
    color: Color
    outline_color: Color
    outline_px: float


@dataclass(frozen=True, slots=True)
class Shaped:
    """One line ready to be painted: its fill and, when it has any, its outline, each a Skia paragraph.

    `width_px` is the advance from the first to the last character, `baseline_px` lies below a paragraph's own top.
    """

    fill: Any
    stroke: Any | None
    width_px: float
    baseline_px: float
    underlines: tuple[text_underline.Underline, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A caption's lines and the box they fill: the first baseline `ascent_px` below its top, then one each `pitch_px`.

    The height depends on the style's own font and the number of lines only, so nothing moves when the letters change.
    `fill_alpha`, `stroke_alpha`: the opacity common to everything (its paragraphs are opaque then), or None.
    """

    lines: tuple[Shaped, ...]
    width_px: float
    height_px: float
    ascent_px: float
    pitch_px: float
    outline_px: float
    size_px: float
    fill_alpha: int | None
    stroke_alpha: int | None


def look_of(run: Run, style: TextStyle) -> Look:
    """Return how `run` looks: its own values, else those of the highlight when it is one, else the style's."""
    word = style.highlight if run.highlighted else None
    color, outline_color, outline_px = style.color, style.outline_color, style.outline_px
    if word:
        color, outline_color = word.color or color, word.outline_color or outline_color
        outline_px = outline_px if word.outline_px is None else word.outline_px
    return Look(
        style.bold if run.bold is None else run.bold,
        style.italic if run.italic is None else run.italic,
        style.underline if run.underline is None else run.underline,
        run.color or color,
        run.outline_color or outline_color,
        max(0.0, outline_px if run.outline_px is None else run.outline_px),
    )


def arrange(lines: Sequence[Line], style: TextStyle, fonts: OpenFonts, canvas_width_px: int) -> Block | None:
    """Return `lines` shaped, wrapped or scaled as the style asks; None when there is nothing to draw."""
    settled = settle(lines, style, fonts, canvas_width_px)
    return None if settled is None else _block(*settled, fonts)


def letter_edges(line: Line, style: TextStyle, fonts: OpenFonts) -> list[float]:
    """Return where the letters of `line` begin, in px from its left end in order of reading, and where the last ends.

    A letter is what a reader takes for one (UAX 29, roughly). Text that runs from right to left begins at its width;
    where a line mixes directions the edges are those of its main direction.
    """
    line = text_runs.trimmed(line)
    text = text_runs.text_of(line)
    if not text:
        return []
    edges = [_reach(line, at, style, fonts) for at in (0, *text_break.grapheme_starts(text), len(text))]
    return [edges[-1] - edge for edge in edges] if text_break.is_right_to_left(text) else edges


def settle(lines: Sequence[Line], style: TextStyle, fonts: OpenFonts,
           canvas_width_px: int) -> tuple[list[Line], TextStyle] | None:
    """Return the lines as they are set, each on its own, and the style they are set in; None for nothing to draw."""
    clean = [text_runs.clean(part) for line in lines for part in text_runs.split(line)]
    if style.size_px <= 0 or not any(run.text.strip() for line in clean for run in line):
        return None
    limit_px = style.width_px if style.width_px > 0 else float(canvas_width_px)
    if style.wrap == "AutoScale":
        style = _shrunk(clean, style, fonts, limit_px)
    elif style.wrap:
        breaks = text_break.space_breaks if style.wrap == "AutoWrapAtSpaces" else text_break.line_breaks
        clean = [part for line in clean for part in _wrapped(line, style, fonts, limit_px, breaks)]
    return clean, style


def advance(line: Line, style: TextStyle, fonts: OpenFonts) -> float:
    """Return the width of `line` in px as it is drawn, without white space at its end."""
    line = text_runs.trimmed(text_runs.clean(line))
    shaped = _paragraph(line, style, fonts, _Drawn())
    return 0.0 if shaped is None else _width(shaped, line, style)


def _block(lines: Sequence[Line], style: TextStyle, fonts: OpenFonts) -> Block:
    looks = [look_of(run, style) for line in lines for run in line if run.text.strip()]
    fill_alpha = _common([look.color.alpha for look in looks])
    stroke_alpha = _common([look.outline_color.alpha for look in looks if look.outline_px > 0])
    shaped = tuple(_shaped(line, style, fonts, fill_alpha, stroke_alpha) for line in lines)
    ascent_px, pitch_px = _line_box(style, fonts)
    step_px = pitch_px + style.line_spacing_px
    return Block(shaped, max(line.width_px for line in shaped), pitch_px + step_px * (len(shaped) - 1), ascent_px,
                 step_px, max(look.outline_px for look in looks), style.size_px, fill_alpha, stroke_alpha)


def _line_box(style: TextStyle, fonts: OpenFonts) -> tuple[float, float]:
    """Return a line's ascent and height, whole px: those of the style's own font whatever the line holds."""
    family = fonts.family(style.font, style.font_url, "", emoji=False)
    ascent_px, descent_px = fonts.metrics(family.names[0], style.size_px, style.bold or family.bold, style.italic)
    return float(round(ascent_px)), float(round(ascent_px) + round(descent_px))


def _shaped(line: Line, style: TextStyle, fonts: OpenFonts, fill_alpha: int | None,
            stroke_alpha: int | None) -> Shaped:
    line = text_runs.trimmed(line)
    parts = []
    for run in line:
        look = look_of(run, style)
        parts.append(text_underline.Part(run.text, look.underline, _opaque(look.color, fill_alpha),
                                         _opaque(look.outline_color, stroke_alpha), look.outline_px))
    decorated = text_underline.left_to_skia(parts)
    fill = _paragraph(line, style, fonts, _Drawn(fill_alpha, False, decorated))
    if fill is None:
        return Shaped(None, None, 0.0, 0.0)
    outlined = any(part.outline_px > 0 for part in parts)
    stroke = _paragraph(line, style, fonts, _Drawn(stroke_alpha, True, decorated)) if outlined else None
    width_px = _width(fill, line, style)
    under = () if decorated else text_underline.underlines(
        parts, width_px, lambda end: _reach(line, end, style, fonts))
    return Shaped(fill, stroke, width_px, float(fill.AlphabeticBaseline), under)


def _reach(line: Line, end: int, style: TextStyle, fonts: OpenFonts) -> float:
    """Return where character `end` of a left-to-right `line` begins, white space before it counted."""
    paragraph = _paragraph(text_runs.cut(line, 0, end), style, fonts, _Drawn())
    return 0.0 if paragraph is None else float(paragraph.MaxIntrinsicWidth)


def _opaque(color: Color, alpha: int | None) -> Color:
    return color if alpha is None else replace(color, alpha=255)


def _width(paragraph: Any, line: Line, style: TextStyle) -> float:
    last_gap_px = _spacing(text_runs.text_of(line), style)  # Skia puts the spacing after the last letter too
    return max(0.0, float(paragraph.LongestLine) - last_gap_px)


def _spacing(text: str, style: TextStyle) -> float:
    return 0.0 if _CURSIVE.search(text) else style.spacing_px


class _Drawn(NamedTuple):
    """How a paragraph is drawn: opaque when `alpha` is given, as outlines or filled, with Skia's underlines or none."""

    alpha: int | None = None
    stroke: bool = False
    decorated: bool = False


def _paragraph(line: Line, style: TextStyle, fonts: OpenFonts, drawn: _Drawn) -> Any | None:
    """Return `line` as a Skia paragraph on one line; None when it is empty."""
    import skia

    text = text_runs.text_of(line)
    if not text:
        return None
    builder = skia.textlayout.ParagraphBuilder.make(skia.textlayout.ParagraphStyle(), fonts.collection, fonts.unicode)
    turned = text_break.is_right_to_left(text)
    for number, run in enumerate(line):
        look = look_of(run, style)
        parts = list(text_break.emoji_parts(run.text))
        if turned and number == 0:  # an isolate gives the line its base direction (UAX 9, rule X5a)
            parts.insert(0, ("\u2067", False))
        if turned and number == len(line) - 1:
            parts.append(("\u2069", False))
        for part, emoji in parts:
            family = fonts.family(style.font, style.font_url, text, emoji)
            builder.pushStyle(_text_style(look, style, family, _spacing(text, style), drawn))
            builder.addText(part)
            builder.pop()
    paragraph = builder.Build()
    paragraph.layout(_LIMITLESS_PX)
    return paragraph


def _text_style(look: Look, style: TextStyle, family: Family, spacing_px: float, drawn: _Drawn) -> Any:
    import skia

    color = _opaque(look.outline_color if drawn.stroke else look.color, drawn.alpha)
    if drawn.stroke and look.outline_px <= 0:
        color = _EMPTY
    paint = skia.Paint(AntiAlias=True, Color=skia.Color(color.red, color.green, color.blue, color.alpha))
    if drawn.stroke:
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeWidth(2 * look.outline_px)
        paint.setStrokeJoin(skia.Paint.kRound_Join)
        paint.setStrokeCap(skia.Paint.kRound_Cap)
    result = skia.textlayout.TextStyle()
    result.setFontSize(style.size_px)
    result.setFontFamilies(list(family.names))
    result.setFontStyle(font_style(look.bold or family.bold, look.italic))
    result.setLetterSpacing(spacing_px)
    result.setForegroundPaint(paint)
    if look.underline and drawn.decorated:
        result.setDecoration(skia.textlayout.TextDecoration.kUnderline)
        result.setDecorationColor(paint.getColor())
        result.setDecorationThicknessMultiplier(_underline_factor(look, style) if drawn.stroke else 1.0)
    return result


def _underline_factor(look: Look, style: TextStyle) -> float:
    """Return how much thicker the outline's underline is: Skia draws it 1/14 of the size, or what the font says."""
    return 1.0 + 2.0 * look.outline_px / max(1.0, style.size_px / 20.0)


def _shrunk(lines: Sequence[Line], style: TextStyle, fonts: OpenFonts, limit_px: float) -> TextStyle:
    """Return `style` made smaller as a whole until the longest line fits `limit_px`."""
    wanted = style
    factor = 1.0
    for _ in range(4):
        longest_px = max(advance(line, style, fonts) for line in lines)
        if longest_px <= limit_px:
            break
        factor *= 0.998 * limit_px / longest_px
        word = wanted.highlight
        style = replace(
            wanted, size_px=wanted.size_px * factor, outline_px=wanted.outline_px * factor,
            spacing_px=wanted.spacing_px * factor, line_spacing_px=wanted.line_spacing_px * factor,
            shadow_px=wanted.shadow_px * factor,
            highlight=replace(word, outline_px=None if word.outline_px is None else word.outline_px * factor))
    return style


def _wrapped(line: Line, style: TextStyle, fonts: OpenFonts, limit_px: float,
             breaks: Callable[[str], list[int]]) -> list[Line]:
    """Return `line` cut so that each part fits `limit_px`: at the last break that fits, else inside the long word."""
    text = text_runs.text_of(line)
    if advance(line, style, fonts) <= limit_px:
        return [line]
    allowed = breaks(text)
    parts, start = [], 0
    while start < len(text):
        here = start

        def fits(end: int, here: int = here) -> bool:
            return advance(text_runs.cut(line, here, end), style, fonts) <= limit_px

        if fits(len(text)):
            end = len(text)
        else:
            end = (_last(allowed, start, fits) or _last(text_break.line_breaks(text), start, fits)
                   or _last(text_break.grapheme_starts(text), start, fits)
                   or next((at for at in text_break.grapheme_starts(text) if at > start), len(text)))
        parts.append(text_runs.trimmed(text_runs.cut(line, start, end)))
        start = end
    return parts


def _last(places: Sequence[int], start: int, fits: Callable[[int], bool]) -> int:
    """Return the last of `places` after `start` that fits, 0 if none does; what is longer is never narrower."""
    after = [at for at in places if at > start]
    low, high = 0, len(after)
    while low < high:
        middle = (low + high) // 2
        if fits(after[middle]):
            low = middle + 1
        else:
            high = middle
    return after[low - 1] if low else 0


def _common(alphas: Sequence[int]) -> int | None:
    return alphas[0] if len(set(alphas)) == 1 else None
