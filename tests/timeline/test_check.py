"""What `check` says: every problem in one run, each with its path, how bad it is and a remedy."""

import json
from pathlib import Path
from typing import Any

import pytest
from foreign_json import JSON, KEYS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stream.errors import DocumentError
from stream.timeline.check import check
from stream.timeline.facts import Facts, MediaFacts
from stream.timeline.program import NS, Notice
from stream.timeline.rendered import BOOKKEEPING, RENDERED
from stream.timeline.resolve import resolve
from stream.timeline.schema import from_value, load
from stream.timeline.schema_effects import EFFECTS

CLIP = "$.VideoTracks[0].VideoTrackClips[0]"
FACTS = Facts({"a.mp4": MediaFacts("video", 1280, 720, duration_ns=10 * NS, has_video=True, has_audio=True)})


def of_clip(**members: Any) -> list[Notice]:
    return check(from_value({"VideoTracks": [{"VideoTrackClips": [{"MediaURL": "a.mp4", **members}]}]}))


def codes(notices: list[Notice]) -> list[tuple[str, str, str]]:
    return [(n.severity, n.code, n.path) for n in notices]


def test_a_plain_clip_gives_nothing_to_say() -> None:
    assert of_clip(In=1, Out=5, X=0.1, Effects=[{"Type": "Text"}, {"Type": "Volume", "Gain": 2}], Comment="x") == []


def test_every_problem_is_told_in_one_run() -> None:
    effects = [{"Type": "Crpo"}, {"Type": "VideoDetext"}]
    found = of_clip(In=5, Out=2, TimelineIn=-1, Width=0, Opacty=0.5, Effects=effects)
    assert set(codes(found)) == {
        ("error", "crossing-times", f"{CLIP}.In"), ("error", "negative-time", f"{CLIP}.TimelineIn"),
        ("error", "out-of-range", f"{CLIP}.Width"), ("error", "unknown-effect", f"{CLIP}.Effects[0].Type"),
        ("warning", "unknown-key", f"{CLIP}.Opacty"), ("warning", "not-rendered", f"{CLIP}.Effects[1]")}
    assert [n.severity for n in found] == sorted((n.severity for n in found), key=["error", "warning"].index)
    assert all(n.message and n.remedy for n in found)


def test_an_unknown_effect_and_an_unknown_key_name_the_nearest() -> None:
    effect, key = sorted(of_clip(Effects=[{"Type": "ai_realmating"}], MaskVideo="x"), key=lambda n: n.severity)
    assert "AI_RealMatting" in effect.remedy and "MaskVideoUrl" in key.remedy


def test_a_member_no_renderer_draws_yet_is_named_never_silent() -> None:
    bubble = {"Type": "AI_ASR", "BubbleStyleId": "BS0001-000001", "TextureURL": "t.png"}
    assert sorted(codes(of_clip(AvatarId="a", Effects=[bubble]))) == sorted(
        ("warning", "not-rendered", f"{CLIP}.{member}") for member in (
            "AvatarId", "Effects[0].BubbleStyleId", "Effects[0].TextureURL"))


@pytest.mark.parametrize("name", sorted(EFFECTS))
def test_every_catalogued_effect_is_rendered_or_reported(name: str) -> None:
    found = [n.code for n in of_clip(Effects=[{"Type": name}])]
    also = {"VFX": ["no-subtype"], "Filter": ["no-subtype"], "ADenoise": ["approximate"]}
    assert found == (also.get(name, []) if f"effect.{name}" in RENDERED else ["not-rendered"])


def test_what_is_rendered_is_not_bookkeeping_too() -> None:
    assert not RENDERED & BOOKKEEPING


@pytest.mark.parametrize("value", [{}, {"VideoTracks": []},
                                   {"VideoTracks": [{"VideoTrackClips": []}], "AudioTracks": []},
                                   {"SubtitleTracks": [{"SubtitleTrackClips": [{"Type": "Text", "Content": "Hi"}]}]}])
def test_a_document_without_picture_and_sound_is_an_error(value: dict[str, Any]) -> None:
    assert ("error", "empty-tracks", "$") in codes(check(from_value(value)))


@pytest.mark.parametrize(("clip", "code"), [
    ({}, "no-media"), ({"Type": "Viedo", "MediaURL": "a.mp4"}, "unknown-clip"),
    ({"MediaURL": "a.mp4", "ReferenceClipId": "b"}, "missing-reference"),
    ({"MediaURL": "a.mp4", "ClipId": "b", "ReferenceClipId": "b"}, "missing-reference"),
    ({"MediaURL": "a.mp4", "Speed": 0}, "out-of-range"), ({"MediaURL": "a.mp4", "Duration": -2}, "negative-time"),
    ({"MediaURL": "a.mp4", "TimelineIn": 3, "TimelineOut": 3}, "crossing-times")])
def test_what_cannot_be_meant_is_an_error(clip: dict[str, Any], code: str) -> None:
    found = check(from_value({"VideoTracks": [{"VideoTrackClips": [clip]}]}))
    assert code in [n.code for n in found if n.severity == "error"]


def test_with_facts_a_missing_file_and_a_trim_past_the_end_show() -> None:
    clips = [{"MediaURL": "a.mp4", "In": 11}, {"MediaURL": "gone.mp4"}, {"Type": "GlobalImage", "MediaURL": "gone.jpg"}]
    document = from_value({"VideoTracks": [{"VideoTrackClips": clips}]})
    facts = Facts({**FACTS.media, "gone.mp4": MediaFacts("missing", error="No such file")})
    found = check(document, facts)
    assert ("error", "missing-media", "$.VideoTracks[0].VideoTrackClips[1].MediaURL") in codes(found)
    assert ("error", "missing-media", "$.VideoTracks[0].VideoTrackClips[2].MediaURL") in codes(found)
    assert ("warning", "zero-length", f"{CLIP}.In") in codes(found)
    assert any("No such file" in n.message for n in found)


def test_a_stream_key_never_reaches_a_message() -> None:
    document = from_value({"VideoTracks": [{"VideoTrackClips": [{"MediaURL": "rtmp://u:pw@host/live/s3cret?token=t0p"}]}]})
    found = check(document, Facts({"rtmp://u:pw@host/live/s3cret?token=t0p": MediaFacts("missing", error="refused")}))
    said = " ".join(f"{n.message} {n.remedy}" for n in found)
    assert "host/live" in said and not any(secret in said for secret in ("s3cret", "t0p", "pw"))


def test_template_markers_are_tolerated_and_told() -> None:
    found = of_clip(In="$Start:2", Out="$End", Effects=[{"Type": "Volume", "Gain": "$Gain:NULL"}])
    assert {n.code for n in found} == {"template-variable"} and len(found) == 3
    document = from_value({"VideoTracks": {"Sys_Type": "ArrayItems", "Sys_ArrayObject": "$Clips", "Sys_Template": {}}})
    assert "wrong-type" not in [n.code for n in check(document)]


def test_both_spellings_of_one_key_are_told() -> None:
    assert ("warning", "duplicate-key", f"{CLIP}.MediaUrl") in codes(of_clip(MediaUrl="b.mp4"))


def test_names_outside_the_catalogue_are_told() -> None:
    found = of_clip(AdaptMode="Covr", Effects=[{"Type": "Transition", "SubType": "windowslic"},
                                               {"Type": "AI_ASR", "Alignment": "TopMiddle"}])
    said = {n.path: n.remedy for n in found if n.code == "unknown-word"}
    assert set(said) == {f"{CLIP}.AdaptMode", f"{CLIP}.Effects[0].SubType", f"{CLIP}.Effects[1].Alignment"}
    assert "Cover" in said[f"{CLIP}.AdaptMode"] and "windowslice" in said[f"{CLIP}.Effects[0].SubType"]


def test_a_disabled_track_is_passed_over() -> None:
    value = {"VideoTracks": [{"VideoTrackClips": [{"MediaURL": "a.mp4"}]},
                             {"Disabled": True, "VideoTrackClips": [{"Type": "AI_Avatar"}, {"MediaURL": "gone"}]}]}
    assert check(from_value(value), FACTS) == []


def test_check_and_resolve_say_the_same() -> None:
    document = from_value({"VideoTracks": [{"VideoTrackClips": [{"MediaURL": "a.mp4", "Odd": 1, "LoopMotion": 1}]}]})
    assert sorted(map(str, resolve(document, FACTS).notices)) == sorted(map(str, check(document, FACTS)))


def test_ten_thousand_clips_are_all_checked() -> None:
    clip = {"MediaURL": "a.mp4", "In": 1, "Out": 2, "Odd": 1, "Effects": [{"Type": "AI_ASR", "FontSize": "40"}]}
    found = check(load(json.dumps({"VideoTracks": [{"VideoTrackClips": [clip] * 10_000}]})), FACTS)
    assert len(found) == 10_000 and {n.code for n in found} == {"unknown-key"}


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=150)
@given(st.dictionaries(st.sampled_from(KEYS), JSON, max_size=5), st.booleans())
def test_random_json_gives_our_error_or_notices(value: dict[str, Any], deep: bool) -> None:
    kinds = ("Video", "Subtitle", "Audio", "Image")
    whole = {f"{kind}Tracks": [{f"{kind}TrackClips": [value]}] for kind in kinds} if deep else value
    try:
        document = load(json.dumps(whole))
    except DocumentError:
        return
    program = resolve(document, FACTS)
    assert all(n.path.startswith("$") and n.code and n.message for n in [*check(document), *program.notices])
    assert all(0 <= layer.start_ns < layer.end_ns <= program.end_ns for layer in program.layers)
    assert all(sound.start_ns < sound.end_ns <= program.end_ns for sound in program.sounds)
    assert all(cue.start_ns < cue.end_ns <= program.end_ns for cue in program.cues)
    assert program.width_px % 2 == program.height_px % 2 == 0 < program.width_px


def captions(**notes: object) -> list[tuple[str, str, str]]:
    value = {"VideoTracks": [{"VideoTrackClips": [{"MediaURL": "a.mp4", "Effects": [{"Type": "AI_ASR"}]}]}],
             "Cuelight": {"Captions": notes}}
    return [(n.severity, n.path, n.code) for n in check(from_value(value), None) if "Captions" in n.path]


def test_an_engine_that_is_not_there_is_an_error_with_its_path(tmp_path: Path) -> None:
    assert captions(Engine="moonshine", SecondEngine=f"vosk:{tmp_path}") == []
    assert captions(Engine="sphinxx") == [("error", "$.Cuelight.Captions.Engine", "unknown-engine")]
    assert captions(SecondEngine="vosk:/nowhere/at/all") == [
        ("error", "$.Cuelight.Captions.SecondEngine", "missing-model")]


def test_what_is_said_of_captions_is_judged_without_looking_at_media() -> None:
    assert captions(Profanity="first-letter") == [("warning", "$.Cuelight.Captions.Profanity", "unknown-value")]
    assert captions(Policy="Eager", Paging="RollUp", HighlightMode="spoken") == []
