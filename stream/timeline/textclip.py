"""textclip: a caption as a Text clip of a subtitle track, and back, without loss."""

from decimal import Decimal
from typing import Any

from stream.timeline.content import parse, write
from stream.timeline.exact import lines_of, lines_value, style_difference, with_difference
from stream.timeline.looks import Size, banner_style, highlight_look, look, scaled, scaled_lines
from stream.timeline.motions import exact_motion, motion_members, moved, with_exact
from stream.timeline.program import Color, Cue, Line, TextStyle, WordStyle
from stream.timeline.scalars import MAX_SECONDS, color_text, ns, opacity_of, seconds_value
from stream.timeline.schema import typed
from stream.timeline.schema_tracks import ClipNotes, SubtitleTrackClip
from stream.timeline.wordtimes import Times


def cue_to_clip(cue: Cue, program_size: tuple[int, int]) -> dict[str, Any]:
    """Return `cue` as a SubtitleTrackClip of plain IMS, px values meant for `program_size`.

    Highlighted and overridden runs are inline codes. `Cuelight` holds the cue's id and revision, its language if that
    is the second, when its words are said, the look of key words, and only where plain IMS cannot say it, the rest of
    the style or the exact runs.
    """
    style = cue.style
    notes: dict[str, Any] = {"Id": cue.id, "Revision": cue.revision, "Width": program_size[0],
                             "Height": program_size[1]}
    if style.highlight != WordStyle():
        notes["HighlightingStyle"] = _highlight(style.highlight)
    if cue.lane:
        notes["Lane"] = cue.lane
    if cue.times:
        notes["Times"] = [[at, seconds_value(time_ns)] for at, time_ns in cue.times]
    clip: dict[str, Any] = {
        "Type": "Text", "Content": write(cue.lines, style.highlight), "TimelineIn": seconds_value(cue.start_ns),
        "TimelineOut": seconds_value(cue.end_ns), **_look_members(style), **motion_members(cue), "Cuelight": notes}
    back = _read(clip, program_size)
    if back.style != style:
        notes["Style"] = style_difference(style, back.style)
        back = _read(clip, program_size)
    if back.lines != cue.lines:
        notes["Runs"] = lines_value(cue.lines)
    if exact_motion(back) != exact_motion(cue):
        notes["Motion"] = exact_motion(cue)
    return clip


def _read(clip: dict[str, Any], size: tuple[int, int]) -> Cue:
    return clip_to_cue(typed(SubtitleTrackClip, clip, "$")[0], size, (0, 0))


def clip_to_cue(clip: SubtitleTrackClip, size: tuple[int, int], span_ns: tuple[int, int], *, name: str = "",
                canvas: Size | None = None) -> Cue:
    """Return the caption that a Text clip is, in px of an output of `size`.

    `span_ns` holds where the clip gives no times, `name` where it gives no id. `canvas` is the picture its
    px values are meant for (default: `size`); a clip that a caption was written to knows its own.
    """
    notes = clip.Cuelight or ClipNotes()
    if notes.Width and notes.Height and notes.Width > 0 and notes.Height > 0:
        canvas = (notes.Width, notes.Height)
    canvas = canvas or (float(size[0]), float(size[1]))
    scale = (size[0] / canvas[0], size[1] / canvas[1])
    fixed = look(clip, canvas, banner_style(canvas), scale)
    style, high = fixed, WordStyle()
    if notes.HighlightingStyle is not None:
        high = highlight_look(notes.HighlightingStyle)
    if notes.Style is not None or high != WordStyle():
        style = with_difference(look(clip, canvas, banner_style(canvas)), {**_high_difference(high), **_dict(notes)})
        high, style = style.highlight, scaled(style, scale)
    lines = _lines(clip, notes, high)
    start_ns = span_ns[0] if clip.TimelineIn is None else ns(clip.TimelineIn)
    end_ns = span_ns[1] if clip.TimelineOut is None else ns(clip.TimelineOut)
    cue = Cue(name if notes.Id is None else notes.Id, start_ns, end_ns, scaled_lines(lines, scale[1]), style,
              int(notes.Revision or 0), lane=notes.Lane or "", times=_times(notes.Times, lines))
    if notes.Motion is not None:
        return with_exact(cue, notes.Motion, scale)
    return moved(cue, clip, canvas, size)


def _times(value: Any, lines: tuple[Line, ...]) -> Times:
    """The times in the notes; none where they do not fit the text (somebody has edited it)."""
    length = sum(len(run.text) for line in lines for run in line) + len(lines) - 1
    try:
        pairs = [(int(at), Decimal(str(seconds))) for at, seconds in value or ()]
    except (TypeError, ValueError, ArithmeticError):
        return ()
    if not all(0 <= at < length and seconds.is_finite() and abs(seconds) < MAX_SECONDS for at, seconds in pairs):
        return ()
    return tuple((at, ns(seconds)) for at, seconds in pairs)


def _dict(notes: ClipNotes) -> dict[str, Any]:
    return notes.Style if isinstance(notes.Style, dict) else {}


def _high_difference(high: WordStyle) -> dict[str, Any]:
    return style_difference(TextStyle(highlight=high), TextStyle())


def _lines(clip: SubtitleTrackClip, notes: ClipNotes, high: WordStyle) -> tuple[Line, ...]:
    """The exact runs where they are kept and nobody has edited Content since, else what Content says."""
    content = clip.Content or ""
    exact = lines_of(notes.Runs)
    if exact is not None and write(exact, high) == content:
        return exact
    return parse(content, high)[0]


def _look_members(style: TextStyle) -> dict[str, Any]:
    members: dict[str, Any] = {
        "Font": style.font, "FontURL": style.font_url or None, "FontSize": _plain(style.size_px),
        "FontColor": color_text(style.color), "FontColorOpacity": opacity_of(style.color.alpha),
        "FontFace": {"Bold": style.bold, "Italic": style.italic, "Underline": style.underline},
        "Alignment": style.align, "X": _plain(style.x_px), "Y": _plain(style.y_px), "AdaptMode": style.wrap or None,
        "TextWidth": _plain(style.width_px) if style.width_px or style.wrap else None,
        "Spacing": _plain(style.spacing_px) or None, "LineSpacing": _plain(style.line_spacing_px) or None,
        "Angle": _plain(style.angle_deg) or None, "Outline": _plain(style.outline_px),
        "OutlineColour": color_text(style.outline_color)}
    effects: list[dict[str, Any]] = []
    if style.outline_color.alpha != 255:
        effects.append({"Type": "Outline", **_tinted(style.outline_color), "Bord": _plain(style.outline_px)})
    if style.shadow_px and style.shadow_color.alpha == 255:
        members |= {"Shadow": _plain(style.shadow_px), "BackColour": color_text(style.shadow_color)}
    elif style.shadow_px:
        effects.append({"Type": "Shadow", **_tinted(style.shadow_color), "Shift": _plain(style.shadow_px)})
    if style.box is not None:
        effects.append({"Type": "Box", **_tinted(style.box.color), "XBord": _plain(style.box.x_border_px),
                        "YBord": _plain(style.box.y_border_px), "Radius": _plain(style.box.radius_px)})
    members["SubtitleEffects"] = effects or None
    return {name: value for name, value in members.items() if value is not None}


def _highlight(high: WordStyle) -> dict[str, Any]:
    members = {"FontColor": high.color and color_text(high.color),
               "OutlineColour": high.outline_color and color_text(high.outline_color),
               "Outline": None if high.outline_px is None else _plain(high.outline_px)}
    return {name: value for name, value in members.items() if value is not None}


def _tinted(color: Color) -> dict[str, Any]:
    return {"Color": color_text(color)[1:], "Opacity": opacity_of(color.alpha)}


def _plain(value: float) -> int | float:
    return int(value) if value == int(value) else value
