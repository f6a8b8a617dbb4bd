"""Masks are measured, regions end where they should."""

import numpy as np
import pytest
from effects_scene import look, same, scene

from stream.media import Plane, VideoFrame
from stream.render.effects import apply
from stream.timeline.program import Box, Value


def alpha(name: str, width_px: int = 200, height_px: int = 100, **params: Value) -> Plane:
    out = apply(look("mask", name, **params), scene(width_px, height_px), 0)
    assert out.a is not None
    return out.a


def area(plane: Plane) -> float:
    return float(plane.sum()) / 255


def test_a_circle_has_the_area_place_and_shape_of_its_ellipse() -> None:
    plane = alpha("mask_circle", x=0.4, y=0.5, width=0.3, height=60)
    assert area(plane) == pytest.approx(np.pi * 30 * 30, rel=0.01)
    ys, xs = np.nonzero(plane > 127)
    assert (xs.min(), xs.max(), ys.min(), ys.max()) == (50, 109, 20, 79)


def test_a_rectangle_is_exact_and_its_corners_are_round() -> None:
    plane = alpha("mask_rec", x=100, y=50, width=80, height=40)
    assert area(plane) == 80 * 40 and plane[30, 60] == plane[69, 139] == 255 and plane[29, 60] == plane[30, 59] == 0
    rounded = alpha("mask_rec", x=100, y=50, width=80, height=40, radius=10)
    assert area(rounded) == pytest.approx(80 * 40 - (4 - np.pi) * 100, abs=4)
    assert rounded[30, 60] == 0 and rounded[50, 60] == 255


def test_a_quarter_turn_exchanges_width_and_height() -> None:
    plane = alpha("mask_rec", x=100, y=50, width=80, height=40, angle=90)
    ys, xs = np.nonzero(plane > 127)
    assert (xs.min(), xs.max(), ys.min(), ys.max()) == (80, 119, 10, 89)


def test_the_line_keeps_what_is_above_and_turns_counter_clockwise() -> None:
    flat = alpha("mask_linear", y=0.25)
    assert flat[:25].min() == 255 and flat[25:].max() == 0
    left = alpha("mask_linear", angle=90)  # above, turned to the left
    assert left[:, :100].min() == 255 and left[:, 100:].max() == 0


def test_the_mirror_mask_is_a_band_of_its_size() -> None:
    plane = alpha("mask_minor", y=0.5, size=0.3)
    assert plane[35:65].min() == 255 and plane[:35].max() == plane[65:].max() == 0


@pytest.mark.parametrize("feather_px", [4, 10, 20])
def test_antialias_is_the_width_of_the_soft_edge(feather_px: int) -> None:
    column = alpha("mask_linear", y=0.5, antialias=feather_px)[:, 10]
    soft = np.count_nonzero((column > 0) & (column < 255))
    assert feather_px - 1 <= soft <= feather_px + 1
    assert area(column) == pytest.approx(50, abs=0.5)
    assert (np.diff(column.astype(int)) <= 0).all()


def test_outer_alpha_is_the_opacity_outside() -> None:
    plane = alpha("mask_rec", outer_alpha=0.4)
    assert plane[0, 0] == 102 and plane[50, 100] == 255
    frame = scene()
    assert apply(look("mask", "mask_rec", outer_alpha=1.0), frame, 0) is frame


def test_existing_alpha_is_multiplied() -> None:
    frame = scene(alpha=True)
    out = apply(look("mask", "mask_rec", outer_alpha=0.5), frame, 0)
    assert frame.a is not None and out.a is not None
    assert np.abs(out.a[0].astype(float) - frame.a[0] * (128 / 255)).max() <= 1
    assert np.array_equal(out.a[20:34, 30:60], frame.a[20:34, 30:60])
    assert np.array_equal(out.y, frame.y)


def test_blur_intensity_blurs_inside_only() -> None:
    frame = scene()
    out = apply(look("mask", "mask_rec", width=0.5, height=1.0, x=0.25, blur_intensity=1.0, outer_alpha=1.0), frame, 0)
    assert np.array_equal(out.y[:, 50:], frame.y[:, 50:]) and np.array_equal(out.u[:, 25:], frame.u[:, 25:])
    assert np.diff(out.y[:, 2:16].astype(int), axis=1).std() < np.diff(frame.y[:, 2:16].astype(int), axis=1).std() / 3
    assert out.a is None


def test_a_mask_named_as_a_vfx_is_a_mask() -> None:
    one, other = (apply(look(kind, "mask_circle", x=0.3), scene(), 0) for kind in ("vfx", "mask"))
    assert one.a is not None and same(one, other)


BOXES = [Box(20, 10, 40, 24), Box(21, 11, 33, 25), Box(-10, -6, 40, 30), Box(70, 40, 100, 100), Box(200, 200, 5, 5)]


def outside_is_untouched(out: VideoFrame, frame: VideoFrame, box: Box) -> bool:
    touched = np.zeros(frame.y.shape, bool)
    touched[max(box.y_px, 0):max(box.y_px + box.height_px, 0), max(box.x_px, 0):max(box.x_px + box.width_px, 0)] = True
    whole = touched[::2, ::2] & touched[1::2, ::2] & touched[::2, 1::2] & touched[1::2, 1::2]
    return (np.array_equal(out.y[~touched], frame.y[~touched]) and np.array_equal(out.u[~whole], frame.u[~whole])
            and np.array_equal(out.v[~whole], frame.v[~whole]))


@pytest.mark.parametrize("name", ["mosaic_rect", "blur", "Delogo_Blur"])
@pytest.mark.parametrize("box", BOXES)
def test_a_region_touches_nothing_outside_its_box(name: str, box: Box) -> None:
    frame = scene(alpha=True)
    out = apply(look("region", name, box=box), frame, 0)
    assert outside_is_untouched(out, frame, box)
    assert out.a is not None and frame.a is not None and np.array_equal(out.a, frame.a)


@pytest.mark.parametrize("name", ["mosaic_rect", "blur", "delogo_blur"])
def test_nothing_from_outside_shows_inside_and_nothing_inside_can_be_read(name: str) -> None:
    frame = scene(192, 108)
    box = Box(20, 20, 80, 60)
    rng = np.random.default_rng(1)
    frame.y[:] = 235
    frame.y[20:80, 20:100] = 16 + 90 * rng.integers(0, 2, (30, 40)).repeat(2, 0).repeat(2, 1)
    inside = apply(look("region", name, box=box), frame, 0).y[20:80, 20:100]
    assert inside.max() <= 106
    assert inside.std() < frame.y[20:80, 20:100].std() / 2


def test_mosaic_squares_are_flat() -> None:
    out = apply(look("region", "mosaic_rect", box=Box(20, 10, 40, 40)), scene(), 0)
    cell = out.y[10:14, 20:24]
    assert cell.min() == cell.max()
    assert len(np.unique(out.y[10:50, 20:60])) <= 100


def test_a_blur_keeps_the_mean_and_one_colour_stays_it() -> None:
    frame = scene()
    frame.y[:], frame.u[:], frame.v[:] = 235, 90, 240
    out = apply(look("vfx", "blur"), frame, 0)
    assert same(out, frame)
