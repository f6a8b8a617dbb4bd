"""A script said aloud: when each sentence is heard, how long each pause is, how fast, how high and how loud."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from voices import PITCH_HZ, WORD_S, small_house

from stream.errors import ModelError
from stream.media import NS, SAMPLE_RATE_HZ
from stream.voicing.effects import changed
from stream.voicing.manner import Manner, manner_of
from stream.voicing.script import script_of
from stream.voicing.speak import Said, resampled, speak
from stream.voicing.speak_tag import Wishes
from stream.voicing.voices import cast, loaded, wanted

PLAIN = Manner()


def spoken(content: str, manner: Manner = PLAIN, hear: Any = lambda _: None) -> Said:
    voices, _ = small_house()
    script = script_of(content)
    found = cast(wanted("", voices), script.languages, voices)
    return speak(script, found, loaded(found, voices), manner, hear)


def bursts(said: Said) -> list[tuple[float, float]]:
    """Where there is sound, in seconds: what the samples themselves show."""
    size = SAMPLE_RATE_HZ // 1000
    loud = np.abs(said.samples[:len(said.samples) // size * size]).reshape(-1, size).max(axis=1) > 0.02
    edges = np.flatnonzero(np.diff(np.concatenate([[False], loud, [False]]).astype(int)))
    spans = [(first / 1000, end / 1000) for first, end in edges.reshape(-1, 2)]
    joined = spans[:1]
    for first, end in spans[1:]:
        if first - joined[-1][1] < 0.03:
            joined[-1] = joined[-1][0], end
        else:
            joined.append((first, end))
    return joined


def pitch_hz(samples: NDArray[np.float32]) -> float:
    """The fundamental by autocorrelation, of the middle of the first word."""
    middle = samples[2000:2000 + 4800].astype(np.float64)
    both = np.correlate(middle, middle, "full")[len(middle) - 1:]
    least = SAMPLE_RATE_HZ // 600
    return SAMPLE_RATE_HZ / (least + int(np.argmax(both[least:SAMPLE_RATE_HZ // 60])))


def test_each_sentence_is_heard_when_it_says() -> None:
    said = spoken("Here is one, here are two more. And three! <break time='700ms'/>Four.")
    heard = bursts(said)
    assert [text for text, _, _ in said.sentences] == ["Here is one,", "here are two more.", "And three!", "Four."]
    assert len(heard) == 4
    for (_, start_ns, end_ns), (first_s, end_s) in zip(said.sentences, heard, strict=True):
        assert 0 <= first_s - start_ns / NS < 0.02 and 0 <= end_ns / NS - end_s < 0.02
    gaps = [b[1] - a[2] for a, b in zip(said.sentences, said.sentences[1:], strict=False)]
    assert [round(gap / 1e6) for gap in gaps] == [200, 400, 700]
    assert said.sentences[-1][2] < said.duration_ns == len(said.samples) * NS // SAMPLE_RATE_HZ


@pytest.mark.parametrize("rate", [-500, 0, 500])
def test_breaks_are_exact_whatever_the_speed(rate: int) -> None:
    manner = manner_of(rate, None, None, Wishes())

    def length(pause: str) -> int:
        return len(spoken(f'One<break time="{pause}"/>two.', manner).samples)

    assert length("1234ms") - length("0ms") == 1.234 * SAMPLE_RATE_HZ
    assert length("2s") - length("0ms") == 2 * SAMPLE_RATE_HZ


def test_a_break_at_the_beginning_and_at_the_end_counts_too() -> None:
    said = spoken('<break time="500ms"/>One<break time="1s"/>')
    ((_, start_ns, end_ns),) = said.sentences
    assert start_ns == NS // 2 and said.duration_ns - end_ns == NS


@pytest.mark.parametrize(("rate", "factor"), [(-500, 0.5), (-250, 1 / 1.5), (250, 1 / 0.75), (500, 2.0)])
def test_the_speed_is_the_published_one_and_the_pitch_stays(rate: int, factor: float) -> None:
    usual, other = spoken("Ten words in all here."), spoken("Ten words in all here.", manner_of(rate, 0, 50, Wishes()))
    assert other.duration_ns / usual.duration_ns == pytest.approx(1 / factor, rel=0.03)
    assert pitch_hz(other.samples) == pytest.approx(PITCH_HZ, rel=0.02)


@pytest.mark.parametrize(("pitch", "factor"), [(-500, 0.5), (-200, 1 / 1.4), (200, 1.25), (500, 2.0)])
def test_the_pitch_moves_and_the_speed_stays(pitch: int, factor: float) -> None:
    usual, other = spoken("Ten words in all here."), spoken("Ten words in all here.", manner_of(0, pitch, 50, Wishes()))
    assert pitch_hz(other.samples) == pytest.approx(PITCH_HZ * factor, rel=0.02)
    assert other.duration_ns / usual.duration_ns == pytest.approx(1.0, rel=0.03)


def test_the_fastest_and_lowest_together_are_both_kept() -> None:
    usual = spoken("Ten words in all here.")
    other = spoken("Ten words in all here.", manner_of(500, -500, 50, Wishes()))
    assert other.duration_ns / usual.duration_ns == pytest.approx(0.5, rel=0.05)
    assert pitch_hz(other.samples) == pytest.approx(PITCH_HZ / 2, rel=0.02)


def test_volume_fifty_is_as_it_is_and_a_hundred_twice_that_without_clipping() -> None:
    def peak(volume: int | None) -> float:
        return float(np.abs(spoken("One.", manner_of(None, None, volume, Wishes())).samples).max())

    assert peak(50) == peak(None) and peak(25) == pytest.approx(peak(50) / 2) and peak(0) == 0
    assert peak(50) < peak(100) <= 1.0


def test_what_the_text_asks_for_counts_before_its_clip() -> None:
    manner = manner_of(500, 500, 10, Wishes(rate=0, pitch=-500, volume=100))
    assert (manner.speed, manner.pitch, manner.gain) == (1.0, 0.5, 2.0)
    assert manner_of(None, None, None, Wishes()) == Manner()


def test_a_phrase_without_a_sound_is_left_out_and_nothing_at_all_is_an_error() -> None:
    said = spoken("One. unsayable. Two.")
    assert [text for text, _, _ in said.sentences] == ["One.", "Two."] and said.left_out == ("unsayable.",)
    with pytest.raises(ModelError, match="nothing"):
        spoken("unsayable")
    with pytest.raises(ModelError, match="nothing"):
        spoken("…")


def test_two_voices_in_a_sentence_follow_each_other_closely() -> None:
    said = spoken("one two 三 four")
    assert len(said.sentences) == 1 and said.sentences[0][2] < said.duration_ns
    assert said.duration_ns < (4 * (WORD_S + 0.05) + 0.4) * NS


def test_a_sound_event_and_music_are_heard_where_they_are_had() -> None:
    ding, hum = np.full(4800, 0.5, np.float32), np.full(480, 0.1, np.float32)

    def hear(url: str) -> NDArray[np.float32] | None:
        return {"ding.wav": ding, "hum.wav": hum}.get(url)

    plain = spoken("One. Two.")
    longer = spoken("One. <soundEvent src='ding.wav'/>Two.", hear=hear)
    assert len(longer.samples) > len(plain.samples) + 4800
    under = spoken("One. Two.", Manner(music="hum.wav", music_gain=0.5), hear)
    assert len(under.samples) == len(plain.samples)
    assert np.abs(under.samples - plain.samples - 0.05).max() < 1e-6


def noise(length: int = SAMPLE_RATE_HZ) -> NDArray[np.float32]:
    return np.random.default_rng(1).standard_normal(length).astype(np.float32) * np.float32(0.1)


def band_db(samples: NDArray[np.float32], low_hz: float, high_hz: float) -> float:
    power = np.abs(np.fft.rfft(samples)) ** 2
    hz = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE_HZ)
    return float(10 * np.log10(power[(hz >= low_hz) & (hz < high_hz)].sum()))


@pytest.mark.parametrize(("effect", "value", "band", "least_db", "most_db"), [
    ("lowpass", "", (6000, 12000), -90, -20), ("lpfilter", "1000", (3000, 6000), -90, -30),
    ("hpfilter", "2000", (100, 500), -90, -30), ("eq", "-20 -20 -20 0 0 0 0 0", (40, 200), -21, -15),
    ("eq", "0 0 0 0 0 0 10 10", (9000, 15000), 8, 11), ("robot", "", (100, 8000), -10, 6),
    ("echo", "", (100, 8000), 0, 3),
    ("lolita", "", (100, 8000), 0, 0), ("", "", (100, 8000), 0, 0)])
def test_effects_change_the_voice_and_not_its_length(
        effect: str, value: str, band: tuple[float, float], least_db: float, most_db: float) -> None:
    before = noise()
    after = changed(before, effect, value)
    assert len(after) == len(before) and np.isfinite(after).all()
    assert least_db <= band_db(after, *band) - band_db(before, *band) <= most_db


def test_the_child_is_higher_and_as_fast() -> None:
    usual, child = spoken("Ten words in all here."), spoken("Ten words in all here.", Manner(effect="lolita"))
    assert pitch_hz(child.samples) > PITCH_HZ * 1.2
    assert child.duration_ns / usual.duration_ns == pytest.approx(1.0, rel=0.03)


@pytest.mark.parametrize("ratio", [2.0, 48000 / 22050, 1 / 3, 1.37])
def test_resampling_keeps_time_level_and_pitch(ratio: float) -> None:
    rate = 24_000
    at = np.arange(rate) / rate
    tone = (np.sin(2 * np.pi * 440 * at) * np.hanning(rate)).astype(np.float32)
    out = resampled(tone, ratio)
    wanted = np.sin(2 * np.pi * 440 * np.arange(len(out)) / (rate * ratio)) * np.interp(
        np.arange(len(out)) / ratio, np.arange(rate), np.hanning(rate))
    assert len(out) == round(rate * ratio) and np.abs(out - wanted).max() < 0.01
