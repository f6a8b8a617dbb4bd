"""`cuelight export` writes captions and edits for other programs, and says why when it cannot."""

import json
import wave
from pathlib import Path

import pytest

from stream import plugins
from stream.cli import main

DOCUMENT = {"VideoTracks": [{"VideoTrackClips": []}], "SubtitleTracks": [{"SubtitleTrackClips": [
    {"Type": "Text", "Content": "Hello", "TimelineIn": 1, "TimelineOut": 2, "FontSize": 40}]}],
    "AudioTracks": [{"AudioTrackClips": [{"MediaURL": "tone.wav"}, {"MediaURL": "missing.mp3"}]}],
    "OutputMediaConfig": {"Width": 640, "Height": 360}}


@pytest.fixture
def timeline(tmp_path: Path) -> Path:
    path = tmp_path / "show.json"
    path.write_text(json.dumps(DOCUMENT), "utf-8")
    with wave.open(str(tmp_path / "tone.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(2 * 8000 * 3))
    return path


@pytest.mark.parametrize("suffix", plugins.names("stream.timeline.export"))
def test_every_format_is_written(suffix: str, timeline: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = timeline.with_suffix(f".{suffix}")
    assert main(["export", str(timeline), str(out)]) == 0
    assert "Hello" in out.read_text("utf-8")
    said = capsys.readouterr()
    assert "1 captions" in said.out and "missing.mp3" in said.err


def test_nothing_is_overwritten_and_unknown_formats_are_named(timeline: Path,
                                                              capsys: pytest.CaptureFixture[str]) -> None:
    out = timeline.with_suffix(".srt")
    out.write_text("mine", "utf-8")
    assert main(["export", str(timeline), str(out)]) == 1 and out.read_text("utf-8") == "mine"
    assert main(["export", str(timeline), str(timeline.with_suffix(".doc"))]) == 1
    assert ".ass, .otio, .srt, .ttml, .vtt" in capsys.readouterr().err


def test_a_timeline_without_captions_says_where_they_are(timeline: Path, capsys: pytest.CaptureFixture[str]) -> None:
    timeline.write_text(json.dumps({**DOCUMENT, "SubtitleTracks": []}), "utf-8")
    out = timeline.with_suffix(".vtt")
    assert main(["export", str(timeline), str(out)]) == 1 and not out.exists()
    assert "nothing in this Timeline to export" in capsys.readouterr().err
