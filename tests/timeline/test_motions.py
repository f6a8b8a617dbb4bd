"""Motions and scrolling as a document gives them, under right keys and nearly right ones."""

from math import inf
from typing import Any

import pytest

from stream.timeline.facts import Facts, MediaFacts
from stream.timeline.program import NS, Cue, Motion, Run, Scroll
from stream.timeline.resolve import resolve
from stream.timeline.schema import from_value

FACTS = Facts({"a.mp4": MediaFacts("video", 1280, 720, duration_ns=10 * NS, has_video=True)})


def document(**members: Any) -> Any:
    return from_value({"VideoTracks": [{"VideoTrackClips": [{"MediaURL": "a.mp4"}]}], "SubtitleTracks": [
        {"SubtitleTrackClips": [{"Type": "Text", "Content": "Hi", **members}]}]})


def cue(**members: Any) -> Cue:
    return resolve(document(**members), FACTS).cues[0]


def test_entrance_and_exit_take_the_time_given_or_half_a_second() -> None:
    made = cue(AaiMotionInEffect="fade_in", AaiMotionIn=2, AaiMotionOutEffect="Wipe_Left_Out")
    assert made.motion_in == Motion("fade_in", 2 * NS) and made.motion_out == Motion("wipe_left_out", NS // 2)
    assert cue(AaiMotionInEffect="nobody_in").motion_in is None


@pytest.mark.parametrize(("word", "name"), [("dissovle_in", "dissovle_in"), ("dissolve_in", "dissovle_in"),
                                            ("zoomin_i", "zoomin_in")])
def test_a_motion_may_be_spelt_as_documents_spell_it(word: str, name: str) -> None:
    made = resolve(document(AaiMotionInEffect=word), FACTS)
    assert made.cues[0].motion_in == Motion(name, NS // 2) and made.notices == ()


def test_a_loop_runs_once_in_a_second_divided_by_ratio_and_alone() -> None:
    assert cue(AaiMotionLoopEffect="rock_display").motion_loop == Motion("rock_display", NS)
    assert cue(AaiMotionLoopEffect="rock_display", Ratio=4).motion_loop == Motion("rock_display", NS // 4)
    assert cue(AaiMotionLoopEffect="rock_display", AaiMotionInEffect="fade_in").motion_loop is None


def test_a_motion_under_a_key_nobody_knows_is_drawn_as_what_it_evidently_means() -> None:
    made = resolve(document(AaiMotionLoopEffect1="slingshot_in"), FACTS)
    assert made.cues[0].motion_in == Motion("slingshot_in", NS // 2) and made.cues[0].motion_loop is None
    (notice,) = made.notices
    assert notice.code == "unknown-key" and notice.path.endswith(".AaiMotionLoopEffect1")
    assert "AaiMotionInEffect" in notice.message and "AaiMotionLoopEffect" in notice.remedy
    assert cue(AaiMotionLoopEffect1="slingshot_in", AaiMotionInEffect="fade_in").motion_in == Motion("fade_in", NS // 2)


def test_credits_run_up_and_tickers_to_the_left() -> None:
    assert cue(ScrollSpeed=100).scroll == Scroll("up", 100, inf, inf)
    assert cue(ScrollDirection="Left", ScrollSpeed=50, ScrollStartX=1, ScrollLoop=True).scroll == Scroll(
        "left", 50, 1280, inf, loop=True)
    assert cue(ScrollStartY=0.1, ScrollEndY=0.5, ScrollStartFreeze=1, ScrollEndFreeze="2").scroll == Scroll(
        "down", 0, 72, 360, NS, 2 * NS)
    assert cue(Y=10).scroll is None


def test_a_scroll_to_a_place_ends_there_when_nothing_says_how_long_it_is_shown() -> None:
    made = cue(ScrollSpeed=100, ScrollStartY=600, ScrollEndY=200, ScrollEndFreeze=1)
    assert made.end_ns == 5 * NS
    assert cue(ScrollSpeed=100, ScrollStartY=600, ScrollEndY=200, TimelineOut=9).end_ns == 9 * NS


def test_captions_of_speech_move_too() -> None:
    made = resolve(from_value({"VideoTracks": [{"VideoTrackClips": [{"MediaURL": "a.mp4"}]}], "AudioTracks": [
        {"AudioTrackClips": [{"Type": "AI_TTS", "Content": "No.", "Effects": [
            {"Type": "AI_ASR", "AaiMotionInEffect": "fade_in", "AaiMotionIn": 3}]}]}]}), FACTS)
    spec = made.sounds[0].captions
    assert spec is not None
    shown = spec.dressed(Cue("c", 0, 2 * NS, ((Run("No."),),), spec.style))
    assert shown.motion_in == Motion("fade_in", NS)
