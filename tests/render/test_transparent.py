"""Composing on nothing gives what composing on a background gives, once laid over it."""

import numpy as np
import pytest

from stream.media import Matte, VideoFrame, new_frame
from stream.render.compositor import Canvas, Picture, compose, solid
from stream.render.raster import from_rgba
from stream.render.transparent import compose_clear
from stream.timeline.program import Box, Color

CANVAS = Canvas(96, 64)
WHOLE = Box(0, 0, 96, 64)


def noise(width: int, height: int, seed: int, *, alpha: bool = False) -> VideoFrame:
    random = np.random.default_rng(seed)
    frame = new_frame(width, height, alpha=alpha)
    for plane in (frame.y, frame.u, frame.v, frame.a):
        if plane is not None:
            plane[:] = random.integers(16, 236, plane.shape)
    return frame


def pictures() -> list[Picture]:
    ramp = np.tile(np.linspace(0, 255, 32).astype(np.uint8), (24, 1))
    return [Picture(noise(40, 32, 1), Box(10, 8, 40, 32)),
            Picture(noise(60, 40, 2, alpha=True), Box(30, 20, 60, 40), opacity=0.7),
            Picture(noise(48, 48, 3), Box(60, 30, 48, 48), Matte(ramp, 0))]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_clear_composition_laid_over_a_background_is_the_opaque_one(count: int) -> None:
    back = solid(96, 64, Color(200, 40, 90))
    text = [from_rgba(np.full((16, 32, 4), 120, np.uint8), 20, 40)]
    clear = compose_clear(CANVAS, pictures()[:count], text)
    over = compose(CANVAS, [Picture(back, WHOLE), Picture(clear, WHOLE)])
    wanted = compose(CANVAS, [Picture(back, WHOLE), *pictures()[:count]], text)
    for got, want in ((over.y, wanted.y), (over.u, wanted.u), (over.v, wanted.v)):
        difference = np.abs(got.astype(int) - want.astype(int))
        assert difference.max() <= 6 and difference.mean() < 0.6


def test_where_nothing_is_it_is_black_and_clear() -> None:
    clear = compose_clear(CANVAS, pictures()[:1])
    assert clear.a is not None
    assert clear.a[:8].max() == 0 and clear.a[8:40, 10:50].min() == 255
    assert set(np.unique(clear.y[:8])) == {16} and set(np.unique(clear.u[:4])) == {128}


def test_what_covers_is_kept_to_the_bit() -> None:
    frame = noise(96, 64, 9)
    clear = compose_clear(CANVAS, [Picture(frame, WHOLE)])
    assert clear.a is not None and clear.a.min() == 255
    assert np.array_equal(clear.y, frame.y) and np.array_equal(clear.u, frame.u) and np.array_equal(clear.v, frame.v)
