"""Loudness: what another meter reads; brought to its target under a true-peak bound."""

import re
import subprocess

import numpy as np
import pytest
from heard import RATE, Block, changed, effect, frames, noise, sound, tone

from stream.sound.chain import settle
from stream.sound.loudness import Meter
from support import require_program


def read_by_ffmpeg(samples: Block) -> tuple[float, float]:
    """Integrated loudness in LUFS and true peak in dBTP."""
    run = subprocess.run([require_program("ffmpeg"), "-hide_banner", "-f", "f32le", "-ar", "48000", "-ac", "2",
                          "-i", "-", "-af", "ebur128=peak=true", "-f", "null", "-"],
                         input=samples.T.astype("<f4").tobytes(), capture_output=True, check=True)
    said = run.stderr.decode()
    return (float(re.findall(r"I:\s+(\S+) LUFS", said)[-1]), float(re.findall(r"Peak:\s+(\S+) dBFS", said)[-1]))


def metered(samples: Block) -> Meter:
    meter = Meter()
    for frame in frames(samples, 777):
        meter.feed(frame.samples)
    return meter


@pytest.mark.parametrize("level", [0.02, 0.3])
def test_the_meter_reads_what_ffmpeg_reads(level: float) -> None:
    samples = noise(8, level)
    samples[:, :3 * RATE] *= 0.02  # quiet enough for the gate
    assert metered(samples).integrated_lufs() == pytest.approx(read_by_ffmpeg(samples)[0], abs=0.1)


def test_a_full_scale_tone_reads_as_the_recommendation_says() -> None:
    one_side = tone(997, 4, 1.0)
    one_side[1] = 0
    assert metered(one_side).integrated_lufs() == pytest.approx(-3.01, abs=0.05)  # BS.1770-4, annex 1


def test_silence_has_no_loudness() -> None:
    assert metered(np.zeros((2, RATE), np.float32)).integrated_lufs() == -np.inf


@pytest.mark.parametrize(("level", "target"), [(0.01, -16.0), (0.5, -24.0)])
def test_loudness_reaches_its_target(level: float, target: float) -> None:
    samples = noise(6, level)
    made = settle(sound(6, effect("loudnorm", 0, 6, loudness=target, true_peak=-1.0)), lambda: frames(samples))
    assert read_by_ffmpeg(changed(made, samples))[0] == pytest.approx(target, abs=0.3)


def test_the_true_peak_bound_comes_before_the_target() -> None:
    samples = noise(6, 0.002)
    samples[:, ::4800] = 0.3  # clicks high above the rest
    made = settle(sound(6, effect("loudnorm", 0, 6, loudness=-20.0, true_peak=-6.0)), lambda: frames(samples))
    loudness, peak = read_by_ffmpeg(changed(made, samples))
    assert -7.0 < peak <= -6.0 and loudness < -15


def test_volume_before_it_makes_no_difference_to_the_loudness() -> None:
    samples = noise(4, 0.05)
    level = effect("loudnorm", 0, 4, loudness=-18.0, true_peak=-1.0)
    made = settle(sound(4, effect("volume", 0, 4, gain=3.0), level), lambda: frames(samples))
    assert read_by_ffmpeg(changed(made, samples))[0] == pytest.approx(-18, abs=0.3)


def test_silence_is_not_made_loud() -> None:
    samples = np.zeros((2, 2 * RATE), np.float32)
    made = settle(sound(2, effect("loudnorm", 0, 2, loudness=-10.0)), lambda: frames(samples))
    assert not changed(made, samples).any()
