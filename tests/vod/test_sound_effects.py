"""The sound of a render, measured: every sample at its place, levels as asked, voices heard, originals muted."""

import json
import re
import subprocess
import wave
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from heard import RATE, Block, noise, peak_hz, rms_db, tone

from stream.cli import main
from support import require_program

CLICKS = {"wav": ("pcm_s16le", RATE, 1), "flac": ("flac", RATE, 1), "m4a": ("aac", RATE, 48),
          "ogg": ("libopus", RATE, 48), "mp3": ("libmp3lame", RATE, 48), "webm": ("libopus", RATE, 48),
          "mov": ("pcm_s16le", 44_100, 1)}
"""Sources by suffix: codec, sample rate, and how many samples off a click may be (a lossy one: 1 ms)."""


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Clicks at 1.000 s in every codec, noise and tones as WAV, and a clip with a tone of 440 Hz."""
    folder = tmp_path_factory.mktemp("media")
    for suffix, (codec, rate, _) in CLICKS.items():
        samples = np.zeros((2, 3 * rate), np.float32)
        samples[:, rate] = 0.8
        write(folder / f"click.{suffix}", samples, codec, rate)
    write(folder / "noise.wav", noise(3, 0.1), "pcm_s16le")
    write(folder / "music.wav", tone(200, 2, 0.2), "pcm_s16le")
    write(folder / "loud.wav", tone(1000, 3, 0.9), "pcm_s16le")
    write(folder / "clip.mp4", tone(440, 4, 0.4), "aac", picture=True)
    return folder


def write(path: Path, samples: Block, codec: str, rate: int = RATE, *, picture: bool = False) -> None:
    with av.open(str(path), "w") as file:
        video: Any = file.add_stream("libx264", rate=25, width=64, height=48) if picture else None
        stream: Any = file.add_stream(codec, rate=rate, layout="stereo")
        if video is not None:
            video.pix_fmt = "yuv420p"
            for number in range(samples.shape[1] * 25 // rate):
                frame = av.VideoFrame(64, 48, "yuv420p")
                for plane in frame.planes:
                    plane.update(bytes([128]) * plane.buffer_size)
                frame.pts = number
                file.mux(video.encode(frame))
            file.mux(video.encode(None))
        form = stream.format.name
        whole = samples if "flt" in form else np.round(samples * 32767).astype(np.int16)
        if "s32" in form:
            whole = whole.astype(np.int32) << 16
        for first in range(0, whole.shape[1], 4096):
            block = np.ascontiguousarray(whole[:, first:first + 4096])
            packed = block if form.endswith("p") else np.ascontiguousarray(block.T.reshape(1, -1))
            frame = av.AudioFrame.from_ndarray(packed, format=form, layout="stereo")
            frame.sample_rate, frame.pts = rate, first
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))


def rendered(media: Path, folder: Path, timeline: dict[str, Any], name: str = "out.wav", *more: str) -> Path:
    """The file that `timeline` renders to."""
    document, out = folder / f"{name}.json", folder / name
    document.write_text(json.dumps({"OutputMediaConfig": {"Width": 64, "Height": 48}, **timeline}))
    assert main(["render", str(document), str(out), "--media-root", str(media), *more]) == 0
    return out


def pcm(path: Path) -> np.ndarray:
    """The 16-bit samples (2, n) of a WAV file."""
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 2, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2).T


def audio(*clips: dict[str, Any]) -> dict[str, Any]:
    return {"AudioTracks": [{"AudioTrackClips": list(clips)}]}


def heard(media: Path, folder: Path, *clips: dict[str, Any], **more: Any) -> Block:
    return (pcm(rendered(media, folder, {**audio(*clips), **more})) / 32768).astype(np.float32)


def read_by_ffmpeg(path: Path) -> tuple[float, float]:
    """Integrated loudness in LUFS and true peak in dBTP."""
    said = subprocess.run([require_program("ffmpeg"), "-hide_banner", "-i", str(path), "-af", "ebur128=peak=true",
                           "-f", "null", "-"], capture_output=True, text=True, check=True).stderr
    return float(re.findall(r"I:\s+(\S+) LUFS", said)[-1]), float(re.findall(r"Peak:\s+(\S+) dBFS", said)[-1])


def test_a_click_is_at_its_time_whatever_it_was_encoded_as(media: Path, tmp_path: Path) -> None:
    clips = [{"MediaURL": f"click.{suffix}", "TimelineIn": 3 * number, "TimelineOut": 3 * number + 3}
             for number, suffix in enumerate(CLICKS)]
    out = np.abs(heard(media, tmp_path, *clips))
    for number, (suffix, (_, _, off)) in enumerate(CLICKS.items()):
        one = out[0, 3 * number * RATE:3 * (number + 1) * RATE]
        assert one.max() > 0.3 and abs(int(one.argmax()) - RATE) <= off, suffix


def test_a_click_is_at_its_time_in_a_film_too(media: Path, tmp_path: Path) -> None:
    path = rendered(media, tmp_path, {"VideoTracks": [{"VideoTrackClips": [{"MediaURL": "clip.mp4", "Effects": [
        {"Type": "Volume", "Gain": 0}]}]}], **audio({"MediaURL": "click.wav"})}, "out.mp4")
    said = subprocess.run([require_program("ffmpeg"), "-v", "error", "-i", str(path), "-f", "f32le", "-ac", "1", "-"],
                          capture_output=True, check=True).stdout
    assert abs(int(np.abs(np.frombuffer(said, "<f4")).argmax()) - RATE) <= 48


def test_two_clips_of_one_source_join_without_a_seam(media: Path, tmp_path: Path) -> None:
    source = pcm(media / "noise.wav")
    for cut in (1.0, 0.33333, 1.23456789):
        out = pcm(rendered(media, tmp_path, audio({"MediaURL": "noise.wav", "Out": cut},
                                                  {"MediaURL": "noise.wav", "In": cut}), f"cut-{cut}.wav"))
        assert np.array_equal(out, source)


def test_volume_in_a_range_and_fades_are_as_loud_as_asked(media: Path, tmp_path: Path) -> None:
    clip = {"MediaURL": "noise.wav", "Effects": [
        {"Type": "Volume", "Gain": 0.25, "In": 1, "Out": 2}, {"Type": "AFade", "SubType": "In", "Duration": 0.5},
        {"Type": "AFade", "SubType": "Out", "Duration": 1, "Curve": "tri"}]}
    out, source = heard(media, tmp_path, clip), (pcm(media / "noise.wav") / 32768).astype(np.float32)

    def change_db(at_s: float, length_s: float = 0.02) -> float:
        part = slice(round(at_s * RATE), round((at_s + length_s) * RATE))
        return rms_db(out[:, part]) - rms_db(source[:, part])

    assert change_db(0.395) == pytest.approx(-19, abs=0.5)  # from -100 dB to 0 dB in 0.5 s
    assert change_db(0.6, 0.3) == pytest.approx(0, abs=0.01)
    assert change_db(1.01, 0.9) == pytest.approx(-12.04, abs=0.01)
    assert change_db(2.49) == pytest.approx(-6.02, abs=0.1)
    assert change_db(2.89) == pytest.approx(-20, abs=0.3)


def test_loudness_of_a_clip_reaches_its_target(media: Path, tmp_path: Path) -> None:
    out = rendered(media, tmp_path, audio({"MediaURL": "noise.wav", "Effects": [
        {"Type": "ALoudNorm", "Loudness": -30, "TruePeak": -3}]}))
    loudness, peak = read_by_ffmpeg(out)
    assert loudness == pytest.approx(-30, abs=0.3) and peak <= -3


def test_a_fast_clip_keeps_its_pitch_and_is_as_long_as_its_picture(media: Path, tmp_path: Path) -> None:
    video = {"VideoTracks": [{"VideoTrackClips": [{"MediaURL": "clip.mp4", "Speed": 1.6}]}]}
    out = (pcm(rendered(media, tmp_path, video)) / 32768).astype(np.float32)
    assert out.shape[1] == round(4 / 1.6 * RATE)
    assert peak_hz(out) == pytest.approx(440, abs=0.5)
    assert rms_db(out) == pytest.approx(rms_db(tone(440, 1, 0.4)), abs=0.3)


def test_a_part_sounds_as_it_does_in_the_whole(media: Path, tmp_path: Path) -> None:
    timeline = audio({"MediaURL": "noise.wav", "Speed": 0.7, "Effects": [{"Type": "AFade", "SubType": "In",
                                                                         "Duration": 3}]})
    whole = pcm(rendered(media, tmp_path, timeline))
    part = pcm(rendered(media, tmp_path, timeline, "part.wav", "--from", "1.2", "--to", "2.8"))
    assert np.array_equal(part, whole[:, round(1.2 * RATE):round(2.8 * RATE)])


def test_the_voice_is_heard_and_the_original_is_not(media: Path, tmp_path: Path) -> None:
    timeline = {"VideoTracks": [{"VideoTrackClips": [{"MediaURL": "clip.mp4", "Effects": [
                    {"Type": "Volume", "Gain": 0}]}]}],
                **audio({"Type": "AI_TTS", "Content": "Rivers come from the sky.", "Voice": "hibari",
                         "Effects": [{"Type": "Volume", "Gain": 2}]})}
    out = (pcm(rendered(media, tmp_path, timeline)) / 32768).astype(np.float32)
    spectrum = np.abs(np.fft.rfft(out[0, :RATE] * np.hanning(RATE))) / (RATE / 4)
    assert 20 * np.log10(spectrum[435:446].max() + 1e-12) < -40  # of the voice: the original has -12 there
    assert rms_db(out[:, :RATE]) > -40 and abs(peak_hz(out[:, :RATE]) - 440) > 20


def test_music_repeats_to_the_sample(media: Path, tmp_path: Path) -> None:
    out = pcm(rendered(media, tmp_path, audio({"MediaURL": "music.wav", "LoopMode": True, "TimelineOut": 7})))
    source = pcm(media / "music.wav")
    assert np.array_equal(out, np.concatenate([source] * 4, axis=1)[:, :7 * RATE])


def test_a_loop_of_no_whole_number_of_samples_never_drifts(media: Path, tmp_path: Path) -> None:
    clip = {"MediaURL": "music.wav", "In": 0.5, "Out": 0.83337, "LoopMode": True, "TimelineOut": 6,
            "Effects": [{"Type": "Volume", "Gain": 0.5, "In": 2, "Out": 4}]}
    out, source = pcm(rendered(media, tmp_path, audio(clip))), pcm(media / "music.wav")
    for number in range(17):
        begin = round(number * 0.33337 * RATE)
        part = out[:, begin:begin + 15_990]
        wanted = source[:, RATE // 2:RATE // 2 + 15_990]
        if number in (0, 3, 13, 16):
            assert np.array_equal(part, wanted)
        if number in (7, 8, 9, 10):
            assert np.abs(part - np.round(wanted / 2)).max() <= 1


def test_music_gives_way_to_speech_where_that_is_asked(media: Path, tmp_path: Path) -> None:
    tracks = {"AudioTracks": [
        {"AudioTrackClips": [{"MediaURL": "music.wav", "LoopMode": True, "TimelineOut": 8}]},
        {"AudioTrackClips": [{"Type": "AI_TTS", "Content": "Four short words here.", "Voice": "hibari",
                              "Effects": [{"Type": "Volume", "Gain": 0.2}], "TimelineIn": 3}]}]}
    plain = (pcm(rendered(media, tmp_path, tracks)) / 32768).astype(np.float32)
    notes = {"Cuelight": {"Ducking": {"Threshold": -50, "Amount": -15, "Attack": 0.02, "Release": 0.2}}}
    ducked = (pcm(rendered(media, tmp_path, {**tracks, **notes}, "ducked.wav")) / 32768).astype(np.float32)

    def music_db(samples: Block, at_s: float) -> float:
        part = samples[0, round(at_s * RATE):round((at_s + 0.5) * RATE)]
        return float(20 * np.log10(np.abs(np.fft.rfft(part * np.hanning(len(part)))[100]) + 1e-12))

    assert music_db(ducked, 1) == pytest.approx(music_db(plain, 1), abs=0.01)
    assert music_db(ducked, 3.4) == pytest.approx(music_db(plain, 3.4) - 15, abs=0.6)
    assert music_db(ducked, 7.4) == pytest.approx(music_db(plain, 7.4), abs=0.1)


def test_a_sum_that_is_too_loud_stays_below_the_ceiling(media: Path, tmp_path: Path) -> None:
    out = rendered(media, tmp_path, {"AudioTracks": [
        {"AudioTrackClips": [{"MediaURL": name, "Effects": [{"Type": "Volume", "Gain": 3}]}]}
        for name in ("loud.wav", "noise.wav", "click.wav")]})
    loudness, peak = read_by_ffmpeg(out)
    assert -1.5 < peak <= -1.0 and loudness > -10


def test_levels_are_evened_out_on_an_effect_track(media: Path, tmp_path: Path) -> None:
    timeline = {**audio({"MediaURL": "noise.wav", "Effects": [{"Type": "Volume", "Gain": 0.2}]}),
                "EffectTracks": [{"EffectTrackItems": [{"Type": "AEqualize", "Peak": 0.9, "Gain": 8,
                                                        "TimelineIn": 1, "TimelineOut": 2}]}]}
    out = (pcm(rendered(media, tmp_path, timeline)) / 32768).astype(np.float32)
    assert rms_db(out[:, RATE:2 * RATE]) > rms_db(out[:, :RATE]) + 10
    assert rms_db(out[:, 2 * RATE:]) == pytest.approx(rms_db(out[:, :RATE]), abs=0.2)
