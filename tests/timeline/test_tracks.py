"""Where clips lie: references, the main track, fitted tracks, transitions in both dialects, frozen and looped clips."""

from typing import Any

import pytest

from stream.timeline.facts import Facts, MediaFacts
from stream.timeline.program import NS, Program
from stream.timeline.resolve import resolve
from stream.timeline.schema import from_value

FACTS = Facts({"ten.mp4": MediaFacts("video", 1280, 720, duration_ns=10 * NS, has_video=True, has_audio=True),
               "six.mp3": MediaFacts("audio", duration_ns=6 * NS, has_audio=True),
               "i.png": MediaFacts("image", 1280, 720)})
TEN: dict[str, Any] = {"MediaURL": "ten.mp4"}
SIX: dict[str, Any] = {"MediaURL": "six.mp3"}


def program(video: list[list[dict[str, Any]]] | None = None, audio: list[list[dict[str, Any]]] | None = None,
            texts: list[dict[str, Any]] | None = None, **more: Any) -> Program:
    return resolve(from_value({
        "VideoTracks": [{"VideoTrackClips": clips} for clips in video or []],
        "AudioTracks": [{"AudioTrackClips": clips} for clips in audio or []],
        "SubtitleTracks": [{"SubtitleTrackClips": texts or []}], **more}), FACTS)


def image(**members: Any) -> dict[str, Any]:
    return {"Type": "Image", "MediaURL": "i.png", **members}


def layers(made: Program) -> list[tuple[float, float, float]]:
    return [(layer.start_ns / NS, layer.end_ns / NS, layer.speed) for layer in made.layers]


def sounds(made: Program) -> list[tuple[float, float, float]]:
    return [(sound.start_ns / NS, sound.end_ns / NS, sound.speed) for sound in made.sounds]


def codes(made: Program) -> list[str]:
    return [notice.code for notice in made.notices]


def test_a_clip_that_refers_to_a_longer_one_is_slowed_down_and_to_a_shorter_one_is_cut() -> None:
    made = program([[image(Duration=12, ClipId="long"), image(Duration=4, ClipId="short")]],
                   [[SIX | {"ReferenceClipId": "long"}], [SIX | {"ReferenceClipId": "short"}]])
    assert sounds(made) == [(0, 12, 0.5), (12, 16, 1)] and codes(made) == []


def test_a_picture_and_a_text_refer_too_and_a_clip_may_wait_for_one_further_down() -> None:
    voice = SIX | {"TimelineIn": 2, "ClipId": "voice"}
    made = program([[image(ReferenceClipId="voice"), image(Duration=1)]], [[voice]], [
        {"Type": "Text", "Content": "with it", "ReferenceClipId": "voice"}])
    assert layers(made) == [(2, 8, 1), (8, 9, 1)]
    assert [(cue.start_ns / NS, cue.end_ns / NS) for cue in made.cues] == [(2, 8)]


def test_both_times_of_its_own_go_before_a_reference_and_one_alone_does_not() -> None:
    made = program([[image(Duration=9, ClipId="all")]], [
        [SIX | {"ReferenceClipId": "all", "TimelineIn": 1, "TimelineOut": 3}],
        [SIX | {"ReferenceClipId": "all", "TimelineIn": 1}]])
    assert sounds(made) == [(1, 3, 1), (0, 9, pytest.approx(6 / 9))]


@pytest.mark.parametrize(("clips", "code", "path"), [
    ([[image(Duration=1, ClipId="a"), image(ReferenceClipId="a", Duration=1)]], "bad-reference",
     "$.VideoTracks[0].VideoTrackClips[1].ReferenceClipId"),
    ([[image(Duration=1, ReferenceClipId="b"), image(ClipId="b", Duration=1)]], "bad-reference",
     "$.VideoTracks[0].VideoTrackClips[0].ReferenceClipId"),
    ([[image(Duration=1, ClipId="a", ReferenceClipId="a")]], "missing-reference",
     "$.VideoTracks[0].VideoTrackClips[0].ReferenceClipId"),
    ([[image(Duration=1, ReferenceClipId="nobody")]], "missing-reference",
     "$.VideoTracks[0].VideoTrackClips[0].ReferenceClipId"),
    ([[image(Duration=1, ClipId="a", ReferenceClipId="b")], [image(Duration=1, ClipId="b", ReferenceClipId="a")]],
     "circular-reference", "$.VideoTracks[1].VideoTrackClips[0].ReferenceClipId"),
    ([[image(Duration=1, ReferenceClipId="b"), image(Duration=1, ClipId="a")],
      [image(Duration=1, ReferenceClipId="a"), image(Duration=1, ClipId="b")]],
     "circular-reference", "$.VideoTracks[0].VideoTrackClips[0].ReferenceClipId"),
    ([[{"Type": "GlobalImage", "MediaURL": "i.png", "ClipId": "g"}], [image(Duration=1, ReferenceClipId="g")]],
     "bad-reference", "$.VideoTracks[1].VideoTrackClips[0].ReferenceClipId")])
def test_a_reference_that_leads_nowhere_is_an_error_with_its_path(clips: Any, code: str, path: str) -> None:
    made = program(clips)
    assert (code, path, "error") in [(n.code, n.path, n.severity) for n in made.notices]
    assert all(layer.end_ns > layer.start_ns for layer in made.layers)


def test_two_clips_of_one_id_are_told_and_the_first_counts() -> None:
    made = program([[image(Duration=2, ClipId="a"), image(Duration=3, ClipId="a")]], [[SIX | {"ReferenceClipId": "a"}]])
    assert sounds(made) == [(0, 2, 1)] and codes(made) == ["duplicate-id"]


def main(video_out: float | None = None, **modes: Any) -> Program:
    clips = [TEN if video_out is None else TEN | {"TimelineOut": video_out}]
    return resolve(from_value({"VideoTracks": [{"VideoTrackClips": clips, **modes}],
                               "AudioTracks": [{"AudioTrackClips": [SIX], "MainTrack": True}]}), FACTS)


def test_the_main_track_cuts_the_others_unless_they_say_when_they_end() -> None:
    assert main().end_ns == 6 * NS and layers(main()) == [(0, 6, 1)]
    assert main(9).end_ns == 9 * NS and layers(main(9)) == [(0, 9, 1)]
    assert main(4).end_ns == 6 * NS


def test_a_track_may_run_faster_or_slower_so_as_to_end_with_the_main_track() -> None:
    assert layers(main(TrackShortenMode="AutoSpeed")) == [(0, 6, pytest.approx(10 / 6))]
    assert layers(main(TrackExpandMode="AutoSpeed")) == [(0, 6, 1)]
    slow = resolve(from_value({
        "VideoTracks": [{"VideoTrackClips": [TEN], "MainTrack": True}],
        "AudioTracks": [{"AudioTrackClips": [SIX], "TrackExpandMode": "autospeed"}]}), FACTS)
    assert sounds(slow)[-1] == (0, 10, 0.6)
    looped = resolve(from_value({
        "VideoTracks": [{"VideoTrackClips": [TEN], "MainTrack": True}],
        "AudioTracks": [{"AudioTrackClips": [SIX | {"LoopMode": True}], "TrackExpandMode": "AutoSpeed"}]}), FACTS)
    assert sounds(looped)[-1] == (0, 10, 1) and codes(looped) == ["autospeed"]


def windowslice(**members: Any) -> dict[str, Any]:
    return {"Type": "Transition", "SubType": "windowslice", "Duration": 0.5, **members}


def test_the_editors_transition_stands_on_the_later_clip_and_overlaps_as_written() -> None:
    made = program([[image(Id=1, TimelineIn=0, TimelineOut=5), image(
        Id=2, TimelineIn=4, TimelineOut=9, Effects=[windowslice(Duration=1, From=1)])]])
    (one,) = made.transitions
    assert (one.name, one.start_ns / NS, one.end_ns / NS) == ("windowslice", 4, 5)
    assert (one.from_id, one.to_id) == (made.layers[0].id, made.layers[1].id) and codes(made) == []


def test_a_transition_on_the_last_clip_does_nothing_and_one_between_clips_that_do_not_meet_is_told() -> None:
    assert program([[image(Duration=1, Effects=[windowslice()])]]).transitions == ()
    apart = program([[image(Duration=1, Effects=[windowslice()]), image(TimelineIn=3, TimelineOut=5)]])
    assert apart.transitions == () and codes(apart) == ["nothing-to-join"]


def test_transitions_never_take_more_than_there_is_of_a_clip() -> None:
    made = program([[image(Duration=1, Effects=[windowslice()]), image(Duration=0.6, Effects=[windowslice()]),
                     image(Duration=2)]])
    assert [(t.start_ns / NS, t.end_ns / NS) for t in made.transitions] == [(0.5, 1.0), (1.0, 1.1)]
    assert made.end_ns == 3 * NS


def test_a_transition_drawn_at_random_is_the_same_each_time() -> None:
    clips = [image(Duration=2, Effects=[windowslice(SubType="random")]) for _ in range(20)]
    first, again = program([clips]), program([clips])
    assert first.transitions == again.transitions and len({t.name for t in first.transitions}) > 5
    listed = program([[image(Duration=2, Effects=[windowslice(SubType="heart, Cube")]) for _ in range(9)]])
    assert {t.name for t in listed.transitions} == {"heart", "cube"}
    unknown = program([[image(Duration=2, Effects=[windowslice(SubType="OT0001-012345")]), image(Duration=2)]])
    assert unknown.transitions[0].name == "fade" and codes(unknown) == ["unknown-word"]


def test_sounds_are_faded_into_each_other_in_a_transition() -> None:
    made = program([[TEN | {"Effects": [windowslice()]}, TEN]])
    assert [(e.name, e.start_ns / NS, e.end_ns / NS) for s in made.sounds for e in s.effects] == [
        ("fade_out", 9.5, 10), ("fade_in", 9.5, 10)]


def test_a_frozen_clip_shows_its_last_picture_longer_and_is_silent_then() -> None:
    made = program([[TEN | {"Out": 2, "Effects": [{"Type": "FreezeFrame", "Duration": 1.5}]}, image(Duration=1)]])
    first = made.layers[0]
    assert layers(made) == [(0, 3.5, 1), (3.5, 4.5, 1)] and (first.in_ns, first.out_ns) == (0, 2 * NS)
    assert sounds(made) == [(0, 2, 1)]


def test_a_clip_that_ends_before_its_place_is_held_from_its_out_point() -> None:
    made = program([[TEN | {"In": 1, "Out": 3, "Speed": 2, "TimelineOut": 5}]])
    assert made.layers[0].out_ns == 3 * NS and layers(made) == [(0, 5, 2)] and sounds(made) == [(0, 1, 2)]


def test_a_random_segment_lies_inside_the_source_and_is_the_same_each_time() -> None:
    clips = [TEN | {"Effects": [{"Type": "Clip", "SubType": "RandomClip", "ClipDuration": 2}]} for _ in range(9)]
    made = program([clips])
    assert made == program([clips]) and len({layer.in_ns for layer in made.layers}) == 9
    assert all(0 <= layer.in_ns <= 8 * NS and layer.out_ns - layer.in_ns == 2 * NS for layer in made.layers)


def test_clips_of_one_track_that_overlap_are_told() -> None:
    made = program([[image(TimelineIn=0, TimelineOut=3), image(TimelineIn=2, TimelineOut=4)]])
    assert codes(made) == ["overlapping-clips"] and len(made.layers) == 2


def test_a_hundred_tracks_and_ten_thousand_clips_are_settled() -> None:
    clips = [TEN | {"Out": 1, "Effects": [windowslice()]} for _ in range(100)]
    made = program([clips] * 100)
    assert len(made.layers) == 10_000 and len(made.transitions) == 9_900 and made.end_ns == 50_500_000_000
