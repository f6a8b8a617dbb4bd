"""What is said is captioned wherever a document asks for it, at the times it is heard, and recognised only once."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from beeps import Engine, installed, sound
from made import clip

from stream.timeline.facts import Speech
from stream.timeline.program import NS, Program
from stream.timeline.schema import from_value
from stream.vod import prepare as preparing
from stream.vod.captioned import Captioner
from stream.vod.ear import Ear
from stream.vod.prepare import prepare
from stream.vod.talks import talks

SAID = (("low", 0.5, 0.9), ("middle", 1.0, 1.4), ("high", 3.0, 3.4), ("low", 5.0, 5.5))
ASR = {"Type": "AI_ASR", "FontSize": 20}
MUTED = {"Type": "Volume", "Gain": 0}


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Engine:
    return installed(monkeypatch, tmp_path / "cache")


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    return sound(tmp_path / "talk.wav", SAID, 7)


@pytest.fixture
def film(tmp_path: Path, talk: Path) -> Path:
    """A film of seven seconds that says the same."""
    import subprocess

    from support import require_program

    path = tmp_path / "film.mkv"
    clip(tmp_path / "mute.mp4", frames=210)
    subprocess.run([require_program("ffmpeg"), "-v", "error", "-i", tmp_path / "mute.mp4", "-i", talk, "-c:v", "copy",
                    "-c:a", "pcm_s16le", path], check=True)
    return path


def shown(value: dict[str, Any], folder: Path, told: list[str] | None = None) -> Program:
    value = {"OutputMediaConfig": {"Width": 640, "Height": 360}, **value}
    return prepare(from_value(value), folder, (told if told is not None else []).append).program


def cues(program: Program) -> list[tuple[str, float]]:
    return [(cue.text.replace("\n", " "), round(cue.start_ns / NS, 2)) for cue in program.cues]


def video(*clips: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"VideoTracks": [{"VideoTrackClips": list(clips)}], **more}


def audio(*clips: dict[str, Any], length: float = 20) -> dict[str, Any]:
    return video({"Type": "Image", "MediaURL": "still.png", "Duration": length},
                 AudioTracks=[{"AudioTrackClips": list(clips)}])


@pytest.fixture(autouse=True)
def still(tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (64, 36), (40, 60, 80)).save(tmp_path / "still.png")


def test_a_muted_film_is_heard_by_its_own_captions(film: Path, engine: Engine) -> None:
    made = shown(video({"MediaURL": film.name, "Effects": [ASR, MUTED]}), film.parent)
    assert cues(made) == [("low middle", 0.5), ("high", 3.0), ("low", 5.0)] and made.sounds == ()


def test_in_out_and_speed_move_the_captions_of_a_film(film: Path, engine: Engine) -> None:
    made = shown(video({"MediaURL": film.name, "In": 0.95, "Out": 4.0, "Speed": 2, "TimelineIn": 1,
                        "Effects": [ASR]}), film.parent)
    ((text, start_s),) = cues(made)
    assert text == "middle high" and start_s == pytest.approx(1 + (1.0 - 0.95) / 2, abs=0.011)
    (one,) = talks(made)
    assert [w.start_ns / NS for w in one.spoken(Captioner(made, Ear(film.parent, print)).words(one))] == pytest.approx(
        [1.025, 2.025], abs=0.011)


def test_what_a_film_says_past_its_out_point_is_not_captioned_while_its_last_picture_is_held(
        film: Path, engine: Engine) -> None:
    made = shown(video({"MediaURL": film.name, "Out": 2, "TimelineOut": 7, "Effects": [ASR]}), film.parent)
    assert cues(made) == [("low middle", 0.5)]


@pytest.mark.parametrize("muted", [False, True])
def test_a_sound_of_its_own_is_captioned_muted_or_not(muted: bool, talk: Path, engine: Engine) -> None:
    made = shown(audio({"MediaURL": talk.name, "TimelineIn": 2, "Effects": [ASR, *([MUTED] if muted else [])]}),
                 talk.parent)
    assert cues(made) == [("low middle", 2.5), ("high", 5.0), ("low", 7.0)]


def test_a_loop_says_the_same_again_and_is_heard_once(talk: Path, engine: Engine) -> None:
    made = shown(audio({"MediaURL": talk.name, "Out": 2, "LoopMode": True, "TimelineIn": 1, "TimelineOut": 6.7,
                        "Effects": [ASR]}), talk.parent)
    assert [start for text, start in cues(made)] == [1.5, 3.5, 5.5] and len(engine.opened) == 1
    assert cues(made)[-1][0] == "low middle"


def test_a_word_is_heard_whole_where_the_volume_changes_in_it(talk: Path, engine: Engine) -> None:
    quiet = {"Type": "Volume", "Gain": 0.1, "In": 0.7, "Out": 3.2}
    made = shown(audio({"MediaURL": talk.name, "Effects": [ASR, quiet]}), talk.parent)
    assert len(made.sounds) == 3 and len(engine.opened) == 1
    assert cues(made) == [("low middle", 0.5), ("high", 3.0), ("low", 5.0)]


@pytest.mark.parametrize("track", ["VideoTracks", "AudioTracks", "SubtitleTracks"])
def test_a_clip_of_its_own_captions_a_sound_that_is_not_heard(track: str, talk: Path, engine: Engine) -> None:
    clip = {"Type": "AI_ASR", "MediaURL": talk.name, "TimelineIn": 1, "FontSize": 20, "NeedHighlighting": True,
            "HighlightingStyle": {"FontColor": "#00FF00"}}
    value = video({"Type": "Image", "MediaURL": "still.png", "Duration": 5})
    value[track] = [*value.get(track, []), {f"{track[:-1]}Clips": [clip]}]
    told: list[str] = []
    made = shown(value, talk.parent, told)
    assert cues(made) == [("low middle", 1.5), ("high", 4.0)] and told == []
    assert all(sound.gain == 0 for sound in made.sounds) and made.end_ns == 5 * NS
    assert made.cues[0].style.size_px == 20 and made.cues[0].style.highlight.color is not None


def test_a_clip_of_its_own_refers_to_another_for_its_time(talk: Path, engine: Engine) -> None:
    value = video({"Type": "Image", "MediaURL": "still.png", "Duration": 2},
                  {"Type": "Image", "MediaURL": "still.png", "Duration": 4, "ClipId": "here"})
    value["SubtitleTracks"] = [{"SubtitleTrackClips": [
        {"Type": "AI_ASR", "MediaURL": talk.name, "ReferenceClipId": "here"}]}]
    assert cues(shown(value, talk.parent)) == [("low middle", 2.5), ("high", 5.0)]


@pytest.mark.parametrize("effect", [True, False])
def test_a_picture_without_sound_has_nothing_to_caption_and_that_is_told(effect: bool, tmp_path: Path,
                                                                        engine: Engine) -> None:
    clip(tmp_path / "mute.mp4", frames=30)
    value = video({"MediaURL": "mute.mp4", "Effects": [ASR] if effect else []})
    if not effect:
        value["SubtitleTracks"] = [{"SubtitleTrackClips": [{"Type": "AI_ASR", "MediaURL": "mute.mp4"}]}]
    told: list[str] = []
    assert shown(value, tmp_path, told).cues == () and any("no sound" in line for line in told)
    assert engine.opened == []


def test_given_words_are_shown_as_given_at_the_times_they_are_heard(talk: Path, engine: Engine) -> None:
    effect = {**ASR, "AlignmentText": "Low, (Middle)! and HIGH; then low."}
    made = shown(audio({"MediaURL": talk.name, "Effects": [effect]}), talk.parent)
    assert " ".join(text for text, _ in cues(made)) == "Low, (Middle)! and HIGH; then low."
    captioner = Captioner(made, Ear(talk.parent, print))
    (one,) = talks(made)
    starts = {word.text: round(word.start_ns / NS, 2) for word in captioner.words(one)}
    assert list(starts) == ["Low,", "(Middle)!", "and", "HIGH;", "then", "low."]
    assert (starts["Low,"], starts["(Middle)!"], starts["HIGH;"], starts["low."]) == (0.5, 1.0, 3.0, 5.0)
    assert 1.4 <= starts["and"] < 3.0 and 3.4 <= starts["then"] < 5.0


def test_what_was_heard_once_is_not_heard_again_until_something_changes(talk: Path, engine: Engine) -> None:
    def again(**more: Any) -> list[tuple[str, float]]:
        return cues(shown({**audio({"MediaURL": talk.name, "Effects": [ASR]}), **more}, talk.parent))

    first = again()
    assert again() == first and len(engine.opened) == 1
    assert again(OutputMediaConfig={"Width": 160, "Height": 90}) and len(engine.opened) == 1
    again(Cuelight={"Captions": {"Language": "en"}})
    assert len(engine.opened) == 2 and engine.opened[-1].language == "en"
    sound(talk, SAID[:2], 7)
    assert again() == [("low middle", 0.5)] and len(engine.opened) == 3


def test_a_language_that_the_engine_does_not_know_is_told_instead_of_captioned_each_time(
        talk: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stream.vod.ear.load_detector", lambda recognizer: lambda samples: {"zh": 0.97, "en": 0.01})
    for _ in range(2):
        told: list[str] = []
        assert shown(audio({"MediaURL": talk.name, "Effects": [ASR]}), talk.parent, told).cues == ()
        assert len([line for line in told if "zh is spoken" in line and "talk.wav" in line]) == 1
    assert len(engine.opened) == 1
    sure = {**audio({"MediaURL": talk.name, "Effects": [ASR]}), "Cuelight": {"Captions": {"Language": "en"}}}
    assert len(shown(sure, talk.parent).cues) == 3


def test_a_better_engine_alone_is_used_where_there_is_one(talk: Path, engine: Engine,
                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("stream.vod.ear.load_recognizer", lambda name, _: (asked.append(name), engine)[1])
    shown({**audio({"MediaURL": talk.name, "Effects": [ASR]}),
           "Cuelight": {"Captions": {"Engine": "moonshine", "SecondEngine": "whisper"}}}, talk.parent)
    assert asked == ["whisper"]


VOICE = Speech(6 * NS, (("Do you see,", NS // 2, 2 * NS), ("the long river of stars?", 2 * NS, 5 * NS)))


@pytest.fixture
def voice(monkeypatch: pytest.MonkeyPatch, talk: Path) -> Path:
    said = Speech(VOICE.duration_ns, VOICE.sentences, str(talk))
    monkeypatch.setattr(preparing, "read_aloud", lambda *_: {"$.AudioTracks[0].AudioTrackClips[0]": said})
    return talk


def test_a_voice_is_captioned_with_its_text_sentence_by_sentence(voice: Path, engine: Engine) -> None:
    tts = {"Type": "AI_TTS", "Content": "whatever", "TimelineIn": 1, "Effects": [{**ASR, "NeedHighlighting": True}]}
    made = shown({**audio(tts), "Cuelight": {"HighlightWords": ["river"]}}, voice.parent)
    assert cues(made) == [("Do you see,", 1.5), ("the long river of stars?", 3.0)] and engine.opened == []
    assert [run.text for cue in made.cues for line in cue.lines for run in line if run.highlighted][:1] == ["river"]
    assert all(a.end_ns <= b.start_ns for a, b in zip(made.cues, made.cues[1:], strict=False))


def test_a_voice_that_is_sped_up_or_cut_takes_its_captions_along(voice: Path, engine: Engine) -> None:
    tts = {"Type": "AI_TTS", "Content": "whatever", "Speed": 2, "Effects": [ASR]}
    assert cues(shown(audio(tts), voice.parent)) == [("Do you see,", 0.25), ("the long river of stars?", 1.0)]
    made = shown(audio({**tts, "Speed": 1, "TimelineIn": 0, "TimelineOut": 1.9}), voice.parent)
    assert [text for text, _ in cues(made)] == ["Do you see,"]
    made = shown(audio({**tts, "Speed": 1, "In": 2}), voice.parent)
    assert cues(made) == [("the long river of stars?", 0)]


def test_another_text_for_the_captions_of_a_voice_takes_its_times(voice: Path, engine: Engine) -> None:
    tts = {"Type": "AI_TTS", "Content": "whatever", "Effects": [
        {**ASR, "AlignmentText": "Do YOU see: the l-o-n-g river of stars?"}]}
    made = shown(audio(tts), voice.parent)
    assert cues(made)[0] == ("Do YOU see:", 0.5) and cues(made)[1] == ("the l-o-n-g river of stars?", 2.0)


def test_frozen_speech_renders_the_same_without_any_engine(voice: Path, engine: Engine, tmp_path: Path,
                                                           monkeypatch: pytest.MonkeyPatch,
                                                           capsys: pytest.CaptureFixture[str]) -> None:
    from stream.cli import main

    tts = {"Type": "AI_TTS", "Content": "whatever", "Effects": [ASR, {"Type": "Volume", "Gain": 2}]}
    value = audio(tts, {"MediaURL": "talk.wav", "Effects": [{**ASR, "NeedHighlighting": True}]}, length=12)
    value |= {"OutputMediaConfig": {"Width": 320, "Height": 180}, "Cuelight": {"HighlightWords": ["middle"],
                                                                              "Ducking": {}}}
    (tmp_path / "a.json").write_text(json.dumps(value))
    assert main(["resolve", str(tmp_path / "a.json"), "--freeze-speech", "--audio-dir", str(tmp_path / "voices")]) == 0
    frozen = json.loads(capsys.readouterr().out)
    assert "AI_" not in json.dumps(frozen)
    spoken = frozen["AudioTracks"][0]["AudioTrackClips"][0]
    assert (spoken["Content"], spoken["TimelineIn"], spoken["TimelineOut"]) == ("whatever", 0, 6)
    assert Path(spoken["MediaURL"]).read_bytes() == voice.read_bytes()
    before = shown(value, tmp_path)
    monkeypatch.setattr(preparing, "read_aloud", lambda *_: {})
    monkeypatch.setattr("stream.vod.ear.load_recognizer", lambda *_: pytest.fail("an engine is asked for"))
    after = shown(frozen, tmp_path)
    assert len(before.cues) == 5 and set(after.cues) == set(before.cues)
    assert [(s.role, s.gain, s.start_ns, s.end_ns) for s in after.sounds] == [
        (s.role, s.gain, s.start_ns, s.end_ns) for s in before.sounds]


def test_an_edited_caption_of_frozen_speech_is_shown_as_edited(talk: Path, engine: Engine, tmp_path: Path,
                                                               capsys: pytest.CaptureFixture[str]) -> None:
    from stream.cli import main

    value = {**audio({"MediaURL": "talk.wav", "Effects": [ASR]}), "OutputMediaConfig": {"Width": 640, "Height": 360}}
    (tmp_path / "a.json").write_text(json.dumps(value))
    assert main(["resolve", str(tmp_path / "a.json"), "--freeze-speech"]) == 0
    frozen = json.loads(capsys.readouterr().out.replace("low middle", "so much better"))
    assert cues(shown(frozen, tmp_path)) == [("so much better", 0.5), ("high", 3.0), ("low", 5.0)]


@pytest.mark.parametrize("suffix", ["srt", "vtt", "ass", "ttml"])
def test_captions_of_speech_are_exported(suffix: str, talk: Path, engine: Engine, tmp_path: Path) -> None:
    from stream.cli import main

    value = {**audio({"MediaURL": "$Sound", "Effects": [ASR]}), "OutputMediaConfig": {"Width": 640, "Height": 360}}
    (tmp_path / "a.json").write_text(json.dumps(value))
    out = tmp_path / f"a.{suffix}"
    assert main(["export", str(tmp_path / "a.json"), str(out), "--set", "Sound=talk.wav"]) == 0
    assert "low middle" in re.sub(r"<[^<>]*>|{[^{}]*}", "", out.read_text("utf-8"))
