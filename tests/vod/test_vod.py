"""Any Timeline to a file, and one picture of it: what is seen and heard at each moment is what the document says."""

import json
import weakref
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from stream.cli import main
from stream.codecs.decode import VideoDecoder
from stream.media import Setup
from stream.run import inputs

W, H, RATE = 160, 96, 25
SECONDS = 4


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a clip whose level says its second, with a tone from 2 s on, and a grey picture."""
    folder = tmp_path_factory.mktemp("media")
    _clip(folder / "clip.mp4", SECONDS, sound_s=SECONDS)
    _clip(folder / "short-sound.mp4", SECONDS, sound_s=1)
    _clip(folder / "fast.mp4", 8, sound_s=8, rate=60)
    picture = av.VideoFrame.from_ndarray(np.full((H, W, 3), 128, np.uint8), format="rgb24")
    encoder = av.CodecContext.create("png", "w")
    encoder.width, encoder.height, encoder.pix_fmt, encoder.time_base = W, H, "rgb24", Fraction(1, 25)
    (folder / "grey.png").write_bytes(b"".join(bytes(p) for p in [*encoder.encode(picture), *encoder.encode(None)]))
    return folder


def level_at(second: float) -> float:
    """The clip's luma at `second` of it, as a ratio of white."""
    return (40 + 20 * int(second * 2)) / 255


def _clip(path: Path, seconds: int, *, sound_s: int, rate: int = RATE) -> None:
    with av.open(str(path), "w") as file:
        video: Any = file.add_stream("libx264", rate=rate, width=W, height=H, options={"crf": "10", "g": "25"})
        video.pix_fmt = "yuv420p"
        audio: Any = file.add_stream("aac", rate=48_000)
        for number in range(seconds * rate):
            frame = av.VideoFrame(W, H, "yuv420p")
            values = (min(40 + 20 * (number * 2 // rate), 235), 128, 128)
            for plane, value in zip(frame.planes, values, strict=True):
                plane.update(bytes([value]) * plane.buffer_size)
            frame.pts = number
            file.mux(video.encode(frame))
        at = np.arange(sound_s * 48_000)
        tone = np.where(at >= 96_000 if sound_s > 2 else True, 0.25 * np.sin(2 * np.pi * 440 * at / 48_000), 0)
        for first in range(0, len(at), 1024):
            block = np.repeat(tone[None, first:first + 1024].astype(np.float32), 2, axis=0)
            sound = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), format="fltp", layout="stereo")
            sound.sample_rate, sound.pts = 48_000, first
            file.mux(audio.encode(sound))
        for stream in (video, audio):
            file.mux(stream.encode(None))


def timeline(path: Path, clips: list[dict[str, Any]], **more: Any) -> Path:
    path.write_text(json.dumps({
        "VideoTracks": [{"VideoTrackClips": clips}],
        "OutputMediaConfig": {"Width": W, "Height": H, "Video": {"Fps": RATE}}, **more}))
    return path


def render(document: Path, out: Path, media: Path, *more: str) -> tuple[list[float], np.ndarray]:
    """Render; return every picture's mean luma, and the sound."""
    assert main(["render", str(document), str(out), "--media-root", str(media), "--preset", "ultrafast", *more]) == 0
    with av.open(str(out)) as file:
        pictures = [float(f.to_ndarray()[:H].mean()) for f in file.decode(video=0)]
    with av.open(str(out)) as file:
        sound = [f.to_ndarray() for f in file.decode(audio=0)] if file.streams.audio else []
    return pictures, np.concatenate([np.zeros((2, 0), np.float32), *sound], axis=1)[0]


def rms(sound: np.ndarray, first_s: float, last_s: float) -> float:
    return float(np.sqrt(np.mean(sound[round(first_s * 48_000):round(last_s * 48_000)] ** 2)))


def test_an_image_a_clip_and_a_text_are_each_seen_and_heard_in_their_time(tmp_path: Path, media: Path) -> None:
    text = {"Type": "Text", "Content": "HELLO", "TimelineIn": 0.4, "TimelineOut": 1.2, "FontSize": 30,
            "FontColor": "#FFFFFF", "Alignment": "Center", "X": 0, "Y": 0.3}
    document = timeline(tmp_path / "a.json", [
        {"Type": "Image", "MediaURL": "grey.png", "Duration": 2}, {"MediaURL": "clip.mp4"}],
        SubtitleTracks=[{"SubtitleTrackClips": [text]}])
    pictures, sound = render(document, tmp_path / "a.mp4", media)
    assert len(pictures) == 6 * RATE
    assert len(sound) / 48_000 == pytest.approx(6, abs=0.05)
    assert pictures[2] == pytest.approx(pictures[48], abs=1) and pictures[20] > pictures[2] + 1, "no text is seen"
    for number in range(2 * RATE + 1, 6 * RATE):
        assert pictures[number] == pytest.approx(255 * level_at(number / RATE - 2), abs=3), number
    assert rms(sound, 0.1, 3.9) < 0.001 and rms(sound, 4.1, 5.9) == pytest.approx(0.177, abs=0.01)


@pytest.mark.parametrize("start", [0, 1.6])
def test_a_clip_is_shown_and_heard_from_its_in_point_on(tmp_path: Path, media: Path, start: float) -> None:
    document = timeline(tmp_path / "a.json", [{"MediaURL": "clip.mp4", "In": 2.6, "TimelineIn": start}])
    pictures, sound = render(document, tmp_path / "a.mp4", media)
    assert len(pictures) == round((1.4 + start) * RATE)
    assert pictures[round(start * RATE) + 1] == pytest.approx(255 * level_at(2.64), abs=3)
    assert pictures[-1] == pytest.approx(255 * level_at(3.96), abs=3)
    assert rms(sound, start + 0.1, start + 1.2) == pytest.approx(0.177, abs=0.01)


def test_from_and_to_give_the_same_pictures_as_the_whole(tmp_path: Path, media: Path) -> None:
    document = timeline(tmp_path / "a.json", [{"MediaURL": "clip.mp4"}])
    whole, _ = render(document, tmp_path / "whole.mp4", media)
    part, sound = render(document, tmp_path / "part.mp4", media, "--from", "1.2", "--to", "3.2")
    assert len(part) == 50
    assert part == pytest.approx(whole[30:80], abs=2)
    assert rms(sound, 0.05, 0.7) < 0.001 and rms(sound, 0.9, 1.9) > 0.15


def test_a_clip_that_ends_early_is_held_and_one_after_it_begins_in_its_time(tmp_path: Path, media: Path) -> None:
    document = timeline(tmp_path / "a.json", [
        {"MediaURL": "clip.mp4", "TimelineIn": 0, "TimelineOut": 5}, {"MediaURL": "clip.mp4", "TimelineIn": 6}])
    pictures, _ = render(document, tmp_path / "a.mp4", media)
    assert len(pictures) == 10 * RATE
    assert pictures[110:124] == pytest.approx([255 * level_at(3.9)] * 14, abs=3)
    assert max(pictures[126:149]) < 20, "the gap is not black"
    assert pictures[151] == pytest.approx(255 * level_at(0), abs=3)


def test_sound_shorter_than_its_picture_is_followed_by_silence(tmp_path: Path, media: Path) -> None:
    document = timeline(tmp_path / "a.json", [{"MediaURL": "short-sound.mp4"}])
    pictures, sound = render(document, tmp_path / "a.mp4", media)
    assert len(pictures) == SECONDS * RATE and len(sound) / 48_000 == pytest.approx(SECONDS, abs=0.05)
    assert rms(sound, 0.1, 0.9) > 0.15 and rms(sound, 1.2, 3.9) < 0.001


def test_a_clip_runs_at_many_times_its_speed(tmp_path: Path, media: Path) -> None:
    document = timeline(tmp_path / "a.json", [{"MediaURL": "fast.mp4", "Speed": 16}])
    pictures, _ = render(document, tmp_path / "a.mp4", media)
    assert len(pictures) == pytest.approx(0.5 * RATE, abs=1)
    assert pictures == sorted(pictures) and pictures[-1] - pictures[0] > 150


def test_many_clips_hold_few_decoders_at_a_time(tmp_path: Path, media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alive: weakref.WeakSet[VideoDecoder] = weakref.WeakSet()
    counts: list[int] = []

    def opened(setup: Setup) -> VideoDecoder:
        decoder = VideoDecoder(setup)
        alive.add(decoder)
        counts.append(len(alive))
        return decoder

    monkeypatch.setattr(inputs, "VideoDecoder", opened)
    document = timeline(tmp_path / "a.json", [{"MediaURL": "clip.mp4", "Out": 0.8} for _ in range(24)])
    pictures, _ = render(document, tmp_path / "a.mp4", media)
    assert len(pictures) == 24 * 20
    assert len(counts) == 24 and max(counts) <= 7, "what two seconds ahead are, and the one that is shown"


@pytest.mark.parametrize("at_s", [0.0, 1.0, 2.72, 5.5])
def test_a_frame_is_the_picture_that_a_render_has_then(tmp_path: Path, media: Path, at_s: float) -> None:
    document = timeline(tmp_path / "a.json", [
        {"Type": "Image", "MediaURL": "grey.png", "Duration": 2}, {"MediaURL": "clip.mp4"}],
        SubtitleTracks=[{"SubtitleTrackClips": [{"Type": "Text", "Content": "NOW", "FontSize": 40, "X": 0.2, "Y": 0.2,
                                                 "TimelineIn": 0.5, "TimelineOut": 3, "FontColor": "#FFFFFF"}]}])
    render(document, tmp_path / "a.mp4", media)
    assert main(["frame", str(document), str(at_s), str(tmp_path / "a.png"), "--media-root", str(media)]) == 0
    with av.open(str(tmp_path / "a.mp4")) as file:
        rendered = [f.to_ndarray(format="rgb24") for f in file.decode(video=0)][round(at_s * RATE)].astype(int)
    with av.open(str(tmp_path / "a.png")) as file:
        single = next(file.decode(video=0)).to_ndarray(format="rgb24").astype(int)
    assert np.abs(single - rendered).mean() < 4
    assert main(["frame", str(document), str(at_s), str(tmp_path / "a.png"), "--media-root", str(media)]) == 1


@pytest.mark.parametrize("more", [["--from", "99"], ["--from", "2", "--to", "1"]])
def test_a_part_that_does_not_exist_is_an_error_and_leaves_no_file(
        tmp_path: Path, media: Path, more: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    document = timeline(tmp_path / "a.json", [{"MediaURL": "clip.mp4"}])
    assert main(["render", str(document), str(tmp_path / "a.mp4"), "--media-root", str(media), *more]) == 1
    assert capsys.readouterr().err.startswith("cuelight: ")
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_a_clip_that_breaks_off_fails_the_render_with_its_name_and_leaves_no_file(
        tmp_path: Path, media: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = (media / "clip.mp4").read_bytes()
    (tmp_path / "broken.mp4").write_bytes(data[:len(data) // 3])
    document = timeline(tmp_path / "a.json", [{"MediaURL": "broken.mp4"}])
    assert main(["render", str(document), str(tmp_path / "a.mp4")]) == 1
    assert "broken.mp4" in capsys.readouterr().err
    assert not (tmp_path / "a.mp4").exists() and not list(tmp_path.glob(".*"))


def test_a_matte_that_fails_fails_the_render_instead_of_hanging_it(
        tmp_path: Path, media: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    import stream.vod.show
    from stream.errors import ModelError

    class Failing:
        width_px, height_px, provider = 32, 24, "test"

        def open(self) -> "Failing":
            return self

        def segment(self, rgb: np.ndarray) -> np.ndarray:
            raise ModelError("the engine has no memory left")

    monkeypatch.setattr(stream.vod.show, "load_segmenter", lambda *args: Failing())
    document = timeline(tmp_path / "a.json", [{"MediaURL": "clip.mp4", "Effects": [{"Type": "AI_RealMatting"}]}])
    assert main(["render", str(document), str(tmp_path / "a.mp4"), "--media-root", str(media)]) == 1
    assert "no memory left" in capsys.readouterr().err


def test_nothing_is_written_over(tmp_path: Path, media: Path) -> None:
    document = timeline(tmp_path / "a.json", [{"MediaURL": "clip.mp4"}])
    (tmp_path / "a.mp4").write_text("mine")
    assert main(["render", str(document), str(tmp_path / "a.mp4"), "--media-root", str(media)]) == 1
    assert (tmp_path / "a.mp4").read_text() == "mine"
