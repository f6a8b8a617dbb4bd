"""A settled document says everything itself, and is the same Program."""

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from timeline_documents import DOCUMENTS, FACTS

from stream.timeline.facts import Facts, MediaFacts
from stream.timeline.program import NS, Program
from stream.timeline.resolve import resolve
from stream.timeline.schema import from_value
from stream.timeline.settled import settled


def bare(program: Program) -> Program:
    return replace(program, notices=())


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60, deadline=None)
@given(DOCUMENTS)
def test_a_settled_document_resolves_to_the_same_program(value: dict[str, Any]) -> None:
    document = from_value(value)
    made, program = settled(document, FACTS)
    assert bare(resolve(from_value(made), FACTS)) == bare(program) == bare(resolve(document, FACTS))
    assert bare(settled(from_value(made), FACTS)[1]) == bare(program)
    assert document.value == value


def test_every_time_and_box_is_written_out() -> None:
    facts = Facts({"a.mp4": MediaFacts("video", 1280, 720, 0, 10 * NS, None, True, True),
                   "i.png": MediaFacts("image", 720, 1280)})
    clips = [{"MediaURL": "a.mp4", "MaxOut": 4, "ClipId": "one", "Effects": [
        {"Type": "Transition", "SubType": "wipeleft,wiperight", "Duration": 0.5}]},
        {"Type": "Image", "MediaURL": "i.png", "Duration": 2}]
    value, _ = settled(from_value({
        "VideoTracks": [{"VideoTrackClips": clips}],
        "AudioTracks": [{"AudioTrackClips": [{"mediaURL": "a.mp4", "ReferenceClipId": "one", "Out": 2}]}],
        "SubtitleTracks": [{"SubtitleTrackClips": [{"Type": "Text", "Content": "Hi"}]}]}), facts)
    first, second = value["VideoTracks"][0]["VideoTrackClips"]
    assert first["Effects"][0]["SubType"] in ("wipeleft", "wiperight")
    assert {**first, "Effects": None} == {
        "MediaURL": "a.mp4", "ClipId": "one", "Effects": None, "TimelineIn": 0, "TimelineOut": 4, "In": 0, "Out": 4,
        "X": 0, "Y": 0, "Width": 1, "Height": 1}
    assert (second["TimelineIn"], second["TimelineOut"], second["X"], second["Width"]) == (3.5, 5.5, 0.342187, 0.315625)
    assert value["AudioTracks"][0]["AudioTrackClips"] == [
        {"mediaURL": "a.mp4", "TimelineIn": 0, "TimelineOut": 4, "In": 0, "Out": 2, "Speed": 0.5}]
    assert value["SubtitleTracks"][0]["SubtitleTrackClips"][0]["TimelineOut"] == 5.5
    assert value["OutputMediaConfig"] == {"Width": 1280, "Height": 720, "Video": {"Fps": 25}}


def test_a_job_and_a_timeline_in_a_text_are_settled_where_they_stand() -> None:
    value, _ = settled(from_value({"Timeline": '{"VideoTracks": [{"VideoTrackClips": [{"MediaURL": "wide.mp4"}]}]}',
                                   "OutputMediaConfig": {"Video": {"Fps": "29.97"}}}), FACTS)
    assert value["Timeline"]["VideoTracks"][0]["VideoTrackClips"][0]["TimelineIn"] == 0
    assert value["OutputMediaConfig"]["Video"]["Fps"] == 29.97 and value["OutputMediaConfig"]["Width"] == 1280
