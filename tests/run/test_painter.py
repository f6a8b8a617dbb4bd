"""One tick's picture, pixel by pixel: above all, that no pixel of the room is shown without a matte."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from stream.fonts import collection
from stream.media import Matte, VideoFrame, new_frame
from stream.render.text import Typesetter
from stream.run.painter import Painter
from stream.run.placing import refitted, turned_matte
from stream.run.rasters import KEPT_RASTERS, Rasters
from stream.run.shelf import Shot
from stream.timeline.program import FOREVER_NS, Box, Color, Cue, Layer, MatteSpec, Program, Run, TextStyle

WIDTH, HEIGHT = 320, 180
WHOLE = Box(0, 0, WIDTH, HEIGHT)
ROOM, BACK = 200, 60
TYPESETTER = Typesetter(collection(), lambda line: None)


def picture(level: int, width_px: int = WIDTH, height_px: int = HEIGHT) -> VideoFrame:
    frame = new_frame(width_px, height_px)
    frame.y[:], frame.u[:], frame.v[:] = level, 128, 128
    return frame


def striped() -> VideoFrame:
    """A room with a pattern such as a face or a page has: bars 12 pixels wide, black and white."""
    frame = picture(ROOM)
    frame.y[:] = np.where(np.arange(WIDTH) // 12 % 2, 235, 16)[None]
    return frame


MATTED = MatteSpec()


def live(matte: MatteSpec | None = MATTED, **changes: Any) -> Layer:
    return replace(Layer("live", "live", "test://", 0, FOREVER_NS, WHOLE, matte=matte, source_px=(WIDTH, HEIGHT)),
                   **changes)


BEHIND = Layer("back", "image", "beach.png", 0, FOREVER_NS, WHOLE)


def paint(layer: Layer, shot: Shot, *below: Layer) -> VideoFrame:
    program = Program(WIDTH, HEIGHT, Fraction(30), FOREVER_NS, (*below, layer))
    painter = Painter(program, Rasters(TYPESETTER, program), {"back": picture(BACK)})
    return painter.paint(0, {"live": shot}, ())[0]


def levels(frame: VideoFrame) -> tuple[int, int]:
    return int(frame.y.min()), int(frame.y.max())


def cut(left_half: bool) -> Matte:
    alpha = np.zeros((18, 32), np.uint8)
    alpha[:, :16 if left_half else 0] = 255
    return Matte(alpha, 0)


def test_a_matte_cuts_the_person_out_over_the_background() -> None:
    out = paint(live(), Shot(picture(ROOM), cut(True)), BEHIND)
    assert int(out.y[90, 20]) == ROOM and int(out.y[90, 300]) == BACK


def test_without_a_matte_the_background_stands_alone() -> None:
    assert levels(paint(live(), Shot(picture(ROOM)), BEHIND)) == (BACK, BACK)


def test_without_a_matte_or_anything_behind_it_is_black() -> None:
    assert levels(paint(live(), Shot(picture(ROOM)))) == (16, 16)


def test_without_a_matte_a_fill_of_one_colour_stands_alone() -> None:
    out = paint(live(fill=Color(255, 255, 255)), Shot(picture(ROOM)))
    assert levels(out) == (235, 235)


def test_the_blurred_fallback_leaves_no_detail_of_the_room() -> None:
    out = paint(live(MatteSpec("blur")), Shot(striped()), BEHIND)
    middle = out.y[:, 60:260].astype(int)
    assert middle.max() - middle.min() <= 4, "bars can still be told apart"
    assert abs(int(middle.mean()) - 125) < 12
    assert np.abs(np.diff(out.y.astype(int), axis=1)).max() <= 3


def test_the_blurred_fallback_stays_in_the_layers_box_and_in_its_crop() -> None:
    room = picture(ROOM)
    room.y[:, :WIDTH // 2] = 16
    corner = Box(160, 90, 160, 90)
    layer = live(MatteSpec("blur"), box=corner, crop=Box(WIDTH // 2, 0, WIDTH // 2, HEIGHT))
    out = paint(layer, Shot(room), BEHIND)
    assert int(out.y[:90].max()) == BACK and int(out.y[:, :160].max()) == BACK
    assert int(out.y[95:175, 165:315].min()) == ROOM


def test_the_room_is_shown_only_where_that_was_asked_for() -> None:
    assert levels(paint(live(MatteSpec("pass")), Shot(picture(ROOM)), BEHIND)) == (ROOM, ROOM)


@pytest.mark.parametrize("fallback", ["background", "blur", "pass"])
def test_before_the_first_picture_there_is_the_background(fallback: Any) -> None:
    assert levels(paint(live(MatteSpec(fallback)), Shot(), BEHIND)) == (BACK, BACK)


@pytest.mark.parametrize("size", [(640, 360), (180, 320), (64, 64), (1920, 1080)])
@pytest.mark.parametrize("crop", [None, Box(40, 20, 240, 135)])
def test_a_source_of_another_size_shows_no_room_either_and_breaks_nothing(size: tuple[int, int], crop: Any) -> None:
    assert levels(paint(live(crop=crop), Shot(picture(ROOM, *size)), BEHIND)) == (BACK, BACK)
    empty = Matte(np.zeros((18, 32), np.uint8), 0)
    assert levels(paint(live(crop=crop), Shot(picture(ROOM, *size), empty), BEHIND)) == (BACK, BACK)
    assert levels(paint(live(None, crop=crop), Shot(picture(ROOM, *size)), BEHIND))[1] == pytest.approx(ROOM, abs=2)


def test_a_matte_turns_as_its_picture_does() -> None:
    alpha = np.arange(6, dtype=np.uint8).reshape(2, 3)
    quarter = turned_matte(Matte(alpha, 7), live(rotate_deg=90))
    assert quarter.alpha.tolist() == [[3, 0], [4, 1], [5, 2]] and quarter.index == 7
    assert turned_matte(Matte(alpha, 7), live(flip_x=True)).alpha.tolist() == [[2, 1, 0], [5, 4, 3]]
    assert turned_matte(Matte(alpha, 7), live(flip_y=True)).alpha.tolist() == [[3, 4, 5], [0, 1, 2]]


def test_another_shape_is_shown_whole_inside_the_box() -> None:
    fitted = refitted(live(None), picture(ROOM, 180, 320))
    assert (fitted.box.height_px, fitted.box.y_px) == (HEIGHT, 0)
    assert fitted.box.width_px == pytest.approx(HEIGHT * 180 / 320, abs=2)
    assert fitted.box.x_px == pytest.approx((WIDTH - fitted.box.width_px) / 2, abs=2)


def test_the_same_shape_keeps_box_and_share() -> None:
    layer = live(None, crop=Box(80, 0, 160, 180))
    fitted = refitted(layer, picture(ROOM, 640, 360))
    assert fitted.box == layer.box and fitted.crop == Box(160, 0, 320, 360)


def test_the_same_picture_has_the_same_hash_and_another_has_not() -> None:
    program = Program(WIDTH, HEIGHT, Fraction(30), FOREVER_NS, (live(None),))
    painter = Painter(program, Rasters(TYPESETTER, program))
    changed = picture(ROOM)
    changed.v[-1, -1] += 1
    hashes = [painter.paint(n, {"live": Shot(frame)}, ())[1] for n, frame in
              enumerate([picture(ROOM), picture(ROOM), changed])]
    assert hashes[0] == hashes[1] != hashes[2] and hashes[0] != 0


def test_no_frame_that_comes_in_is_written_to() -> None:
    frame = picture(ROOM)
    before = frame.y.copy()
    paint(live(), Shot(frame, cut(True)), BEHIND)
    assert np.array_equal(frame.y, before)


def test_a_cue_is_drawn_once_and_old_ones_are_forgotten() -> None:
    program = Program(WIDTH, HEIGHT, Fraction(30), FOREVER_NS)
    rasters = Rasters(TYPESETTER, program)
    style = TextStyle(font="Noto Sans", size_px=20, align="BottomCenter")

    def cue(text: str) -> Cue:
        return Cue("c", 0, 1, ((Run(text),),), style)

    first = rasters.draw(cue("hello"))
    assert first is not None and rasters.draw(replace(cue("hello"), start_ns=5, revision=3)) is first
    for number in range(3 * KEPT_RASTERS):
        rasters.draw(cue(str(number)))
    assert len(rasters._drawn) == KEPT_RASTERS
