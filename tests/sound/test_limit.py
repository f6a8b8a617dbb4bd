"""The limiter: nothing above its ceiling by another's meter, and not a bit changed below it."""

import re
import subprocess

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from stream.sound.limit import CEILING_DBTP, DELAY, Limiter
from support import require_program

RATE = 48_000
Block = NDArray[np.float32]


def limited(samples: Block, cuts: list[int] | None = None, ceiling_dbtp: float = CEILING_DBTP) -> Block:
    """What comes out for `samples`, fed in pieces of the given lengths, each at its own place again."""
    limiter, out, at = Limiter(ceiling_dbtp), [], 0
    for length in cuts or []:
        out.append(limiter.feed(samples[:, at:at + length]))
        at += length
    out += [limiter.feed(samples[:, at:]), limiter.flush()]
    return np.concatenate(out, axis=1)[:, DELAY:]


def true_peak_dbtp(samples: Block) -> float:
    """The true peak that FFmpeg's ebur128 reads."""
    run = subprocess.run([require_program("ffmpeg"), "-hide_banner", "-f", "f32le", "-ar", "48000", "-ac", "2",
                          "-i", "-", "-af", "ebur128=peak=true", "-f", "null", "-"],
                         input=samples.T.astype("<f4").tobytes(), capture_output=True, check=True)
    return float(re.findall(r"Peak:\s+(\S+) dBFS", run.stderr.decode())[-1])


def loud(name: str) -> Block:
    """A second of something far above full level, silence around it."""
    t = np.arange(RATE) / RATE
    noise = np.random.default_rng(7).standard_normal((2, RATE))
    pulses = np.zeros(RATE)
    pulses[::4801], pulses[1::4801] = 1.5, -1.5
    found = {"noise": noise, "square": 2 * np.sign(np.sin(2 * np.pi * 997 * t)),
             "between": 1.4 * np.sin(2 * np.pi * 12_000 * t + np.pi / 4), "high": 1.2 * np.sin(2 * np.pi * 18_000 * t),
             "pulses": pulses, "bass": np.sin(2 * np.pi * 60 * t) + 0.5 * noise[0]}[name]
    return np.pad(np.broadcast_to(found, (2, RATE)), ((0, 0), (4800, 4800))).astype(np.float32)


@pytest.mark.parametrize("name", ["noise", "square", "between", "high", "pulses", "bass"])
def test_nothing_is_above_the_ceiling_as_another_meter_reads_it(name: str) -> None:
    samples = loud(name)
    assert true_peak_dbtp(samples) > 1.0
    assert -1.6 <= true_peak_dbtp(limited(samples)) <= CEILING_DBTP


def test_peaks_between_samples_count() -> None:
    t = np.arange(RATE) / RATE
    tone = (np.sin(2 * np.pi * 12_000 * t + np.pi / 4) * 1.2 * np.hanning(RATE)).astype(np.float32)
    assert np.abs(tone).max() < 10 ** (CEILING_DBTP / 20)  # no sample is above it
    out = limited(np.stack([tone, tone]))
    assert np.abs(out).max() < 0.95 * np.abs(tone).max()


@given(st.integers(0, 2**32 - 1), st.floats(0.01, 0.85), st.lists(st.integers(1, 3000), max_size=8))
def test_below_the_ceiling_every_bit_passes(seed: int, level: float, cuts: list[int]) -> None:
    t = np.arange(9000) / RATE
    phase = np.random.default_rng(seed).uniform(0, 6, (2, 3, 1))
    tones = np.sin(2 * np.pi * np.array([[[220.0], [1000.0], [5000.0]]]) * t + phase).sum(axis=1)
    edges = np.minimum(1.0, np.minimum(np.arange(9000), np.arange(9000)[::-1]) / 240)  # a step rings above the ceiling
    samples = (tones / np.abs(tones).max() * level * edges).astype(np.float32)
    assert np.array_equal(limited(samples, cuts), samples)


def test_a_step_that_rings_above_the_ceiling_is_brought_down() -> None:
    step = np.full((2, 4000), 0.85, np.float32)
    assert np.abs(step).max() < 10 ** (CEILING_DBTP / 20)
    assert not np.array_equal(limited(step), step)


@given(st.lists(st.integers(1, 5000), max_size=12))
def test_what_comes_out_does_not_depend_on_where_blocks_are_cut(cuts: list[int]) -> None:
    samples = loud("bass")[:, 4000:12_000]
    assert np.array_equal(limited(samples, cuts), limited(samples))


def test_both_sides_go_down_together_and_come_back() -> None:
    samples = np.full((2, RATE), 0.25, np.float32)
    samples[0, 10_000:10_010] = 2.0
    out = limited(samples)
    assert np.array_equal(out[:, :10_000 - DELAY], samples[:, :10_000 - DELAY])
    assert out[1, 10_005] < 0.12 and out[1, 10_005] == pytest.approx(out[0, 10_005] / 8, rel=1e-5)
    assert out[1, 40_000:] == pytest.approx(0.25, rel=0.02)


def test_a_ceiling_of_its_own_is_kept() -> None:
    assert true_peak_dbtp(limited(loud("noise"), ceiling_dbtp=-6.0)) <= -6.0
