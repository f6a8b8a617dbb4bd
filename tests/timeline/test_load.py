"""What is read as a document, what is refused and where, and that nothing of it is lost."""

import json
from typing import Any

import pytest
from foreign_json import JSON, KEYS
from hypothesis import given
from hypothesis import strategies as st

from stream.errors import DocumentError
from stream.timeline.program import Color
from stream.timeline.reading import Limits
from stream.timeline.schema import Document, from_value, load
from stream.timeline.schema_effects import CaptionEffect, VolumeEffect
from stream.timeline.schema_tracks import VideoTrackClip


def clip_of(document: Document) -> VideoTrackClip:
    tracks = document.timeline.VideoTracks
    assert tracks and tracks[0] and tracks[0].VideoTrackClips
    clip = tracks[0].VideoTrackClips[0]
    assert clip is not None
    return clip


def one_clip(**members: Any) -> Document:
    return from_value({"VideoTracks": [{"VideoTrackClips": [{"MediaURL": "a.mp4", **members}]}]})


def test_keys_match_in_any_letter_case() -> None:
    document = load('{"videotracks": [{"VIDEOTRACKCLIPS": [{"mediaUrl": "a.mp4", "effects": [{"TYPE": "ai_asr"}]}]}]}')
    assert clip_of(document).MediaURL == "a.mp4"
    effects = clip_of(document).Effects
    assert effects and isinstance(effects[0], CaptionEffect)


def test_numbers_and_flags_may_be_strings() -> None:
    document = one_clip(Out="60", Speed="1.5", Effects=[{"Type": "Volume", "Gain": "0"},
                                                       {"Type": "AI_ASR", "FontFace": {"Bold": "true", "Italic": 0}}])
    clip = clip_of(document)
    assert (clip.Out, clip.Speed) == (60, 1.5)
    volume, captions = clip.Effects or [None, None]
    assert isinstance(volume, VolumeEffect) and volume.Gain == 0
    assert isinstance(captions, CaptionEffect) and captions.FontFace and captions.FontFace.Bold is True
    assert captions.FontFace.Italic is False and document.problems == ()


@pytest.mark.parametrize("text", ["#f6dd14", "F6DD14", "0xF6DD14", "#F6DD14FF"])
def test_a_colour_may_be_spelt_in_any_usual_way(text: str) -> None:
    effects = clip_of(one_clip(Effects=[{"Type": "AI_ASR", "FontColor": text}])).Effects
    assert effects and isinstance(effects[0], CaptionEffect) and effects[0].FontColor == Color(0xF6, 0xDD, 0x14)


def test_a_wrong_type_is_told_with_its_path_and_does_not_spoil_the_rest() -> None:
    document = one_clip(In="soon", Out=4, Effects=[{"Type": "Volume", "Gain": []}, {"Type": "Crop", "X": 0.5}, 7])
    assert {(n.path.removeprefix("$.VideoTracks[0].VideoTrackClips[0]."), n.code) for n in document.problems} == {
        ("In", "wrong-type"), ("Effects[0].Gain", "wrong-type"), ("Effects[2]", "wrong-type")}
    assert clip_of(document).Out == 4 and clip_of(document).In is None


@pytest.mark.parametrize(("text", "place"), [
    ('{"VideoTracks": [\n  {"a": 1,}\n]}', "line 2, column 11"), ('{"a": tru}', "line 1, column 7"),
    ("", "line 1, column 1"),
    ('{"a": "NaN",\n "b": NaN}', "line 2, column 7"), ('{"a": -Infinity}', "line 1, column 7"),
    ('{"a":\n 1e999}', "line 2, column 2"), (b'{"a":\n "\xff"}', "line 2, byte 3")])
def test_broken_json_is_refused_with_line_and_column(text: str | bytes, place: str) -> None:
    with pytest.raises(DocumentError) as caught:
        load(text)
    assert place in caught.value.message and "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["[]", "3", "null", '"VideoTracks"', "[" * 100_000, '{"a":' * 100_000,
                                  '{"a":' * 70 + "1" + "}" * 70, '{"a": ' + "9" * 5000 + "}"])
def test_what_is_no_document_is_refused(text: str) -> None:
    with pytest.raises(DocumentError):
        load(text)


def test_limits_can_be_moved() -> None:
    deep = '{"a":' * 70 + "1" + "}" * 70
    assert load(deep, Limits(max_depth=80)).value
    with pytest.raises(DocumentError, match="larger than"):
        load('{"a": "long enough"}', Limits(max_bytes=10))


def test_a_byte_order_mark_and_utf_16_are_understood() -> None:
    for encoding in ("utf-8-sig", "utf-16"):
        assert load('{"Comment": "ü"}'.encode(encoding)).value == {"Comment": "ü"}


def test_a_key_given_twice_is_told_with_its_path() -> None:
    document = load('{"VideoTracks": [{"MainTrack": true, "MainTrack": false}]}')
    assert [(n.code, n.path) for n in document.problems] == [("duplicate-key", "$.VideoTracks[0]")]


@pytest.mark.parametrize("as_text", [False, True])
def test_a_job_envelope_is_opened(as_text: bool) -> None:
    timeline: Any = {"VideoTracks": [{"VideoTrackClips": [{"MediaURL": "a.mp4", "In": "x"}]}]}
    document = from_value({"timeline": json.dumps(timeline) if as_text else timeline,
                           "OutputMediaConfig": {"Width": 640, "Height": "360"}})
    assert clip_of(document).MediaURL == "a.mp4" and document.output.Height == 360
    assert document.media_urls()[0].path == "$.timeline.VideoTracks[0].VideoTrackClips[0].MediaURL"
    assert document.problems[0].path == "$.timeline.VideoTracks[0].VideoTrackClips[0].In"


def test_a_timeline_that_is_broken_inside_its_envelope_says_so() -> None:
    with pytest.raises(DocumentError, match=r"Inside \$\.Timeline: Broken JSON at line 1"):
        load('{"Timeline": "{"}')
    with pytest.raises(DocumentError, match="is not a Timeline"):
        load('{"Timeline": 3}')


@given(st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=6), JSON, max_size=5))
def test_a_document_round_trips_without_loss(value: dict[str, Any]) -> None:
    text = json.dumps(value, indent=1)
    try:
        document = load(text)
    except DocumentError:
        return
    assert document.to_json() == text
    again = json.loads(document.to_json(indent=2))
    assert again == value and list(again) == list(value)


def test_number_spellings_key_order_and_unknown_keys_survive() -> None:
    text = '{"Z": 1.50, "VideoTracks": [{"b": 1e2, "A": "$x"}], "a": -0.0}'
    assert load(text).to_json() == text


def test_every_place_that_names_a_medium_is_listed() -> None:
    document = from_value({
        "VideoTracks": [{"VideoTrackClips": [{"MediaURL": "rtmp-listen://h/live/${KEY}"}, {"Type": "globalimage",
                                             "MediaURL": "b.jpg"}, {"MediaId": "id", "MaskVideoUrl": "m.mp4"}]}],
        "AudioTracks": [{"AudioTrackClips": [{"MediaURL": "c.mp3"}, {"Type": "AI_TTS", "Content": "Hi"}]}],
        "ImageTracks": [{"ImageTrackClips": [{"ImageURL": "d.png"}]}],
        "SubtitleTracks": [{"SubtitleTrackClips": [{"Type": "Text", "FontUrl": "f.ttf"}, {"FileURL": "g.srt"}]}]})
    assert [(ref.url, ref.role) for ref in document.media_urls()] == [
        ("rtmp-listen://h/live/${KEY}", "live"), ("b.jpg", "image"), ("id", "video"), ("m.mp4", "mask"),
        ("c.mp3", "audio"), ("d.png", "image"), ("f.ttf", "font"), ("g.srt", "subtitle")]
