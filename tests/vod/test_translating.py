"""A film's speech in two languages: beside each other in the picture, apart in the files."""

from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from beeps import installed, sound

import stream.vod.translating
from models.mt import Translator
from stream.commands import export
from stream.timeline.program import NS, Program
from stream.timeline.schema import dump, from_value
from stream.vod.prepare import prepare

SAID = (("low", 0.5, 0.9), ("middle", 1.0, 1.4), ("high", 3.0, 3.4))
TEXTS = {"low middle": "tief mittel", "high": "hoch", "low middle high": "tief mittel hoch"}


class Table:
    """A translator that knows a few sentences."""

    def translate(self, text: str, source: str, target: str) -> str:
        assert (source, target) == ("en", "de")
        return TEXTS[text]


@pytest.fixture
def document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    from PIL import Image

    Image.new("RGB", (64, 36), (40, 60, 80)).save(tmp_path / "still.png")
    installed(monkeypatch, tmp_path / "cache")
    sound(tmp_path / "talk.wav", SAID, 5)
    loaded: list[str] = []

    def load(name: str) -> Translator:
        loaded.append(name)
        assert len(loaded) == 1, "a translator is loaded once"
        return Table()

    monkeypatch.setattr(stream.vod.translating, "load_translator", load)

    def made(**notes: Any) -> dict[str, Any]:
        return {"OutputMediaConfig": {"Width": 640, "Height": 360},
                "VideoTracks": [{"VideoTrackClips": [{"Type": "Image", "MediaURL": "still.png", "Duration": 6}]}],
                "AudioTracks": [{"AudioTrackClips": [{"MediaURL": "talk.wav", "Effects": [{"Type": "AI_ASR"}]}]}],
                "Cuelight": {"Version": 1, "Captions": {"Language": "en", **notes}}}

    return made


def shown(value: dict[str, Any], folder: Path, told: list[str]) -> Program:
    return prepare(from_value(value), folder, told.append).program


def test_what_is_said_is_captioned_in_both_languages_at_the_same_time(
        document: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    program = shown(document(Translate="de", Translator="/models/en-de"), tmp_path, [])
    first = [cue for cue in program.cues if not cue.lane]
    second = [cue for cue in program.cues if cue.lane == "de"]
    assert " ".join(cue.text for cue in first).split() == ["low", "middle", "high"]
    assert " ".join(cue.text for cue in second).split() == ["tief", "mittel", "hoch"]
    assert abs(second[0].start_ns - first[0].start_ns) < NS // 10 and second[0].style.y_px > first[0].style.y_px
    assert second[0].times[0][0] == 0 and len({cue.id for cue in program.cues}) == len(program.cues)


def test_without_a_translator_it_is_told_and_the_first_language_stays(
        document: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    told: list[str] = []
    program = shown(document(Translate="de"), tmp_path, told)
    assert program.cues and not [cue for cue in program.cues if cue.lane]
    assert any("is not captioned in 'de'" in line and "name a translator" in line for line in told)


def test_each_language_is_exported_to_a_file_of_its_own(document: Callable[..., dict[str, Any]], tmp_path: Path,
                                                        capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "show.json"
    path.write_text(dump(document(Translate="de", Translator="/models/en-de")), "utf-8")
    args = Namespace(timeline=str(path), out=str(tmp_path / "show.srt"), size=None, fps=None, media_root=None, set=[],
                     ims_bgr=False, by_word=True)
    assert export.run(args) == 0
    assert "<u>low</u> middle" in (tmp_path / "show.srt").read_text("utf-8")
    assert "<u>tief</u> mittel" in (tmp_path / "show.de.srt").read_text("utf-8")
    assert "tief" not in (tmp_path / "show.srt").read_text("utf-8")
    assert capsys.readouterr().out.count("wrote ") == 2
