"""test_key: a screen of any colour goes, what stands before it stays, with its edge and without the screen's light."""

import numpy as np
import pytest
from numpy.typing import NDArray

from stream.media import Scaler, VideoFrame, from_rgb
from stream.render.key import find_colour, key
from stream.timeline.program import Color, KeySpec

WIDTH, HEIGHT = 320, 180
GREEN, BLUE = (55, 160, 70), (30, 60, 190)
Picture = NDArray[np.float32]


def disc(radius: float = 60, soft: float = 3.0) -> Picture:
    y, x = np.indices((HEIGHT, WIDTH), np.float32)
    away = np.hypot(x - 160, y - 100)
    return np.clip((radius - away) / soft + 0.5, 0, 1).astype(np.float32)


def staged(screen: tuple[int, int, int], person: tuple[int, int, int] = (200, 150, 120), *,
           alpha: Picture | None = None, uneven: float = 0.0, noise: float = 0.0) -> tuple[VideoFrame, Picture]:
    """A disc before a screen, and its true alpha."""
    truth = disc() if alpha is None else alpha
    light = 1 - uneven * np.linspace(0, 1, WIDTH, dtype=np.float32)[None, :, None]
    rgb = (np.asarray(person, np.float32) * truth[:, :, None]
           + np.asarray(screen, np.float32) * light * (1 - truth[:, :, None]))
    rgb = rgb + np.random.default_rng(1).normal(0, noise, rgb.shape) if noise else rgb
    return from_rgb(np.clip(np.rint(rgb), 0, 255).astype(np.uint8)), truth


def alpha_of(frame: VideoFrame) -> NDArray[np.float64]:
    assert frame.a is not None
    return frame.a / 255


def rgb_of(frame: VideoFrame) -> NDArray[np.uint8]:
    return Scaler().rgb(VideoFrame(frame.y, frame.u, frame.v), frame.width_px, frame.height_px)


@pytest.mark.parametrize(("screen", "named"), [
    (GREEN, Color(0, 255, 0)), (GREEN, Color(*GREEN)), (BLUE, Color(0, 0, 255)), (GREEN, None), (BLUE, None),
    ((200, 40, 160), None), ((210, 60, 40), Color(210, 60, 40))])
def test_a_screen_of_any_colour_goes_and_the_person_stays(screen: tuple[int, int, int], named: Color | None) -> None:
    person = (120, 125, 130) if screen[0] > 150 else (200, 150, 120)
    frame, truth = staged(screen, person, noise=2)
    alpha = alpha_of(key(frame, KeySpec(named)))
    assert np.abs(alpha - truth).mean() < 0.005
    assert alpha[disc(64) == 0].max() < 0.05 and alpha[disc(55) == 1].min() > 0.9


def test_light_that_falls_off_by_half_makes_no_difference() -> None:
    frame, truth = staged(GREEN, uneven=0.55, noise=3)
    for named in (None, Color(0, 255, 0)):
        alpha = alpha_of(key(frame, KeySpec(named)))
        assert np.abs(alpha - truth).mean() < 0.006 and alpha[disc(66) == 0].mean() < 0.002


@pytest.mark.parametrize("person", [(10, 10, 12), (245, 245, 245), (128, 128, 128), (90, 60, 40), (250, 220, 30)])
def test_black_white_grey_brown_and_yellow_stay_at_every_threshold(person: tuple[int, int, int]) -> None:
    frame, _ = staged(GREEN, person, noise=2)
    for threshold in (1, 5, 10):
        assert alpha_of(key(frame, KeySpec(Color(0, 255, 0), threshold)))[disc(52) == 1].mean() > 0.95


def test_what_is_kept_shrinks_as_the_threshold_grows() -> None:
    x = np.indices((HEIGHT, WIDTH), np.float32)[1]
    thin = np.clip(disc() + 0.6 * (np.sin(x * 0.3) > 0.7) * disc(85), 0, 1).astype(np.float32)
    frame, _ = staged(GREEN, alpha=thin, uneven=0.4, noise=6)
    kept = [float(alpha_of(key(frame, KeySpec(None, t))).mean()) for t in (1, 2, 3, 5, 7, 10)]
    assert all(more > less for more, less in zip(kept, kept[1:], strict=False)) and kept[0] > 1.04 * kept[-1]
    assert alpha_of(key(frame, KeySpec(None, 0))).mean() == kept[0]
    assert alpha_of(key(frame, KeySpec(None, 99))).mean() == kept[-1]


def test_a_soft_edge_stays_soft_and_a_hard_one_crisp() -> None:
    widths = {}
    for soft in (1.0, 8.0, 20.0):
        frame, truth = staged(GREEN, alpha=disc(60, soft))
        alpha = alpha_of(key(frame, KeySpec(None)))
        line = alpha[100, :160]
        widths[soft] = int(((line > 0.04) & (line < 0.96)).sum())
        assert (np.diff(line)[60:] >= -0.02).all() and np.abs(alpha - truth).mean() < 0.0015 * (1 + soft)
    assert widths[1.0] <= 3 and widths[20.0] >= 5 and widths[1.0] < widths[8.0] < widths[20.0]


def test_spill_is_taken_out_and_other_colours_are_left_alone() -> None:
    frame, _ = staged(GREEN, (150, 175, 140))
    seen = rgb_of(key(frame, KeySpec(None)))[100, 160].astype(int)
    assert seen[1] - max(seen[0], seen[2]) < 12
    for person in ((200, 60, 50), (250, 220, 30), (60, 80, 200), (205, 150, 125)):
        frame, _ = staged(GREEN, person)
        assert rgb_of(key(frame, KeySpec(None)))[100, 160].tolist() == pytest.approx(person, abs=10)


def test_no_green_is_left_along_the_edge() -> None:
    frame, _ = staged(GREEN, (190, 150, 130), alpha=disc(60, 6))
    cut = key(frame, KeySpec(None))
    alpha, seen = alpha_of(cut), rgb_of(cut).astype(int)
    edge = (alpha > 0.3) & (alpha < 0.99)
    assert edge.sum() > 100 and (seen[edge][:, 1] - seen[edge].max(axis=1)).max() <= 0
    assert (seen[edge][:, 1] - seen[edge][:, [0, 2]].max(axis=1)).mean() < -10


def test_the_key_colour_is_found_though_people_touch_the_border() -> None:
    y, x = np.indices((HEIGHT, WIDTH), np.float32)
    crowd = ((x < 70) | (x > 300) | ((x > 120) & (x < 190) & (y > 10))).astype(np.float32)
    frame, _ = staged(GREEN, (210, 90, 60), alpha=crowd, uneven=0.3, noise=4)
    plain = from_rgb(np.full((16, 16, 3), GREEN, np.uint8))
    u, v = find_colour(frame)
    wanted = (float(plain.u[4, 4]) - 128, float(plain.v[4, 4]) - 128)
    cosine = ((u - 128) * wanted[0] + (v - 128) * wanted[1]) / np.hypot(u - 128, v - 128) / np.hypot(*wanted)
    assert cosine > 0.995
    assert np.abs(alpha_of(key(frame, KeySpec(None))) - crowd).mean() < 0.02


def test_without_a_screen_everything_is_kept() -> None:
    grey = from_rgb(np.random.default_rng(2).integers(100, 120, (60, 80, 1), dtype=np.uint8).repeat(3, axis=2))
    assert find_colour(grey) == (128, 128)
    cut = key(grey, KeySpec(None))
    assert (alpha_of(cut) == 1).all() and (cut.y == grey.y).all() and (cut.u == grey.u).all()
    assert alpha_of(key(grey, KeySpec(Color(0, 255, 0)))).min() > 0.9


@pytest.mark.parametrize(("screen", "person"), [((0, 0, 0), (200, 60, 50)), ((255, 255, 255), (60, 90, 60)),
                                                ((128, 128, 128), (250, 240, 30))])
def test_a_grey_can_be_the_key(screen: tuple[int, int, int], person: tuple[int, int, int]) -> None:
    frame, truth = staged(screen, person)
    assert np.abs(alpha_of(key(frame, KeySpec(Color(*screen)))) - truth).mean() < 0.02


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (3, 5), (17, 9), (33, 31), (63, 47)])
@pytest.mark.parametrize("named", [None, Color(0, 255, 0)])
def test_small_and_odd_sizes_are_keyed_whole(size: tuple[int, int], named: Color | None) -> None:
    rgb = np.full((size[1], size[0], 3), GREEN, np.uint8)
    cut = key(from_rgb(rgb), KeySpec(named))
    assert alpha_of(cut).shape == size[::-1] and alpha_of(cut).max() == 0


def test_what_was_transparent_stays_so_and_the_frame_is_not_written_to() -> None:
    rgba = np.full((48, 64, 4), (*GREEN, 255), np.uint8)
    rgba[10:40, 20:50] = (200, 150, 120, 128)
    frame = from_rgb(rgba, pts_ns=7)
    before = [plane.copy() for plane in (frame.y, frame.u, frame.v)]
    cut = key(frame, KeySpec(None))
    assert alpha_of(cut)[24, 32] == pytest.approx(0.5, abs=0.01) and alpha_of(cut)[4, 4] == 0 and cut.pts_ns == 7
    assert all((a == b).all() for a, b in zip(before, (frame.y, frame.u, frame.v), strict=True))


def test_the_same_frame_is_keyed_the_same() -> None:
    frame, _ = staged(GREEN, uneven=0.3, noise=5)
    one, two = key(frame, KeySpec(None)), key(frame, KeySpec(None))
    assert (alpha_of(one) == alpha_of(two)).all() and (one.y == two.y).all() and (one.u == two.u).all()
