"""`cuelight transcribe`: the words of a film, a sound or a recording, with times, or the captions they make."""

import json
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path

import pytest
from beeps import Engine, installed, sound

from models.asr import Word
from stream.cli import main
from stream.recording.folder import JOURNAL
from stream.run.gather import facts_to_json
from stream.timeline.facts import Facts, MediaFacts
from stream.timeline.journal import VERSION, JournalWriter
from stream.timeline.program import NS
from stream.timeline.starters import live_document

SAID = (("low", 0.5, 0.9), ("middle", 1.0, 1.4), ("high", 3.0, 3.4))
URL = "test://?size=640x360"


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Engine:
    return installed(monkeypatch, tmp_path / "cache")


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    return sound(tmp_path / "talk.wav", SAID, 4)


def words_in(path: Path) -> list[tuple[str, float, float]]:
    return [(word["text"], word["start"], word["end"]) for word in json.loads(path.read_text("utf-8"))["words"]]


def test_a_sound_becomes_words_with_their_times(talk: Path, engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    out = talk.with_suffix(".json")
    assert main(["transcribe", str(talk), str(out), "--engine", "whisper", "--language", "en", "--vocabulary",
                 "Cuelight, IMS"]) == 0
    assert words_in(out) == [(text, pytest.approx(a, abs=0.011), pytest.approx(b, abs=0.011)) for text, a, b in SAID]
    written = json.loads(out.read_text("utf-8"))
    assert written["text"] == "low middle high" and written["engine"] == "whisper"
    assert written["words"][0]["confidence"] == 0.9 and written["words"][0]["timing"] == "engine"
    assert engine.opened[0].language == "en" and engine.opened[0].vocabulary == ("Cuelight", "IMS")
    assert "3 words, 2 captions" in capsys.readouterr().out


@pytest.mark.parametrize("suffix", ["srt", "vtt", "ass", "ttml"])
def test_or_captions(suffix: str, talk: Path, engine: Engine) -> None:
    out = talk.with_suffix(f".{suffix}")
    assert main(["transcribe", str(talk), str(out)]) == 0 and "high" in out.read_text("utf-8")


def test_a_text_that_is_there_already_only_gets_its_times(talk: Path, engine: Engine) -> None:
    out, text = talk.with_suffix(".json"), talk.with_suffix(".txt")
    text.write_text("Low, Middle\nand HIGH!", "utf-8")
    assert main(["transcribe", str(talk), str(out), "--text", str(text)]) == 0
    found = words_in(out)
    assert [word for word, _, _ in found] == ["Low,", "Middle", "and", "HIGH!"]
    assert found[3][1] == pytest.approx(3.0, abs=0.02) and found[1][1] < found[2][1] < found[3][1]


@pytest.mark.parametrize(("args", "says"), [
    (["talk.wav", "a.doc"], ".json, .ass, .srt"), (["talk.wav", "talk.wav"], ".json"),
    (["gone.mp4", "a.srt"], "gone.mp4"),
    (["mute.png", "a.srt"], "has no sound"), (["talk.wav", "a.srt", "--text", "gone.txt"], "gone.txt"),
    (["quiet.wav", "a.srt"], "nothing is said"), (["talk.wav", "mine.json"], "exists already"),
    (["folder", "a.srt"], "no recording")])
def test_what_cannot_be_done_is_one_clear_error(args: list[str], says: str, talk: Path, engine: Engine,
                                                monkeypatch: pytest.MonkeyPatch,
                                                capsys: pytest.CaptureFixture[str]) -> None:
    from PIL import Image

    monkeypatch.chdir(talk.parent)
    sound(Path("quiet.wav"), (), 1)
    Image.new("RGB", (32, 32)).save("mute.png")
    Path("mine.json").write_text("mine")
    Path("folder").mkdir()
    assert main(["transcribe", *args]) == 1
    assert says in capsys.readouterr().err and Path("mine.json").read_text() == "mine"


def test_a_recording_gives_the_words_it_ended_with(tmp_path: Path) -> None:
    folder = tmp_path / "show"
    folder.mkdir()
    facts = Facts({URL: MediaFacts("live", 640, 360, has_video=True, has_audio=True)})
    words = [Word(text, round(a * NS), round(b * NS)) for text, a, b in SAID]
    with (folder / JOURNAL).open("w", encoding="utf-8") as file:
        journal = JournalWriter(file)
        journal.write("run", version=VERSION, name="t", size=[640, 360], rate="25", facts=facts_to_json(facts),
                      document=live_document(URL, size=(640, 360), rate=Fraction(25)).value, first_tick=0)
        journal.write("words", words=[asdict(word) for word in words])
        journal.write("end", tick=1000)
    assert main(["transcribe", str(folder), str(tmp_path / "a.json")]) == 0
    assert words_in(tmp_path / "a.json") == list(SAID)
    assert main(["transcribe", str(folder), str(tmp_path / "a.srt")]) == 0
    assert "high" in (tmp_path / "a.srt").read_text("utf-8")


def test_a_recording_is_heard_anew_where_an_engine_is_named(tmp_path: Path, engine: Engine) -> None:
    folder = tmp_path / "show"
    folder.mkdir()
    sound(folder / "main-000.wav", SAID, 4)
    polished = {"VideoTracks": [{"VideoTrackClips": [{"MediaURL": "slate.png", "Type": "Image", "Duration": 9}]}],
                "AudioTracks": [{"AudioTrackClips": []}],
                "SubtitleTracks": [{"SubtitleTrackClips": [{"Type": "Text", "Content": "as it was"}]}],
                "Cuelight": {"Mode": "Polished", "Captions": {"Language": "en"}}}
    polished["VideoTracks"].append({"VideoTrackClips": [  # type: ignore[attr-defined]
        {"MediaURL": "main-000.wav", "TimelineIn": 2, "TimelineOut": 6}]})
    (folder / "polished.json").write_text(json.dumps(polished))
    assert main(["transcribe", str(folder), str(tmp_path / "a.json"), "--engine", "whisper"]) == 0
    assert [(text, round(start, 1)) for text, start, _ in words_in(tmp_path / "a.json")] == [
        ("low", 2.5), ("middle", 3.0), ("high", 5.0)]
    assert engine.opened[0].language == "en"
