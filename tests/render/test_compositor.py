from dataclasses import replace

import numpy as np
import pytest

from stream.media import Matte, Scaler, from_rgb, new_frame
from stream.render import compositor, warm
from stream.render.compositor import Canvas, Picture, compose, solid
from stream.render.raster import from_rgba
from stream.timeline.program import Box, Color

CANVAS = Canvas(64, 48)
WHOLE = Box(0, 0, 64, 48)
PERSON, BEACH = Color(200, 40, 40), Color(30, 90, 220)


def values(frame, x, y):
    return int(frame.y[y, x]), int(frame.u[y // 2, x // 2]), int(frame.v[y // 2, x // 2])


def color(tint):
    return values(solid(2, 2, tint), 0, 0)


def noise(seed, width=64, height=48, *, alpha=False):
    frame = new_frame(width, height, alpha=alpha)
    random = np.random.default_rng(seed)
    for plane in (frame.y, frame.u, frame.v, *([frame.a] if alpha else [])):
        plane[:] = random.integers(16, 236, plane.shape)
    return frame


def halves(left, right, width=16, height=12):
    """A matte with one value on the left and another on the right."""
    alpha = np.full((height, width), left, np.uint8)
    alpha[:, width // 2:] = right
    return Matte(alpha, 0)


def same(one, other):
    return all(np.array_equal(a, b) for a, b in ((one.y, other.y), (one.u, other.u), (one.v, other.v)))


def test_one_opaque_picture_of_the_whole_canvas_is_returned_untouched():
    frame = noise(1)
    assert compose(CANVAS, [Picture(frame, WHOLE)]) is frame
    assert compose(CANVAS, [Picture(noise(2), WHOLE), Picture(frame, WHOLE)]) is frame
    assert compose(CANVAS, [Picture(frame, WHOLE), Picture(noise(2), WHOLE, opacity=0.0)]) is frame


def test_nothing_at_all_is_black():
    assert values(compose(CANVAS, []), 63, 47) == (16, 128, 128)


def test_a_matte_puts_the_person_before_the_background():
    out = compose(CANVAS, [Picture(solid(64, 48, BEACH), WHOLE), Picture(solid(64, 48, PERSON), WHOLE, halves(0, 255))])
    assert values(out, 20, 20) == color(BEACH) and values(out, 44, 20) == color(PERSON)


def test_no_frame_that_came_in_is_written_to():
    frames = [noise(1), noise(2), noise(3, 20, 10, alpha=True)]
    before = [[plane.copy() for plane in (f.y, f.u, f.v)] for f in frames]
    raster = from_rgba(np.full((9, 9, 4), 200, np.uint8), 3, 3)
    out = compose(CANVAS, [Picture(frames[0], WHOLE), Picture(frames[1], WHOLE, halves(9, 200)),
                           Picture(frames[2], Box(5, 7, 20, 10))], [raster])
    assert all(np.array_equal(was, now) for f, b in zip(frames, before, strict=True)
               for was, now in zip(b, (f.y, f.u, f.v), strict=True))
    assert not any(np.shares_memory(out.y, f.y) for f in frames)
    lone = noise(4)
    was = lone.y.copy()
    assert compose(CANVAS, [Picture(lone, WHOLE)], [raster]) is not lone and np.array_equal(lone.y, was)


def test_the_same_pictures_compose_to_the_same_bytes():
    pictures = [Picture(noise(1), WHOLE), Picture(noise(2), WHOLE, halves(30, 190), opacity=0.7)]
    assert same(compose(CANVAS, pictures), compose(CANVAS, pictures))


def test_pictures_stack_bottom_first_and_are_cut_at_the_canvas():
    red, green = Color(255, 0, 0), Color(0, 255, 0)
    out = compose(CANVAS, [Picture(solid(40, 40, red), Box(-20, -20, 40, 40)),
                           Picture(solid(30, 30, green), Box(10, 10, 30, 30)),
                           Picture(solid(30, 30, red), Box(50, 40, 30, 30)),
                           Picture(solid(4, 4, green), Box(64, 0, 4, 4))])
    assert values(out, 0, 0) == color(red) and values(out, 15, 15) == color(green)
    assert values(out, 45, 20) == (16, 128, 128) and values(out, 63, 47) == color(red)


def test_opacity_and_the_alpha_plane_multiply():
    frame = replace(solid(64, 48, Color(255, 255, 255)), a=np.full((48, 64), 128, np.uint8))
    out = compose(CANVAS, [Picture(frame, WHOLE, opacity=0.5)])
    assert values(out, 5, 5)[0] == round(16 + 219 * 64 / 255)


@pytest.mark.parametrize(("matte_size", "size"), [((256, 256), (1280, 720)), ((256, 144), (1280, 720)),
                                                  ((256, 256), (1366, 768)), ((256, 256), (640, 360))])
def test_a_matte_edge_stays_where_the_picture_edge_is(matte_size, size):
    """The picture is scaled to the matte's size as for a segmenter; a perfect segmenter's edge must not move."""
    (columns, rows), (width, height) = matte_size, size
    y, x = np.mgrid[:height, :width]
    for ramp in (np.clip((x - width * 0.37) / 40 + 0.5, 0, 1), np.clip((y - height * 0.61) / 40 + 0.5, 0, 1)):
        picture = from_rgb(np.repeat(np.rint(255 * ramp)[:, :, None], 3, 2).astype(np.uint8))
        seen = Scaler().rgb(picture, columns, rows)[:, :, 1]
        alpha = np.rint(seen * (255 / seen.max())).astype(np.uint8)
        out = compose(Canvas(width, height), [Picture(solid(width, height, Color(255, 255, 255)),
                                                      Box(0, 0, width, height), Matte(alpha, 0))])
        shown = (out.y.astype(float) - 16) / 219
        moved_px = (shown.sum() - ramp.sum()) / (height if ramp[0, 0] != ramp[0, -1] else width)
        assert abs(moved_px) < 0.5
        assert np.abs(shown - ramp).max() < 0.05


def test_an_enlarged_matte_is_smooth():
    """One step between two matte cells becomes a straight ramp of the cells' distance, without steps or ringing."""
    out = compose(Canvas(1280, 720), [Picture(solid(1280, 720, Color(255, 255, 255)), Box(0, 0, 1280, 720),
                                              halves(0, 255, 256, 256))])
    row = out.y[300].astype(int)
    steps = np.diff(row)
    assert steps.min() >= 0 and steps.max() <= 219 / 5 + 2 and np.count_nonzero(steps) >= 5
    assert row[640 - 4] == 16 and row[640 + 3] == 235 and abs(int(row[639]) + int(row[640]) - 251) <= 2


def test_the_matte_of_a_cropped_source_is_cropped_with_it():
    alpha = Matte(np.arange(0, 256, dtype=np.uint8)[None, :].repeat(256, 0), 0)
    white, box = solid(1024, 512, Color(255, 255, 255)), Box(0, 0, 1024, 512)
    whole = compose(Canvas(1024, 512), [Picture(white, box, alpha)])
    part = compose(Canvas(512, 128), [Picture(solid(512, 128, Color(255, 255, 255)), Box(0, 0, 512, 128), alpha,
                                              matte_crop=(0.25, 0.5, 0.5, 0.25))])
    np.testing.assert_array_equal(part.y, whole.y[256:384, 256:768])


def test_a_raster_lies_over_everything_and_is_cut_at_the_canvas():
    rgba = np.zeros((20, 30, 4), np.uint8)
    rgba[:] = (255, 255, 255, 255)
    for x, y in ((-14, -6), (50, 40), (10, 10), (-40, 0), (64, 48)):
        out = compose(CANVAS, [Picture(solid(64, 48, BEACH), WHOLE)], [from_rgba(rgba, x, y)])
        expected = np.full((48, 64), color(BEACH)[0])
        expected[max(y, 0):max(y + 20, 0), max(x, 0):max(x + 30, 0)] = 235
        np.testing.assert_array_equal(out.y, expected)


def test_a_half_clear_raster_lets_half_through():
    rgba = np.full((4, 4, 4), 128, np.uint8)
    out = compose(CANVAS, [Picture(solid(64, 48, Color(0, 0, 0)), WHOLE)], [from_rgba(rgba, 8, 8)])
    assert abs(values(out, 9, 9)[0] - (16 + 219 * 128 / 255)) <= 1 and values(out, 9, 9)[1:] == (128, 128)


def test_a_frame_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="a frame of 10x10 for a box of 64x48"):
        compose(CANVAS, [Picture(noise(1, 10, 10), WHOLE)])
    with pytest.raises(ValueError, match="limited"):
        compose(CANVAS, [Picture(replace(noise(1), matrix="bt601"), WHOLE)])


def test_solid_colours_have_their_standard_values():
    for tint, expected in ((Color(255, 255, 255), (235, 128, 128)), (Color(0, 0, 0), (16, 128, 128)),
                           (Color(255, 0, 0), (63, 102, 240)), (Color(0, 0, 255), (32, 240, 118))):
        assert color(tint) == expected


def test_warming_up_composes_with_every_part(monkeypatch):
    calls = []

    def counted(*arguments):
        calls.append([picture.matte is not None for picture in arguments[1]] + [len(arguments[2])])
        return compositor.compose(*arguments)

    monkeypatch.setattr(warm, "compose", counted)
    warm.warm(CANVAS)
    assert calls == [[False, True, False, 1]]
