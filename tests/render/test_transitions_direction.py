"""A transition moves the way its name says, and treats alpha as what it is."""

import numpy as np
import pytest
from numpy.typing import NDArray

from stream.media import VideoFrame, new_frame, planes_of
from stream.render.transitions import NAMES, blend

W, H = 192, 108
Share = NDArray[np.float64]


def plain(level: int, alpha: int | None = None) -> VideoFrame:
    frame = new_frame(W, H, alpha=alpha is not None)
    frame.y[:], frame.u[:], frame.v[:] = level, 128, 128
    if alpha is not None and frame.a is not None:
        frame.a[:] = alpha
    return frame


def changed(name: str, progress: float) -> Share:
    """How much of each pixel is b (white), no longer a (black)."""
    return (blend(name, plain(16), plain(235), progress, 3).y.astype(float) - 16) / 219


def centroid(share: Share) -> tuple[float, float]:
    """Where the changed pixels lie in the mean: x and y, 0 to 1."""
    y, x = np.mgrid[0:H, 0:W]
    return float((share * (x + 0.5)).sum() / share.sum() / W), float((share * (y + 0.5)).sum() / share.sum() / H)


WAY = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
FALL = (0.1, 0.2, 0.3, 0.38)  # bounces only afterwards
MOVES = [
    ("wipeleft", "left", ()), ("wiperight", "right", ()), ("wipeup", "up", ()), ("wipedown", "down", ()),
    ("bounce_up", "up", FALL), ("bounce_down", "down", FALL), ("doomscreentransition_up", "up", ()),
    ("doomscreentransition_down", "down", ()), ("wind", "right", ()), ("crosswarp", "right", ()),
    ("windowslice", "right", ()), ("directionalwipe", "right", ()), ("directionalwipe", "down", ()),
    ("directional", "left", ()), ("directional", "up", ()), ("burn", "up", ()), ("gridflip", "right", ()),
    ("cube", "left", (0.35, 0.5, 0.65, 0.8)),
]


@pytest.mark.parametrize(("name", "way", "moments"), MOVES)
def test_the_changed_part_moves_as_named(name: str, way: str, moments: tuple[float, ...]) -> None:
    """It begins on the far side and its middle goes that way at every step until all has changed."""
    axis = 0 if WAY[way][0] else 1
    sign = WAY[way][axis]
    middles = [sign * (centroid(changed(name, p))[axis] - 0.5) for p in moments or (0.2, 0.35, 0.5, 0.65, 0.8)]
    assert middles[0] < -0.15
    assert all(later > earlier + 0.003 for earlier, later in zip(middles, middles[1:], strict=False))
    assert middles[-1] <= 0.02


def test_up_and_left_are_down_and_right_seen_in_a_mirror() -> None:
    for progress in (0.25, 0.6):
        assert np.array_equal(changed("wipeleft", progress)[:, ::-1], changed("wiperight", progress))
        assert np.array_equal(changed("wipeup", progress)[::-1], changed("wipedown", progress))


def test_a_wipe_has_uncovered_exactly_its_share() -> None:
    for name in ("wipeleft", "wiperight", "wipeup", "wipedown"):
        for progress in (0.25, 0.5, 0.75):
            assert changed(name, progress).mean() == pytest.approx(progress, abs=0.006)


def test_wipeleft_keeps_a_on_the_left_of_its_edge() -> None:
    share = changed("wipeleft", 0.25)
    assert (share[:, :int(0.75 * W) - 1] == 0).all() and (share[:, int(0.75 * W) + 1:] == 1).all()


def test_windowslice_opens_upright_strips_that_begin_from_the_left() -> None:
    share = changed("windowslice", 0.5)
    assert (share == share[:1]).all(), "every row is the same"
    edges = np.flatnonzero(np.diff((share[0] > 0.5).astype(int)))
    assert 12 <= len(edges) <= 20, "several strips are ajar"
    parts = [float(part.mean()) for part in np.array_split(share[0], 10)]
    assert parts == sorted(parts, reverse=True) and parts[0] > 0.95 and parts[-1] < 0.05


def test_the_clock_wipe_goes_clockwise_from_twelve() -> None:
    quarter, half = changed("angular", 0.25), changed("angular", 0.5)
    assert quarter[:H // 2, W // 2:].mean() > 0.97 and quarter.mean() == pytest.approx(0.25, abs=0.02)
    assert half[:, W // 2:].mean() > 0.97 and half[:, :W // 2].mean() < 0.03


def test_bow_ties_open_from_the_sides_they_are_named_for() -> None:
    upright, level = changed("bowTieVertical", 0.25), changed("bowTieHorizontal", 0.25)
    assert upright[[0, -1], W // 2].min() == 1 and upright[H // 2].max() == 0
    assert level[H // 2, [0, -1]].min() == 1 and level[:, W // 2].max() == 0


@pytest.mark.parametrize("name", ["circleopen", "heart", "polarfunction", "undulatingburnout", "waterdrop"])
def test_what_opens_opens_in_the_middle(name: str) -> None:
    share = changed(name, 0.3)
    border = np.concatenate([share[0], share[-1], share[:, 0], share[:, -1]])
    assert share[H // 2 - 8:H // 2 + 8, W // 2 - 8:W // 2 + 8].mean() > 0.7 and border.mean() < 0.05


@pytest.mark.parametrize("name", NAMES)
def test_what_is_transparent_in_both_stays_transparent(name: str) -> None:
    shown = blend(name, plain(90, alpha=0), plain(200, alpha=0), 0.4, 3)
    assert shown.a is not None and shown.a.max() == 0


@pytest.mark.parametrize("name", NAMES)
def test_two_opaque_pictures_with_alpha_look_like_two_without(name: str) -> None:
    """Where a transition shows neither picture there is nothing: black only without alpha."""
    bare = blend(name, plain(60), plain(200), 0.4, 3)
    shown = blend(name, plain(60, alpha=255), plain(200, alpha=255), 0.4, 3)
    assert bare.a is None and shown.a is not None
    over_black = (shown.y.astype(int) - 16) * shown.a / 255 + 16
    assert np.abs(over_black - bare.y).max() <= 2


def test_a_picture_fades_in_from_nothing_with_its_own_colour() -> None:
    nothing, something = plain(16, alpha=0), plain(180)
    shown = blend("fade", nothing, something, 0.25, 3)
    assert shown.a is not None and np.abs(shown.a.astype(int) - 64).max() <= 1
    assert np.abs(shown.y.astype(int) - 180).max() <= 2, "straight alpha: the colour is not darkened"


def test_colour_hidden_under_full_transparency_never_bleeds() -> None:
    """A cut-out's invisible surroundings are bright; what moves shows no rim of them."""
    cut = plain(235, alpha=0)
    assert cut.a is not None
    cut.y[30:80, 40:150], cut.a[30:80, 40:150] = 60, 255
    for name in ("swirl", "rotatescalefade", "linearblur", "ripple"):
        shown = blend(name, cut, plain(60, alpha=0), 0.3, 3)
        assert shown.a is not None
        assert shown.y[shown.a > 20].max() <= 66, name


def test_inputs_are_never_written_into() -> None:
    a, b = plain(60, alpha=200), plain(200, alpha=100)
    before = [plane.copy() for frame in (a, b) for plane in planes_of(frame)]
    for plane in (*planes_of(a), *planes_of(b)):
        plane.flags.writeable = False
    for name in NAMES:
        blend(name, a, b, 0.5, 3)
    assert all(np.array_equal(x, y) for x, y in zip(before, (*planes_of(a), *planes_of(b)), strict=True))


def test_the_result_is_of_the_time_of_a() -> None:
    a, b = plain(60).at(40), plain(200).at(70)
    assert [blend("cube", a, b, p, 3).pts_ns for p in (0, 0.5, 1)] == [40, 40, 40]
