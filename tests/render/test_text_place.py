"""Where a caption goes, by its alignment, X and Y."""

from dataclasses import replace

import numpy as np
import pytest
from drawn_text import BLUE, BOXED, EVERY_SCRIPT, LINE_PX, PLAIN, TWO_LINES_PX, H, W, canvas, cue, ink, solid

from stream.fonts import collection
from stream.render.text import Typesetter
from stream.timeline.program import Align


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter(collection())


@pytest.mark.parametrize(("align", "across", "down"), [
    ("TopLeft", "near", "near"), ("TopCenter", "middle", "near"), ("TopRight", "far", "near"),
    ("CenterLeft", "near", "middle"), ("CenterCenter", "middle", "middle"), ("CenterRight", "far", "middle"),
    ("BottomLeft", "near", "far"), ("BottomCenter", "middle", "far"), ("BottomRight", "far", "far")])
@pytest.mark.parametrize("lines", [("one line",), ("one line", "and one more")])
def test_x_and_y_are_margins_from_the_named_edge(typesetter: Typesetter, align: Align, across: str, down: str,
                                                 lines: tuple[str, ...]) -> None:
    style = replace(BOXED, align=align, x_px=20, y_px=30)
    left, top, right, bottom = ink(canvas(typesetter, cue(*lines, style=style)))
    height = LINE_PX * len(lines)
    width = max(typesetter.measure(line, style) for line in lines)
    assert bottom - top == height and abs(right - left - width) <= 1.5
    if across == "near":
        assert left == 20
    elif across == "far":
        assert abs(right - (W - 20)) <= 1
    else:
        assert abs((left + right) / 2 - (W / 2 + 20)) <= 1
    assert top == {"near": 30, "far": H - 30 - height, "middle": round(H / 2 + 30 - height / 2)}[down]


@pytest.mark.parametrize(("align", "share"), [("Left", 0.0), ("Center", 0.5), ("Right", 1.0)])
def test_left_center_right_name_a_point_of_the_box_top(typesetter: Typesetter, align: Align, share: float) -> None:
    style = replace(BOXED, align=align, x_px=300, y_px=77)
    left, top, right, bottom = ink(canvas(typesetter, cue("pin", "the point", style=style)))
    assert (top, bottom) == (77, 77 + TWO_LINES_PX)
    assert abs(left + share * (right - left) - 300) <= 1


def test_top_center_without_x_is_centred(typesetter: Typesetter) -> None:
    left, _, right, _ = ink(canvas(typesetter, cue("centred", style=replace(BOXED, align="TopCenter"))))
    assert abs(left - (W - right)) <= 1


@pytest.mark.parametrize(("align", "kept"), [("TopCenter", "first"), ("Left", "first"), ("BottomCenter", "last")])
def test_a_second_line_leaves_the_line_at_the_named_edge_alone(typesetter: Typesetter, align: Align,
                                                               kept: str) -> None:
    style = replace(PLAIN, align=align, x_px=0, y_px=40, outline_px=3)
    alone = canvas(typesetter, cue("the kept line", style=style))
    lines = ("the kept line", "second gy") if kept == "first" else ("Ágy", "the kept line")
    both = canvas(typesetter, cue(*lines, style=style))
    _, top, _, bottom = ink(alone)
    middle = slice(top + 8, bottom - 8)  # the other line's accents and tails may reach into this one
    assert np.array_equal(alone[middle], both[middle])


def test_a_line_keeps_its_height_whatever_script_joins_it(typesetter: Typesetter) -> None:
    style = replace(BOXED, align="TopLeft", x_px=10, y_px=20)
    for text in ("abc", "abc 麻辣", "abc مرحبا", "abc हिन्दी 👩‍🍳", EVERY_SCRIPT[:20]):
        drawn = canvas(typesetter, cue(text, style=style))
        rows = np.flatnonzero(solid(drawn, BLUE)[:, 12:60].any(axis=1))
        assert (rows[0], rows[-1] + 1) == (20, 20 + LINE_PX)


def test_centred_lines_share_their_middle_and_right_ones_their_end(typesetter: Typesetter) -> None:
    for align, x_px in (("TopCenter", 0), ("TopRight", 20)):
        drawn = canvas(typesetter, cue("HHHHHHH", "HHH", style=replace(PLAIN, align=align, x_px=x_px)))
        first, second = ink(drawn[:LINE_PX]), ink(drawn[LINE_PX:])
        if align == "TopCenter":
            assert abs((first[0] + first[2]) - (second[0] + second[2])) <= 2
        else:
            assert abs(first[2] - second[2]) <= 1


def test_line_spacing_adds_between_lines_only(typesetter: Typesetter) -> None:
    style = replace(BOXED, line_spacing_px=14)
    assert ink(canvas(typesetter, cue("one", style=style)))[3] == LINE_PX
    assert ink(canvas(typesetter, cue("one", "two", style=style)))[3] == TWO_LINES_PX + 14


def test_an_angle_turns_counter_clockwise_about_the_point_it_hangs_by(typesetter: Typesetter) -> None:
    style = replace(BOXED, align="Left", x_px=300, y_px=300, angle_deg=90)
    left, top, right, bottom = ink(canvas(typesetter, cue("upwards", style=style)))
    width = typesetter.measure("upwards", style)
    assert abs(left - 300) <= 1 and abs(right - 300 - LINE_PX) <= 1
    assert abs(bottom - 300) <= 1 and abs(bottom - top - width) <= 2
