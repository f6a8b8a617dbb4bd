"""Colour filters: what the parameters of `color` do, and that every named filter is its own."""

from itertools import pairwise

import numpy as np
import pytest
from effects_scene import difference, look, same, scene

from stream.media import VideoFrame
from stream.render.compositor import solid
from stream.render.effects import apply
from stream.render.effects.names import FILTERS
from stream.timeline.program import Color, Value

STEPS = (-100, -60, -20, 0, 20, 60, 100)


def color(frame: VideoFrame, **params: Value) -> VideoFrame:
    return apply(look("filter", "color", **params), frame, 0)


def test_color_without_anything_to_change_gives_the_identical_picture() -> None:
    frame = scene()
    assert color(frame) is frame
    assert same(frame, color(frame, brightness=0, contrast="0", saturation=0.0, tint=0, kelvin_temperature=6500,
                             temperature_ratio=1, dark_corner_ratio=0))


def test_the_look_up_is_exact_where_a_grade_hardly_changes_anything() -> None:
    frame = scene()
    out = color(frame, brightness=0.0001)
    assert out is not frame
    for one, other in ((out.y, frame.y), (out.u, frame.u), (out.v, frame.v)):
        assert np.abs(one.astype(int) - other).max() <= 1


@pytest.mark.parametrize(("level", "out"), [(0, 0x33), (0x80, 0xB3), (0xC0, 0xF3), (0xF0, 0xFF)])
def test_brightness_40_adds_a_fifth_of_white(level: int, out: int) -> None:
    shown = color(solid(16, 16, Color(level, level, level)), brightness=40)
    wanted = solid(16, 16, Color(out, out, out))
    assert abs(int(shown.y[5, 5]) - int(wanted.y[5, 5])) <= 1


def test_brightness_is_monotone() -> None:
    means = [float(color(scene(), brightness=step).y.mean()) for step in STEPS]
    assert all(b > a + 3 for a, b in pairwise(means))


def test_contrast_is_monotone_and_gone_at_its_least() -> None:
    spreads = [float(color(scene(), contrast=step).y.std()) for step in STEPS]
    assert all(b > a + 1 for a, b in pairwise(spreads))
    assert spreads[0] < 1


def test_saturation_is_monotone_and_grey_at_its_least() -> None:
    def strength(frame: VideoFrame) -> float:
        return float(np.hypot(frame.u.astype(float) - 128, frame.v.astype(float) - 128).mean())

    values = [strength(color(scene(), saturation=step)) for step in STEPS]
    assert all(b > a + 1 for a, b in pairwise(values))
    assert values[0] < 1


def test_a_low_temperature_is_warm_and_the_ratio_says_how_much() -> None:
    grey = solid(16, 16, Color(128, 128, 128))
    reds = [int(color(grey, kelvin_temperature=k).v[3, 3]) for k in (3000, 5000, 6500, 9000)]
    assert reds == sorted(reds, reverse=True) and reds[0] > 140 and reds[-1] < 126
    none, half, percent, whole = (int(color(grey, kelvin_temperature=3000, temperature_ratio=r).v[3, 3])
                                  for r in (0, 0.5, 50, 1))
    assert none == 128 < half == percent < whole == reds[0]


def test_tint_goes_from_green_to_magenta() -> None:
    grey = solid(16, 16, Color(128, 128, 128))
    green, magenta = color(grey, tint=-100), color(grey, tint=100)
    assert green.u[0, 0] < 124 and green.v[0, 0] < 124
    assert magenta.u[0, 0] > 132 and magenta.v[0, 0] > 132


def test_dark_corners_darken_corners_and_leave_the_middle() -> None:
    grey = solid(160, 90, Color(200, 200, 200))
    out = color(grey, dark_corner_ratio=50)
    assert out.y[45, 80] == grey.y[45, 80]
    assert out.y[0, 0] < out.y[0, 80] < 0.9 * grey.y[0, 0]
    assert color(grey, dark_corner_ratio=90).y[0, 0] < out.y[0, 0]


def test_ext_params_are_also_read_as_one_text() -> None:
    text = "effect=color,brightness=-10,contrast=10,saturation=10,kelvin_temperature=6000,temperature_ratio=0,tint=0"
    assert same(color(scene(), ExtParams=text), color(scene(), brightness=-10, contrast=10, saturation=10))


def test_every_named_filter_differs_from_every_other() -> None:
    shown = {name: apply(look("filter", name), scene(), 0) for name in FILTERS if name != "color"}
    shown["(none)"] = scene()
    names = list(shown)
    near = [(a, b, round(d, 2)) for k, a in enumerate(names) for b in names[k + 1:]
            if (d := difference(shown[a], shown[b])) < 1.0]
    assert not near


def test_invert_is_its_own_inverse() -> None:
    frame = solid(16, 16, Color(200, 90, 30))
    once = apply(look("filter", "image_invert"), frame, 0)
    wanted = solid(16, 16, Color(55, 165, 225))
    twice = apply(look("filter", "image_invert"), once, 0)
    for one, other in ((once, wanted), (twice, frame)):
        assert difference(one, other) <= 1


@pytest.mark.parametrize("name", ["pf9", "pfb", "pfc", "pv6", "blackwhitesketch", "simplecrosshatch", "castfilter"])
def test_black_and_white_filters_have_no_colour(name: str) -> None:
    out = apply(look("filter", name), scene(), 0)
    assert np.abs(out.u.astype(int) - 128).max() <= 1 and np.abs(out.v.astype(int) - 128).max() <= 1


@pytest.mark.parametrize(("warm", "cold"), [("warm", "a4"), ("pf3", "m4"), ("f7", "f4"), ("pj3", "slowlived")])
def test_filters_named_warm_are_warmer_than_those_named_blue(warm: str, cold: str) -> None:
    one, other = (apply(look("filter", name), scene(), 0) for name in (warm, cold))
    assert one.v.mean() > other.v.mean() + 1 and one.u.mean() < other.u.mean() - 4
