"""--cc 608, from the command line and live, to a film that another decoder reads."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from closed_captions import decoded
from live_rig import paced, run_script, stretch
from PIL import Image

from models.asr import Hypothesis, StreamOptions, Word
from stream.cli import main
from stream.media import NS

TEXT = {"Type": "Text", "FontSize": 20}
STILL = {"Type": "Image", "MediaURL": "still.png", "Duration": 5}
DOCUMENT = {"OutputMediaConfig": {"Width": 320, "Height": 180}, "VideoTracks": [{"VideoTrackClips": [STILL]}],
            "SubtitleTracks": [{"SubtitleTrackClips": [
    {**TEXT, "Content": "A caption, très élégante", "TimelineIn": 1, "TimelineOut": 2.5},
    {**TEXT, "Content": "and one more", "TimelineIn": 3, "TimelineOut": 4}]}, {"SubtitleTrackClips": [
        {**TEXT, "Content": "Eine Zeile", "TimelineIn": 1, "TimelineOut": 2.5,
         "Cuelight": {"Id": "t1", "Lane": "de"}}]}]}


@pytest.fixture
def timeline(tmp_path: Path) -> Path:
    Image.new("RGB", (64, 36), (40, 60, 80)).save(tmp_path / "still.png")
    path = tmp_path / "show.json"
    path.write_text(json.dumps(DOCUMENT), "utf-8")
    return path


@pytest.mark.parametrize("suffix", ["mp4", "ts", "mkv"])
def test_a_render_has_each_language_in_its_channel(suffix: str, timeline: Path) -> None:
    out = timeline.with_suffix(f".{suffix}")
    assert main(["render", str(timeline), str(out), "--cc", "608", "--fps", "25"]) == 0
    offset_s = 0.0 if suffix == "mp4" else decoded(out)[0][0] - 1.0
    found = [(round(start_s - offset_s, 1), round(end_s - offset_s, 1), text) for start_s, end_s, text in decoded(out)]
    assert found == [(1.0, 2.5, "A caption, très élégante"), (3.0, 4.0, "and one more")]
    assert [text for _, _, text in decoded(out, "second")] == ["Eine Zeile"]


def test_a_render_without_the_wish_has_none(timeline: Path) -> None:
    out = timeline.with_suffix(".mp4")
    assert main(["render", str(timeline), str(out)]) == 0
    assert decoded(out) == []


def test_what_cannot_hold_them_is_refused(timeline: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", str(timeline), str(timeline.with_suffix(".webm")), "--cc", "608"]) == 1
    assert "cannot hold closed captions" in capsys.readouterr().err


class Counter:
    """A recognizer that hears a word every half second and ends a sentence every eight words."""

    sample_rate_hz = 16_000
    languages = frozenset({"en"})

    def open(self, options: StreamOptions) -> "Counting":
        return Counting()


class Counting:
    speaking = True

    def __init__(self) -> None:
        self.heard = 0

    def feed(self, samples: "np.ndarray[Any, Any]") -> list[Hypothesis]:
        before, self.heard = self.heard // 8000, self.heard + len(samples)
        return [self._said(count) for count in range(before + 1, self.heard // 8000 + 1)]

    def _said(self, count: int) -> Hypothesis:
        segment, words = (count - 1) // 8, (count - 1) % 8 + 1
        said = tuple(Word(f"word{segment * 8 + n}" + "." * (n == 7), (segment * 8 + n) * NS // 2,
                          (segment * 8 + n + 1) * NS // 2) for n in range(words))
        return Hypothesis(segment, said, words == 8, count * NS // 2)

    def finish(self) -> list[Hypothesis]:
        return []


class Shouter:
    def translate(self, text: str, source: str, target: str) -> str:
        return text.upper()


@pytest.mark.parametrize("paging", ["pop-on", "roll-up"])
def test_a_live_run_has_every_word_of_both_languages(paging: str, tmp_path: Path) -> None:
    out = tmp_path / "live.mp4"
    notes = {"Paging": paging, "Translate": "de", "Translator": "made-up"}
    run_script(paced(stretch(14.0)), captions=True, recognizer=Counter(), translator=Shouter(), notes=notes,
               to=(str(out),), cc="608")
    first = " ".join(text for _, _, text in decoded(out)).split()
    assert list(dict.fromkeys(word for word in first if word.endswith("."))) == ["word7.", "word15.", "word23."]
    assert list(dict.fromkeys(first))[:20] == [f"word{n}" + "." * (n % 8 == 7) for n in range(20)]
    second = " ".join(text for _, _, text in decoded(out, "second")).split()
    assert list(dict.fromkeys(second))[:16] == [f"WORD{n}" + "." * (n % 8 == 7) for n in range(16)]
