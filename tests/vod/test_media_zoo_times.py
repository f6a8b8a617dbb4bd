"""test_media_zoo_times: pictures and sounds come at their times, whatever the file's clock, rate or length."""

import io
import subprocess
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
import zoo
from numpy.typing import NDArray
from PIL import Image
from zoo import HEIGHT, RATE, WIDTH, Rgb, grey

from stream.codecs.demux import Demuxer
from stream.codecs.probe import probe
from support import require_program

STEP = 6
Sound = NDArray[np.float32]


def counting(count: int) -> Iterator[Rgb]:
    """Picture number n is as bright as 30 + n * STEP."""
    return (grey(30 + n * STEP, 160, 90) for n in range(count))


def numbers(pictures: list[Rgb]) -> list[int]:
    """Which counted picture each one shows; -1 for black."""
    return [round((float(rgb[60:120, 120:200].mean()) - 30) / STEP) if rgb[60:120, 120:200].mean() > 15 else -1
            for rgb in pictures]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("times")


@pytest.fixture(scope="module")
def counted(folder: Path) -> Path:
    """One second of pictures that count, a key frame each half second."""
    return zoo.write(folder / "counted.mp4", counting(30), options={"g": "15", "bf": "2", "sc_threshold": "0"})


def early(path: Path) -> Path:
    with av.open(str(path), "w") as file:
        stream = file.add_stream("ffv1", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = 160, 90, "yuv420p"
        for n, rgb in enumerate(counting(30)):
            picture = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(format="yuv420p")
            picture.pts = n - 45
            file.mux(stream.encode(picture))
        file.mux(stream.encode(None))
    return path


def late(counted: Path, path: Path, start_s: float) -> Path:
    zoo.ffmpeg("-i", counted, "-c", "copy", "-muxdelay", "0", "-output_ts_offset", str(start_s), path)
    return path


def edited(counted: Path, path: Path) -> Path:
    zoo.ffmpeg("-ss", "0.3", "-i", counted, "-c", "copy", path)
    with av.open(str(path)) as file:
        assert any(packet.pts is not None and packet.pts < 0 for packet in file.demux())  # it is kept, but hidden
    return path


def cut_off(counted: Path, path: Path) -> Path:
    data = late(counted, path, 0).read_bytes()
    path.write_bytes(data[:len(data) * 6 // 10])
    return path


VFR_S = (0, 0.1, 0.14, 0.3, 0.4, 0.45)


@pytest.fixture(scope="module")
def shown(folder: Path, counted: Path) -> dict[str, list[int]]:
    """Which pictures half a second of each file shows, all in one render."""
    made = {f"rate {rate}": zoo.write(folder / f"rate{rate}.mp4", counting(rate // 2 + 1), rate=rate)
            for rate in (10, 15, 60)}
    made |= {f"late {start_s}": late(counted, folder / f"late{start_s}.ts", start_s) for start_s in (5.0, 3600.0)}
    made |= {"vfr": zoo.write(folder / "vfr.mkv", counting(6), times=VFR_S), "early": early(folder / "early.nut"),
             "edited": edited(counted, folder / "edited.mp4"), "cut off": cut_off(counted, folder / "cut_off.ts")}
    seen = numbers(zoo.seen(zoo.render(folder, zoo.clips([(path, 0.5) for path in made.values()]))))
    assert len(seen) >= 15 * (len(made) - 1)
    return {name: seen[15 * k:15 * k + 15] for k, name in enumerate(made)}


@pytest.mark.parametrize(("rate", "each"), [(10, 3), (15, 2), (60, 0.5)])
def test_other_rates_show_the_newest_picture_due(rate: int, each: float, shown: dict[str, list[int]]) -> None:
    assert shown[f"rate {rate}"] == [int(n / each) for n in range(15)]


def test_a_variable_rate_is_shown_at_its_own_times(shown: dict[str, list[int]]) -> None:
    assert shown["vfr"] == [sum(t <= n / RATE + 0.004 for t in VFR_S) - 1 for n in range(15)]


@pytest.mark.parametrize("name", ["late 5.0", "late 3600.0", "early"])
def test_a_clock_that_begins_anywhere_loses_nothing(name: str, shown: dict[str, list[int]]) -> None:
    assert shown[name] == list(range(15))


def test_a_clock_that_begins_before_zero_is_moved(folder: Path, shown: dict[str, list[int]]) -> None:
    demuxer = Demuxer(str(folder / "early.nut"))
    assert next(demuxer.packets()).pts_ns == 0 and demuxer.duration_ns == pytest.approx(10**9, abs=4e7)
    demuxer.close()


def test_what_an_edit_list_cuts_off_is_not_shown(shown: dict[str, list[int]]) -> None:
    assert shown["edited"] == list(range(9, 24))


def test_a_file_that_ends_early_holds_its_last_picture(shown: dict[str, list[int]]) -> None:
    seen = shown["cut off"]
    assert seen[:8] == list(range(8)) and seen == sorted(seen)


@pytest.fixture(scope="module")
def heard(folder: Path, counted: Path) -> tuple[list[int], Sound]:
    """The pictures and the sound of one render of `SOUNDS`, half a second each, and of a sound longer than its film."""
    made = []
    for k, (layout, count, channel, _) in enumerate(SOUNDS):
        tones = "|".join("0.4*sin(2*PI*440*t)" if n == channel else "0" for n in range(count))
        zoo.ffmpeg("-i", counted, "-f", "lavfi", "-i", f"aevalsrc={tones}:c={layout}:d=0.5:s=44100", "-c:v", "copy",
                   "-c:a", "pcm_s16le", folder / f"sound{k}.mkv")
        made.append((folder / f"sound{k}.mkv", 0.5))
    zoo.ffmpeg("-i", counted, "-f", "lavfi", "-i", "sine=frequency=440:duration=1.6", "-c:v", "copy", "-c:a",
               "pcm_s16le", folder / "longer.mkv")
    out = zoo.render(folder, zoo.clips([*made, (folder / "longer.mkv", 1.6)]), name="heard.mp4")
    raw = subprocess.run([require_program("ffmpeg"), "-v", "error", "-i", str(out), "-f", "f32le", "-ac", "2", "-ar",
                          "48000", "-"], capture_output=True, check=True).stdout
    return numbers(zoo.seen(out)), np.frombuffer(raw, np.float32).reshape(-1, 2).T


SOUNDS = (("mono", 1, 0, (1.0, 1.0)), ("stereo", 2, 1, (0.0, 1.0)), ("5.1", 6, 0, (1.0, 0.0)),
          ("5.1", 6, 2, (1.0, 1.0)))


def test_a_picture_shorter_than_its_sound_is_held_while_the_sound_goes_on(heard: tuple[list[int], Sound]) -> None:
    seen, samples = heard[0][15 * len(SOUNDS):], heard[1][:, 24_000 * len(SOUNDS):]
    assert len(seen) == 48 and seen[:30] == list(range(30)) and set(seen[30:]) == {29}
    assert np.abs(samples[:, 60_000:72_000]).max() > 0.05


@pytest.mark.parametrize("number", range(len(SOUNDS)))
def test_mono_and_surround_sound_reach_the_right_sides(number: int, heard: tuple[list[int], Sound]) -> None:
    first = 24_000 * number + 6000
    levels = np.abs(heard[1][:, first:first + 12_000]).max(axis=1)
    assert levels.max() > 0.1 and levels / levels.max() == pytest.approx(SOUNDS[number][3], abs=0.05)


def animation(kind: str) -> bytes:
    """Three discs, 100, 200 and 300 ms, red, green and blue, clear around them."""
    y, x = np.indices((60, 80))
    inside = np.hypot(x - 40, y - 30) < 25
    pictures = []
    for color in ((220, 30, 30), (30, 200, 30), (30, 30, 220)):
        rgba = np.zeros((60, 80, 4), np.uint8)
        rgba[inside] = (*color, 255)
        pictures.append(Image.fromarray(rgba))
    out = io.BytesIO()
    more = {"lossless": True} if kind == "WEBP" else {"disposal": 2}
    pictures[0].save(out, kind, save_all=True, append_images=pictures[1:], duration=[100, 200, 300], loop=0, **more)
    return out.getvalue()


@pytest.fixture(scope="module")
def animated(folder: Path) -> list[Rgb]:
    """A GIF at (20, 40), the same as WebP at (200, 40), over grey."""
    images = []
    for kind, left in (("GIF", 20), ("WEBP", 200)):
        path = folder / f"moving.{kind.lower()}"
        path.write_bytes(animation(kind))
        facts = probe(str(path))
        assert (facts.kind, facts.width_px, facts.height_px, facts.duration_ns) == ("video", 80, 60, 600_000_000)
        images.append({"MediaURL": str(path), "X": left, "Y": 40, "Width": 80, "Height": 60, "TimelineIn": 0,
                       "TimelineOut": 1.5})
    under = zoo.write(folder / "under.mp4", [grey(120)] * 45)
    timeline = zoo.clips([(under, 1.5)]) | {"ImageTracks": [{"ImageTrackClips": [image]} for image in images]}
    return zoo.seen(zoo.render(folder, timeline, name="animated.mp4"))


@pytest.mark.parametrize(("kind", "left"), [("GIF", 20), ("WEBP", 200)])
def test_an_animation_loops_with_its_own_delays_and_its_clear_parts(kind: str, left: int, animated: list[Rgb]) -> None:
    assert len(animated) == 45
    for n, rgb in enumerate(animated):
        at_ms = n * 1000 / RATE % 600
        if min(abs(at_ms - edge) for edge in (0, 100, 300, 600)) < 6:
            continue
        strongest = 0 if at_ms < 100 else 1 if at_ms < 300 else 2
        middle = rgb[70, left + 40].astype(int)
        assert middle.argmax() == strongest and middle.max() > 150, (n, middle)
        assert rgb[43, left + 3].tolist() == pytest.approx([120] * 3, abs=4)
        assert rgb[HEIGHT - 10, WIDTH - 10].tolist() == pytest.approx([120] * 3, abs=3)


def test_a_gif_of_one_picture_is_a_picture(folder: Path) -> None:
    Image.new("RGB", (40, 30), (200, 10, 10)).save(folder / "one.gif")
    assert probe(str(folder / "one.gif")).kind == "image"
