"""The captions bench: what it counts, on a recording made here and engines that say what they are told."""

import json
import wave
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from models.asr import Hypothesis, StreamOptions, Word
from stream.bench import captions
from stream.errors import MediaError

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
                                           "one.wav\tde\tguten Tag\n", encoding="utf-8")
    return tmp_path


def test_what_is_right_however_written_counts_as_right(folder: Path) -> None:
    found = captions.run(folder, Told("mister brown, paid forty-two pounds."))
    assert (found["clips"], found["wer_final"], found["wer_aired"]) == (1, 0.0, 0.0)
    assert found["changed_words"] == 0 and found["audio_s"] == pytest.approx(3.0)


def test_a_wrong_a_missing_and_a_needless_word_are_errors(folder: Path) -> None:
    assert captions.run(folder, Told("mister green paid forty two"))["wer_final"] == pytest.approx(2 / 6)
    assert captions.run(folder, Told("so mister brown paid forty two pounds"))["wer_final"] == pytest.approx(1 / 6)


def test_all_sound_is_handed_over_once(folder: Path) -> None:
    engine = Told("a")
    captions.run(folder, engine)
    assert sum(engine.pieces) == 48_000 and engine.pieces[0] == 1600


def test_the_figures_are_printed_and_written_as_json(folder: Path, capsys: pytest.CaptureFixture[str],
                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.asr.moonshine.load", lambda: Told("mister brown paid forty two pounds"))
    assert captions.main([str(folder), "--json", str(folder / "out.json"), "--words"]) == 0
    assert "WER final 0.0%" in capsys.readouterr().out
    assert json.loads((folder / "out.json").read_text())["words"] == 6


def test_a_folder_without_recordings_is_refused_with_the_remedy(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(MediaError, match="transcripts"):
        captions.run(tmp_path / "none", Told(""))
    with pytest.raises(MediaError, match=r"manifest\.tsv"):
        captions.run(folder, Told(""), language="fr")
