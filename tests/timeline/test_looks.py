"""How the text fields of a document look: sizes, places, colours, decorations, inline codes."""

from typing import Any

import pytest

from stream.timeline.content import parse, write
from stream.timeline.facts import Facts, MediaFacts
from stream.timeline.program import CaptionSpec, Color, Program, Run, TextBox, TextStyle, WordStyle
from stream.timeline.resolve import resolve
from stream.timeline.schema import from_value


def resolved(effect: dict[str, Any] | None = None, banner: dict[str, Any] | None = None, *,
             source: tuple[int, int] = (1920, 1080), size: tuple[int, int] = (1920, 1080), bgr: bool = False,
             **more: Any) -> Program:
    effects = [{"Type": "AI_ASR"} | effect] if effect is not None else []
    value: dict[str, Any] = {"VideoTracks": [{"VideoTrackClips": [{"MediaURL": "test://", "Effects": effects}]}]}
    if banner is not None:
        value["SubtitleTracks"] = [{"SubtitleTrackClips": [{"Type": "Text", "Content": "x"} | banner]}]
    return resolve(from_value(value | more), Facts({"test://": MediaFacts("live", *source)}), size=size, ims_bgr=bgr)


def captions(effect: dict[str, Any], **more: Any) -> CaptionSpec:
    found = resolved(effect, **more).layers[0].captions
    assert found is not None
    return found


def banner(fields: dict[str, Any], **more: Any) -> TextStyle:
    return resolved(banner=fields, **more).cues[0].style


def test_captions_without_a_look_are_readable() -> None:
    style = captions({}).style
    assert (style.size_px, style.align, style.y_px) == (49, "BottomCenter", 65)
    assert (style.wrap, style.width_px) == ("AutoWrap", 1306)
    assert style.color == Color(255, 255, 255) and style.outline_px == 4


def test_captions_with_a_look_of_their_own_get_what_they_ask_for() -> None:
    style = captions({"Font": "AlibabaPuHuiTi", "Alignment": "TopCenter", "Y": 910, "Outline": 10, "FontSize": 60,
                      "OutlineColour": "#ffffff", "FontColor": "#000079", "FontFace": {"Bold": True}}).style
    assert (style.font, style.align, style.y_px, style.outline_px, style.size_px, style.bold, style.italic) == (
        "AlibabaPuHuiTi", "TopCenter", 910, 10, 60, True, False)
    assert style.color == Color(0, 0, 0x79) and style.outline_color == Color(255, 255, 255)
    assert captions({"FontSize": 60}).style.outline_px == 0
    assert captions({"Y": 0.8}).style.align == "TopCenter" and captions({"Y": 0.8}).style.y_px == 864


def test_text_on_a_clip_grows_with_its_material_to_the_output() -> None:
    style = captions({"FontSize": 60, "Y": 910, "Outline": 3}, size=(1280, 720)).style
    assert (style.size_px, style.outline_px) == (40, 2) and style.y_px == pytest.approx(910 * 2 / 3)
    fixed = captions({"FixedFontSize": 60, "FontSize": 20, "FixedY": 100}, size=(1280, 720)).style
    assert (fixed.size_px, fixed.y_px) == (pytest.approx(60), pytest.approx(100))


def test_text_that_would_stand_outside_is_taken_to_be_meant_for_1080p_and_told() -> None:
    made = resolved({"Alignment": "TopCenter", "Y": 910, "FontSize": 60}, source=(1280, 720), size=(1280, 720))
    found = made.layers[0].captions
    assert found and found.style.size_px == 40 and found.style.y_px == pytest.approx(606.67, abs=0.01)
    assert [n.code for n in made.notices] == ["assumed-canvas"]
    assert banner({"Y": 1500}, size=(1080, 1920)).y_px == 1500
    assert banner({"Y": 2000}, size=(1920, 1080)).y_px == 1000


def test_pixels_are_of_the_canvas_that_is_declared() -> None:
    style = banner({"FontSize": 30, "X": 80, "Y": 45, "TextWidth": 400}, FECanvas={"Width": 800, "Height": 450})
    assert (style.size_px, style.x_px, style.y_px, style.width_px) == (72, 192, 108, 960)


def test_a_banner_has_the_dialects_own_defaults() -> None:
    style = banner({})
    assert (style.font, style.align, style.x_px, style.y_px) == ("SimSun", "TopLeft", 0, 0)
    assert (style.wrap, style.outline_px) == ("", 0)
    assert banner({"AdaptMode": "autowrap"}).width_px == 1920 and banner({"TextWidth": "0.8"}).width_px == 1536


@pytest.mark.parametrize(("word", "align"), [("topcenter", "TopCenter"), ("8", "TopCenter"), ("2", "BottomCenter"),
                                             ("Right", "Right"), ("Nowhere", "TopLeft")])
def test_alignments_are_known_in_any_case_and_as_numpad_codes(word: str, align: str) -> None:
    assert banner({"Alignment": word}).align == align


def test_decorations_are_relative_to_the_letters_up_to_1_and_px_above() -> None:
    style = banner({"FontSize": 100, "SubtitleEffects": [
        {"Type": "box", "Color": "000000", "Opacity": "0.9", "XBord": 30, "YBord": 0.2, "Radius": 0.05},
        {"Type": "Outline", "Bord": 0.05, "Color": "#ff0000"}, {"Type": "Shadow", "Shift": 3, "Color": "00ff00"}]})
    assert style.box == TextBox(Color(0, 0, 0, 230), 30, 20, 5)
    assert (style.outline_px, style.outline_color, style.shadow_px, style.shadow_color) == (
        5, Color(255, 0, 0), 3, Color(0, 255, 0))


def test_border_style_3_is_an_opaque_box_in_the_outline_colour() -> None:
    style = banner({"BorderStyle": 3, "Outline": 8, "OutlineColour": "#102030"})
    assert style.box == TextBox(Color(0x10, 0x20, 0x30), 8, 8) and style.outline_px == 0


def test_highlight_colours_are_rgb_unless_the_vendors_order_is_asked_for() -> None:
    fields = {"NeedHighlighting": True, "HighlightingStyle": {"FontColor": "F6DD14", "Outline": 4}}
    assert captions(fields).style.highlight == WordStyle(Color(0xF6, 0xDD, 0x14), None, 4)
    assert captions(fields, bgr=True).style.highlight.color == Color(0x14, 0xDD, 0xF6)


def test_inline_codes_colour_and_shape_stretches_of_a_line() -> None:
    lines, ignored = parse("a{\\1c&0000FF&\\b1}b{\\1c}c{\\\\bord2.5\\i0}d{\\r}e{\\fs30\\kf20}f")
    red = Color(255, 0, 0)
    assert lines == ((Run("a"), Run("b", bold=True, color=red), Run("c", bold=True),
                      Run("d", bold=True, italic=False, outline_px=2.5), Run("ef")),)
    assert ignored == {"fs", "k"}


def test_line_breaks_are_known_in_every_spelling_and_braces_without_codes_are_text() -> None:
    lines, _ = parse("a\\nb\\Nc\nd\r\n{name} }{ \\x C:\\\u2060new \\{\\b1\\}")
    assert ["".join(run.text for run in line) for line in lines] == ["a", "b", "c", "d", "{name} }{ \\x C:\\new {\\b1}"]


def test_what_is_written_is_read_back() -> None:
    high = WordStyle(Color(1, 2, 3), Color(4, 5, 6), 2.5)
    lines = ((Run("C:\\new {x}"), Run("word", highlighted=True)), (), (Run("u", underline=True, color=Color(9, 8, 7)),))
    assert parse(write(lines, high), high)[0] == lines
