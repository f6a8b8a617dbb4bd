import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream.render.kernels import NONE, blend, lay, taps

EMPTY = np.zeros(0, np.int32)


def strided(random, shape, pad, frozen=False):
    """A random plane, rows padded by `pad`, read-only if `frozen`."""
    plane = random.integers(0, 256, (shape[0], shape[1] + pad), dtype=np.uint8)[:, :shape[1]]
    plane.flags.writeable = not frozen
    return plane


def planes(random, height, width, pad=0, frozen=False):
    half = ((height + 1) // 2, (width + 1) // 2)
    return [strided(random, shape, pad, frozen) for shape in ((height, width), half, half)]


def div255(t):
    return (2 * t + 255) // 510  # 255 is odd: there are no ties


def enlarged(matte, height, width):
    """A matte at picture size: bilinear between cell centres, places in 1/256 of a cell."""
    def axis(size, cells):
        place = np.clip((2 * np.arange(size) + 1) * cells * 128 // size - 128, 0, (cells - 1) * 256)
        return place // 256, np.minimum(place // 256 + 1, cells - 1), place % 256

    (i, j, v), (k, m, w) = axis(height, matte.shape[0]), axis(width, matte.shape[1])
    values, v = matte.astype(np.int64), v[:, None]
    left, right = values[i][:, k] * (256 - v) + values[j][:, k] * v, values[i][:, m] * (256 - v) + values[j][:, m] * v
    return (left * (256 - w) + right * w + 32768) >> 16


def reference(canvas, picture, left, top, opacity, a, matte):
    """What `blend` should write, in plain numpy integers."""
    height, width = canvas[0].shape
    alpha = np.full(picture[0].shape, 255, np.int64) if matte is None else enlarged(matte, *picture[0].shape)
    alpha = div255(alpha * opacity)
    if a is not None:
        alpha = div255(alpha * a.astype(np.int64))
    y, x = np.mgrid[:height, :width]
    inside = (y >= top) & (y < top + alpha.shape[0]) & (x >= left) & (x < left + alpha.shape[1])
    on_canvas = np.zeros((height, width), np.int64)
    on_canvas[inside] = alpha[y[inside] - top, x[inside] - left]
    even = np.pad(on_canvas, ((0, height & 1), (0, width & 1)), mode="edge")
    halved = (even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2] + 2) >> 2
    out = []
    for number, (under, over) in enumerate(zip(canvas, picture, strict=True)):
        weights, shift = (halved, 1) if number else (on_canvas, 0)
        rows = np.clip(np.arange(under.shape[0]) - (top >> shift), 0, over.shape[0] - 1)
        columns = np.clip(np.arange(under.shape[1]) - (left >> shift), 0, over.shape[1] - 1)
        moved = over[rows][:, columns].astype(np.int64)
        out.append(div255(moved * weights + under.astype(np.int64) * (255 - weights)))
    return out


sizes = st.integers(1, 41)


@settings(max_examples=400)
@given(st.integers(0, 2**32), sizes, sizes, sizes, sizes, st.integers(-45, 45), st.integers(-45, 45),
       st.sampled_from([255, 128, 1, 0]), st.booleans(), st.sampled_from([None, (1, 1), (3, 2), (8, 8), (64, 50)]),
       st.sampled_from(["noise", "mostly flat", "clear", "solid"]), st.integers(0, 5), st.booleans())
def test_blending_equals_plain_integer_arithmetic_for_every_size_place_and_stride(
        seed, height, width, h, w, left, top, opacity, has_alpha, matte_shape, look, pad, frozen):
    random = np.random.default_rng(seed)
    canvas, picture = planes(random, height, width, pad), planes(random, h, w, pad, frozen)
    a = strided(random, (h, w), pad, frozen) if has_alpha else None
    matte, tables = None, (EMPTY,) * 5
    if matte_shape:
        matte = strided(random, matte_shape, pad, frozen=False)
        if look == "mostly flat":
            matte[:] = np.where(matte > 200, matte, np.where(matte > 90, 255, 0))
        elif look in ("clear", "solid"):
            matte[:] = 0 if look == "clear" else 255
        tables = (*taps(w, matte.shape[1]), *taps(h, matte.shape[0])[:2])
    expected = reference(canvas, picture, left, top, opacity, a, matte)
    before = [plane.copy() for plane in picture]
    blend(*canvas, *picture, left, top, opacity, NONE if a is None else a, NONE if matte is None else matte, *tables)
    for plane, wanted in zip(canvas, expected, strict=True):
        np.testing.assert_array_equal(plane, wanted)
    for plane, was in zip(picture, before, strict=True):
        np.testing.assert_array_equal(plane, was)


def test_blending_reaches_every_pair_of_values_exactly():
    over, under = (np.ascontiguousarray(v, np.uint8) for v in np.mgrid[:256, :256])
    half = np.zeros((128, 128), np.uint8)
    for alpha in (0, 1, 64, 127, 128, 200, 254, 255):
        out = under.copy()
        blend(out, half.copy(), half.copy(), over, half, half, 0, 0, alpha, NONE, NONE, *(EMPTY,) * 5)
        exact = (over.astype(np.int64) * alpha + under.astype(np.int64) * (255 - alpha)) / 255
        np.testing.assert_array_equal(out, np.rint(exact))


def test_one_compilation_serves_every_kind_of_plane():
    assert len(blend.signatures) == 1 and len(lay.signatures) == 1
    with pytest.raises(TypeError):
        lay(np.zeros((2, 2), np.float32), NONE, NONE)


@given(st.integers(0, 2**32), sizes, sizes, st.integers(0, 5))
def test_laying_premultiplied_planes_equals_plain_integer_arithmetic(seed, height, width, pad):
    random = np.random.default_rng(seed)
    out, keep = strided(random, (height, width), pad), strided(random, (height, width), pad, frozen=True)
    ink = (strided(random, (height, width), 0).astype(np.int64) * (255 - keep) // 255).astype(np.uint8)
    expected = ink + div255(out.astype(np.int64) * keep)
    assert expected.max() <= 255
    lay(out, ink, keep)
    np.testing.assert_array_equal(out, expected)


@given(st.integers(1, 4000), st.integers(1, 300))
def test_taps_cover_the_pixels_in_order_and_mirror(size, cells):
    index, weight, first = taps(size, cells)
    assert index.min() >= 0 and index.max() <= cells - 1 and (np.diff(index) >= 0).all()
    assert weight.min() >= 0 and weight.max() <= 255
    assert first[0] == 0 and first[cells] == size
    for cell in range(cells):
        assert (index[first[cell]:first[cell + 1]] == cell).all()
    place = index * 256 + weight
    assert np.abs(place + place[::-1] - (cells - 1) * 256).max() <= 1


@given(st.integers(2, 400), st.integers(0, 100), st.integers(1, 100), st.integers(2, 64))
def test_the_taps_of_a_part_are_those_of_the_whole_cut_out(length, start, rest, cells):
    whole = taps(start + length + rest, cells)
    part = taps(length, cells, (start, length, start + length + rest))
    np.testing.assert_array_equal(part[0] * 256 + part[1], (whole[0] * 256 + whole[1])[start:start + length])
