"""The scene: picture, flash, click and word belong to one moment."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from stream.marks import scene
from stream.media import NS, SAMPLE_RATE_HZ

RATES = [Fraction(30), Fraction(25), Fraction(30000, 1001), Fraction(24000, 1001), Fraction(50)]


@pytest.mark.parametrize("rate", RATES)
def test_one_picture_flashes_for_every_second(rate: Fraction) -> None:
    frames = int(10 * rate) + 1
    flashing = [f for f in range(frames) if scene.flashes(f, rate)]
    assert flashing[0] == 0 and len(flashing) == 1 + int(scene.time_ns(frames - 1, rate) // NS)
    for second, frame in enumerate(flashing):
        assert 0 <= scene.time_ns(frame, rate) - second * NS < NS / rate


@pytest.mark.parametrize("rate", RATES)
def test_a_click_starts_with_the_picture_that_flashes(rate: Fraction) -> None:
    sound = scene.Sound(rate, speech=False, clicks=True).samples(0, 4 * SAMPLE_RATE_HZ)[0]
    for frame in (f for f in range(int(3.5 * rate)) if scene.flashes(f, rate)):
        at = scene.time_ns(frame, rate) * SAMPLE_RATE_HZ // NS
        assert not sound[max(0, at - 100):at].any() and np.abs(sound[at:at + 480]).max() > 0.1


def test_sound_does_not_depend_on_how_it_is_asked_for() -> None:
    sound = scene.Sound(Fraction(30), speech=True, clicks=True)
    whole = sound.samples(0, 3 * SAMPLE_RATE_HZ)
    pieces = [sound.samples(at, 700) for at in range(0, 3 * SAMPLE_RATE_HZ - 699, 700)]
    joined = np.concatenate(pieces, axis=1)
    assert np.array_equal(joined, whole[:, :joined.shape[1]])


def test_words_lie_where_the_speech_is_loud() -> None:
    speech, words = scene.speech_samples(), scene.spoken_words()
    assert len(words) == 51 and speech.size % SAMPLE_RATE_HZ == 0
    spoken = np.zeros(speech.size, bool)
    for word in words:
        spoken[word.start_ns * SAMPLE_RATE_HZ // NS:word.end_ns * SAMPLE_RATE_HZ // NS] = True
    assert all(a.end_ns <= b.start_ns for a, b in pairwise(words))
    assert float((speech[spoken] ** 2).mean()) > 50 * float((speech[~spoken] ** 2).mean())


def test_the_picture_moves_and_the_same_number_is_the_same_picture() -> None:
    rate = Fraction(30)
    first, again, later = (scene.Picture(320, 180).draw(f, rate, flash=False) for f in (5, 5, 9))
    assert np.array_equal(first.y, again.y) and np.array_equal(first.u, again.u)
    assert float(np.mean(np.abs(first.y.astype(int) - later.y))) > 3


def test_a_flash_is_white_for_one_picture() -> None:
    picture, rate = scene.Picture(320, 180), Fraction(30)
    assert picture.draw(30, rate, flash=True).y[-5, -5] == 235
    assert picture.draw(31, rate, flash=False).y[-5, -5] == 16
