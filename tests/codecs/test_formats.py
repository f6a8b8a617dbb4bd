"""Formats and films: every suffix holds the pictures and sound it was given, and the same ones give the same bytes."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from made import HEIGHT, RATE, WIDTH, clicks, picture

from stream.codecs.formats import (
    CODECS,
    FORMATS,
    Quality,
    VodRendition,
    encoder_options,
    gop_of,
    sound_asm,
    vod_rendition,
)
from stream.errors import MediaError, OptionError
from stream.media import NS, SAMPLE_RATE_HZ, AudioFrame, VideoFrame, new_frame
from stream.vod.film import Film

PICTURES = 40
FILMS = [suffix for suffix, of in FORMATS.items() if of.video]
SOUNDS = [suffix for suffix, of in FORMATS.items() if not of.video]
STEP = SAMPLE_RATE_HZ // RATE


def rendition(path: Path, quality: Quality | None = None, *, sound: bool = True, rate: int = RATE) -> VodRendition:
    return vod_rendition(path, WIDTH, HEIGHT, Fraction(rate), quality or Quality(preset="ultrafast"), has_audio=sound,
                         threads=2)


def flash(number: int) -> VideoFrame:
    """Dark, but for the picture of second 1."""
    frame = new_frame(WIDTH, HEIGHT)
    frame.y[:], frame.u[:], frame.v[:] = 235 if number == RATE else 40, 128, 128
    return frame


def shoot(path: Path, made: VodRendition, pictures: int = PICTURES, draw: Any = picture) -> Path:
    """Write a film with a click at 1 s."""
    film = Film(path, made)
    for number in range(pictures):
        film.picture(draw(number))
        film.sound(AudioFrame(clicks(number * STEP, STEP), number * STEP * NS // SAMPLE_RATE_HZ))
    film.close()
    return path


def shown(path: Path) -> list[Any]:
    with av.open(str(path)) as file:
        return list(file.decode(video=0))


def heard(path: Path) -> tuple[float, int]:
    """When the click comes by the file's own times, in s, and how many samples there are."""
    with av.open(str(path)) as file:
        at_s, count = -1.0, 0
        for frame in file.decode(audio=0):
            samples = np.abs(frame.to_ndarray().astype(np.float32)).reshape(-1)
            samples = samples / (32768 if frame.format.name.startswith("s16") else 1)
            loud = np.flatnonzero(samples > 0.3)
            if at_s < 0 and loud.size:
                step = 1 if frame.format.is_planar else 2
                at_s = frame.time + int(loud[0]) // step / SAMPLE_RATE_HZ
            count += frame.samples
        return at_s, count


@pytest.mark.parametrize("suffix", FILMS)
def test_a_film_holds_every_picture_in_its_place(tmp_path: Path, suffix: str) -> None:
    found = shown(shoot(tmp_path / f"a{suffix}", rendition(tmp_path / f"a{suffix}")))
    assert len(found) == PICTURES
    for number in (0, 17, PICTURES - 1):
        luma = found[number].to_ndarray(format="gray").astype(int)
        wanted = picture(number).av.to_ndarray(format="gray").astype(int)
        others = picture(number + 5).av.to_ndarray(format="gray").astype(int)
        assert np.abs(luma - wanted).mean() < 20 < np.abs(luma - others).mean()


@pytest.mark.parametrize("suffix", [s for s in FILMS if FORMATS[s].audio])
def test_click_and_flash_stay_together(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    shoot(path, rendition(path), draw=flash)
    bright = next(f.time for f in shown(path) if f.to_ndarray(format="gray").mean() > 128)
    assert heard(path)[0] - bright == pytest.approx(0, abs=0.0015)


@pytest.mark.parametrize("suffix", SOUNDS)
def test_sound_alone_begins_with_its_first_sample(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    shoot(path, rendition(path))
    at_s, count = heard(path)
    with av.open(str(path)) as file:
        assert not file.streams.video
        begins_s = file.streams.audio[0].start_time
        start_s = float(begins_s * file.streams.audio[0].time_base) if begins_s else 0.0
    if suffix in (".mp3", ".opus"):  # their priming is in the times, and is skipped
        start_s = min(start_s, 0.0)
    assert at_s - start_s == pytest.approx(1.0, abs=0.03)
    assert count == pytest.approx(PICTURES * STEP, abs=2400)


@pytest.mark.parametrize("name", ["a.mp4", "a.webm", "a.mkv", "a.mov", "a.gif", "a.ts", "a.wav", "a.mp3", "a.m4a",
                                  "hevc.mp4", "av1.mp4", "a.m3u8"])
def test_the_same_pictures_give_the_same_bytes(tmp_path: Path, name: str) -> None:
    def whole(folder: str) -> dict[str, bytes]:
        path = tmp_path / folder / name
        path.parent.mkdir()
        codec = name.partition(".")[0] if name[0] != "a" or name.startswith("av1") else None
        made = rendition(path, Quality(codec=codec, preset="veryfast"))
        shoot(path, made, 20)
        return {file.name: file.read_bytes() for file in path.parent.iterdir()}

    first = whole("one")
    assert first == whole("two") and first[name]


@pytest.mark.parametrize("codec", ["h264", "hevc", "av1"])
def test_each_codec_is_the_one_asked_for(tmp_path: Path, codec: str) -> None:
    path = tmp_path / "a.mp4"
    shoot(path, rendition(path, Quality(codec=codec, preset="ultrafast")), 5)
    with av.open(str(path)) as file:
        assert file.streams.video[0].codec_context.codec.canonical_name == codec
        assert file.streams.video[0].average_rate == RATE


@pytest.mark.parametrize("suffix", [".webm", ".mov", ".gif"])
def test_transparency_is_kept(tmp_path: Path, suffix: str) -> None:
    def half(number: int) -> VideoFrame:
        frame = new_frame(WIDTH, HEIGHT, alpha=True)
        assert frame.a is not None
        frame.y[:], frame.u[:], frame.v[:], frame.a[:] = 120, 100, 160, 255
        frame.a[:, :WIDTH // 2] = 0
        return frame

    path = tmp_path / f"a{suffix}"
    shoot(path, rendition(path, Quality(alpha=True, preset="ultrafast"), sound=False), 4, half)
    with av.open(str(path)) as file:
        decoder: Any = file.streams.video[0].codec_context
        if suffix == ".webm":  # FFmpeg's own decoder leaves the alpha out
            decoder = av.CodecContext.create("libvpx-vp9", "r")
        found = [frame for packet in file.demux(video=0) if packet.size for frame in decoder.decode(packet)]
    alpha = found[0].to_ndarray(format="rgba")[..., 3]
    assert alpha[:, :WIDTH // 2 - 8].max() < 16 and alpha[:, WIDTH // 2 + 8:].min() > 239


def test_an_opaque_picture_in_a_transparent_film_hides_everything(tmp_path: Path) -> None:
    path = tmp_path / "a.mov"
    shoot(path, rendition(path, Quality(alpha=True), sound=False), 1)
    assert shown(path)[0].to_ndarray(format="rgba")[..., 3].min() == 255


def test_the_index_of_an_mp4_lies_in_front(tmp_path: Path) -> None:
    data = shoot(tmp_path / "a.mp4", rendition(tmp_path / "a.mp4")).read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")


def test_hls_segments_are_each_playable_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.m3u8"
    made = rendition(path, rate=10)
    shoot(path, made, 95)
    segments = sorted(tmp_path.glob("*.m4s"))
    lengths = [float(line[8:].rstrip(",")) for line in path.read_text().splitlines() if line.startswith("#EXTINF")]
    assert lengths[:2] == [4.0, 4.0] and len(lengths) == len(segments) == 3 and gop_of(made) == 40
    for segment in segments:
        alone = tmp_path / "alone.mp4"
        alone.write_bytes((tmp_path / "a_init.mp4").read_bytes() + segment.read_bytes())
        with av.open(str(alone)) as file:
            assert next(file.demux(video=0)).is_keyframe


def test_a_gif_never_asks_for_less_than_two_hundredths(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    shoot(path, rendition(path, rate=100), 40)
    with av.open(str(path)) as file:
        times = [packet.pts * packet.time_base for packet in file.demux(video=0) if packet.size]
    assert len(times) == 20 and min(b - a for a, b in zip(times, times[1:], strict=False)) >= Fraction(2, 100)


def test_a_bit_rate_is_kept_to_and_a_quality_costs_what_it_costs(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    noise = [rng.integers(30, 220, (HEIGHT, WIDTH), np.uint8) for _ in range(4)]

    def draw(number: int) -> VideoFrame:
        frame = picture(number)
        frame.y[:] = noise[number % 4]
        return frame

    def size(quality: Quality) -> int:
        path = tmp_path / "a.mp4"
        shoot(path, rendition(path, quality, sound=False), 90, draw)
        return path.stat().st_size * 8 // 3

    assert size(Quality(bitrate=400_000)) == pytest.approx(400_000, rel=0.35)
    fine = size(Quality(crf=18))
    assert fine > 2 * size(Quality(crf=35)) and size(Quality(crf=18, max_bitrate=500_000)) < fine / 2


def test_presets_speak_each_encoders_language() -> None:
    made = rendition(Path("a.mp4"), Quality(preset="slow", profile="main"))
    assert encoder_options(made) | {"preset": "slow", "profile": "main", "crf": "20"} == encoder_options(made)
    vp9 = encoder_options(rendition(Path("a.webm"), Quality(preset="superfast", crf=24)))
    assert (vp9["cpu-used"], vp9["deadline"], vp9["crf"]) == ("7", "realtime", "24")
    assert encoder_options(rendition(Path("a.mov"), Quality(alpha=True)))["profile"] == "4444"


def test_every_codec_of_every_format_is_known() -> None:
    assert {name for of in FORMATS.values() for name in of.video} == set(CODECS)


def test_x264_is_held_to_instructions_that_read_no_stray_memory() -> None:
    assert sound_asm(1920) == sound_asm(1280) == ""
    assert {sound_asm(1080), sound_asm(854)} <= {"", "avx2"}


@pytest.mark.parametrize(("path", "quality"), [
    ("a.doc", Quality()), ("a", Quality()), ("a.mp4", Quality(codec="vp9")), ("a.mp4", Quality(alpha=True)),
    ("a.webm", Quality(codec="av1", alpha=True)), ("a.mp4", Quality(preset="hasty")), ("a.flv", Quality(codec="hevc"))])
def test_what_a_format_cannot_hold_is_refused(path: str, quality: Quality) -> None:
    with pytest.raises(OptionError) as refused:
        rendition(Path(path), quality)
    assert refused.value.remedy


def test_codecs_are_known_by_any_of_their_names() -> None:
    assert rendition(Path("a.mp4"), Quality(codec="H.265")).video == "hevc"
    assert rendition(Path("a.mkv"), Quality(codec="AVC")).video == "h264"


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    path = tmp_path / "absent" / "a.mp4"
    with pytest.raises(MediaError, match="absent"):
        Film(path, rendition(path))


def test_a_size_that_the_encoder_cannot_take_is_told(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="33x96"):
        Film(tmp_path / "a.mp4", replace(rendition(tmp_path / "a.mp4"), width_px=33))


def test_an_abandoned_film_lets_go_of_its_file(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    film = Film(path, rendition(path))
    film.picture(picture(0))
    film.abandon()
    film.abandon()
    path.unlink()
