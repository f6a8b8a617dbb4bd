"""Pictures of captions as they should look, kept in tests/golden."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from drawn_text import Drawn
from golden_pictures import assert_golden, laid_over

from stream.fonts import collection
from stream.render.text import Typesetter
from stream.timeline.program import Align, Color, Cue, Run, TextBox, TextStyle, WordStyle

TOLERANCE = 6.0  # levels in the worst tile: another processor may round an edge otherwise, a lost glyph is 40 and more
STYLE = TextStyle(font="Noto Sans", size_px=30)
HIGHLIGHT = WordStyle(Color(0xF6, 0xDD, 0x14), Color(0x87, 0x36, 0), 3)
NINE: tuple[Align, ...] = ("TopLeft", "TopCenter", "TopRight", "CenterLeft", "CenterCenter", "CenterRight",
                           "BottomLeft", "BottomCenter", "BottomRight")


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter(collection())


def picture(typesetter: Typesetter, cues: Sequence[Cue], width_px: int = 480, height_px: int = 270) -> Drawn:
    """Return `cues` on a canvas that goes from dark to light, so that both outlines and letters show."""
    canvas = np.zeros((height_px, width_px, 3), np.uint8)
    canvas[...] = np.linspace(50, 140, width_px, dtype=np.uint8)[None, :, None]
    canvas[..., 1] += 20
    for cue in cues:
        laid_over(*typesetter.rgba(cue, width_px, height_px), canvas)
    return canvas


def cue(style: TextStyle, *lines: str | tuple[Run, ...]) -> Cue:
    return Cue("c", 0, 1, tuple((Run(line),) if isinstance(line, str) else line for line in lines), style)


def rows(style: TextStyle, step_px: int, *lines: str | tuple[Run, ...]) -> list[Cue]:
    """Return one cue for each line, one below the other."""
    return [cue(replace(style, x_px=14, y_px=8 + step_px * number), line) for number, line in enumerate(lines)]


def test_alignments(typesetter: Typesetter) -> None:
    style = replace(STYLE, size_px=18, outline_px=1.5, x_px=10, y_px=8, box=TextBox(Color(160, 0, 0, 120)))
    cues = [cue(replace(style, align=align, x_px=0 if align in ("TopCenter", "BottomCenter") else 10), align, "gÁ")
            for align in NINE]
    points: tuple[tuple[Align, float], ...] = (("Left", 40.0), ("Center", 330.0), ("Right", 230.0))
    cues += [cue(replace(style, align=align, x_px=x_px, y_px=70, size_px=14), f"{align} at {x_px:.0f}")
             for align, x_px in points]
    assert_golden(picture(typesetter, cues), "text_alignments", TOLERANCE)


def test_scripts(typesetter: Typesetter) -> None:
    cues = rows(replace(STYLE, size_px=28, outline_px=2), 43, "Hamburg Ágnès Привет Ελλάδα",
                "麻辣火锅 辣火鍋 日本語かな 한국어",
                "مرحبا بالعالم! שלום 123", "हिन्दी क्षत्रिय ไทยที่นี่ தமிழ்", "😂❤️‍🔥👩‍🍳🇨🇳👍🏽🌶️1️⃣ ☀ ☀️ ★ → ™",
                "mixed 麻辣 مرحبا हिन्दी 👩‍🍳 ok")
    assert_golden(picture(typesetter, cues), "text_scripts", TOLERANCE)


def test_styles(typesetter: Typesetter) -> None:
    cues = rows(STYLE, 43, (Run("plain "), Run("bold ", bold=True), Run("italic ", italic=True),
                            Run("under gyp", underline=True)),
                (Run("麻辣 "), Run("麻辣 ", bold=True), Run("麻辣 ", italic=True), Run("麻辣 gy", underline=True),
                 Run(" both", bold=True, italic=True)),
                (Run("مرحبا ", bold=True), Run("हिन्दी ", italic=True), Run("coloured", color=Color(255, 90, 90))))
    below = replace(STYLE, x_px=14, bold=True)
    cues += [cue(replace(below, y_px=140, outline_px=3, shadow_px=4, underline=True), "Outline, shadow, line 😂"),
             cue(replace(below, y_px=183, outline_px=3, color=Color(255, 255, 255, 110)), "Glassy fill مرحبا 👩‍🍳"),
             cue(replace(below, y_px=226, spacing_px=6), "Spaced"),
             cue(replace(below, x_px=340, y_px=220, angle_deg=30, align="Left", outline_px=2), "Turned")]
    assert_golden(picture(typesetter, cues), "text_styles", TOLERANCE)


def test_box_and_highlight(typesetter: Typesetter) -> None:
    style = replace(STYLE, bold=True, align="TopCenter", y_px=40, highlight=HIGHLIGHT,
                    box=TextBox(Color(0, 0, 0, 230), 15, 10))
    shown = cue(style, (Run("So today we "), Run("cook", True), Run(" really spicy")),
                (Run("麻辣火锅", True), Run(" at home")))
    rounded = replace(style, y_px=190, box=TextBox(Color(20, 60, 160, 180), 20, 4, 14), outline_px=2)
    assert_golden(picture(typesetter, [shown, cue(rounded, (Run("round "), Run("corners", True)))]),
                  "text_box_highlight", TOLERANCE)


def test_wrapping_and_scaling(typesetter: Typesetter) -> None:
    style = replace(STYLE, size_px=20, outline_px=1.5, x_px=10, y_px=10, wrap="AutoWrap", width_px=210,
                    box=TextBox(Color(0, 0, 0, 90)))
    text = "So today we cook really spicy 麻辣火锅，今天我们做（真的）很好吃的菜！"
    cues = [cue(style, text), cue(replace(style, x_px=250, wrap="AutoWrapAtSpaces"), text),
            cue(replace(style, y_px=175, align="TopCenter", width_px=300, wrap="AutoScale"), text),
            cue(replace(style, y_px=8, align="BottomRight", width_px=200), "مرحبا بالعالم اليوم نطبخ طعاما حارا جدا")]
    assert_golden(picture(typesetter, cues), "text_wrap", TOLERANCE)


def test_a_thick_outline_on_large_letters(typesetter: Typesetter) -> None:
    style = replace(STYLE, size_px=84, outline_px=9, outline_color=Color(120, 0, 90), align="CenterCenter", bold=True)
    assert_golden(picture(typesetter, [cue(style, "MWAgjÁ", "麻火 हिك")]), "text_outline", TOLERANCE)
