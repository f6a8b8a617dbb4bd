"""The edit exported as OpenTimelineIO is what OpenTimelineIO reads: tracks, gaps, transitions, speed, and our words."""

import json
import sys
from fractions import Fraction
from typing import Any

import pytest

from stream.timeline.export import otio
from stream.timeline.facts import Facts, MediaFacts
from stream.timeline.program import NS, Program
from stream.timeline.resolve import resolve
from stream.timeline.schema import Document, from_value

if sys.version_info >= (3, 14):
    pytest.skip("OpenTimelineIO has no package for this Python", allow_module_level=True)

DOCUMENT = {"VideoTracks": [
    {"VideoTrackClips": [
        {"MediaURL": "https://x.test/a.mp4", "TimelineIn": 1, "In": 2, "Out": 6, "Title": "First",
         "Effects": [{"Type": "Transition", "SubType": "wiperight", "Duration": 1},
                     {"Type": "Background", "SubType": "Blur", "Radius": 0.1}]},
        {"MediaURL": "https://x.test/b.mp4", "In": 0, "Out": 4, "Speed": 2}]},
    {"VideoTrackClips": [{"Type": "Image", "MediaURL": "https://x.test/logo.png", "TimelineIn": 2, "TimelineOut": 3,
                          "X": 10, "Y": 10, "Width": 64, "Height": 64}]}],
    "AudioTracks": [{"AudioTrackClips": [{"MediaURL": "https://x.test/m.mp3", "TimelineIn": 0.5, "In": 1, "Out": 3}]}],
    "SubtitleTracks": [{"SubtitleTrackClips": [{"Type": "Text", "Content": "Hello\nworld", "TimelineIn": 1,
                                                "TimelineOut": 2}]}],
    "OutputMediaConfig": {"Width": 640, "Height": 360}, "Unknown": [1, {"a": "rtmp://h.test/live/secretkey"}]}
VIDEO = MediaFacts("video", 640, 360, 0, 10 * NS, Fraction(25), True, True)
FACTS = Facts({"https://x.test/a.mp4": VIDEO, "https://x.test/b.mp4": VIDEO,
               "https://x.test/logo.png": MediaFacts("image", 64, 64, has_video=True),
               "https://x.test/m.mp3": MediaFacts("audio", 0, 0, 0, 20 * NS, None, False, True)})


def settled(value: dict[str, Any]) -> tuple[Program, Document]:
    document = from_value(value)
    return resolve(document, FACTS, rate=Fraction(25)), document


@pytest.fixture(scope="module")
def timeline() -> Any:
    import opentimelineio

    return opentimelineio.adapters.read_from_string(otio.write_program(*settled(DOCUMENT)))


def seconds(time: Any) -> float:
    return round(time.to_seconds(), 6)


def test_it_has_the_tracks_of_the_document(timeline: Any) -> None:
    assert [(t.kind, t.name) for t in timeline.tracks] == [
        ("Video", "VideoTracks[0]"), ("Video", "VideoTracks[1]"), ("Audio", "VideoTracks[0]"),
        ("Audio", "AudioTracks[0]")]
    assert seconds(timeline.duration()) == settled(DOCUMENT)[0].end_ns / NS


def test_clips_lie_where_the_program_has_them(timeline: Any) -> None:
    program = settled(DOCUMENT)[0]
    track = timeline.tracks[0]
    clips = [child for child in track if type(child).__name__ == "Clip"]
    assert [clip.name for clip in clips] == ["First", "b.mp4"]
    assert [clip.media_reference.target_url for clip in clips] == ["https://x.test/a.mp4", "https://x.test/b.mp4"]
    first, second = program.layers[0], program.layers[1]
    (turn,) = program.transitions
    cut_s = (turn.start_ns + turn.end_ns) / 2 / NS
    spans = [track.range_of_child(clip) for clip in clips]
    assert [seconds(spans[0].start_time), seconds(spans[0].end_time_exclusive())] == [first.start_ns / NS, cut_s]
    assert [seconds(spans[1].start_time), seconds(spans[1].end_time_exclusive())] == [cut_s, second.end_ns / NS]
    assert seconds(clips[0].source_range.start_time) == 2
    assert seconds(clips[1].source_range.start_time) == pytest.approx(2 * (cut_s - second.start_ns / NS))
    image = timeline.tracks[1].find_clips()[0]
    assert seconds(timeline.tracks[1].range_of_child(image).start_time) == 2
    sound = timeline.tracks[3].find_clips()[0]
    assert seconds(sound.source_range.start_time) == 1 and seconds(sound.source_range.duration) == 2
    assert seconds(timeline.tracks[3].range_of_child(sound).start_time) == 0.5


def test_a_transition_lies_about_its_cut(timeline: Any) -> None:
    (turn,) = [child for child in timeline.tracks[0] if type(child).__name__ == "Transition"]
    assert turn.name == "wiperight" and seconds(turn.in_offset) == seconds(turn.out_offset) == 0.5


def test_speed_is_a_time_warp_and_effects_stay_what_they_were(timeline: Any) -> None:
    first, second = timeline.tracks[0].find_clips()
    assert [e.effect_name for e in first.effects] == ["Transition", "Background"]
    assert first.effects[1].metadata["ims"]["Radius"] == 0.1 and first.metadata["ims"]["Title"] == "First"
    assert [type(e).__name__ for e in second.effects] == ["LinearTimeWarp"] and second.effects[0].time_scalar == 2
    assert timeline.metadata["ims"]["OutputMediaConfig"]["Width"] == 640


def test_captions_are_markers(timeline: Any) -> None:
    (marker,) = timeline.tracks.markers
    assert marker.name == "Hello / world" and seconds(marker.marked_range.start_time) == 1
    assert seconds(marker.marked_range.duration) == 1


def test_no_stream_key_gets_in() -> None:
    text = otio.write_program(*settled(DOCUMENT))
    assert "secretkey" not in text and "rtmp://h.test/live/…" in text


def test_clips_that_lie_over_one_another_get_tracks_of_their_own() -> None:
    clips = [{"Type": "Image", "MediaURL": "https://x.test/logo.png", "TimelineIn": at, "TimelineOut": at + 2}
             for at in (0, 1, 2)]
    found = json.loads(otio.write_program(*settled({**DOCUMENT, "ImageTracks": [{"ImageTrackClips": clips}]})))
    names = [(t["name"], len(t["children"])) for t in found["tracks"]["children"] if t["name"].startswith("Im")]
    assert names == [("ImageTracks[0]", 2), ("ImageTracks[0] (2)", 2)]


def test_captions_alone_are_a_timeline_too() -> None:
    import opentimelineio

    empty = opentimelineio.adapters.read_from_string(otio.write([]))
    assert len(empty.tracks) == 0
    assert len(opentimelineio.adapters.read_from_string(otio.write(settled(DOCUMENT)[0].cues)).tracks.markers) == 1
