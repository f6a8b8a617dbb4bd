"""Every transition begins with one picture, ends with the other, and is itself in between."""

import json
from itertools import combinations

import numpy as np
import pytest
from golden_pictures import worst_tile
from numpy.typing import NDArray

from stream.errors import OptionError
from stream.media import Scaler, VideoFrame, new_frame, planes_of
from stream.render.transitions import ALIASES, NAMES, blend, pick
from support import ROOT

W, H = 192, 108
DISTINCT = 20.0  # levels in the worst tile of 16 x 16 px: what nobody takes for the same picture


def drawn(seed: int, width_px: int = W, height_px: int = H) -> VideoFrame:
    """Return a picture of soft shapes in many colours and small hard ones, warm for odd seeds, cool for even ones."""
    rng = np.random.default_rng(seed)
    frame = new_frame(width_px, height_px)
    for index, plane in enumerate(planes_of(frame)):
        height, width = plane.shape
        y, x = np.mgrid[0:height, 0:width].astype(float) / height
        waves = sum(np.sin(x * f + p) * np.cos(y * g + q) for f, g, p, q in rng.uniform(2, 11, (4, 4)))
        middle = 128 + (0 if index == 0 else (40 if (index == 1) == (seed % 2 == 0) else -40))
        checks = (np.floor(x * 13 + seed / 3) + np.floor(y * 13)) % 2 - 0.5
        plane[:] = np.clip(middle + waves * (25 if index == 0 else 12) + checks * 50, 16, 235)
    return frame


def plain(level: int, alpha: int | None = None, width_px: int = W, height_px: int = H) -> VideoFrame:
    """Return a grey picture, of this alpha if any."""
    frame = new_frame(width_px, height_px, alpha=alpha is not None)
    frame.y[:], frame.u[:], frame.v[:] = level, 128, 128
    if alpha is not None and frame.a is not None:
        frame.a[:] = alpha
    return frame


def rgb(frame: VideoFrame) -> NDArray[np.uint8]:
    return Scaler().rgb(frame, frame.width_px, frame.height_px)


def same(one: VideoFrame, other: VideoFrame) -> bool:
    pairs = zip(planes_of(one), planes_of(other), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


A, B = drawn(1), drawn(2)
LARGE_A, LARGE_B = drawn(1, 3 * W, 3 * H), drawn(2, 3 * W, 3 * H)


def test_there_is_one_for_every_name_of_the_catalogue() -> None:
    catalogue = json.loads((ROOT / "stream/timeline/vocabulary.json").read_text("utf-8"))["transitions"]
    assert sorted(catalogue) == sorted(NAMES) and len(set(NAMES)) == 63


@pytest.mark.parametrize("name", NAMES)
def test_it_begins_with_exactly_a_and_ends_with_exactly_b(name: str) -> None:
    assert same(blend(name, A, B, 0.0, 3), A) and same(blend(name, A, B, 1.0, 3), B)


@pytest.mark.parametrize("name", NAMES)
def test_it_leaves_a_and_reaches_b_without_a_jump(name: str) -> None:
    first, last = rgb(blend(name, A, B, 0.004, 3)), rgb(blend(name, A, B, 0.996, 3))
    for near, end in ((first, rgb(A)), (last, rgb(B))):
        assert np.abs(near.astype(int) - end).mean() < 8


@pytest.mark.parametrize("name", NAMES)
def test_between_two_equal_pictures_of_one_colour_nothing_but_that_colour_or_darkness_or_paint_is_seen(
        name: str) -> None:
    """A transition never reads beyond a picture and never mixes shares that do not add up to one."""
    grey = plain(120)
    for progress in (0.2, 0.5, 0.8):
        shown = blend(name, grey, grey, progress, 3)
        bright = name in ("morph", "dreamyzoom", "burn")
        assert shown.y.min() >= 16 and (bright or shown.y.max() <= 120), name


def test_at_half_time_no_two_names_give_the_same_picture_and_none_the_plain_fade() -> None:
    shown = {name: rgb(blend(name, A, B, 0.5, 3)) for name in NAMES if name not in ALIASES}
    alike = [f"{one} = {other}" for one, other in combinations(shown, 2)
             if worst_tile(shown[one], shown[other]) < DISTINCT]
    assert len(shown) == len(NAMES) - len(ALIASES) and not alike


def test_an_alias_is_drawn_as_the_name_it_stands_for() -> None:
    assert set(ALIASES) <= set(NAMES) and set(ALIASES.values()) <= set(NAMES)
    assert all(same(blend(one, A, B, 0.5, 3), blend(other, A, B, 0.5, 3)) for one, other in ALIASES.items())


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_gives_the_same_bytes(name: str) -> None:
    assert same(blend(name, A, B, 0.37, 11), blend(name, A, B, 0.37, 11))


def test_another_seed_changes_what_is_random_and_nothing_else() -> None:
    changed = {name for name in NAMES if not same(blend(name, A, B, 0.5, 1), blend(name, A, B, 0.5, 2))}
    assert changed == {"burn", "crosshatch", "doomscreentransition_down", "doomscreentransition_up", "glitchdisplace",
                       "glitchmemories", "gridflip", "morph", "mosaic", "perlin", "randomsquares", "wind"}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("width_px", "height_px"), [(54, 96), (66, 18), (32, 130)])
def test_any_shape_of_picture_will_do(name: str, width_px: int, height_px: int) -> None:
    a, b = plain(40, width_px=width_px, height_px=height_px), plain(200, width_px=width_px, height_px=height_px)
    levels = [float(blend(name, a, b, progress, 3).y.mean()) for progress in (0.01, 0.99)]
    assert abs(levels[0] - 40) < 16 and abs(levels[1] - 200) < 16


@pytest.mark.parametrize("name", NAMES)
def test_it_looks_alike_at_every_size(name: str) -> None:
    """A preview shows what the render will."""
    small = blend(name, A, B, 0.5, 3)
    large = blend(name, LARGE_A, LARGE_B, 0.5, 3)
    coarse = [shown.y.reshape(9, shown.height_px // 9, 16, -1).mean(axis=(1, 3)) for shown in (small, large)]
    assert np.abs(coarse[0] - coarse[1]).mean() < 5


def test_an_unknown_name_is_refused_with_those_that_exist() -> None:
    with pytest.raises(OptionError, match="wipeleft"):
        blend("wipeleftish", A, B, 0.5, 0)


def test_pick_takes_the_one_name_given() -> None:
    assert pick("cube", 5) == "cube" == pick(" cube ", 6)


def test_pick_draws_from_a_list_and_repeats_itself() -> None:
    drawn_names = [pick("cube, fade,heart,nothing", seed) for seed in range(300)]
    assert drawn_names == [pick("cube, fade,heart,nothing", seed) for seed in range(300)]
    assert all(60 < drawn_names.count(name) < 140 for name in ("cube", "fade", "heart"))


def test_random_means_any_of_them() -> None:
    assert {pick("random", seed) for seed in range(2000)} == set(NAMES)


def test_pick_refuses_names_that_nobody_knows() -> None:
    with pytest.raises(OptionError, match="OT0001-07"):
        pick("OT0001-07", 1)
