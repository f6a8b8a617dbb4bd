"""What the default voice says, heard by a recogniser that knows nothing of the text, and by its own sound."""

import re
from functools import cache
from pathlib import Path

import jiwer
import numpy as np
import pytest
from numpy.typing import NDArray

from models.asr import StreamOptions, moonshine
from stream.media import NS, SAMPLE_RATE_HZ
from stream.voicing import english
from stream.voicing.cache import Kept
from stream.voicing.cast import Studio
from stream.voicing.manner import Manner, manner_of
from stream.voicing.script import script_of
from stream.voicing.speak import Said, resampled, speak
from stream.voicing.speak_tag import Wishes
from stream.voicing.voices import Voices, cast, loaded, wanted

STEADY = Manner()
SENTENCE = "The harbor was quiet when the first boats came in."


@cache
def voices() -> Voices:
    return Voices(engines=("hibari",))


def say(content: str, manner: Manner = STEADY, voice: str = "") -> Said:
    script = script_of(content)
    found = cast(wanted(voice, voices()), script.languages, voices())
    return speak(script, found, loaded(found, voices()), manner)


@cache
def recogniser() -> moonshine.Moonshine:
    return moonshine.load()


def heard(said: Said) -> str:
    stream = recogniser().open(StreamOptions())
    followed = np.concatenate([said.samples, np.zeros(SAMPLE_RATE_HZ, np.float32)])
    found = [*stream.feed(resampled(followed, 1 / 3)), *stream.finish()]
    return " ".join(word.text for hypothesis in found if hypothesis.final for word in hypothesis.words)


def errors(said: Said, words: str) -> float:
    """The share of `words` that the recogniser got wrong; both are written as they are spoken."""
    def plain(text: str) -> str:
        return " ".join(re.findall(r"[a-z']+", english.in_words(text).lower()))

    return float(jiwer.wer(plain(words), plain(heard(said))))


def letters_heard(said: Said) -> bool:
    """Whether the two letters were heard one by one: PU, P.U., P-U, Pee You."""
    return bool(re.search(r"\bP[\s.\-]*U\b|\bpee[\s,]+you\b", heard(said), re.IGNORECASE))


@pytest.mark.parametrize("voice", ["", "zhichu"])
def test_the_letters_are_heard_only_where_a_substitute_says_so_and_both_show_the_word(voice: str) -> None:
    plain = "PU trim is cheap. Most of our trim is made of soft PU foam."
    marked = plain.replace("PU", '<sub alias="Pee You">PU</sub>')
    first, second = say(plain, voice=voice), say(f"<speak>{marked}</speak>", voice=voice)
    assert not letters_heard(first) and letters_heard(second)
    assert [t for t, _, _ in first.sentences] == [t for t, _, _ in second.sentences]
    assert "PU" in second.sentences[0][0] and "Pee" not in str(second.sentences)


@pytest.mark.parametrize(("content", "words"), [
    ("Our shop opens at 7:30 on March 3, 2024.", "Our shop opens at 7:30 on March 3rd, 2024."),
    ("Dr. Jones drove 42 km to the lake, and back.", "Dr. Jones drove 42 kilometers to the lake, and back."),
    ("It is 12.5% more, and 3/4 of it is for AI.", "It is 12.5% more, and three quarters of it is for AI."),
    ('He paid <say-as interpret-as="cardinal">1205</say-as> pounds for the boat.',
     "He paid 1,205 pounds for the boat.")])
def test_what_is_written_out_is_heard(content: str, words: str) -> None:
    assert errors(say(content), words) <= 0.15


def test_a_recogniser_reads_a_text_back() -> None:
    text = ("Thank you for watching, and see you again next week! Please keep the window closed until the rain stops. "
            "Why would a careful driver choose the longer road?")
    assert errors(say(text), text) <= 0.1


def onsets_s(samples: NDArray[np.float32]) -> list[float]:
    """Where sound begins after at least 120 ms of silence, by its energy in steps of 5 ms."""
    size = SAMPLE_RATE_HZ // 200
    power = np.square(samples[:len(samples) // size * size].reshape(-1, size)).mean(axis=1)
    loud = power > power.max() * 10 ** (-40 / 10)
    return [k / 200 for k in np.flatnonzero(loud) if not loud[max(k - 24, 0):k].any()]


@pytest.mark.parametrize("rate", [-300, 0, 400])
def test_each_sentence_begins_within_eighty_ms_of_its_time(rate: int) -> None:
    said = say('Nine men walked onto the stage, and the crowd cheered. Then<break time="800ms"/> silence! Who knew?',
               manner_of(rate, None, None, Wishes()))
    onsets = onsets_s(said.samples)
    assert len(said.sentences) == 4
    for _, start_ns, end_ns in said.sentences:
        assert min(abs(onset - start_ns / NS) for onset in onsets) <= 0.08
        assert start_ns < end_ns <= said.duration_ns


def test_a_break_is_as_long_as_it_says_in_the_sound_itself() -> None:
    def length(pause: str) -> int:
        return len(say(f'The boats <break time="{pause}"/> came in.').samples)

    assert length("1500ms") - length("500ms") == SAMPLE_RATE_HZ


@pytest.mark.parametrize(("rate", "factor"), [(-500, 0.5), (300, 1 / 0.7), (500, 2.0)])
def test_the_voice_keeps_to_the_published_speed(rate: int, factor: float) -> None:
    usual, other = say(SENTENCE), say(SENTENCE, manner_of(rate, None, None, Wishes()))
    assert usual.duration_ns / other.duration_ns == pytest.approx(factor, rel=0.06)


def median_pitch_hz(samples: NDArray[np.float32]) -> float:
    """The middle of the fundamentals of its voiced 40 ms, by autocorrelation."""
    low = resampled(samples, 1 / 3)
    found = []
    for at in range(0, len(low) - 640, 320):
        piece = low[at:at + 640].astype(np.float64) - low[at:at + 640].mean()
        both = np.correlate(piece, piece, "full")[639:]
        lag = 32 + int(np.argmax(both[32:230]))
        if both[0] > 0.5 and both[lag] > 0.6 * both[0]:
            found.append(16_000 / lag)
    assert len(found) > 20
    return float(np.median(found))


@pytest.mark.parametrize(("rate", "factor"), [(-250, 1 / 1.5), (300, 1 / 0.7)])
def test_the_voice_is_as_high_as_asked_and_as_fast(rate: int, factor: float) -> None:
    usual, other = say(SENTENCE), say(SENTENCE, manner_of(None, rate, None, Wishes()))
    assert median_pitch_hz(other.samples) / median_pitch_hz(usual.samples) == pytest.approx(factor, rel=0.08)
    assert other.duration_ns / usual.duration_ns == pytest.approx(1.0, rel=0.03)


def test_a_studio_finds_its_voices_by_itself(tmp_path: Path) -> None:
    studio = Studio(kept=Kept(tmp_path, lambda _: None))
    assert studio.voices.missing("hibari") == "" and str(studio.voices.nearest("en", "")) == "hibari:heart"
