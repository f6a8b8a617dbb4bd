import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stream.render.raster import from_rgba

BT709 = np.array([[0.2126, 0.7152, 0.0722], [-0.2126 / 1.8556, -0.7152 / 1.8556, 0.9278 / 1.8556],
                  [0.7874 / 1.5748, -0.7152 / 1.5748, -0.0722 / 1.5748]])


def premultiplied(random, height, width):
    alpha = random.integers(0, 256, (height, width, 1))
    return np.concatenate([random.integers(0, 256, (height, width, 3)) * alpha // 255, alpha], 2).astype(np.uint8)


@given(st.integers(0, 2**32), st.integers(1, 20), st.integers(1, 20), st.integers(-9, 9), st.integers(-9, 9))
def test_a_raster_is_the_colour_formula_within_one_level_at_every_place(seed, height, width, x, y):
    rgba = premultiplied(np.random.default_rng(seed), height, width)
    rgba[:, :, 3] |= 1  # nothing to crop
    raster = from_rgba(rgba, x, y)
    assert raster.x_px % 2 == raster.y_px % 2 == raster.width_px % 2 == raster.height_px % 2 == 0
    assert raster.x_px <= x and raster.y_px <= y and raster.x_px + raster.width_px >= x + width
    padded = np.zeros((raster.height_px, raster.width_px, 4))
    padded[y - raster.y_px:y - raster.y_px + height, x - raster.x_px:x - raster.x_px + width] = rgba
    alpha = padded[:, :, 3]
    planes = padded[:, :, :3] @ BT709.T
    np.testing.assert_allclose(raster.y, planes[:, :, 0] * 219 / 255 + 16 * alpha / 255, atol=1)
    np.testing.assert_array_equal(raster.ia, 255 - alpha)

    def halved(plane):
        return (plane[::2, ::2] + plane[1::2, ::2] + plane[::2, 1::2] + plane[1::2, 1::2]) / 4

    np.testing.assert_allclose(raster.u, halved(planes[:, :, 1] * 224 / 255 + 128 * alpha / 255), atol=1)
    np.testing.assert_allclose(raster.v, halved(planes[:, :, 2] * 224 / 255 + 128 * alpha / 255), atol=1)
    np.testing.assert_allclose(raster.ia2, 255 - halved(alpha), atol=0.5)


def test_reference_colours_have_their_standard_values():
    for rgb, yuv in (((255, 255, 255), (235, 128, 128)), ((0, 0, 0), (16, 128, 128)), ((255, 0, 0), (63, 102, 240)),
                     ((0, 255, 0), (173, 42, 26)), ((0, 0, 255), (32, 240, 118))):
        raster = from_rgba(np.full((2, 2, 4), (*rgb, 255), np.uint8), 0, 0)
        assert (raster.y[0, 0], raster.u[0, 0], raster.v[0, 0], raster.ia[0, 0], raster.ia2[0, 0]) == (*yuv, 0, 0)


def test_only_the_box_around_what_is_drawn_is_kept():
    rgba = np.zeros((100, 200, 4), np.uint8)
    rgba[31:40, 77:90] = 255
    raster = from_rgba(rgba, 3, -1)
    assert (raster.x_px, raster.y_px, raster.width_px, raster.height_px) == (80, 30, 14, 10)
    assert raster.y[0, 0] == 235 and raster.y[8, 12] == 235 and raster.y[9, 13] == 0 and raster.ia[9, 13] == 255


def test_nothing_drawn_is_an_empty_raster():
    raster = from_rgba(np.zeros((8, 8, 4), np.uint8), 5, 5)
    assert raster.width_px == raster.height_px == 0 and raster.u.size == raster.ia2.size == 0


@given(st.integers(0, 2**32))
def test_a_raster_never_overflows_even_where_it_was_not_premultiplied(seed):
    raster = from_rgba(np.random.default_rng(seed).integers(0, 256, (16, 16, 4), dtype=np.uint8), 0, 0)
    for ink, keep in ((raster.y, raster.ia), (raster.u, raster.ia2), (raster.v, raster.ia2)):
        assert (ink.astype(int) + keep).max() <= 255
