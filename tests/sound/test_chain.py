"""Effects on a sound: fades by their formula, noise taken away, levels evened out; no sample lost or moved."""

import numpy as np
import pytest
from heard import RATE, Block, changed, effect, frames, joined, noise, rms_db, sound, tone

from stream.media import AudioFrame
from stream.sound.chain import GAP, Chain, chain, settle
from stream.sound.fade import curve
from stream.timeline.program import SoundEffect

ALL = [effect("fade_in", 0, 1, curve="tri"), effect("fade_out", 2, 3, curve="exp"), effect("volume", 1, 2, gain=0.5),
       effect("loudnorm", 0, 3, loudness=-20.0, gain_db=3.0), effect("equalize", 0.5, 2.5, peak=0.9, gain=5.0),
       *(effect("denoise", 0, 3, mode=float(mode)) for mode in range(5))]


def ones(length_s: float) -> Block:
    return np.ones((2, round(length_s * RATE)), np.float32)


def gains_db(out: Block, *at_s: float) -> list[float]:
    return [20 * np.log10(max(float(out[0, round(s * RATE)]), 1e-9)) for s in at_s]


def test_a_linear_fade_is_linear() -> None:
    out = changed(sound(4, effect("fade_in", 0, 2, curve="tri"), effect("fade_out", 3, 4, curve="tri")), ones(4))
    assert [float(out[0, round(s * RATE)]) for s in (0, 0.5, 1, 2, 2.5, 3.25, 3.75)] == pytest.approx(
        [0, 0.25, 0.5, 1, 1, 0.75, 0.25], abs=1e-4)


def test_an_exponential_fade_is_linear_in_decibels_from_minus_100() -> None:
    out = changed(sound(4, effect("fade_in", 0, 2, curve="exp"), effect("fade_out", 3, 4)), ones(4))
    assert gains_db(out, 0.5, 1, 1.5, 2, 3, 3.25, 3.5, 3.75) == pytest.approx(
        [-75, -50, -25, 0, 0, -25, -50, -75], abs=0.01)


def test_curves_rise_from_silence_to_full() -> None:
    x = np.linspace(0, 1, 101)
    for name in ("tri", "exp"):
        y = curve(name, x)
        assert y[0] == 0 and y[-1] == 1 and (np.diff(y) > 0).all()


def test_fades_lie_at_their_time_wherever_the_sound_begins() -> None:
    out = changed(sound(2, effect("fade_in", 100, 101, curve="tri"), start_s=100), ones(2))
    assert float(out[0, RATE // 2]) == pytest.approx(0.5, abs=1e-4)


def test_volume_changes_its_span_alone() -> None:
    out = changed(sound(3, effect("volume", 1, 2, gain=0.25)), ones(3))
    assert (out[:, :RATE] == 1).all() and (out[:, RATE:2 * RATE] == 0.25).all() and (out[:, 2 * RATE:] == 1).all()


@pytest.mark.parametrize("one", ALL, ids=lambda e: f"{e.name}{dict(e.params).get('mode', '')}")
def test_no_sample_is_lost_or_moved(one: SoundEffect) -> None:
    given = noise(3, 0.003)
    for second in (0.5, 1.2, 2.1):
        given[:, round(second * RATE):round(second * RATE) + 2400] += tone(900, 0.05)
    out = changed(sound(3, one), given)
    assert out.shape == given.shape
    inner = slice(RATE // 4, -RATE // 4)
    power = np.fft.irfft(np.conj(np.fft.rfft(np.abs(given[0, inner]))) * np.fft.rfft(np.abs(out[0, inner])))
    lag = int(power.argmax())
    assert min(lag, len(power) - lag) <= 24  # half a millisecond: a filter's own phase


@pytest.mark.parametrize("one", ALL, ids=lambda e: f"{e.name}{dict(e.params).get('mode', '')}")
def test_where_blocks_are_cut_makes_no_difference(one: SoundEffect) -> None:
    given = noise(3, 0.05)
    assert np.array_equal(changed(sound(3, one), given, 1024), changed(sound(3, one), given, 4801))


@pytest.mark.parametrize("level", [0.002, 0.02])
@pytest.mark.parametrize(("mode", "least_db"), [(0, 7), (1, 15), (2, 15), (3, 6), (4, 15)])
def test_denoise_takes_noise_away_and_leaves_the_voice(mode: int, least_db: float, level: float) -> None:
    t = np.arange(6 * RATE) / RATE
    talks = (t % 1) < 0.5
    voice = (tone(300, 6, 0.2) + tone(900, 6, 0.1)) * talks
    given = (voice + noise(6, level)).astype(np.float32)
    made = settle(sound(6, effect("denoise", 0, 6, mode=float(mode))), lambda: frames(given))
    out = changed(made, given)
    pause, word = (t % 1 > 0.65) & (t % 1 < 0.95) & (t > 1), (t % 1 > 0.1) & (t % 1 < 0.45) & (t > 1)
    assert rms_db(given[:, pause]) - rms_db(out[:, pause]) > least_db
    assert rms_db(out[:, word]) == pytest.approx(rms_db(given[:, word]), abs=2.5 if mode == 3 else 1.0)


def test_wind_is_taken_away_below_the_voice() -> None:
    made = sound(2, effect("denoise", 0, 2, mode=0.0))
    assert rms_db(changed(made, tone(40, 2))[:, RATE:]) < rms_db(tone(40, 2)) - 20
    assert rms_db(changed(made, tone(400, 2))[:, RATE:]) == pytest.approx(rms_db(tone(400, 2)), abs=1)


def test_music_is_taken_away_from_the_middle_voice() -> None:
    left_right = tone(500, 2)
    left_right[1] *= -1
    made = sound(2, effect("denoise", 0, 2, mode=4.0))
    assert rms_db(changed(made, left_right)[:, RATE:]) < rms_db(changed(made, tone(500, 2))[:, RATE:]) - 12


def test_equalize_evens_levels_out_in_its_span() -> None:
    given = np.concatenate([tone(440, 4, 0.05), tone(440, 4, 0.5)], axis=1)
    out = changed(sound(8, effect("equalize", 2, 8, peak=0.95, gain=10.0)), given)
    assert np.array_equal(out[:, :2 * RATE], given[:, :2 * RATE])
    loud, quiet = rms_db(out[:, 7 * RATE:]), rms_db(out[:, 2 * RATE + 4800:3 * RATE])
    assert loud - quiet < 15 and 0.8 < np.abs(out[:, 7 * RATE:]).max() <= 0.96


def test_sound_before_its_beginning_and_after_its_end_is_cut_off() -> None:
    given = np.arange(3 * RATE, dtype=np.float32)[None].repeat(2, axis=0)
    made = sound(1, effect("volume", 0, 9, gain=1.0), start_s=1)
    out = joined(chain(made, frames(given)), RATE)
    assert np.array_equal(out[0], np.arange(RATE, 2 * RATE))


def test_a_hole_in_the_source_keeps_the_rest_in_its_place() -> None:
    made = sound(60, effect("denoise", 0, 60, mode=0.0))
    for hole in (RATE, GAP + RATE):
        out = list(chain(made, [*frames(tone(500, 1)), *frames(tone(500, 1), start=RATE + hole)]))
        at = [round(f.pts_ns * RATE / 1e9) for f in out]
        last = at[-1] + out[-1].samples.shape[1]
        assert last == 2 * RATE + hole
        heard = np.concatenate([f.samples for f in out if round(f.pts_ns * RATE / 1e9) >= RATE + hole], axis=1)
        assert rms_db(heard[:, RATE // 4:]) == pytest.approx(rms_db(tone(500, 1)), abs=0.5)


def test_times_that_are_rounded_make_no_holes() -> None:
    given = noise(2, 0.1)
    ragged = [AudioFrame(f.samples, f.pts_ns + (15_000 if number % 2 else 0)) for number, f in enumerate(frames(given))]
    made = sound(2, effect("volume", 0, 2, gain=1.0))
    assert np.array_equal(joined(chain(made, ragged)), given)


def test_loudness_that_was_not_measured_changes_nothing() -> None:
    given = noise(1, 0.1)
    assert np.array_equal(changed(sound(1, effect("loudnorm", 0, 1, loudness=-10.0)), given), given)


def test_what_is_held_back_is_little() -> None:
    """A long sound flows through: memory does not grow with it."""
    made = Chain(sound(600, effect("denoise", 0, 600), effect("loudnorm", 0, 600, gain_db=0.0), speed=1.25))
    given, taken, got = noise(1, 0.1), 0, 0
    for second in range(20):
        for frame in frames(given, start=second * RATE):
            taken += frame.samples.shape[1]
            got += sum(f.samples.shape[1] for f in made.feed(frame))
            assert taken / 1.25 - got < RATE / 2
