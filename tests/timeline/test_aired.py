"""A finished run's Timelines: plain IMS, the live clip replaced by what was recorded of it."""

import copy
from typing import Any

from stream.timeline.aired import aired
from stream.timeline.facts import Facts, MediaFacts
from stream.timeline.journal import Journal
from stream.timeline.program import NS
from stream.timeline.resolve import resolve
from stream.timeline.schema import from_value

LIVE = "rtmp-listen://0.0.0.0/live/…"
DOCUMENT: dict[str, Any] = {
    "VideoTracks": [
        {"VideoTrackClips": [{"Type": "GlobalImage", "MediaURL": "beach.jpg"}]},
        {"VideoTrackClips": [{"Type": "Video", "MediaURL": LIVE,
                              "Effects": [{"Type": "AI_RealMatting"}, {"Type": "AI_ASR"},
                                          {"Type": "Volume", "Gain": 1}]}]}],
    "Cuelight": {"Version": 1, "Mode": "Live", "Fallback": "blur"}}
FILES = [{"file": "main-000.mp4", "start_ns": 0, "end_ns": 4 * NS},
         {"file": "main-001.mp4", "start_ns": 10 * NS + 1, "end_ns": 12 * NS}]
CLIP = {"Type": "Text", "Content": "hello", "TimelineIn": 1, "TimelineOut": 2}


def run_of(document: dict[str, Any]) -> Journal:
    return Journal({"document": document, "size": [640, 360], "rate": "30000/1001"})


def clips(document: dict[str, Any]) -> list[dict[str, Any]]:
    return document["VideoTracks"][1]["VideoTrackClips"]


def test_the_live_clip_becomes_its_files_at_their_times() -> None:
    made = aired(run_of(DOCUMENT), FILES, [], mode="Polished")
    assert [c["MediaURL"] for c in clips(made)] == ["main-000.mp4", "main-001.mp4"]
    program = resolve(from_value(made), Facts({
        "main-000.mp4": MediaFacts("video", 640, 360, duration_ns=4 * NS, has_video=True, has_audio=True),
        "main-001.mp4": MediaFacts("video", 640, 360, duration_ns=2 * NS, has_video=True, has_audio=True),
        "beach.jpg": MediaFacts("image", 640, 360)}))
    video = [layer for layer in program.layers if layer.kind == "video"]
    assert [(layer.start_ns, layer.end_ns) for layer in video] == [(0, 4 * NS), (10 * NS + 1, 12 * NS)]
    assert all(layer.matte is not None and layer.matte.fallback == "blur" for layer in video)


def test_recognition_is_not_run_again_and_every_other_effect_stays() -> None:
    made = aired(run_of(DOCUMENT), FILES, [], mode="Polished")
    assert [e["Type"] for e in clips(made)[0]["Effects"]] == ["AI_RealMatting", "Volume"]


def test_captions_are_a_subtitle_track_after_those_that_were_there() -> None:
    banner = {**DOCUMENT, "SubtitleTracks": [{"SubtitleTrackClips": [{"Type": "Text", "Content": "banner"}]}]}
    made = aired(run_of(banner), FILES, [CLIP], mode="AsAired", journal_name="journal.jsonl")
    texts = [c["Content"] for track in made["SubtitleTracks"] for c in track["SubtitleTrackClips"]]
    assert texts == ["banner", "hello"]


def test_size_and_rate_are_those_of_the_run() -> None:
    made = aired(run_of(DOCUMENT), FILES, [], mode="AsAired", journal_name="journal.jsonl")
    assert (made["OutputMediaConfig"]["Width"], made["OutputMediaConfig"]["Height"]) == (640, 360)
    assert made["Cuelight"] == {"Version": 1, "Mode": "AsAired", "Fallback": "blur", "Rate": "30000/1001",
                                "Journal": "journal.jsonl"}


def test_a_document_inside_a_timeline_member_in_another_case_is_found() -> None:
    inner = {"videotracks": [{"videotrackclips": [{"mediaurl": LIVE, "effects": [{"type": "ai_asr"}]}]}]}
    made = aired(run_of({"Timeline": inner}), FILES[:1], [CLIP], mode="Polished")
    clip = made["Timeline"]["videotracks"][0]["videotrackclips"][0]
    assert clip["mediaurl"] == "main-000.mp4" and clip["effects"] == []
    assert made["Timeline"]["Cuelight"]["Mode"] == "Polished" and "Cuelight" not in made


def test_the_journals_own_document_is_not_touched() -> None:
    before = copy.deepcopy(DOCUMENT)
    aired(run_of(DOCUMENT), FILES, [CLIP], mode="Polished", words=[{"text": "hello"}])
    assert before == DOCUMENT


def test_each_language_has_a_track_of_its_own() -> None:
    german = [{**CLIP, "Content": text, "Cuelight": {"Lane": "de"}} for text in ("hallo", "Welt")]
    made = aired(run_of(DOCUMENT), FILES, [german[0], CLIP, german[1]], mode="Polished")
    assert [[c["Content"] for c in track["SubtitleTrackClips"]] for track in made["SubtitleTracks"]] == [
        ["hello"], ["hallo", "Welt"]]
