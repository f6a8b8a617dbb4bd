"""The mix's levels: sums held below the ceiling without a delay of their own, music that gives way to speech."""

import numpy as np
import pytest
from heard import RATE, frames, noise, rms_db, tone

from stream.media import NS, AudioFrame
from stream.metrics import Metrics
from stream.run.mixer import Mixer, live_lane
from stream.sound.limit import DELAY
from stream.timeline.program import Ducking, Sound, SoundEffect


def started(*sounds: Sound, ducking: Ducking | None = None) -> tuple[Mixer, list]:
    mixer = Mixer(Metrics(), ducking=ducking)
    lanes = [mixer.lane(sound) for sound in sounds]
    mixer.start(0)
    return mixer, lanes


def ticked(mixer: Mixer, length_s: float) -> list[AudioFrame]:
    return [f for tick in range(1, round(length_s * 30) + 1) for f in mixer.give(tick * NS // 30)]


def test_a_loud_sum_is_turned_down_and_stays_in_step() -> None:
    one, two = Sound("a", "x", 0, 2 * NS), Sound("b", "x", 0, 2 * NS)
    mixer, lanes = started(one, two)
    pulses = np.zeros((2, 2 * RATE), np.float32)
    pulses[:, 12_000::24_000] = 0.9
    for play in lanes:
        for frame in frames(pulses):
            play(frame)
    out = ticked(mixer, 2)
    heard = np.concatenate([f.samples for f in out], axis=1)
    assert heard.shape[1] == 2 * RATE and out[0].pts_ns == 0
    assert [int(i) for i in np.flatnonzero(heard[0] > 0.5)] == [12_000, 36_000, 60_000, 84_000]
    assert heard.max() <= 10 ** (-1 / 20)


def test_live_nothing_waits_longer_than_the_limiter_looks_ahead() -> None:
    mixer, (play,) = started(Sound("a", "x", 0, 100 * NS))
    for number, frame in enumerate(frames(noise(2, 0.1), 1600)):
        play(frame)
        given = mixer.give((number + 1) * NS // 30)
        end = given[-1].pts_ns * RATE / NS + given[-1].samples.shape[1]
        assert end == pytest.approx((number + 1) * 1600 - DELAY, abs=1)


def test_only_music_gives_way_and_only_to_speech() -> None:
    def mixed(role: str, ducking: Ducking | None) -> float:
        mixer, (say, play) = started(Sound("v", "x", 0, 2 * NS, role="speech", gain=0.0 if role == "muted" else 1.0),
                                     Sound("m", "x", 0, 2 * NS, role="" if role == "other" else "music"),
                                     ducking=ducking)
        for lane, samples in ((say, tone(300, 2, 0.2)), (play, tone(1000, 2, 0.1))):
            for frame in frames(samples):
                lane(frame)
        out = np.concatenate([f.samples for f in ticked(mixer, 2)], axis=1)[0, RATE:]
        return float(20 * np.log10(np.abs(np.fft.rfft(out * np.hanning(RATE)))[1000] / (RATE / 4)))

    spec = Ducking(amount_db=-18.0)
    assert mixed("music", spec) == pytest.approx(-20 - 18, abs=0.1)
    for role, asked in (("music", None), ("other", spec), ("muted", spec)):
        assert mixed(role, asked) == pytest.approx(-20, abs=0.01)


def test_what_is_over_is_let_go() -> None:
    sounds = [Sound(str(n), "x", n * NS, (n + 1) * NS) for n in range(5)]
    mixer, lanes = started(*sounds)
    for n, play in enumerate(lanes):
        for frame in frames(noise(1.5, 0.1), start=n * RATE):  # half a second more than is heard
            play(frame)
    out = np.concatenate([f.samples for f in ticked(mixer, 4.5)], axis=1)
    assert np.array_equal(out[:, :RATE], noise(1.5, 0.1)[:, :RATE])
    assert np.array_equal(out[:, 2 * RATE:3 * RATE], out[:, :RATE])


def test_a_live_sound_is_faded_in_and_what_needs_the_future_is_left_out() -> None:
    effects = (SoundEffect("loudnorm", 0, 1 << 62, (("loudness", -30.0),)), SoundEffect("equalize", 0, 1 << 62),
               SoundEffect("fade_in", 0, NS, (("curve", "tri"),)))
    mixer = Mixer(Metrics())
    play = live_lane(mixer, Sound("a", "live", 0, 1 << 62, effects=effects))
    mixer.start(0)
    for frame in frames(noise(3, 0.1)):
        play(frame)
    out = np.concatenate([f.samples for f in ticked(mixer, 2)], axis=1)
    assert rms_db(out[:, 24_000 - 480:24_000 + 480]) == pytest.approx(
        rms_db(noise(3, 0.1)[:, 24_000 - 480:24_000 + 480]) - 6, abs=0.2)
    assert np.array_equal(out[:, RATE:], noise(3, 0.1)[:, RATE:2 * RATE])
