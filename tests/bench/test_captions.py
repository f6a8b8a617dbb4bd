"""The captions bench: what it counts, on a recording made here and engines that say what they are told."""

import json
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from models.asr import Hypothesis, StreamOptions, Word
from stream.bench import captions
from stream.bench.degrade import WORLDS
from stream.errors import MediaError, OptionError

S = 1_000_000_000


class Told:
    """A recognizer that has heard `text` whole after one second of sound, in two steps."""

    sample_rate_hz = 16_000
    languages = frozenset({"en"})
    speaking = False

    def __init__(self, text: str) -> None:
        self.words = tuple(Word(t, 0, S // 2) for t in text.split())
        self.pieces: list[int] = []

    def open(self, options: StreamOptions) -> "Told":
        self.heard = 0
        return self

    def feed(self, samples: NDArray[np.float32]) -> list[Hypothesis]:
        before, self.heard = self.heard, self.heard + len(samples)
        self.pieces.append(len(samples))
        due = [i for i in range(2) if before < 16_000 * (i + 1) <= self.heard]
        return [Hypothesis(0, self.words, i == 1, self.heard * S // 16_000) for i in due]

    def finish(self) -> list[Hypothesis]:
        return []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with wave.open(str(tmp_path / "one.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(16_000)
        sound.writeframes(np.random.default_rng(0).integers(-900, 900, 32_000).astype("<i2").tobytes())
    (tmp_path / "manifest.tsv").write_text("file\tlanguage\ttranscript\none.wav\ten\tMr. Brown paid 42 pounds\n"
                                           "one.wav\tde\tguten Tag\none.wav\tzh\t今天天气\n", encoding="utf-8")
    return tmp_path


def heard(folder: Path, text: str) -> dict[str, Any]:
    return captions.run(folder, Told(text), policies=("stable",))


def test_what_is_right_however_written_counts_as_right(folder: Path) -> None:
    found = heard(folder, "mister brown, paid forty-two pounds.")
    assert (found["clips"], found["error_final"], found["policies"]["stable"]["error_aired"]) == (1, 0.0, 0.0)
    assert found["policies"]["stable"]["settled_words_changed"] == 0 and found["audio_s"] == pytest.approx(3.0)


def test_a_wrong_a_missing_and_a_needless_word_are_errors(folder: Path) -> None:
    found = heard(folder, "mister green paid forty two")
    assert found["error_final"] == pytest.approx(2 / 6)
    assert found["errors_final"] == {"substituted": 1, "inserted": 0, "deleted": 1}
    assert heard(folder, "so mister brown paid forty two pounds")["error_final"] == pytest.approx(1 / 6)


def test_other_languages_are_scored_too_in_words_or_characters(folder: Path) -> None:
    german = captions.run(folder, Told("Guten Tag!"), language="de", policies=("final",))
    assert (german["unit"], german["error_final"]) == ("WER", 0.0)
    chinese = captions.run(folder, Told("今天 天汽。"), language="zh", policies=("final",))
    assert (chinese["unit"], chinese["error_final"], chinese["tokens"]) == ("CER", 0.25, 4)


def test_all_sound_is_handed_over_once(folder: Path) -> None:
    engine = Told("a")
    captions.run(folder, engine)
    assert sum(engine.pieces) == 48_000 and engine.pieces[0] == 1600


def test_the_figures_are_printed_and_written_as_json_and_as_a_page(folder: Path, capsys: pytest.CaptureFixture[str],
                                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(captions, "load_recognizer", lambda name: Told("mister brown paid forty two pounds"))
    assert captions.main([str(folder), "--json", str(folder / "out.json"), "--html", str(folder / "out.html"),
                          "--words", "--worlds", "clean", "music", "--policies", "stable", "eager"]) == 0
    printed = capsys.readouterr().out
    assert "moonshine, music" in printed and "eager" in printed
    found = json.loads((folder / "out.json").read_text())
    assert list(found) == ["moonshine, clean", "moonshine, music"] and found["moonshine, clean"]["tokens"] == 6
    page = (folder / "out.html").read_text()
    assert page.count("<svg") == 1 and "nothing was measured" in page, "noise has no words to be timed"
    assert "http:" not in page and "https:" not in page


def test_an_engine_is_not_scored_on_what_it_does_not_hear(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(captions, "load_recognizer", lambda name: Told(""))
    with pytest.raises(OptionError, match="does not hear 'de'"):
        captions.main([str(folder), "--language", "de"])


def test_a_folder_without_recordings_is_refused_with_the_remedy(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(MediaError, match="transcripts"):
        heard(tmp_path / "none", "")
    with pytest.raises(MediaError, match=r"manifest\.tsv"):
        captions.run(folder, Told(""), language="fr")


@pytest.mark.parametrize("world", ["music", "crowd"])
def test_what_lies_under_the_speech_is_ten_decibels_below_it(world: str) -> None:
    rng = np.random.default_rng(1)
    speech = (0.1 * rng.standard_normal(48_000)).astype(np.float32)
    under = WORLDS[world](speech, [rng.standard_normal(30_000).astype(np.float32)], 3) - speech
    assert 10 * np.log10((speech**2).mean() / (under**2).mean()) == pytest.approx(10, abs=0.1)


def test_a_room_rings_on_for_its_time() -> None:
    click = np.zeros(32_000, np.float32)
    click[0] = 0.9
    heard = np.abs(WORLDS["room"](click, [], 0))
    level = [20 * np.log10(np.sqrt((heard[a:a + 1600] ** 2).mean())) for a in (1600, 8000)]
    assert level[0] - level[1] == pytest.approx(60 * 0.4 / 0.8, abs=3)
    assert not heard[12_900:].max() > 1e-6
