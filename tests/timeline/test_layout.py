"""Where pictures go: the ratio/px rule, AdaptMode, defaults and crops."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.timeline.layout import Region, crop_box, place
from stream.timeline.program import Box

CANVAS = (1920, 1080)


@pytest.mark.parametrize(("region", "mode", "box", "crop"), [
    (Region(), "Fill", Box(240, 0, 1440, 1080), None),
    (Region(0.25, 0.5), "Fill", Box(480, 540, 1440, 1080), None),
    (Region(0, 0, 1, 1), "Fill", Box(0, 0, 1920, 1080), None),
    (Region(0, 0, 1, 1), "Contain", Box(240, 0, 1440, 1080), None),
    (Region(0, 0, 1, 1), "Cover", Box(0, 0, 1920, 1080), Box(0, 76, 800, 450)),
    (Region(None, None, 0.5, 1), "Cover", Box(0, 0, 960, 1080), Box(132, 0, 534, 600)),
    (Region(100, 50, 400, 300), "Fill", Box(100, 50, 400, 300), None),
    (Region(100, 50, 400, None), "Cover", Box(100, 50, 400, 300), None),
    (Region(None, None, None, 0.5), "Fill", Box(0, 0, 720, 540), None),
    (Region(-0.5, 2), "Fill", Box(-960, 2, 1440, 1080), None)])
def test_an_800x600_picture_on_1080p(region: Region, mode: str, box: Box, crop: Box | None) -> None:
    assert place(region, mode, (800, 600), None, CANVAS, "fit") == (box, crop)


def test_a_natural_picture_is_centred_and_shrunk_only_when_larger() -> None:
    assert place(Region(), "Fill", (800, 600), None, CANVAS, "natural")[0] == Box(560, 240, 800, 600)
    assert place(Region(), "Fill", (8000, 6000), None, CANVAS, "natural")[0] == Box(240, 0, 1440, 1080)


def test_a_source_of_unknown_size_takes_its_whole_place() -> None:
    assert place(Region(), "Fill", (0, 0), None, CANVAS, "fit") == (Box(0, 0, 1920, 1080), None)
    assert place(Region(0.5, 0, 0.5, 1), "Cover", (0, 0), None, CANVAS, "fit") == (Box(960, 0, 960, 1080), None)


@pytest.mark.parametrize(("region", "crop"), [
    (Region(0.25, None, 0.5, 1), Box(480, 0, 960, 1080)), (Region(None, 0.5), Box(0, 540, 1920, 540)),
    (Region(100, 100, 200, 300), Box(100, 100, 200, 300)), (Region(0.9, 0, 0.5, 1), Box(1728, 0, 192, 1080)),
    (Region(2000, 0, 10, 10), None), (Region(0, 0, 0.0001, 0.0001), None)])
def test_a_crop_takes_zero_and_the_rest_for_what_is_missing(region: Region, crop: Box | None) -> None:
    assert crop_box(region, CANVAS) == crop


def test_neighbouring_boxes_share_their_edge() -> None:
    left, _ = place(Region(0, 0, 1 / 3, 1), "Fill", (10, 10), None, CANVAS, "fit")
    right, _ = place(Region(1 / 3, 0, 2 / 3, 1), "Fill", (10, 10), None, CANVAS, "fit")
    assert left.x_px + left.width_px == right.x_px and right.x_px + right.width_px == 1920


numbers = st.none() | st.floats(-3000, 3000) | st.floats(0, 1)
sizes = st.tuples(st.integers(1, 5000), st.integers(1, 5000))


@given(st.builds(Region, *[numbers] * 4), st.sampled_from(["Fill", "Contain", "Cover"]), sizes,
       st.builds(Region, *[numbers] * 4))
def test_boxes_are_even_and_crops_stay_inside_their_source(region: Region, mode: str, source: tuple[int, int],
                                                           cut: Region) -> None:
    crop = crop_box(cut, source)
    box, used = place(region, mode, source, crop, CANVAS, "fit")
    assert box.width_px >= 2 and box.height_px >= 2
    assert not any(value % 2 for value in (box.x_px, box.y_px, box.width_px, box.height_px))
    for part in (crop, used):
        if part is not None:
            assert part.x_px >= 0 and part.x_px + part.width_px <= source[0] and part.width_px > 0
            assert part.y_px >= 0 and part.y_px + part.height_px <= source[1] and part.height_px > 0
