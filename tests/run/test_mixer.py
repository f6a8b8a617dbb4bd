"""The programme's sound: every sample at its place, late sound as counted silence, nothing over full level."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.media import NS, AudioFrame
from stream.metrics import Metrics
from stream.run.mixer import AHEAD_SAMPLES, Lane, Mixer, sample_at
from stream.sound.limit import DELAY
from stream.timeline.program import Sound

SECOND = 48_000


def sound(name: str = "a", start_s: float = 0.0, end_s: float = 100.0, gain: float = 1.0) -> Sound:
    return Sound(name, "x", round(start_s * NS), round(end_s * NS), gain=gain)


def ramp(first: int, count: int) -> AudioFrame:
    """Samples that say their own number, so small that they add up without clipping."""
    numbers = np.arange(first, first + count, dtype=np.float32) / 2**20
    return AudioFrame(np.repeat(numbers[None], 2, axis=0), first * NS // SECOND)


def mixer(*sounds: Sound) -> tuple[Mixer, list, Metrics]:
    metrics = Metrics()
    made = Mixer(metrics)
    lanes = [made.lane(s) for s in sounds]
    made.start(0)
    return made, lanes, metrics


def numbers(frames: list[AudioFrame]) -> np.ndarray:
    return np.concatenate([f.samples[0] for f in frames]) * 2**20


def test_every_sample_comes_out_at_its_own_number() -> None:
    mix, (play,), metrics = mixer(sound())
    out: list[AudioFrame] = []
    for first in range(0, 10 * 1024, 1024):
        play(ramp(first, 1024))
        out += mix.give((first + 512) * NS // SECOND)
    assert np.array_equal(numbers(out), np.arange(9 * 1024 + 512))
    assert metrics.counters["silence_ms"] == 0


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=12), st.lists(st.integers(1, 4000), min_size=1, max_size=12))
def test_however_frames_and_ticks_fall_no_sample_moves(sizes: list[int], ticks: list[int]) -> None:
    mix, (play,), _ = mixer(sound())
    first = 0
    for size in sizes:
        play(ramp(first, size))
        first += size
    mix.end("a")
    out: list[AudioFrame] = []
    until = 0
    for step in ticks:
        until += step
        out += mix.give(-(-until * NS // SECOND))
    assert np.array_equal(numbers(out), np.where(np.arange(until) < first, np.arange(until), 0))


def test_a_gap_in_the_source_is_silence_of_its_own_length() -> None:
    mix, (play,), metrics = mixer(sound())
    play(ramp(0, 1000))
    play(ramp(5000, 1000 + DELAY))
    out = numbers(mix.give(6000 * NS // SECOND))
    assert not out[1000:5000].any() and np.array_equal(out[5000:], np.arange(5000, 6000))
    assert metrics.counters["silence_ms"] == pytest.approx(4000 / 48, abs=1)


def test_what_overlaps_is_cut_and_what_is_a_rounding_apart_is_joined() -> None:
    lane = Lane(sound())
    lane.add(ramp(0, 1000))
    lane.add(AudioFrame(ramp(1000, 1000).samples, 1000 * NS // SECOND + 30_000))
    lane.add(ramp(1500, 1000))
    out = np.zeros((2, 2500), np.float32)
    assert lane.into(out, 0) == 2500
    assert np.array_equal(out[0] * 2**20, np.arange(2500))


def test_joining_does_not_depend_on_what_was_mixed_already() -> None:
    mix, (play,), _ = mixer(sound())
    out: list[AudioFrame] = []
    for first in range(0, 5000, 1000):
        play(AudioFrame(ramp(first, 1000).samples, first * NS // SECOND + (25_000 if first else 0)))
        out += mix.give((first + 1000) * NS // SECOND)
        out += mix.give((first + 1000) * NS // SECOND)
    assert np.array_equal(numbers(out), np.arange(len(numbers(out)))) and len(numbers(out)) > 4900


def test_sound_that_is_late_becomes_counted_silence_and_its_rest_keeps_its_place() -> None:
    mix, (play,), metrics = mixer(sound())
    assert mix.give(NS // 5) == []
    out = mix.give(NS)
    assert sum(f.samples.shape[1] for f in out) == 36_000  # a quarter of a second is still waited for
    assert metrics.counters["silence_ms"] == pytest.approx(750, abs=2)
    play(ramp(0, SECOND))
    rest = mix.give(NS)
    kept = numbers(rest)[DELAY:]  # what the limiter had looked at was silence already
    assert np.array_equal(kept, np.arange(36_000 + DELAY, 36_000 + DELAY + len(kept))) and len(kept) > 11_000


def test_a_sound_that_has_ended_is_not_waited_for() -> None:
    mix, (play,), _ = mixer(sound())
    play(ramp(0, 100))
    mix.end("a")
    assert mix.ready(NS) and sum(f.samples.shape[1] for f in mix.give(NS)) == SECOND


def test_only_what_plays_is_waited_for() -> None:
    mix, (first, _), _ = mixer(sound("a", 0, 1), sound("b", 5, 9))
    first(ramp(0, SECOND))
    assert mix.ready(NS)
    assert sum(f.samples.shape[1] for f in mix.give(4 * NS)) == 4 * SECOND
    assert not mix.ready(6 * NS)


def test_sounds_are_added_at_their_gain_inside_their_time() -> None:
    mix, (one, two), _ = mixer(sound("a", gain=0.5), sound("b", 0.5, 0.75, gain=2.0))
    one(AudioFrame(np.full((2, SECOND), 0.2, np.float32), 0))
    two(AudioFrame(np.full((2, SECOND), 0.1, np.float32), 0))
    out = mix.give(NS)[0].samples[0]
    assert out[:24_000] == pytest.approx(0.1) and out[36_000:] == pytest.approx(0.1)
    assert out[24_000:36_000] == pytest.approx(0.3)


def test_what_lies_before_a_sound_begins_is_not_kept() -> None:
    lane = Lane(sound(start_s=3600))
    for second in range(3599):
        lane.add(AudioFrame(np.ones((2, SECOND), np.float32), second * NS))
    assert not lane.blocks and lane.end == 3599 * SECOND


def test_decoding_ahead_of_the_mix_has_a_limit() -> None:
    only = sound()
    mix, (play,), _ = mixer(only)
    first = 0
    while mix.room(only):
        play(ramp(first, 4096))
        first += 4096
    assert AHEAD_SAMPLES <= first < AHEAD_SAMPLES + 8192
    mix.give(2 * NS)
    assert mix.room(only)


def test_frames_follow_each_other_without_a_gap() -> None:
    mix, (play,), _ = mixer(sound())
    play(ramp(0, SECOND))
    out = [f for tick in range(1, 31) for f in mix.give(tick * NS // 30)]
    ends = [sample_at(f.pts_ns) + f.samples.shape[1] for f in out]
    assert [sample_at(f.pts_ns) for f in out] == [0, *ends[:-1]] and ends[-1] == SECOND - DELAY


def test_loud_sums_stay_within_full_level_and_quiet_ones_are_untouched() -> None:
    mix, (one, two), _ = mixer(sound("a"), sound("b", 0.5))
    one(AudioFrame(np.full((2, SECOND), 0.6, np.float32), 0))
    two(AudioFrame(np.full((2, SECOND // 2), 0.6, np.float32), NS // 2))
    for name in ("a", "b"):
        mix.end(name)
    out = np.concatenate([f.samples[0] for f in mix.give(NS)])
    assert out[:20_000] == pytest.approx(0.6)
    assert 0.6 < np.abs(out[30_000:]).max() <= 1.0
