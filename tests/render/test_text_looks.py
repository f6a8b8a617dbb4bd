"""What captions look like: fill, outline, shadow, box, highlight, faces."""

from dataclasses import replace

import numpy as np
import pytest
from drawn_text import BLUE, LINE_PX, PLAIN, RED, TWO_LINES_PX, WHITE, YELLOW, W, canvas, cue, ink, solid

from stream.fonts import collection
from stream.render.text import Typesetter
from stream.timeline.program import Color, Run, TextBox, WordStyle


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter(collection())


def test_a_highlighted_word_has_its_own_fill_and_outline(typesetter: Typesetter) -> None:
    style = replace(PLAIN, bold=True, size_px=60, highlight=WordStyle(YELLOW, Color(0x87, 0x36, 0), 4))
    drawn = canvas(typesetter, cue((Run("So we "), Run("cook", True)), style=style))
    word_from = round(typesetter.measure("So we i", style) - typesetter.measure("i", style))
    assert solid(drawn, YELLOW)[:, word_from:].any() and not solid(drawn, YELLOW)[:, :word_from].any()
    assert solid(drawn, Color(0x87, 0x36, 0)).any()
    assert solid(drawn, WHITE)[:, :word_from].any() and not solid(drawn, WHITE)[:, word_from:].any()


def test_a_runs_own_values_win_over_the_highlight(typesetter: Typesetter) -> None:
    style = replace(PLAIN, highlight=WordStyle(YELLOW))
    drawn = canvas(typesetter, cue((Run("word", True, color=RED, outline_color=BLUE, outline_px=5.0),), style=style))
    assert solid(drawn, RED).any() and solid(drawn, BLUE).any() and not solid(drawn, YELLOW).any()


def test_an_outline_lies_outside_the_letters_and_is_not_cut(typesetter: Typesetter) -> None:
    style = replace(PLAIN, align="Left", x_px=200, y_px=150, size_px=60)
    bare = ink(canvas(typesetter, cue("HIH", style=style)))
    drawn = canvas(typesetter, cue("HIH", style=replace(style, outline_px=7, outline_color=RED)))
    grown = ink(drawn)
    assert [abs(one - other) for one, other in zip(bare, grown, strict=True)] == pytest.approx([7] * 4, abs=1)
    assert solid(drawn, WHITE).any() and solid(drawn, RED).any()


@pytest.mark.parametrize("size_px", [12, 48, 120])
def test_no_ink_touches_the_edge_of_the_picture(typesetter: Typesetter, size_px: int) -> None:
    style = replace(PLAIN, size_px=size_px, outline_px=size_px / 10, shadow_px=size_px / 10, italic=True,
                    underline=True, align="CenterCenter")
    for text in ("fÁÊgyjf", "麻辣火锅", "مُحَمَّد ۝ ﷽", "र्क्ष्म्यीं हिन्दी", "👩‍🍳🏳️‍🌈", "ที่นี่", "Ẫ̇g̣̃"):
        rgba, _, _ = typesetter.rgba(cue(text, style=style), 4096, 2160)
        edges = (rgba[0], rgba[-1], rgba[:, 0], rgba[:, -1])
        assert not any(edge.any() for edge in edges), text
        assert rgba.any()


def test_a_shadow_is_the_outlined_shape_moved_down_and_right(typesetter: Typesetter) -> None:
    style = replace(PLAIN, align="Left", x_px=200, y_px=100, shadow_px=40, shadow_color=RED, size_px=30)
    drawn = canvas(typesetter, cue("Hi", style=style))
    shape, shadow = solid(drawn, WHITE), solid(drawn, RED)
    rows, columns = np.nonzero(shape)
    assert shadow[rows + 40, columns + 40].all()


def test_an_emoji_casts_a_shadow_of_one_colour(typesetter: Typesetter) -> None:
    style = replace(PLAIN, align="Left", x_px=200, y_px=100, shadow_px=60, shadow_color=Color(255, 0, 0, 128))
    below = canvas(typesetter, cue("😂", style=style))[100 + LINE_PX + 5:]
    assert below.any() and not below[..., 1:3].any() and int(below[..., 3].max()) == 128


def test_translucent_letters_show_neither_overlaps_nor_their_outline_inside(typesetter: Typesetter) -> None:
    style = replace(PLAIN, size_px=80, bold=True, color=Color(255, 255, 255, 100), outline_px=6, outline_color=RED)
    drawn = canvas(typesetter, cue("محمد HI", style=style))
    inside = drawn[(drawn[..., 0] == drawn[..., 1]) & (drawn[..., 3] > 0)]
    assert len(inside) > 2000 and set(np.unique(inside[..., 3])) <= {99, 100, 101}
    assert solid(drawn, RED).any()


def test_a_translucent_outline_does_not_darken_where_letters_meet(typesetter: Typesetter) -> None:
    style = replace(PLAIN, size_px=60, outline_px=8, outline_color=Color(255, 0, 0, 90))
    drawn = canvas(typesetter, cue("VAVAMMM", style=style))
    assert drawn[drawn[..., 1] == 0][..., 3].max() in (89, 90, 91)


def test_the_box_surrounds_the_block_evenly_with_round_corners(typesetter: Typesetter) -> None:
    style = replace(PLAIN, align="TopCenter", y_px=100, box=TextBox(Color(0, 0, 0, 230), 30, 20, 12))
    drawn = canvas(typesetter, cue("two", "lines of it", style=style))
    left, top, right, bottom = ink(drawn)
    width = typesetter.measure("lines of it", style)
    assert (top, bottom) == (80, 100 + TWO_LINES_PX + 20)
    assert abs(right - left - width - 60) <= 2 and abs(left - (W - right)) <= 1
    assert drawn[top, left, 3] == 0 and drawn[(top + bottom) // 2, left + 5, 3] == 230


def test_bold_italic_and_underline_show_in_every_script(typesetter: Typesetter) -> None:
    for text in ("Ham", "麻辣", "مرحبا", "हिन्दी"):
        regular = canvas(typesetter, cue(text, style=PLAIN))[..., 3].astype(int).sum()
        bold = canvas(typesetter, cue(text, style=replace(PLAIN, bold=True)))[..., 3].astype(int).sum()
        assert bold > 1.15 * regular, text
        slanted = canvas(typesetter, cue(text, style=replace(PLAIN, italic=True)))
        assert not np.array_equal(slanted, canvas(typesetter, cue(text, style=PLAIN))), text
        lined = canvas(typesetter, cue(text, style=replace(PLAIN, underline=True, x_px=20)))
        full_rows = lined[43:55, 22:round(18 + typesetter.measure(text, PLAIN)), 3].min(axis=1)
        assert full_rows.max() == 255, text
