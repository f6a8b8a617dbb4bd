"""What every voice promises, shown on the default one: words, level, ends, pace, pitch, and text from anywhere."""

import itertools
from functools import cache

import jiwer
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.align import spoken
from models.asr import StreamOptions, moonshine
from models.tts import Part, Saying, hibari
from models.tts._english import english
from models.tts._phonemes import MOST, english_from_ipa, pieces, vocabulary
from models.tts._pitch import bent
from models.tts._sound import joined, levelled, trimmed
from stream.errors import ModelError

Samples = NDArray[np.float32]
RATE_HZ = 24_000
SENTENCES = (
    "The harbor was quiet when the first boats came in.",
    "She asked whether anyone had seen the blue notebook.",
    "Our next guest flew in from Toronto this morning.",
    "Please keep the window closed until the rain stops.",
    "Nine musicians walked onto the stage, and the crowd cheered.",
    "Why would a careful driver choose the longer road?",
    "Fresh bread smells better than any perfume I know.",
    "Thank you for watching, and see you again next week!",
    "The engineers measured the temperature twice before lunch.",
    "A small group of students painted the old bridge yellow.")


@cache
def voice(name: str = "") -> hibari.Hibari:
    return hibari.load(name)


def say(text: str, *, speed: float = 1.0, pitch: float = 1.0, ipa: str = "", name: str = "") -> Samples:
    return voice(name).say(Saying((Part(text, ipa),), speed=speed, pitch=pitch))


def at_16k(sound: Samples, from_hz: int) -> Samples:
    size = round(len(sound) * 16_000 / from_hz)
    return (np.fft.irfft(np.fft.rfft(sound)[:size // 2 + 1], size) * (size / len(sound))).astype(np.float32)


def heard(sound: Samples, engine: moonshine.Moonshine, from_hz: int = RATE_HZ) -> str:
    """What a recogniser makes of `sound`, in lower case and without marks."""
    stream = engine.open(StreamOptions(step_s=float("inf")))
    quiet = np.zeros(8_000, np.float32)
    found = [*stream.feed(np.concatenate((quiet, at_16k(sound, from_hz), quiet))), *stream.finish()]
    return " ".join(part for h in found if h.final for w in h.words for part in spoken(w.text))


def plain(text: str) -> str:
    return " ".join(part for word in text.split() for part in spoken(word))


def pitch_hz(sound: Samples, from_hz: int = RATE_HZ) -> float:
    """The middle pitch of its voiced stretches."""
    found, size = [], round(0.04 * from_hz)
    for at in range(0, len(sound) - size, size // 4):
        frame = sound[at:at + size].astype(np.float64)
        if frame.std() > 0.03:
            alike = np.correlate(frame - frame.mean(), frame - frame.mean(), "full")[size - 1:]
            lag = from_hz // 600 + int(np.argmax(alike[from_hz // 600:from_hz // 55]))
            if alike[lag] > 0.55 * alike[0]:
                found.append(from_hz / lag)
    assert len(found) > 20
    return float(np.median(found))


def timbre_db(sound: Samples) -> NDArray[np.float64]:
    """How loud six bands are, less their mean."""
    frames = sound[:len(sound) // 768 * 768].reshape(-1, 768) * np.hanning(768)
    power = (np.abs(np.fft.rfft(frames)) ** 2).mean(axis=0)
    hz = np.fft.rfftfreq(768, 1 / RATE_HZ)
    bands = np.array([10 * np.log10(power[(hz >= a) & (hz < b)].mean())
                      for a, b in itertools.pairwise((200, 500, 900, 1400, 2200, 3200, 5000))])
    return np.asarray(bands - bands.mean())


def edges_ms(sound: Samples, rate_hz: int = RATE_HZ) -> tuple[float, float]:
    """How long it is 50 dB below its peak at the beginning and at the end."""
    loud = np.flatnonzero(np.abs(sound) > np.abs(sound).max() * 10 ** (-50 / 20))
    return float(loud[0]) / rate_hz * 1e3, float(len(sound) - 1 - loud[-1]) / rate_hz * 1e3


@pytest.mark.parametrize("name", ["heart", "heart-low"])
def test_a_recogniser_reads_ten_sentences_back(name: str, recognizer: moonshine.Moonshine) -> None:
    sentences = SENTENCES if name == "heart" else SENTENCES[::3]
    told = [heard(say(sentence, name=name), recognizer) for sentence in sentences]
    assert jiwer.wer([plain(sentence) for sentence in sentences], told) <= 0.05, told


def test_a_saying_is_level_not_clipped_and_begins_and_ends_in_near_silence() -> None:
    for sentence in SENTENCES[:4]:
        sound = say(sentence)
        assert sound.dtype == np.float32 and sound.ndim == 1
        assert 0.2 < np.abs(sound).max() < 1.0
        assert max(edges_ms(sound)) <= 50 and sound[0] == sound[-1] == 0.0
        assert np.abs(np.diff(sound)).max() < 0.5  # no click


def test_the_same_saying_gives_the_same_samples() -> None:
    assert np.array_equal(say(SENTENCES[0]), say(SENTENCES[0]))
    other = hibari.load()
    assert np.array_equal(other.say(Saying((Part(SENTENCES[0]),))), say(SENTENCES[0]))


@pytest.mark.parametrize("speed", [0.5, 0.8, 1.5, 2.0])
def test_pace_is_exact_and_the_words_and_the_pitch_stay(speed: float, recognizer: moonshine.Moonshine) -> None:
    usual, other = say(SENTENCES[4]), say(SENTENCES[4], speed=speed)
    assert len(usual) / len(other) == pytest.approx(speed, rel=0.002)
    assert pitch_hz(other) == pytest.approx(pitch_hz(usual), rel=0.12)
    assert jiwer.wer(plain(SENTENCES[4]), heard(other, recognizer)) <= 0.3


@pytest.mark.parametrize("pitch", [0.6, 0.8, 1.25, 1.8])
def test_pitch_moves_and_the_mouth_the_length_and_the_words_stay(pitch: float, recognizer: moonshine.Moonshine) -> None:
    usual, other = say(SENTENCES[0]), say(SENTENCES[0], pitch=pitch)
    assert len(other) == len(usual)
    assert pitch_hz(other) / pitch_hz(usual) == pytest.approx(pitch, rel=0.08)
    assert np.abs(timbre_db(other) - timbre_db(usual)).max() < 4.0  # played faster it is 10 and more
    assert jiwer.wer(plain(SENTENCES[0]), heard(other, recognizer)) <= 0.2


def test_beyond_double_and_half_the_nearest_is_taken() -> None:
    assert np.array_equal(say("Hello there.", speed=9.0), say("Hello there.", speed=2.0))
    assert np.array_equal(say("Hello there.", pitch=0.1), say("Hello there.", pitch=0.5))


def test_the_low_voice_is_a_mans_and_takes_as_long() -> None:
    high, low = say(SENTENCES[0]), say(SENTENCES[0], name="heart-low")
    assert 90 < pitch_hz(low) < 140 < pitch_hz(high)
    assert abs(len(high) - len(low)) < RATE_HZ // 100


def test_ipa_is_said_instead_of_the_text(recognizer: moonshine.Moonshine) -> None:
    parts = (Part("We bought "), Part("bananas", ipa="pəˈteɪtoʊz"), Part(" and bread at the market."))
    told = heard(voice().say(Saying(parts)), recognizer)
    assert "potato" in told and "banana" not in told and "bread at the market" in told


@pytest.mark.parametrize(("ipa", "american", "british"), [
    ("/təˈmɑːtoʊ/", "təmˈɑtO", "təmˈɑːtQ"), ("təˈmeɪtəʊ", "təmˈAtO", "təmˈAtQ"), ("d͡ʒʌd͡ʒ", "ʤˈʌʤ", "ʤˈʌʤ"),
    ("ˈbɒtl̩", "bˈɑtᵊl", "bˈɒtᵊl"), ("bɜːd", "bˈɜɹd", "bˈɜːd"), ("ˈɡɹiːn ˌtiː", "ɡɹˈin tˌi", "ɡɹˈiːn tˌiː")])
def test_ipa_becomes_the_networks_alphabet(ipa: str, american: str, british: str) -> None:
    assert english_from_ipa(ipa) == american
    assert english_from_ipa(ipa, british=True) == british


def test_ipa_that_is_none_leaves_the_text() -> None:
    reader = english()
    for ipa in ("", "??", "你好", "ˈ", "[](/)"):
        assert reader.phonemes((Part("tomato", ipa),)) == reader.phonemes((Part("tomato"),))


def test_the_notation_of_the_reader_is_not_the_authors() -> None:
    assert english().phonemes((Part("[tomato](/hˈɛlO/)"),)).startswith("təmˈATO")


def test_words_are_read_by_their_place_in_the_sentence() -> None:
    read = english().phonemes((Part("They live here, and the live show has an end; the end."),))
    assert "lˈɪv" in read and "lˈIv" in read and "ði ˈɛnd" in read and "ðə lˈIv" in read


def test_what_the_dictionary_lacks_is_in_ours() -> None:
    assert english().phonemes((Part("JSON, Huawei and kubernetes"),)) == "ʤˈAsən, hwˈɑwˌA ænd kˌubəɹnˈɛtiz"


def test_text_without_a_sound_of_the_voices_is_an_error_that_says_what_to_do() -> None:
    for text in ("", "。。", "…", "😀", "你好"):
        with pytest.raises(ModelError, match="speaks English.*kokoro"):
            say(text)


def test_a_voice_there_is_not_is_an_error_that_names_those_there_are() -> None:
    with pytest.raises(ModelError, match=r"no voice 'sicheng'.*heart, heart-low"):
        hibari.load("sicheng")
    assert {info.language for info in hibari.VOICES} == {"en-US"} and hibari.VOICES[0].gender == "female"
    assert hibari.available() == ""


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40), st.text(max_size=12))
def test_any_text_and_any_ipa_can_be_read(text: str, ipa: str) -> None:
    read = english().phonemes((Part("so "), Part(text, ipa), Part(" it is")))
    assert read.startswith(("sˌO", "sˈO"))


@given(st.text(alphabet="abc ,.ˈæː", max_size=300), st.integers(5, 60))
def test_pieces_hold_everything_that_sounds_and_none_is_too_long(phonemes: str, most: int) -> None:
    cut = pieces(phonemes, most)
    assert all(0 < len(piece) <= most for piece in cut)
    assert "".join(c for piece in cut for c in piece if c.isalpha()) == "".join(c for c in phonemes if c.isalpha())


def test_ten_thousand_characters_are_said_in_pieces_cut_at_marks() -> None:
    read = english().phonemes((Part("The long road winds between the hills, and nobody hurries. " * 170),))
    cut = pieces(read)
    assert len(read) > 10_000 and max(map(len, cut)) <= MOST
    assert all(piece.endswith((".", ",")) for piece in cut)
    assert all(set(piece) <= set(vocabulary()) for piece in cut)


@pytest.mark.parametrize("text", ["1" * 5000, "1" + ",000" * 20, "9" * 30, "a-" * 1000, "A" * 1000, "'" * 1000])
def test_what_no_person_would_read_is_read_all_the_same(text: str) -> None:
    assert len(english().phonemes((Part(text),))) > 10


def test_pieces_are_joined_with_a_pause_by_their_mark() -> None:
    one = np.ones(2400, np.float32)
    apart = joined([("a.", one), ("b,", one), ("c", one), ("d", one)], RATE_HZ)
    assert len(apart) == 4 * 2400 + round(RATE_HZ * (0.35 + 0.2 + 0.08))
    assert len(joined([], RATE_HZ)) == 0


def test_silence_and_nothing_pass_through_the_last_steps() -> None:
    for sound in (np.zeros(0, np.float32), np.zeros(5, np.float32), np.zeros(RATE_HZ, np.float32)):
        assert len(trimmed(sound, RATE_HZ)) == 0
    assert len(bent(np.zeros(0, np.float32), RATE_HZ, pitch=1.5, speed=1.0)) == 0
    assert not bent(np.zeros(RATE_HZ, np.float32), RATE_HZ, pitch=1.5, speed=1.0).any()
    assert np.abs(levelled(np.array([0.9, -0.5], np.float32), 12.0)).max() == pytest.approx(0.97)


def test_noise_keeps_its_length_and_level_when_bent() -> None:
    noise = (0.1 * np.random.default_rng(1).standard_normal(RATE_HZ)).astype(np.float32)
    other = bent(noise, RATE_HZ, pitch=1.4, speed=0.8)
    assert len(other) == round(RATE_HZ / 0.8)
    assert other.std() == pytest.approx(noise.std(), rel=0.02)
