"""What a render makes of a document's output wishes and of the command line: whole files, or none."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from stream.cli import main
from stream.codecs.formats import FORMATS, Quality
from stream.errors import MediaError, OptionError
from stream.media import from_rgb
from stream.timeline.program import Box, Cue, Layer, Notice, Program, Run, TextBox, TextStyle
from stream.timeline.schema import load
from stream.vod.draft import halved
from stream.vod.fidelity import differences
from stream.vod.film import Film
from stream.vod.produce import Order, bits_s, quality_of, with_presets
from stream.vod.stills import write_png
from support import ROOT

W, H = 160, 96


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """A red picture with a blue part from 1 s to 2 s, without sound."""
    for name, colour in (("red", (200, 30, 30)), ("blue", (30, 30, 200))):
        (tmp_path / f"{name}.png").write_bytes(write_png(from_rgb(np.full((H, W, 3), colour, np.uint8))))
    return written(tmp_path)


def written(folder: Path, **more: Any) -> Path:
    path = folder / "a.json"
    value = {"VideoTracks": [{"VideoTrackClips": [
        {"Type": "Image", "MediaURL": "red.png", "Duration": 1},
        {"Type": "Image", "MediaURL": "blue.png", "Duration": 1}]}],
        "OutputMediaConfig": {"Width": W, "Height": H, "Video": {"Fps": 10}}, **more}
    path.write_text(json.dumps(value))
    return path


def render(document: Path, name: str, *more: str) -> int:
    return main(["render", str(document), str(document.with_name(name)), *more])


def colours(path: Path) -> list[str]:
    with av.open(str(path)) as file:
        means = [frame.to_ndarray(format="rgb24").mean(axis=(0, 1)) for frame in file.decode(video=0)]
    return ["red" if mean[0] > mean[2] else "blue" for mean in means]


@pytest.mark.parametrize("name", ["a.mp4", "a.webm", "a.mkv", "a.mov", "a.gif", "a.m3u8"])
def test_a_timeline_renders_to_any_format_and_twice_to_the_same_bytes(document: Path, name: str) -> None:
    assert render(document, name) == 0
    made = {path.name: path.read_bytes() for path in document.parent.glob("a*") if path != document}
    assert colours(document.with_name(name)) == ["red"] * 10 + ["blue"] * 10
    for path in made:
        document.with_name(path).unlink()
    assert render(document, name) == 0
    assert made == {path.name: path.read_bytes() for path in document.parent.glob("a*") if path != document}


def test_a_film_without_sound_has_no_sound_track_and_no_wav(document: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert render(document, "a.mp4") == 0
    with av.open(str(document.with_name("a.mp4"))) as file:
        assert not file.streams.audio
    assert render(document, "a.wav") == 1 and "no sound" in capsys.readouterr().err


def test_the_cover_is_the_picture_that_the_document_names(tmp_path: Path, document: Path) -> None:
    written(tmp_path, EditingProduceConfig={"CoverConfig": {"StartTime": 1.5}})
    assert render(document, "a.mp4") == 0
    cover = np.asarray(_pixels(tmp_path / "a.jpg"))
    assert cover.shape == (H, W, 3) and np.abs(cover.mean(axis=(0, 1)) - (30, 30, 200)).max() < 6
    assert render(document, "b.mp4", "--cover", str(tmp_path / "c.png")) == 0
    assert not (tmp_path / "b.jpg").exists()
    assert np.abs(np.asarray(_pixels(tmp_path / "c.png")).mean(axis=(0, 1)) - (30, 30, 200)).max() < 6


def _pixels(path: Path) -> Any:
    from PIL import Image

    return Image.open(path).convert("RGB")


def test_a_part_in_draft_is_half_as_large(document: Path) -> None:
    assert render(document, "a.mp4", "--draft", "--from", "0.5", "--to", "1.5") == 0
    with av.open(str(document.with_name("a.mp4"))) as file:
        assert (file.streams.video[0].width, file.streams.video[0].height) == (W // 2, H // 2)
    assert colours(document.with_name("a.mp4")) == ["red"] * 5 + ["blue"] * 5


def test_the_report_says_what_was_made(tmp_path: Path, document: Path) -> None:
    assert render(document, "a.m3u8", "--report", str(tmp_path / "r.json")) == 0
    report = json.loads((tmp_path / "r.json").read_text())
    assert report["ticks"] == 20 and report["fps"] > 0 and report["seconds"] > 0 and report["differences"] == []
    assert [Path(file["path"]).name for file in report["files"]] == ["a_00000.m4s", "a_init.mp4", "a.m3u8"]
    assert all(file["bytes"] == Path(file["path"]).stat().st_size for file in report["files"])


@pytest.mark.parametrize(("taken", "asked"), [
    ("a.mp4", ("a.mp4",)), ("c.png", ("a.mp4", "--cover", "c.png")), ("a_00003.m4s", ("a.m3u8",))])
def test_nothing_is_overwritten(document: Path, taken: str, asked: tuple[str, ...],
                                monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(document.parent)
    Path(taken).write_bytes(b"dear")
    assert render(document, *asked) == 1 and "exists already" in capsys.readouterr().err
    assert Path(taken).read_bytes() == b"dear" and len(list(Path.cwd().iterdir())) == 4


def test_a_render_that_fails_leaves_nothing(document: Path, monkeypatch: pytest.MonkeyPatch,
                                            capsys: pytest.CaptureFixture[str]) -> None:
    before, take = sorted(document.parent.iterdir()), Film.picture
    taken: list[int] = []

    def fails(film: Film, frame: Any) -> None:
        taken.append(1)
        if len(taken) == 7:
            raise MediaError("the disk is full", "Free some space")
        take(film, frame)

    monkeypatch.setattr(Film, "picture", fails)
    assert render(document, "a.mp4") == 1 and "the disk is full" in capsys.readouterr().err
    assert sorted(document.parent.iterdir()) == before


def test_an_interrupted_render_leaves_nothing(document: Path) -> None:
    value = json.loads(document.read_text())
    value["VideoTracks"][0]["VideoTrackClips"][1]["Duration"] = 3000
    document.write_text(json.dumps(value))
    before = sorted(document.parent.iterdir())
    process = subprocess.Popen([sys.executable, "-m", "stream.cli", "render", str(document),
                                str(document.with_name("a.mp4"))], cwd=ROOT, stderr=subprocess.PIPE, text=True,
                               env={**os.environ})
    try:
        end_s = time.monotonic() + 30
        while not list(document.parent.glob(".a.mp4.part/a.mp4")) and time.monotonic() < end_s:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 130, said
    assert "Traceback" not in said and sorted(document.parent.iterdir()) == before


def test_a_document_says_how_it_is_to_be_encoded() -> None:
    told: list[str] = []
    wishes = {"VideoTracks": [], "OutputMediaConfig": {"Bitrate": 1500, "Video": {
        "Codec": "H.265", "Crf": 30, "Preset": "Slower", "Profile": "High"}},
        "EditingProduceConfig": {"MaxBitrate": 4_000_000, "OutputWebmTransparentChannel": True}}
    found = quality_of(load(json.dumps(wishes)), FORMATS[".mp4"], told.append)
    assert found == Quality("h265", 30, 1_500_000, 4_000_000, "slower", "high", alpha=True) and not told


def test_wishes_that_nobody_knows_are_told_and_left_out() -> None:
    told: list[str] = []
    wishes = {"VideoTracks": [], "OutputMediaConfig": {"Bitrate": -3, "Video": {
        "Codec": "MPEG-1", "Crf": 70, "Preset": "hasty", "Profile": "tall"}}}
    assert quality_of(load(json.dumps(wishes)), FORMATS[".mp4"], told.append) == Quality() and len(told) == 4


def test_a_codec_that_the_suffix_does_not_hold_is_told_and_left_out() -> None:
    told: list[str] = []
    wish = load(json.dumps({"VideoTracks": [], "OutputMediaConfig": {"Video": {"Codec": "H.264"}}}))
    assert quality_of(wish, FORMATS[".webm"], told.append).codec is None and "H.264" in told[0]
    assert quality_of(wish, FORMATS[".wav"], told.append).codec is None and len(told) == 1


def test_orientation_turns_a_size_that_the_document_does_not_give(tmp_path: Path, document: Path) -> None:
    value = json.loads(document.read_text())
    value["OutputMediaConfig"] = {"Video": {"Fps": 10, "Orientation": "Vertical"}}
    document.write_text(json.dumps(value))
    assert render(document, "a.mp4", "--to", "0.5") == 0
    with av.open(str(tmp_path / "a.mp4")) as file:
        assert (file.streams.video[0].width, file.streams.video[0].height) == (H, W)


def test_bit_rates_are_kilobits_unless_that_would_be_absurd() -> None:
    assert (bits_s(3000), bits_s(3_000_000), bits_s(None), bits_s(0)) == (3_000_000, 3_000_000, None, None)


def test_presets_name_an_encoder_preset_and_a_platform() -> None:
    program = Program(1920, 1080, Fraction(30), 10**9)
    found = with_presets(Quality(crf=18), "twitch, fast", program)
    assert found == Quality(bitrate=4_500_000, max_bitrate=4_500_000, preset="fast")
    with pytest.raises(OptionError, match="myspace"):
        with_presets(Quality(), "myspace", program)


def test_a_cover_needs_a_picture(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="cover"):
        Order(tmp_path / "a.mp4", cover=tmp_path / "a.txt")
    with pytest.raises(OptionError, match="no picture"):
        Order(tmp_path / "a.wav", cover=tmp_path / "a.png")


def test_half_a_program_is_the_same_picture_smaller() -> None:
    style = TextStyle(size_px=40, x_px=100, outline_px=3, box=TextBox(TextStyle().color, 8))
    layer = Layer("l", "video", "a.mp4", 0, 9, Box(11, 20, 101, 50), crop=Box(10, 10, 100, 80), source_px=(200, 100))
    whole = Program(1280, 718, Fraction(25), 10, (layer,), cues=(Cue("c", 0, 9, ((Run("hi"),),), style),))
    half = halved(whole)
    assert (half.width_px, half.height_px, half.end_ns, half.rate) == (640, 358, 10, 25)
    small = half.layers[0]
    assert small == replace(layer, box=small.box)
    assert abs(small.box.x_px - 5.5) <= 1 and abs(small.box.width_px - 50.5) <= 2
    assert small.box.x_px % 2 == small.box.width_px % 2 == 0
    drawn = half.cues[0].style
    assert (drawn.size_px, drawn.x_px, drawn.outline_px) == (20, 50, 1.5)
    assert drawn.box is not None and drawn.box.x_border_px == 4 and half.cues[0].lines == whole.cues[0].lines


def test_boxes_that_touch_still_touch_in_half() -> None:
    layers = tuple(Layer(str(x), "color", "", 0, 1, Box(x, 0, 62, 90)) for x in range(0, 620, 62))
    boxes = [layer.box for layer in halved(Program(620, 90, Fraction(25), 1, layers)).layers]
    assert all(a.x_px + a.width_px == b.x_px for a, b in zip(boxes, boxes[1:], strict=False))


def test_what_differs_is_said_once_with_all_its_places() -> None:
    notices = [Notice("warning", f"$.VideoTracks[0].VideoTrackClips[{n}]", "Zoom is valid but not rendered yet", "",
                      "not-rendered") for n in range(5)]
    notices.append(Notice("info", "$", "nothing to worry about"))
    found = differences(Program(16, 16, Fraction(25), 1, notices=tuple(notices)))
    assert len(found) == 1 and found[0].how == "ignored" and len(found[0].paths) == 5
    assert "and 2 more" in found[0].line()
