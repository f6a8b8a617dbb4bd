"""looks: the text fields of the dialect as a TextStyle, and the styles that hold where they are silent."""

from dataclasses import replace
from typing import Any, cast

from stream.timeline.exact import MAX_FONT_PX
from stream.timeline.program import Align, Color, Line, TextBox, TextStyle, WordStyle, WrapMode
from stream.timeline.scalars import alpha_of, px
from stream.timeline.schema_text import Decoration, Highlight, TextLook
from stream.timeline.vocabulary import ALIGNMENTS, DECORATIONS, NUMPAD, WRAP_MODES, canonical

Size = tuple[float, float]
CAPTION_FONT = "Noto Sans"
CAPTION_SIZE_RATIO, CAPTION_MARGIN_RATIO, CAPTION_WIDTH_RATIO, OUTLINE_RATIO = 0.045, 0.06, 0.68, 0.08
LINE_RATIO = 1.37
"""How high a line is, as a share of the size of its letters: Noto Sans, the widest packaged one."""
_BLACK = Color(0, 0, 0)
_LOOK_FIELDS = frozenset({"FontSize", "FixedFontSize", "FontColor", "Outline", "OutlineColour", "SubtitleEffects",
                          "BorderStyle", "EffectColorStyle"})


def caption_style(canvas: Size) -> TextStyle:
    """Return how captions look where a document does not say: readable at the bottom of any picture."""
    width, height = canvas
    size = float(max(round(height * CAPTION_SIZE_RATIO), 10))
    return TextStyle(font=CAPTION_FONT, size_px=size, outline_px=float(max(round(size * OUTLINE_RATIO), 1)),
                     align="BottomCenter", y_px=float(round(height * CAPTION_MARGIN_RATIO)), wrap="AutoWrap",
                     width_px=float(round(width * CAPTION_WIDTH_RATIO)))


def banner_style(canvas: Size) -> TextStyle:
    """Return how a Text clip looks where it does not say: IMS's defaults, in a readable size."""
    return TextStyle(size_px=float(max(round(canvas[1] * CAPTION_SIZE_RATIO), 10)))


def caption_look(fields: TextLook, canvas: Size, scale: Size = (1.0, 1.0), *, bgr: bool = False) -> TextStyle:
    """Return the style of AI_ASR captions: `fields` over `caption_style`.

    A document that dresses its captions itself gets no outline it did not ask for; one that gives Y
    without Alignment means the distance from the top.
    """
    base = caption_style(canvas)
    given = fields.model_fields_set
    if given & _LOOK_FIELDS:
        base = replace(base, outline_px=0.0)
    if fields.Alignment is None and (fields.Y is not None or fields.FixedY is not None):
        base = replace(base, align="TopCenter")
    return _inside(look(fields, canvas, base, scale, bgr=bgr), canvas[1] * scale[1])


def _inside(style: TextStyle, height: float) -> TextStyle:
    """Return captions moved up, where they hang from the top, so far that two lines stay in the picture."""
    if not style.align.startswith("Top") and style.align not in ("Left", "Center", "Right"):
        return style
    below = style.box.y_border_px if style.box else 0.0
    lowest = height - 2 * (style.size_px * LINE_RATIO + style.line_spacing_px) - below
    return replace(style, y_px=float(round(max(min(style.y_px, lowest), 0.0))) if style.y_px > lowest else style.y_px)


def look(fields: TextLook, canvas: Size, base: TextStyle, scale: Size = (1.0, 1.0), *, bgr: bool = False) -> TextStyle:
    """Return the style `fields` say over `base`, in px of the output.

    `canvas` is the picture that the px values are meant for, `scale` the output's size divided by it;
    Fixed* members are px of the output as they are. `bgr` swaps the bytes of HighlightingStyle colours.
    """
    size = base.size_px if fields.FontSize is None else fields.FontSize
    if fields.FixedFontSize:
        size = fields.FixedFontSize / scale[1]
    size = min(max(size, 1.0), MAX_FONT_PX)
    color = fields.FontColor or base.color
    if fields.FontColorOpacity is not None:
        color = replace(color, alpha=alpha_of(fields.FontColorOpacity))
    face = fields.FontFace
    style = replace(
        base, font=fields.Font or base.font, font_url=fields.FontURL or base.font_url, size_px=size, color=color,
        bold=bool(face and face.Bold), italic=bool(face and face.Italic), underline=bool(face and face.Underline),
        align=_align(fields.Alignment) or base.align, wrap=_wrap(fields.AdaptMode) or base.wrap,
        spacing_px=fields.Spacing or base.spacing_px, line_spacing_px=fields.LineSpacing or base.line_spacing_px,
        angle_deg=fields.Angle or base.angle_deg, **_place(fields, canvas, base, scale))
    style = _decorated(_bordered(style, fields), fields)
    if fields.HighlightingStyle is not None:
        style = replace(style, highlight=highlight_look(fields.HighlightingStyle, bgr=bgr))
    return scaled(style, scale)


def highlight_look(fields: Highlight, *, bgr: bool = False) -> WordStyle:
    """Return how highlighted words differ."""
    return WordStyle(_swapped(fields.FontColor, bgr), _swapped(fields.OutlineColour, bgr), fields.Outline)


def scaled(style: TextStyle, scale: Size) -> TextStyle:
    """Return `style` for a picture `scale` (x, y) times as large; letters grow with its height."""
    sx, sy = scale
    if (sx, sy) == (1.0, 1.0):
        return style
    box, high = style.box, style.highlight
    if box is not None:
        box = replace(box, x_border_px=box.x_border_px * sy, y_border_px=box.y_border_px * sy,
                      radius_px=box.radius_px * sy)
    if high.outline_px is not None:
        high = replace(high, outline_px=high.outline_px * sy)
    return replace(style, size_px=style.size_px * sy, outline_px=style.outline_px * sy, shadow_px=style.shadow_px * sy,
                   x_px=style.x_px * sx, y_px=style.y_px * sy, width_px=style.width_px * sx,
                   spacing_px=style.spacing_px * sy, line_spacing_px=style.line_spacing_px * sy, box=box,
                   highlight=high)


def scaled_lines(lines: tuple[Line, ...], factor: float) -> tuple[Line, ...]:
    """Return `lines` with the outlines of their runs `factor` times as wide."""
    if factor == 1.0:
        return lines
    return tuple(tuple(run if run.outline_px is None else replace(run, outline_px=run.outline_px * factor)
                       for run in line) for line in lines)


def _place(fields: TextLook, canvas: Size, base: TextStyle, scale: Size) -> dict[str, Any]:
    width, height = canvas
    x, y = base.x_px, base.y_px
    if fields.X is not None:
        x = px(fields.X, width)
    if fields.Y is not None:
        y = px(fields.Y, height)
    if fields.FixedX is not None:
        x = px(fields.FixedX, width * scale[0]) / scale[0]
    if fields.FixedY is not None:
        y = px(fields.FixedY, height * scale[1]) / scale[1]
    wide = base.width_px
    if fields.TextWidth is not None:
        wide = max(px(fields.TextWidth, width), 0.0)
    elif fields.AdaptMode and not wide:
        wide = width
    return {"x_px": x, "y_px": y, "width_px": wide}


def _align(word: str | None) -> Align | None:
    found = canonical(word, ALIGNMENTS) or NUMPAD.get((word or "").strip())
    return cast(Align, found) if found else None


def _wrap(word: str | None) -> WrapMode | None:
    found = canonical(word, WRAP_MODES)
    if found == "AutoWrapAtSpacesStrict":
        found = "AutoWrapAtSpaces"
    return cast(WrapMode, found) if found else None


def _bordered(style: TextStyle, fields: TextLook) -> TextStyle:
    """Outline and shadow; BorderStyle 3 makes the outline a filled box, as ASS does."""
    if fields.BorderStyle == 3:
        color = fields.OutlineColour or fields.BackColour or _BLACK
        grown = max(fields.Outline or 0.0, 0.0)
        return replace(style, outline_px=0.0, box=TextBox(color, grown, grown))
    if fields.Outline is not None:
        style = replace(style, outline_px=min(max(fields.Outline, 0.0), 1000.0))
    if fields.OutlineColour is not None:
        style = replace(style, outline_color=fields.OutlineColour)
    if fields.Shadow is not None:
        style = replace(style, shadow_px=min(max(fields.Shadow, 0.0), 1000.0))
    if fields.BackColour is not None:
        style = replace(style, shadow_color=fields.BackColour)
    return style


def _decorated(style: TextStyle, fields: TextLook) -> TextStyle:
    """SubtitleEffects: the first of each kind counts."""
    done = set[str]()
    for item in fields.SubtitleEffects or []:
        kind = canonical(item.Type, DECORATIONS) if item else None
        if item is None or kind is None or kind in done:
            continue
        done.add(kind)
        if kind == "Outline":
            style = replace(style, outline_px=_first(style, item.Bord, item.XBord, item.YBord),
                            outline_color=_tint(item, style.outline_color))
        elif kind == "Shadow":
            style = replace(style, shadow_px=_first(style, item.Shift, item.XShift, item.YShift, item.Bord),
                            shadow_color=_tint(item, style.shadow_color))
        else:
            style = replace(style, box=TextBox(
                _tint(item, _BLACK), _first(style, item.XBord, item.Bord), _first(style, item.YBord, item.Bord),
                _first(style, item.Radius)))
    return style


def _first(style: TextStyle, *values: float | None) -> float:
    """The first length given: up to 1 relative to the font size, above 1 px."""
    value = next((value for value in values if value is not None), 0.0)
    return min(max(value * style.size_px if value <= 1 else value, 0.0), 10_000.0)


def _tint(item: Decoration, otherwise: Color) -> Color:
    color = item.Color or otherwise
    return color if item.Opacity is None else replace(color, alpha=alpha_of(item.Opacity))


def _swapped(color: Color | None, bgr: bool) -> Color | None:
    return replace(color, red=color.blue, blue=color.red) if color and bgr else color
