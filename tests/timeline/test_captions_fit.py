"""Captions of a clip or a voice stay in the picture, two lines at a time."""

import pytest

from stream.timeline.facts import Facts, MediaFacts
from stream.timeline.program import NS, TextStyle
from stream.timeline.resolve import resolve
from stream.timeline.schema import from_value
from stream.timeline.texts import two_lines

LONG = ("Cuelight takes a stream in and sends it out again with captions and a new background; afterwards there is a "
        "folder with all that is needed to show it once more.")


@pytest.mark.parametrize(("y", "size", "stays"), [(910, 60, True), (900, 80, False), (20, 80, True)])
def test_captions_that_would_hang_out_of_the_picture_are_moved_up(y: int, size: int, stays: bool) -> None:
    value = {"VideoTracks": [{"VideoTrackClips": [{"MediaURL": "a.mp4", "Effects": [
        {"Type": "AI_ASR", "Alignment": "TopCenter", "Y": y, "FontSize": size}]}]}]}
    facts = Facts({"a.mp4": MediaFacts("video", 1920, 1080, duration_ns=5 * NS, has_video=True, has_audio=True)})
    spec = resolve(from_value(value), facts).layers[0].captions
    assert spec is not None
    assert (spec.style.y_px == y) == stays
    assert spec.style.y_px + 2 * 1.36 * size <= 1080


def test_a_long_sentence_is_shown_in_parts_of_two_lines() -> None:
    style = TextStyle(size_px=60, width_px=1300)
    parts = two_lines(LONG, style)
    assert " ".join(parts) == LONG
    assert len(parts) >= 2
    assert all(len(part) * 0.58 * 60 <= 2 * 1300 for part in parts)
    assert max(map(len, parts)) < 2 * min(map(len, parts))


def test_chinese_is_parted_between_any_two_characters() -> None:
    text = "直播" * 40
    parts = two_lines(text, TextStyle(size_px=60, width_px=600))
    assert "".join(parts) == text and len(parts) >= 4


def test_a_short_sentence_stays_whole() -> None:
    assert two_lines("Hello, world.", TextStyle(size_px=60, width_px=1300)) == ["Hello, world."]
