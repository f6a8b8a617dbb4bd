import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream.media import Scaler, new_frame
from stream.render.blur import background
from stream.render.compositor import Canvas, solid
from stream.timeline.program import Color


def noise(width, height, seed=0):
    frame = new_frame(width, height)
    random = np.random.default_rng(seed)
    for plane in (frame.y, frame.u, frame.v):
        plane[:] = random.integers(16, 236, plane.shape)
    return frame


@settings(max_examples=60)
@given(st.integers(1, 90), st.integers(1, 90), st.integers(1, 50), st.integers(1, 50), st.floats(0, 1))
def test_one_colour_stays_that_colour_at_any_size(width, height, half_width, half_height, radius):
    frame = solid(width, height, Color(200, 90, 30))
    out = background(frame, Canvas(2 * half_width, 2 * half_height), radius)
    for plane, value in ((out.y, frame.y[0, 0]), (out.u, frame.u[0, 0]), (out.v, frame.v[0, 0])):
        assert np.abs(plane.astype(int) - int(value)).max() <= 1
    assert (out.width_px, out.height_px) == (2 * half_width, 2 * half_height)


@pytest.mark.parametrize("radius", [0.02, 0.05, 0.1, 0.3])
def test_a_point_spreads_as_a_bell_of_the_stated_width(radius):
    frame = new_frame(640, 480)
    frame.y[:], frame.u[:], frame.v[:] = 16, 128, 128
    frame.y[:, 312:328] = 235
    row = background(frame, Canvas(640, 480), radius).y[240].astype(float) - 16
    x = np.arange(640)
    middle = (row * x).sum() / row.sum()
    deviation = np.sqrt((row * (x - middle) ** 2).sum() / row.sum())
    assert abs(middle - 319.5) < 1.5
    assert deviation == pytest.approx(np.hypot(radius * 480 / 2, 16 / np.sqrt(12)), rel=0.2)


def test_more_radius_leaves_less_detail_and_the_same_mean():
    frame, spread = noise(320, 180), []
    for radius in (0.02, 0.1, 0.4):
        out = background(frame, Canvas(320, 180), radius)
        spread.append(float(out.y.std()))
        assert abs(float(out.y.mean()) - float(frame.y.mean())) < 2
    assert spread[0] > 1.5 * spread[1] > 3 * spread[2]


def test_the_middle_fills_a_canvas_of_another_shape():
    frame = solid(400, 100, Color(0, 0, 0))
    frame.y[:, 150:250] = 235
    out = background(frame, Canvas(100, 100), 0.01)
    assert out.y[:, 5:-5].min() > 225


@pytest.mark.parametrize(("matrix", "full_range"), [("bt601", False), ("bt601", True), ("bt709", True)])
def test_colours_of_another_matrix_or_range_come_out_right(matrix, full_range):
    original = solid(64, 64, Color(220, 60, 90))
    other = Scaler().frame(original, 64, 64, matrix=matrix, full_range=full_range)
    out = background(other, Canvas(64, 64), 0.1)
    for plane, wanted in ((out.y, original.y), (out.u, original.u), (out.v, original.v)):
        assert np.abs(plane.astype(int) - int(wanted[0, 0])).max() <= 2


def test_the_frame_is_not_written_to_and_the_result_is_repeatable():
    frame = noise(120, 80)
    was = frame.y.copy()
    one, two = (background(frame, Canvas(120, 80), 0.1) for _ in range(2))
    np.testing.assert_array_equal(frame.y, was)
    assert np.array_equal(one.y, two.y) and np.array_equal(one.u, two.u)
