"""The bar code: what is drawn is read back, from any copy, or not at all."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.codecs.decode import VideoDecoder
from stream.codecs.encode import Rendition, VideoEncoder
from stream.marks import barcode
from stream.marks.barcode import Code, Place
from stream.marks.scene import Picture
from stream.media import Plane, Scaler, VideoFrame, new_frame

CODES = st.builds(Code, st.integers(0, 2**48 - 1), st.integers(0, 2**31 - 1), st.booleans())
RATE = Fraction(30)


def plane(width: int = 1280, height: int = 720, seed: int = 0) -> Plane:
    picture: Plane = np.random.default_rng(seed).integers(16, 236, (height, width), dtype=np.uint8)
    return picture


@given(CODES)
def test_every_code_reads_back(code: Code) -> None:
    y = plane(320, 180)
    barcode.draw(y, code)
    assert barcode.read(y) == code


@given(CODES, st.integers(0, 95))
def test_a_code_with_one_cell_flipped_is_refused(code: Code, cell: int) -> None:
    y = np.full((360, 640), 100, np.uint8)
    barcode.draw(y, code)
    place = barcode.locate(y)
    assert place is not None
    row, column = 1 + cell // barcode.COLUMNS, cell % barcode.COLUMNS
    wide, tall = place.width_ratio * 640 / barcode.COLUMNS, place.height_ratio * 360 / barcode.ROWS
    left, top = place.x_ratio * 640 + column * wide, place.y_ratio * 360 + row * tall
    box = y[round(top):round(top + tall), round(left):round(left + wide)]
    box[:] = 251 - box
    assert barcode.read(y) is None


def test_a_picture_without_a_code_reads_as_none() -> None:
    assert barcode.read(plane()) is None
    assert barcode.read(np.full((720, 1280), 16, np.uint8)) is None
    assert barcode.read(Picture(640, 360).draw(3, RATE, flash=True).y) is None


def test_arbitrary_stripes_are_no_code() -> None:
    y = np.full((360, 640), 16, np.uint8)
    y[40:60] = np.where(np.arange(640) // 16 % 2, 235, 16)
    y[120:140] = np.where(np.arange(640) // 16 % 2, 16, 235)
    assert barcode.read(y) is None


@pytest.mark.parametrize("preset", ["ultrafast", "superfast"])
@pytest.mark.parametrize("size", [(640, 360), (1280, 720)])
def test_a_code_survives_x264_at_1_mbit_and_scaling(preset: str, size: tuple[int, int]) -> None:
    encoder = VideoEncoder(Rendition(*size, RATE, preset=preset, video_bitrate=1_000_000, encoder="libx264"))
    decoder = VideoDecoder(encoder.setup)
    picture, scaler, read = Picture(*size), Scaler(), 0
    for frame in range(12):
        drawn = picture.draw(frame, RATE, flash=False)
        code = Code(frame * 987_654_321_012 & (1 << 48) - 1, frame * 77_777_777 & 0x7FFFFFFF, frame % 3 == 0)
        barcode.draw(drawn.y, code)
        for packet in encoder.encode(drawn):
            for shown in decoder.decode(packet, frame):
                for other in ((640, 360), (1920, 1080), (640, 480), (426, 240)):
                    assert barcode.read(scaler.frame(shown, *other).y) == code
                    read += 1
    assert read == 48


@pytest.mark.parametrize(("inner", "at"), [((960, 540), (160, 90)), ((640, 360), (0, 180)), ((900, 720), (190, 0))])
def test_a_code_is_found_where_letterboxing_moved_it(inner: tuple[int, int], at: tuple[int, int]) -> None:
    drawn = new_frame(1280, 720)
    drawn.y[:] = plane()
    drawn.u[:] = drawn.v[:] = 128
    code = Code(123_456_789, 42)
    barcode.draw(drawn.y, code)
    small: VideoFrame = Scaler().frame(drawn, *inner)
    canvas = np.full((720, 1280), 16, np.uint8)
    canvas[at[1]:at[1] + inner[1], at[0]:at[0] + inner[0]] = small.y
    assert barcode.read(canvas) == code


def test_a_code_reads_from_another_place_when_asked_to_lie_there() -> None:
    y = plane()
    barcode.draw(y, Code(1, 2), Place(0.3, 0.6, 0.35, 0.1))
    found = barcode.locate(y)
    assert barcode.read(y) == Code(1, 2)
    assert found is not None and 0.3 <= found.x_ratio <= 0.33 and 0.6 <= found.y_ratio <= 0.64


def test_a_reader_follows_a_code_that_moves() -> None:
    reader, first, second = barcode.Reader(), plane(seed=1), plane(seed=2)
    barcode.draw(first, Code(1, 1))
    barcode.draw(second, Code(2, 2), Place(0.2, 0.5, 0.6, 0.12))
    assert [reader.read(y) for y in (first, second, plane(seed=3), first)] == [Code(1, 1), Code(2, 2), None, Code(1, 1)]


@pytest.mark.parametrize("code", [Code(1 << 48, 0), Code(-1, 0), Code(0, 1 << 31), Code(0, -1)])
def test_what_does_not_fit_into_a_code_is_an_error(code: Any) -> None:
    with pytest.raises(ValueError, match="48 bits"):
        barcode.draw(plane(), code)


def test_a_place_too_small_for_cells_is_an_error() -> None:
    with pytest.raises(ValueError, match="3 px"):
        barcode.draw(plane(128, 72), Code(0, 0), Place(0, 0, 0.5, 0.1))
