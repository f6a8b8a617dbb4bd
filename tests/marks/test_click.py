"""Clicks: found at the moment they mark, whatever else is heard."""

from fractions import Fraction

import numpy as np
import pytest

from stream.codecs.decode import AudioDecoder
from stream.codecs.encode import AudioEncoder, Rendition
from stream.marks import click
from stream.marks.scene import Sound, speech_samples
from stream.media import NS, SAMPLE_RATE_HZ, AudioFrame

RATE = Fraction(30)


def heard(sound: click.Sound, piece: int = 1024, start_ns: int = 0) -> list[int]:
    finder = click.ClickFinder()
    found = []
    for at in range(0, sound.shape[-1], piece):
        found += finder.feed(sound[..., at:at + piece], start_ns + at * NS // SAMPLE_RATE_HZ)
    return found + finder.finish()


@pytest.mark.parametrize("piece", [333, 1024, 48_000, 500_000])
def test_clicks_under_speech_are_found_at_their_sample(piece: int) -> None:
    sound = Sound(RATE, speech=True, clicks=True).samples(0, 6 * SAMPLE_RATE_HZ)
    found = heard(sound, piece, start_ns=77)
    assert [round((at - 77) / NS) for at in found] == [0, 1, 2, 3, 4, 5]
    assert max(abs((at - 77) % NS - (NS if (at - 77) % NS > NS // 2 else 0)) for at in found) < NS // SAMPLE_RATE_HZ


def test_speech_alone_has_no_clicks() -> None:
    assert heard(speech_samples()) == []


def test_silence_and_noise_have_no_clicks() -> None:
    noise = np.random.default_rng(0).normal(0, 0.2, (2, 3 * SAMPLE_RATE_HZ)).astype(np.float32)
    assert heard(np.zeros(2 * SAMPLE_RATE_HZ, np.float32)) == []
    assert heard(noise) == []


def test_a_click_across_two_blocks_is_reported_once() -> None:
    sound = np.zeros(3 * SAMPLE_RATE_HZ, np.float32)
    for at in (SAMPLE_RATE_HZ - 400, 2 * SAMPLE_RATE_HZ - 5):
        sound[at:at + click.SAMPLES] += click.chirp()
    assert heard(sound) == [pytest.approx(at * NS / SAMPLE_RATE_HZ, abs=30_000)
                            for at in (SAMPLE_RATE_HZ - 400, 2 * SAMPLE_RATE_HZ - 5)]


@pytest.mark.parametrize("codec", ["aac", "opus"])
def test_clicks_through_a_codec_stay_within_a_millisecond(codec: str) -> None:
    rendition = Rendition(640, 360, RATE, audio_codec=codec, audio_bitrate=64_000)
    encoder, finder, found = AudioEncoder(rendition), click.ClickFinder(), []
    decoder = AudioDecoder(encoder.setup)
    sound = Sound(RATE, speech=True, clicks=True).samples(0, 3 * SAMPLE_RATE_HZ)
    packets = [*encoder.encode(AudioFrame(sound, 0)), *encoder.flush()]
    for frame in [f for p in packets for f in decoder.decode(p)] + decoder.flush():
        found += finder.feed(frame.samples, frame.pts_ns)
    found += finder.finish()
    assert [abs(at - second * NS) < NS // 1000 for second, at in enumerate(found)] == [True] * 3
