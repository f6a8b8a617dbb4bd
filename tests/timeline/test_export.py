"""Captions as SRT and WebVTT: what grew word by word becomes one, and other programs read it."""

import json
import subprocess
from pathlib import Path

import pytest

from stream.timeline.export import settle, srt, stamp, vtt
from stream.timeline.program import NS, Cue, Run, TextStyle
from support import require_program


def cue(name: str, start_s: float, end_s: float, text: str, revision: int = 0) -> Cue:
    lines = tuple((Run(line),) for line in text.split("\n"))
    return Cue(name, round(start_s * NS), round(end_s * NS), lines, TextStyle(), revision)


CUES = [cue("a", 0.5, 0.9, "Tom", 0), cue("a", 0.9, 1.3, "Tom & Jerry", 1),
        cue("b", 3.0004, 3599.9996, "1 < 2 --> 3\n\nyes"),
        cue("a", 1.3, 2.0, "Tom & Jerry\n<3", 2), cue("c", 5, 6, " \n")]


def test_revisions_of_a_growing_caption_become_one() -> None:
    assert [(c.id, c.start_ns, c.end_ns, c.text) for c in settle(CUES)] == [
        ("a", 500_000_000, 2 * NS, "Tom & Jerry\n<3"), ("b", 3_000_400_000, 3_599_999_600_000, "1 < 2 --> 3\n\nyes")]


def test_srt_is_numbered_timed_and_has_no_blank_line_inside() -> None:
    assert srt.write(CUES) == ("1\n00:00:00,500 --> 00:00:02,000\nTom & Jerry\n<3\n\n"
                               "2\n00:00:03,000 --> 01:00:00,000\n1 < 2 → 3\nyes\n")


def test_vtt_escapes_what_it_would_read_as_markup() -> None:
    assert vtt.write(CUES) == ("WEBVTT\n\n00:00:00.500 --> 00:00:02.000\nTom <00:00:00.900>&amp; Jerry\n"
                               "<00:00:01.300>&lt;3\n\n"
                               "00:00:03.000 --> 01:00:00.000\n1 &lt; 2 --&gt; 3\nyes\n")


def test_times_past_a_hundred_hours_and_none_at_all() -> None:
    assert stamp(360_000 * NS, ",") == "100:00:00,000" and srt.write([]) == "" and vtt.write([]) == "WEBVTT\n"
    assert "00:00:01.000 --> 00:00:01.001" in vtt.write([cue("a", 1, 1.0000001, "x")])


@pytest.mark.parametrize(("suffix", "codec"), [("srt", "subrip"), ("vtt", "webvtt")])
def test_ffprobe_reads_what_is_written(tmp_path: Path, suffix: str, codec: str) -> None:
    path = tmp_path / f"captions.{suffix}"
    path.write_text({"srt": srt, "vtt": vtt}[suffix].write(CUES), "utf-8")
    found = json.loads(subprocess.run(
        [require_program("ffprobe"), "-v", "error", "-of", "json", "-show_packets", "-show_streams", path], check=True,
        capture_output=True).stdout)
    assert [s["codec_name"] for s in found["streams"]] == [codec]
    assert [(float(p["pts_time"]), float(p["duration_time"])) for p in found["packets"]] == [(0.5, 1.5), (3.0, 3597.0)]
