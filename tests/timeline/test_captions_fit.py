"""Captions of a clip stay in the picture."""

import pytest

from stream.timeline.facts import Facts, MediaFacts
from stream.timeline.program import NS
from stream.timeline.resolve import resolve
from stream.timeline.schema import from_value


@pytest.mark.parametrize(("y", "size", "stays"), [(910, 60, True), (900, 80, False), (20, 80, True)])
def test_captions_that_would_hang_out_of_the_picture_are_moved_up(y: int, size: int, stays: bool) -> None:
    value = {"VideoTracks": [{"VideoTrackClips": [{"MediaURL": "a.mp4", "Effects": [
        {"Type": "AI_ASR", "Alignment": "TopCenter", "Y": y, "FontSize": size}]}]}]}
    facts = Facts({"a.mp4": MediaFacts("video", 1920, 1080, duration_ns=5 * NS, has_video=True, has_audio=True)})
    spec = resolve(from_value(value), facts).layers[0].captions
    assert spec is not None
    assert (spec.style.y_px == y) == stays
    assert spec.style.y_px + 2 * 1.36 * size <= 1080
