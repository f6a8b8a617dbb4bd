"""A document and the facts of its media become a Program: when, where, how loud, how long."""

from fractions import Fraction
from typing import Any

import pytest

from stream.timeline.facts import Facts, MediaFacts
from stream.timeline.program import FOREVER_NS, NS, Box, Color, Program
from stream.timeline.reading import Limits
from stream.timeline.resolve import resolve
from stream.timeline.schema import from_value

LIVE = "rtmp-listen://0.0.0.0:1935/live/${KEY}"
FACTS = Facts({
    "a.mp4": MediaFacts("video", 1280, 720, 0, 10 * NS, Fraction(30000, 1001), True, True),
    "b.mp4": MediaFacts("video", 720, 1280, 90, 4 * NS, Fraction(25), True, False),
    "tall.mp4": MediaFacts("video", 720, 1280, 0, 8 * NS, Fraction(25), True, True),
    "c.mp3": MediaFacts("audio", duration_ns=6 * NS, has_audio=True),
    "i.jpg": MediaFacts("image", 4000, 3000), "bomb.png": MediaFacts("image", 60_000, 60_000)})


def program(value: dict[str, Any], **options: Any) -> Program:
    return resolve(from_value(value), FACTS, **options)


def video(*clips: dict[str, Any], **more: Any) -> Program:
    return program({"VideoTracks": [{"VideoTrackClips": list(clips)}]} | more)


def spans_s(made: Program) -> list[tuple[float, float, float]]:
    return [(layer.start_ns / NS, layer.end_ns / NS, layer.in_ns / NS) for layer in made.layers]


def codes(made: Program) -> list[str]:
    return [notice.code for notice in made.notices]


def test_clips_follow_each_other_trimmed_and_at_their_speed() -> None:
    made = video({"MediaURL": "a.mp4", "In": 2, "Out": "5"}, {"MediaURL": "a.mp4", "Speed": 2, "In": 4},
                 {"MediaURL": "a.mp4", "MaxOut": 1.5}, {"MediaURL": "b.mp4", "Out": 99},
                 {"Type": "Image", "MediaURL": "i.jpg", "Duration": 2.5})
    assert spans_s(made) == [(0, 3, 2), (3, 6, 4), (6, 7.5, 0), (7.5, 11.5, 0), (11.5, 14, 0)]
    assert made.end_ns == 14 * NS and [layer.speed for layer in made.layers] == [1, 2, 1, 1, 1]


def test_a_clip_may_be_placed_and_the_next_one_follows_it() -> None:
    made = video({"MediaURL": "a.mp4", "TimelineIn": 3, "TimelineOut": 5}, {"MediaURL": "b.mp4"})
    assert spans_s(made) == [(3, 5, 0), (5, 9, 0)]


def test_a_medium_that_ends_early_is_held_and_told() -> None:
    made = video({"MediaURL": "b.mp4", "TimelineIn": 0, "TimelineOut": 9})
    assert spans_s(made) == [(0, 9, 0)] and codes(made) == ["media-too-short"]
    assert codes(video({"MediaURL": "b.mp4", "TimelineIn": 0, "TimelineOut": 4.1})) == []


@pytest.mark.parametrize(("kind", "start", "end"), [("Transition", 9.5, 10), ("DLTransition", 10, 10.5)])
def test_a_transition_overlaps_its_neighbours_unless_it_keeps_the_length(kind: str, start: float, end: float) -> None:
    effect = {"Type": kind, "SubType": "fade", "Duration": 0.5}
    made = video({"MediaURL": "a.mp4", "Effects": [effect]}, {"MediaURL": "b.mp4", "Effects": [effect]})
    assert spans_s(made) == [(0, end, 0), (start, start + 4, 0)] and made.end_ns == round((start + 4) * NS)
    assert codes(made) == [] and [(t.name, t.start_ns / NS, t.end_ns / NS) for t in made.transitions] == [
        ("fade", start, start + 0.5)]


def test_an_image_without_duration_is_shown_for_five_seconds_and_told() -> None:
    made = video({"Type": "Image", "MediaURL": "i.jpg"})
    assert made.end_ns == 5 * NS and codes(made) == ["no-duration"]


def test_the_output_ends_with_the_longest_video_track() -> None:
    made = program({"VideoTracks": [{"VideoTrackClips": [{"MediaURL": "b.mp4"}]},
                                    {"VideoTrackClips": [{"MediaURL": "a.mp4", "Out": 7}]},
                                    {"VideoTrackClips": [{"Type": "GlobalImage", "MediaURL": "i.jpg"}]}],
                    "AudioTracks": [{"AudioTrackClips": [{"MediaURL": "c.mp3", "TimelineIn": 3}]}],
                    "ImageTracks": [{"ImageTrackClips": [{"ImageURL": "i.jpg", "TimelineIn": 2, "TimelineOut": 100}]}]})
    assert made.end_ns == 7 * NS
    assert spans_s(made) == [(0, 4, 0), (0, 7, 0), (0, 7, 0), (2, 7, 0)]
    assert [(s.url, s.start_ns / NS, s.end_ns / NS) for s in made.sounds] == [("a.mp4", 0, 7), ("c.mp3", 3, 7)]


def test_a_main_track_and_max_duration_decide_the_end() -> None:
    value: dict[str, Any] = {
        "VideoTracks": [{"VideoTrackClips": [{"MediaURL": "a.mp4"}]}],
        "AudioTracks": [{"MainTrack": True, "AudioTrackClips": [{"MediaURL": "c.mp3"}]}]}
    assert program(value).end_ns == 6 * NS
    assert program(value | {"MaxDuration": 2}).end_ns == 2 * NS
    assert program(value | {"OutputMediaConfig": {"MaxDuration": "1.5"}}).end_ns == 1_500_000_000


def test_audio_alone_lasts_as_long_as_it_sounds_clip_after_clip() -> None:
    clips = [{"MediaURL": "c.mp3", "In": 1, "Out": 3}, {"MediaURL": "c.mp3"}]
    made = program({"AudioTracks": [{"AudioTrackClips": clips}]})
    assert [(s.start_ns / NS, s.end_ns / NS, s.in_ns / NS) for s in made.sounds] == [(0, 2, 1), (2, 8, 0)]
    assert made.end_ns == 8 * NS and made.layers == ()


def test_global_images_alone_last_their_duration_or_one_picture() -> None:
    clip = {"Type": "GlobalImage", "MediaURL": "i.jpg"}
    assert video(clip | {"Duration": 3}).end_ns == 3 * NS
    assert video(clip).tick_count() == 1


def test_a_live_input_has_no_end_and_stands_over_its_background() -> None:
    made = video({"MediaURL": LIVE, "Effects": [{"Type": "AI_RealMatting", "Thres": 8}, {"Type": "AI_ASR"}]},
                 Cuelight={"Fallback": "Blur", "Model": "selfie-landscape", "HighlightWords": ["Cuelight"]})
    layer = made.layers[0]
    assert made.is_live and made.end_ns == FOREVER_NS and layer.kind == "live" and layer.url == LIVE
    assert layer.matte and (layer.matte.fallback, layer.matte.model, layer.matte.threshold) == (
        "blur", "selfie-landscape", 8)
    assert layer.captions and layer.captions.key_words == ("Cuelight",)
    assert [sound.url for sound in made.sounds] == [LIVE] and made.sounds[0].captions is None


def test_the_output_is_as_large_as_its_largest_sources_as_they_are_shown() -> None:
    made = video({"MediaURL": "a.mp4"}, {"MediaURL": "tall.mp4"}, {"Type": "Image", "MediaURL": "i.jpg", "Duration": 1})
    assert (made.width_px, made.height_px) == (1280, 1280)
    turned = video({"MediaURL": "b.mp4"})
    assert (turned.width_px, turned.height_px) == (1280, 720)
    assert turned.layers[0].box == Box(0, 0, 1280, 720)


@pytest.mark.parametrize(("config", "size"), [
    ({"Width": 640, "Height": 360}, (640, 360)), ({"Width": "641", "Height": "359"}, (642, 360)),
    ({"Width": 640}, (640, 360)), ({"Height": 1080}, (1920, 1080)),
    ({"Width": 100_000, "Height": 50_000}, (8192, 4096))])
def test_the_output_size_may_be_given(config: dict[str, Any], size: tuple[int, int]) -> None:
    made = video({"MediaURL": "a.mp4"}, OutputMediaConfig=config)
    assert (made.width_px, made.height_px) == size
    assert program({"VideoTracks": [{"VideoTrackClips": [{"MediaURL": "a.mp4"}]}]}, size=(320, 180)).width_px == 320


def test_the_rate_is_an_exact_fraction() -> None:
    assert video({"MediaURL": "a.mp4"}).rate == Fraction(30000, 1001)
    assert video({"MediaURL": "a.mp4"}, OutputMediaConfig={"Video": {"Fps": "29.97"}}).rate == Fraction(30000, 1001)
    assert video({"MediaURL": "a.mp4"}, OutputMediaConfig={"Video": {"Fps": 12.5}}).rate == Fraction(25, 2)
    assert video({"Type": "Image", "MediaURL": "i.jpg", "Duration": 1}).rate == 25
    wrong = video({"MediaURL": "a.mp4"}, OutputMediaConfig={"Video": {"Fps": 100_000}})
    assert wrong.rate == Fraction(30000, 1001) and "out-of-range" in codes(wrong)


def test_a_split_screen_of_matte_and_crop_falls_into_place() -> None:
    crop = {"Type": "Crop", "X": 0.25, "Width": 0.5, "Height": 1}
    half = {"MediaURL": "a.mp4", "Out": 10, "Width": 0.5, "Height": 1, "AdaptMode": "Cover"}
    made = program({"VideoTracks": [
        {"VideoTrackClips": [{"Type": "GlobalImage", "MediaURL": "i.jpg", "X": 0.5, "Y": 0, "Width": 0.5, "Height": 1,
                              "AdaptMode": "Cover"}]},
        {"VideoTrackClips": [half | {"X": 0.5, "Effects": [{"Type": "AI_RealMatting"}, crop, {"Type": "Text"}]}]},
        {"VideoTrackClips": [half | {"Effects": [crop, {"Type": "Volume", "Gain": 0}]}]}]})
    image, matted, plain = made.layers
    assert (image.box, matted.box, plain.box) == (Box(640, 0, 640, 720), Box(640, 0, 640, 720), Box(0, 0, 640, 720))
    assert matted.crop == plain.crop == Box(320, 0, 640, 720) and matted.matte and not plain.matte
    assert len(made.sounds) == 1 and made.cues == () and made.notices == ()


def test_background_opacity_and_colour_reach_the_layer() -> None:
    blur = {"Type": "Background", "SubType": "Blur", "Radius": 0.3}
    color = {"Type": "Background", "SubType": "Color", "Color": "10ff20"}
    first, second = video(
        {"MediaURL": "tall.mp4", "Opacity": "0.5", "Effects": [blur]}, {"MediaURL": "tall.mp4", "Effects": [color]},
        OutputMediaConfig={"Width": 1280, "Height": 720}).layers
    assert (first.fill, first.fill_radius, first.opacity) == ("blur", 0.3, 0.5)
    assert second.fill == Color(0x10, 0xFF, 0x20) and second.box == Box(438, 0, 404, 720)


def test_volume_is_linear_and_may_hold_for_a_span_only() -> None:
    made = video({"MediaURL": "a.mp4", "TimelineIn": 1, "Effects": [
        {"Type": "Volume", "Gain": "2"}, {"Type": "Volume", "Gain": 0.5, "In": 3, "Out": 4}]})
    assert [(s.start_ns / NS, s.end_ns / NS, s.in_ns / NS, s.gain) for s in made.sounds] == [
        (1, 4, 0, 2), (4, 5, 3, 1), (5, 11, 4, 2)]
    assert len({s.id for s in made.sounds}) == 3


def test_a_muted_clip_makes_no_sound_but_keeps_its_captions() -> None:
    made = video({"MediaURL": "a.mp4", "Effects": [{"Type": "Volume", "Gain": 0}, {"Type": "AI_ASR"}]})
    assert made.sounds == () and made.layers[0].captions is not None


def test_a_looped_sound_fills_its_place() -> None:
    clip = {"MediaURL": "c.mp3", "LoopMode": "true", "TimelineIn": 1, "TimelineOut": 9}
    value: dict[str, Any] = {"VideoTracks": [{"VideoTrackClips": [{"MediaURL": "a.mp4"}]}]}
    whole = program(value | {"AudioTracks": [{"AudioTrackClips": [clip]}]}).sounds[1:]
    assert [(s.start_ns / NS, s.end_ns / NS, s.in_ns / NS, s.loop_ns / NS) for s in whole] == [(1, 9, 0, 6)]
    part = program(value | {"AudioTracks": [{"AudioTrackClips": [clip | {"In": 2, "Out": 5}]}]}).sounds[1:]
    assert [(s.start_ns / NS, s.end_ns / NS, s.in_ns / NS, s.loop_ns / NS) for s in part] == [(1, 9, 2, 3)]


def test_captions_of_an_audio_clip_are_on_its_sound() -> None:
    made = program({"AudioTracks": [{"AudioTrackClips": [{"MediaURL": "c.mp3", "Effects": [
        {"Type": "AI_ASR", "NeedHighlighting": True}, {"Type": "Volume", "Gain": 0}]}]}]})
    assert made.sounds[0].gain == 0 and made.sounds[0].captions and made.sounds[0].captions.highlighting
    assert made.sounds[0].captions.style.highlight.color is not None


def test_text_on_a_subtitle_track_and_on_a_clip_becomes_cues() -> None:
    text = {"Type": "Text", "Content": "on the clip"}
    made = video({"MediaURL": "a.mp4", "TimelineIn": 2, "Effects": [text]},
                 SubtitleTracks=[{"SubtitleTrackClips": [
                     {"Type": "Text", "Content": "whole"}, {"Type": "Text"},
                     {"Type": "text", "Content": "past the end", "TimelineIn": 13, "TimelineOut": 90}]}])
    assert [(c.text, c.start_ns / NS, c.end_ns / NS) for c in made.cues] == [("on the clip", 2, 12), ("whole", 0, 12)]
    assert codes(made) == ["empty-text"]


def test_a_picture_bomb_is_refused_by_a_limit_that_can_be_moved() -> None:
    value = {"VideoTracks": [{"VideoTrackClips": [{"Type": "Image", "MediaURL": "bomb.png", "Duration": 1,
                                                   "Width": 1, "Height": 1}]}],
             "OutputMediaConfig": {"Width": 64, "Height": 64}}
    made = program(value)
    assert made.layers == () and "picture-too-large" in codes(made)
    assert program(value, limits=Limits(max_picture_px=10**10)).layers
    huge = video({"MediaURL": "a.mp4", "Width": 900_000, "Height": 900_000})
    assert huge.layers == () and "picture-too-large" in codes(huge)


def test_a_sound_at_another_speed_is_as_long_as_its_picture() -> None:
    made = video({"MediaURL": "a.mp4", "Speed": 2})
    assert codes(made) == [] and made.end_ns == made.sounds[0].end_ns == 5 * NS and made.sounds[0].speed == 2


def test_box_pixels_follow_the_canvas_they_are_meant_for() -> None:
    made = video({"MediaURL": "a.mp4", "X": 80, "Y": 45, "Width": 400, "Height": 225},
                 FECanvas={"Width": 800, "Height": 450})
    assert made.layers[0].box == Box(128, 72, 640, 360)
