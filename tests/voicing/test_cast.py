"""A document's texts, read aloud: where each stands, what is told of it, and that nothing is said twice."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from voices import Machine, small_house

from stream.media import NS
from stream.timeline.facts import Facts, MediaFacts, Speech
from stream.timeline.program import Notice
from stream.timeline.resolve import resolve
from stream.timeline.schema import Document, load
from stream.voicing.cache import Kept
from stream.voicing.cast import Studio, checked, voiced

CLIP = "$.AudioTracks[0].AudioTrackClips"


def document(*clips: dict[str, Any] | None) -> Document:
    made = [clip and {"Type": "AI_TTS", **clip} for clip in clips]
    return load(json.dumps({"VideoTracks": [{"VideoTrackClips": [{"MediaURL": "a.mp4"}]}],
                            "AudioTracks": [{"AudioTrackClips": made}]}))


def studio(place: Path, **lacks: str) -> tuple[Studio, dict[str, Machine]]:
    voices, engines = small_house(**lacks)
    return Studio(voices, Kept(place, lambda _: None)), engines


def read(place: Path, *clips: dict[str, Any] | None, **lacks: str) -> tuple[dict[str, Speech], list[Notice]]:
    told: list[Notice] = []
    return dict(voiced(document(*clips), told.append, studio(place, **lacks)[0])), told


def test_every_text_is_read_and_found_by_its_path(tmp_path: Path) -> None:
    found, told = read(tmp_path, {"Content": "One. Two."}, None, {"Content": "Three."},
                       {"Type": "Audio", "MediaURL": "x.mp3"})
    assert list(found) == [f"{CLIP}[0]", f"{CLIP}[2]"] and not told
    assert [text for text, _, _ in found[f"{CLIP}[0]"].sentences] == ["One.", "Two."]
    assert all(Path(speech.url).is_file() for speech in found.values())


def test_the_programme_plays_the_voice_and_captions_its_text(tmp_path: Path) -> None:
    made = document({"Content": '<speak>A <sub alias="Bee Cee">BC</sub> line. Then more.</speak>',
                     "Effects": [{"Type": "AI_ASR"}]})
    speech = voiced(made, lambda _: None, studio(tmp_path)[0])
    facts = Facts({"a.mp4": MediaFacts("video", 1280, 720, duration_ns=30 * NS, has_video=True)})
    program = resolve(made, facts, speech=speech)
    (said,) = speech.values()
    assert [sound.url for sound in program.sounds if sound.role == "speech"] == [said.url]
    assert [sentence for sentence, _, _ in said.sentences] == ["A BC line.", "Then more."]
    assert "stand-in-speech" not in [notice.code for notice in program.notices]


def test_a_text_is_said_once_and_then_found_byte_for_byte(tmp_path: Path) -> None:
    clips = ({"Content": "Once upon a time."}, {"Content": "Once upon a time."}, {"Content": "Again."})
    first, engines = studio(tmp_path)
    before = voiced(document(*clips), lambda _: None, first)
    assert first.made == 2 and len(engines["hibari"].beeper.said) == 2
    sounds = {path: Path(speech.url).read_bytes() for path, speech in before.items()}
    second, engines = studio(tmp_path)
    after = voiced(document(*clips), lambda _: None, second)
    assert after == before and second.made == 0 and engines["hibari"].beeper.said == []
    assert {path: Path(speech.url).read_bytes() for path, speech in after.items()} == sounds


@pytest.mark.parametrize("change", [
    {"SpeechRate": 100}, {"PitchRate": -100}, {"Volume": 70}, {"Voice": "espeak:fr"}, {"Content": "Hello there!"},
    {"Content": '<speak effect="echo">Hello there.</speak>'}])
def test_whatever_changes_the_sound_is_said_anew(tmp_path: Path, change: dict[str, Any]) -> None:
    place, _ = studio(tmp_path)
    voiced(document({"Content": "Hello there."}, {"Content": "Hello there.", **change}), lambda _: None, place)
    assert place.made == 2


def test_what_does_not_change_the_sound_is_not(tmp_path: Path) -> None:
    place, _ = studio(tmp_path)
    clips: list[dict[str, Any] | None] = [
        {"Content": "Hello there."}, {"Content": "Hello there.", "Format": "mp3", "Volume": 50, "SpeechRate": 0},
        {"Content": "<speak>Hello there.</speak>", "Voice": "hibari"}]
    told: list[Notice] = []
    voiced(document(*clips), told.append, place)
    assert place.made == 1 and not told


def test_a_damaged_sound_is_said_again(tmp_path: Path) -> None:
    (first,), _ = (list(read(tmp_path, {"Content": "Hello."})[0].values()), None)
    whole = Path(first.url).read_bytes()
    Path(first.url).write_bytes(whole[:100])
    (again,) = read(tmp_path, {"Content": "Hello."})[0].values()
    assert again == first and Path(again.url).read_bytes() == whole


def test_a_clouds_voice_is_told_of_once_in_a_document(tmp_path: Path) -> None:
    found, told = read(tmp_path, {"Content": "One.", "Voice": "sicheng"}, {"Content": "Two.", "Voice": "sicheng"},
                       {"Content": "Three.", "Voice": "zhiqi"})
    assert len(found) == 3
    assert {n.code for n in told} == {"nearest-voice"}
    assert [n.path for n in told] == [f"{CLIP}[0].Voice", f"{CLIP}[2].Voice"]


def test_a_custom_voice_counts_before_the_voice(tmp_path: Path) -> None:
    _, (notice,) = read(tmp_path, {"Content": "One.", "Voice": "hibari", "CustomizedVoice": "my-clone"})
    assert notice.path == f"{CLIP}[0].CustomizedVoice" and notice.code == "unknown-voice"
    assert "my-clone" in notice.message


def test_bad_ssml_is_an_error_with_its_path_and_the_others_are_read(tmp_path: Path) -> None:
    found, (notice,) = read(tmp_path, {"Content": "<speak>never closed"}, {"Content": "Fine."})
    assert list(found) == [f"{CLIP}[1]"]
    assert (notice.severity, notice.path, notice.code) == ("error", f"{CLIP}[0].Content", "bad-speech")
    assert "line 1" in notice.message and "&amp;" in notice.remedy and not notice.message.startswith("$")


def test_chinese_without_a_chinese_voice_stays_a_stand_in_and_says_how_to_get_one(tmp_path: Path) -> None:
    found, told = read(tmp_path, {"Content": "你好。", "Voice": "zhiqi"}, kokoro="Get Kokoro", espeak="Get espeak-ng")
    assert not found and told[-1].code == "no-voice" and "Get Kokoro" in told[-1].remedy


def test_a_text_that_is_partly_foreign_is_read_as_far_as_it_can_be(tmp_path: Path) -> None:
    found, told = read(tmp_path, {"Content": "Say 你好 now."}, kokoro="Get Kokoro", espeak="Get espeak-ng")
    assert len(found) == 1 and {n.code for n in told} == {"no-voice", "left-out"}


@pytest.mark.parametrize(("clip", "code"), [
    ({"Content": '<speak effect="robot">Hi.</speak>'}, "approximate"),
    ({"Content": "Hi.", "Format": "ogg"}, "unknown-format"),
    ({"Content": '<speak bgm="m.mp3">Hi.</speak>'}, "missing-media"),
    ({"Content": "Hi <soundEvent src='d.wav'/>"}, "missing-media"),
    ({"Content": "<emotion category='sad'>Hi</emotion>"}, "no-emotion"), ({"Content": "a " * 5_001}, "long-text"),
    ({"Content": "…"}, "bad-speech")])
def test_what_cannot_be_done_is_told(tmp_path: Path, clip: dict[str, Any], code: str) -> None:
    _, told = read(tmp_path, clip)
    assert [n.code for n in told] == [code] and told[0].path.startswith(f"{CLIP}[0].")


def test_a_sound_that_can_be_had_is_played(tmp_path: Path) -> None:
    place, _ = studio(tmp_path)
    place.hear = lambda url: np.full(48_000, 0.1, np.float32) if url == "d.wav" else None
    told: list[Notice] = []
    made = document({"Content": "Hi <soundEvent src='d.wav'/>"})
    (speech,) = voiced(made, told.append, place).values()
    assert speech.duration_ns > NS and not told and place.made == 1
    changed, _ = studio(tmp_path)  # the same name, another sound
    changed.hear = lambda url: np.full(4_800, 0.1, np.float32)
    (other,) = voiced(made, told.append, changed).values()
    assert other.duration_ns < speech.duration_ns and changed.made == 1


def test_checking_tells_the_same_and_says_nothing(tmp_path: Path) -> None:
    made = document({"Content": "<speak>broken"}, {"Content": "One.", "Voice": "sicheng"})
    place, engines = studio(tmp_path)
    told: list[Notice] = []
    checked(made, told.append, place)
    assert [n.code for n in told] == ["bad-speech", "nearest-voice"] and place.made == 0
    assert not any(engine.beeper.said for engine in engines.values()) and not list(tmp_path.iterdir())
