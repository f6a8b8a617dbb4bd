import numpy as np
import pytest

from models.matting import selfie
from support import shared_media


@pytest.mark.parametrize(("model", "size"), [("general", (256, 256)), ("landscape", (144, 256))])
def test_a_segmenter_returns_alpha_in_range_at_its_own_size(model, size):
    segmenter = selfie.load(model, "cpu")
    assert (segmenter.height_px, segmenter.width_px) == size and segmenter.provider == "cpu"
    alpha = segmenter.open().segment(np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8))
    assert alpha.shape == size and alpha.dtype == np.float32 and 0 <= alpha.min() <= alpha.max() <= 1


def test_two_streams_of_one_segmenter_do_not_disturb_each_other():
    segmenter = selfie.load("landscape", "cpu")
    one, two = segmenter.open(), segmenter.open()
    dark, light = (np.full((144, 256, 3), value, np.uint8) for value in (0, 255))
    first = one.segment(dark)
    kept = first.copy()
    two.segment(light)
    np.testing.assert_array_equal(first, kept)
    np.testing.assert_array_equal(one.segment(dark), kept)


def test_a_picture_of_another_size_is_refused():
    with pytest.raises(ValueError, match="is needed"):
        selfie.load("general", "cpu").open().segment(np.zeros((144, 256, 3), np.uint8))


@pytest.mark.parametrize("model", ["general", "landscape"])
@pytest.mark.parametrize(("clip", "inside", "outside"), [
    ("thoughtful.mp4", [(0.35, 0.5), (0.6, 0.5), (0.88, 0.43)], [(0.2, 0.1), (0.2, 0.8), (0.6, 0.8), (0.5, 0.12)]),
    ("wda_aoc.mp4", [(0.5, 0.5), (0.3, 0.5), (0.9, 0.5)], [(0.1, 0.08), (0.4, 0.05), (0.2, 0.93)])])
def test_a_person_is_told_from_the_background(model, clip, inside, outside):
    """Points are (down, across) in [0, 1], on the person and well off."""
    import av

    from stream.media import Scaler, from_av
    from stream.render.matte import Refiner

    segmenter = selfie.load(model, "cpu")
    stream, scaler = segmenter.open(), Scaler()
    refiner = Refiner(segmenter.height_px, segmenter.width_px)
    with av.open(str(shared_media() / "people" / clip)) as container:
        for _, frame in zip(range(4), container.decode(video=0), strict=False):
            rgb = scaler.rgb(from_av(frame, 0), segmenter.width_px, segmenter.height_px)
            alpha = refiner.refine(stream.segment(rgb), rgb)
    height, width = alpha.shape
    assert [alpha[int(y * height), int(x * width)] for y, x in inside] == [255] * len(inside)
    assert [alpha[int(y * height), int(x * width)] for y, x in outside] == [0] * len(outside)
    assert ((alpha == 0) | (alpha == 255)).mean() > 0.85
