"""Speed: shorter or longer, at the same pitch, every moment where it belongs, to the sample."""

import numpy as np
import pytest
from heard import RATE, changed, noise, peak_hz, rms_db, sound, tone

from stream.sound.stretch import REACH

SPEEDS = [0.1, 0.37, 0.5, 0.9, 1.1, 1.5, 2.0, 3.3, 10.0]


@pytest.mark.parametrize("speed", SPEEDS)
@pytest.mark.parametrize("hz", [110.0, 440.0, 3000.0])
def test_pitch_and_level_stay(speed: float, hz: float) -> None:
    given = tone(hz, 4)
    out = changed(sound(4 / speed, speed=speed), given)
    assert peak_hz(out) == pytest.approx(hz, abs=max(1.0, 0.6 * RATE / out.shape[1]))
    assert rms_db(out[:, 2000:-2000]) == pytest.approx(rms_db(given), abs=0.3)
    assert np.abs(np.diff(out[0, :-1000])).max() < 1.1 * np.abs(np.diff(given[0])).max()  # no click at any joint


@pytest.mark.parametrize("speed", [*SPEEDS, 100.0])
def test_the_length_is_the_sources_divided_by_the_speed_to_the_sample(speed: float) -> None:
    given = noise(2.5, 0.1)
    assert changed(sound(2.5 / speed, speed=speed), given).shape[1] == round(given.shape[1] / speed)
    assert changed(sound(2.5 / speed - 0.01, speed=speed), given).shape[1] == round((2.5 / speed - 0.01) * RATE)


@pytest.mark.parametrize("speed", [0.5, 1.5, 2.0, 4.0])
def test_every_moment_is_where_it_belongs(speed: float) -> None:
    given = np.zeros((2, 6 * RATE), np.float32)
    for second in range(6):
        at = second * RATE + RATE // 2
        given[:, at:at + 4800] = tone(500, 0.1) * np.hanning(4800).astype(np.float32)
    out = np.square(changed(sound(6 / speed, speed=speed), given)[0].astype(np.float64))
    for second in range(6):
        middle = (second * RATE + RATE // 2 + 2400) / speed
        window = slice(round(middle - RATE / 4 / speed), round(middle + RATE / 4 / speed))
        centre = (np.arange(window.start, window.stop) * out[window]).sum() / out[window].sum()
        assert abs(centre - middle) < 2 * REACH


def test_blocks_may_be_cut_anywhere() -> None:
    given = noise(1.5, 0.2)
    made = sound(1.0, speed=1.5)
    assert np.array_equal(changed(made, given, 1024), changed(made, given, 3001))


def test_silence_stays_silent() -> None:
    assert not changed(sound(1, speed=2.0), np.zeros((2, 2 * RATE), np.float32)).any()
