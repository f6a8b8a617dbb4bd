"""Kokoro: English and Chinese read back by recognisers, pinyin obeyed, and its optional weights."""

import itertools
import re
from functools import cache
from typing import Any

import jiwer
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from models import weights
from models.align import spoken
from models.asr import StreamOptions, moonshine
from models.tts import Part, Saying, kokoro
from models.tts._english import english
from models.tts._mandarin import phonemes, pinyin_phonemes
from models.tts._phonemes import vocabulary
from stream.errors import ModelError
from support import require_weights

RATE_HZ = 24_000
TEXTS = {"af_heart": "Our next guest flew in from Toronto.", "bm_george": "The crowd cheered for the old bridge.",
         "zf_xiaoxiao": "今天的天气非常好，我们去公园散步。", "zm_yunxi": "我们去典当店买东西。"}


@cache
def voice(name: str = "") -> kokoro.Kokoro:
    require_weights("kokoro")
    return kokoro.load(name)


@cache
def said(name: str) -> NDArray[np.float32]:
    """The text of `name`, where a fruit shop is what is given to be said for a pawn shop."""
    before, shop, after = TEXTS[name].partition("典当")
    parts = tuple(part for part in (Part(before), Part(shop, pinyin="shui3 guo3"), Part(after)) if part.text)
    return voice(name).say(Saying(parts))


def at_16k(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    size = round(len(sound) * 16_000 / RATE_HZ)
    made = np.fft.irfft(np.fft.rfft(sound)[:size // 2 + 1], size) * (size / len(sound))
    return np.pad(made, 8_000).astype(np.float32)


def heard(sound: NDArray[np.float32], engine: Any, language: str = "") -> str:
    stream = engine.open(StreamOptions(language, step_s=float("inf")))
    found = [*stream.feed(at_16k(sound)), *stream.finish()]
    return " ".join(w.text for h in found if h.final for w in h.words)


@pytest.fixture(scope="module")
def whisper() -> Any:
    require_weights("whisper")
    from models.asr import whisper

    return whisper.load()


def plain(text: str) -> str:
    return " ".join(part for word in text.split() for part in spoken(word))


@pytest.mark.parametrize("name", ["af_heart", "bm_george"])
def test_a_recogniser_reads_english_back(name: str, recognizer: moonshine.Moonshine) -> None:
    told = heard(said(name), recognizer)
    assert jiwer.wer(plain(TEXTS[name]), plain(told)) <= 0.1, told


def test_a_recogniser_reads_chinese_back(whisper: Any) -> None:
    told = heard(said("zf_xiaoxiao"), whisper, "zh")
    assert jiwer.cer(re.sub(r"\W", "", TEXTS["zf_xiaoxiao"]), re.sub(r"\W", "", told)) <= 0.15, told


def test_pinyin_is_said_instead_of_the_characters(whisper: Any) -> None:
    told = heard(said("zm_yunxi"), whisper, "zh")
    assert "水果店" in told and "典当" not in told, told


def test_english_words_within_chinese_are_said_in_english() -> None:
    read = phonemes((Part("我用Linux直播，真的！"),), english().phonemes)
    assert "lˈɪnəks" in read and read.startswith("wo↓") and read.endswith("tɤ!")


def test_every_voice_is_level_with_the_others_and_ends_in_near_silence() -> None:
    levels = []
    for sound in map(said, TEXTS):
        power = np.square(sound[:len(sound) // 240 * 240].reshape(-1, 240), dtype=np.float64).mean(axis=1)
        levels.append(10 * np.log10(power[power > power.max() * 1e-4].mean()))
        loud = np.flatnonzero(np.abs(sound) > np.abs(sound).max() * 10 ** (-50 / 20))
        assert max(loud[0], len(sound) - 1 - loud[-1]) <= RATE_HZ * 0.05
        assert 0.1 < np.abs(sound).max() < 1.0 and sound[0] == sound[-1] == 0.0
    assert max(levels) - min(levels) < 4.0 and -26 < np.mean(levels) < -20


def test_the_same_saying_gives_the_same_samples_and_half_the_pace_is_exact() -> None:
    saying = Saying((Part("Hello there."),))
    sound = voice().say(saying)
    assert np.array_equal(sound, voice().say(saying))
    slow = voice().say(Saying(saying.parts, speed=0.5, pitch=1.3))
    assert len(slow) == 2 * len(sound) and np.abs(slow).max() < 1.0


def test_a_language_it_does_not_speak_is_an_error_that_says_what_to_do() -> None:
    for text in ("", "مرحبا", "!?"):
        with pytest.raises(ModelError, match="English and Chinese.*espeak"):
            voice().say(Saying((Part(text),)))


def test_a_voice_there_is_not_is_an_error_that_names_those_there_are() -> None:
    with pytest.raises(ModelError, match=r"no voice 'zhichu'.*af_heart.*zm_yunyang"):
        kokoro.load("zhichu")
    assert {(info.language[:2], info.gender) for info in kokoro.VOICES} == set(
        itertools.product(("en", "zh"), ("female", "male")))


def test_without_its_weights_it_says_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "installed", lambda card: card.name != "kokoro")
    assert "cuelight models get kokoro" in kokoro.available()


def test_the_shipped_voices_are_what_their_card_says() -> None:
    for info in kokoro.VOICES:
        styles = np.load(weights.path(f"kokoro-voices/{info.name}"))
        assert styles.shape == (510, 256) and styles.dtype == np.float16 and np.isfinite(styles).all()


@pytest.mark.parametrize(("pinyin", "same"), [
    ("dian3 dang4", "diǎn dàng"), ("nü3", "nv3"), ("lu:4", "lü4"), ("de", "de5"), ("de0", "de5"), ("Shui3", "shui3")])
def test_pinyin_may_be_written_in_several_ways(pinyin: str, same: str) -> None:
    assert pinyin_phonemes(pinyin) == pinyin_phonemes(same) != ""


def test_a_final_r_is_said_and_what_is_no_pinyin_leaves_the_text() -> None:
    assert pinyin_phonemes("wanr2") == pinyin_phonemes("wan2") + "ɻ"
    for wrong in ("", "dian9", "xyz1", "hello4 ni3", "3"):
        assert pinyin_phonemes(wrong) == ""
        assert phonemes((Part("典当", pinyin=wrong),), english().phonemes) == "tjɛ↓nta↘ŋ"


def test_characters_of_two_readings_are_read_by_their_word() -> None:
    bank, walk = (phonemes((Part(text),), english().phonemes) for text in ("银行", "行走"))
    assert bank == pinyin_phonemes("yin2 hang2") and walk == pinyin_phonemes("xing2 zou3")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30), st.text(max_size=8), st.text(max_size=8))
def test_any_text_can_be_read(text: str, pinyin: str, ipa: str) -> None:
    read = phonemes((Part("我 "), Part(text, pinyin=pinyin, ipa=ipa), Part(" 好")), english().phonemes)
    assert read.startswith("wo↓") and read.endswith("xau↓")
    assert len([c for c in read if c in vocabulary()]) >= 6
