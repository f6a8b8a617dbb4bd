"""How wide text is: measured, wrapped, scaled, spaced."""

from dataclasses import replace

import numpy as np
import pytest
from drawn_text import BLUE, BOXED, EVERY_SCRIPT, LINE_PX, PLAIN, RED, TWO_LINES_PX, W, canvas, cue, ink, solid

from stream.fonts import collection
from stream.render.text import Typesetter
from stream.timeline.program import Run, WordStyle


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter(collection())


@pytest.mark.parametrize("text", [
    "Hamburgefonstiv", "麻辣火锅", "مرحبا بالعالم", "हिन्दी क्षत्रिय", "👩‍🍳🌶️", EVERY_SCRIPT])
@pytest.mark.parametrize("bold", [False, True])
def test_what_is_measured_is_what_is_drawn(typesetter: Typesetter, text: str, bold: bool) -> None:
    style = replace(BOXED, bold=bold, size_px=23, x_px=30, y_px=60)
    drawn = canvas(typesetter, cue(text, style=style))
    columns = np.flatnonzero(solid(drawn, BLUE)[61])
    assert abs(columns[-1] + 1 - columns[0] - typesetter.measure(text, style)) <= 1


def test_measure_of_runs_is_that_of_their_text(typesetter: Typesetter) -> None:
    parts = (Run("So to"), Run("day we", True), Run(" cook  "))
    assert typesetter.measure(parts, PLAIN) == pytest.approx(typesetter.measure("So today we cook", PLAIN), abs=0.01)
    assert typesetter.measure("", PLAIN) == typesetter.measure("  ", PLAIN) == 0.0


@pytest.mark.parametrize("text", [
    "So today we cook really spicy noodles at home", "麻辣火锅，今天我们做真的很好吃的菜！",
    "مرحبا بالعالم اليوم نطبخ طعاما حارا جدا",
    "Donaudampfschifffahrtsgesellschaft", EVERY_SCRIPT])
@pytest.mark.parametrize("width_px", [120.0, 217.0, 300.0])
def test_wrapped_text_fits_its_width(typesetter: Typesetter, text: str, width_px: float) -> None:
    style = replace(BOXED, wrap="AutoWrap", width_px=width_px, align="TopCenter", size_px=30)
    drawn = canvas(typesetter, cue(text, style=style), 800, 1200)
    columns = np.flatnonzero(solid(drawn, BLUE)[1])
    assert columns[-1] + 1 - columns[0] <= width_px + 1
    assert ink(drawn)[3] >= 2 * 40


def test_without_a_width_text_wraps_at_the_canvas(typesetter: Typesetter) -> None:
    left, _, right, bottom = ink(canvas(typesetter, cue("word " * 30, style=replace(BOXED, wrap="AutoWrap"))))
    assert left >= 0 and right <= W and bottom > TWO_LINES_PX


def test_without_a_mode_text_never_wraps(typesetter: Typesetter) -> None:
    assert ink(canvas(typesetter, cue("word " * 30, style=replace(BOXED, width_px=100))))[3] == LINE_PX


def test_wrapping_at_spaces_keeps_chinese_together_while_it_fits(typesetter: Typesetter) -> None:
    style = replace(BOXED, width_px=200, wrap="AutoWrapAtSpaces")
    assert ink(canvas(typesetter, cue("吃麻辣 火锅吗", style=style)))[3] == TWO_LINES_PX
    anywhere = canvas(typesetter, cue("吃麻辣 火锅吗", style=replace(style, wrap="AutoWrap")))
    assert ink(anywhere)[2] > ink(canvas(typesetter, cue("吃麻辣 火锅吗", style=style)))[2]


def test_a_highlight_survives_wrapping(typesetter: Typesetter) -> None:
    style = replace(PLAIN, wrap="AutoWrap", width_px=230, highlight=WordStyle(RED))
    drawn = canvas(typesetter, cue((Run("first words "), Run("second", True), Run(" third"),), style=style))
    red = solid(drawn, RED)
    assert red[LINE_PX:2 * LINE_PX].any() and not red[:LINE_PX].any() and not red[2 * LINE_PX:].any()


def test_auto_scale_shrinks_the_whole_to_its_width_and_never_grows(typesetter: Typesetter) -> None:
    style = replace(BOXED, wrap="AutoScale", width_px=200, outline_px=4)
    left, top, right, bottom = ink(canvas(typesetter, cue("much too long a line", "short", style=style)))
    assert 190 <= right - left <= 205 and bottom - top < TWO_LINES_PX
    assert ink(canvas(typesetter, cue("short", style=style)))[3] >= LINE_PX


def test_letter_spacing_widens_by_the_gaps_between_letters(typesetter: Typesetter) -> None:
    wide = replace(PLAIN, spacing_px=7)
    assert typesetter.measure("abcd", wide) == pytest.approx(typesetter.measure("abcd", PLAIN) + 3 * 7, abs=0.1)
    assert typesetter.measure("مرحبا", wide) == typesetter.measure("مرحبا", PLAIN)  # joined letters stay joined
