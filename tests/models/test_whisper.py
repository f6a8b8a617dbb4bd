"""Whisper: real speech in, the sentence out; word times, languages, scripts, and no endless text."""

import itertools
import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from models.align import spoken
from models.asr import Hypothesis, StreamOptions, whisper
from models.asr._chinese import in_words, script
from models.asr._said import Said
from models.asr._whisper_reader import Reader
from stream.errors import ModelError
from stream.vod.speech import recognise
from support import require_weights, shared_media

RATE_HZ = 16_000


@pytest.fixture(scope="module")
def engine() -> whisper.Whisper:
    require_weights("whisper")
    return whisper.load()


def live(engine: Any, samples: Any, options: StreamOptions) -> list[Hypothesis]:
    stream = engine.open(options)
    found = [h for at in range(0, len(samples), 1600) for h in stream.feed(samples[at:at + 1600])]
    return [*found, *stream.finish()]


def text(hypotheses: list[Hypothesis]) -> str:
    return " ".join(w.text for h in hypotheses if h.final for w in h.words)


def said(hypotheses: list[Hypothesis]) -> list[str]:
    return [part for word in text(hypotheses).split() for part in spoken(word)]


def test_a_sentence_goes_in_and_the_same_sentence_comes_out_with_times_of_its_own(engine: Any, evening: Any) -> None:
    found = recognise([evening.samples], engine, StreamOptions("en"))
    assert said(found) == [part for word in evening.text.split() for part in spoken(word)]
    words = [w for h in found for w in h.words]
    assert {w.timing for w in words} == {"engine"}
    assert all(a.end_ns <= b.start_ns for a, b in itertools.pairwise(words))
    assert all(w.confidence is not None and 0 <= w.confidence <= 1 for w in words)
    assert abs(words[0].start_ns / 1e9 - evening.start_s) < 0.25
    assert abs(words[-1].end_ns / 1e9 - evening.end_s) < 0.3


def test_live_partials_come_as_often_as_readings_are_cheap_and_lead_to_the_same_sentence(engine: Any,
                                                                                         evening: Any) -> None:
    quick = whisper.Whisper(engine._model, engine._detector, 0.1)
    found = live(quick, evening.samples, StreamOptions("en"))
    assert said(found) == [part for word in evening.text.split() for part in spoken(word)]
    partials = [h for h in found if not h.final]
    assert partials and {w.timing for h in partials for w in h.words} == {"engine"}
    assert min(b.audio_end_ns - a.audio_end_ns for a, b in itertools.pairwise(partials)) >= 500_000_000
    slow = whisper.Whisper(engine._model, engine._detector, 3.0)
    assert [h.final for h in live(slow, evening.samples, StreamOptions("en"))].count(False) <= 1


def test_the_language_is_recognised_where_it_is_not_given(engine: Any, evening: Any) -> None:
    reader = Reader(engine._model, StreamOptions())
    reader.read(evening.samples, True)
    assert reader.language == "en"
    chances = engine.languages_in(evening.samples)
    assert chances["en"] > 0.8 and sum(chances.values()) == pytest.approx(1, abs=0.05)


def test_a_language_the_model_does_not_know_is_refused_before_a_stream_starts(engine: Any) -> None:
    with pytest.raises(ModelError, match="does not know the language 'tlh'"):
        engine.open(StreamOptions("tlh"))
    assert engine.open(StreamOptions("pt-BR")) and {"en", "zh", "ko", "de"} <= engine.languages


def test_mandarin_comes_in_the_simplified_script_and_in_words(engine: Any) -> None:
    from stream.bench.captions import clips

    mistakes = length = 0
    for clip in clips(shared_media() / "speech", "zh", ""):
        found = recognise([clip.samples, np.zeros(RATE_HZ, np.float32)], engine, StreamOptions("zh"))
        got = "".join(c for c in text(found) if c.isalnum())
        assert got == script("zh")(got)
        assert max(len(w.text) for h in found for w in h.words) >= 2
        mistakes += distance(clip.text, got)
        length += len(clip.text)
    assert mistakes / length <= 0.12


def test_korean_is_translated_to_english_where_that_is_asked_for(engine: Any) -> None:
    from stream.bench.captions import clips

    clip, = clips(shared_media() / "speech", "ko", "")
    found = recognise([clip.samples], engine, StreamOptions("ko", translate=True))
    assert text(found).isascii() and len(said(found)) >= 4


def test_silence_noise_and_music_yield_nothing(engine: Any) -> None:
    time_s = np.arange(4 * RATE_HZ) / RATE_HZ
    hiss = np.random.default_rng(5).standard_normal(len(time_s)) * 0.2
    chord = sum(np.sin(2 * np.pi * f * time_s) for f in (220.0, 277.2, 329.6)) / 6
    for sound in (time_s * 0, hiss, chord):
        assert recognise([sound.astype(np.float32)], engine) == []


class Looping:
    """A model's weights that say the same tokens until they are stopped."""

    def __init__(self, real: Any, tokens: list[int], score: float = -0.1, no_speech: float = 0.0) -> None:
        self._real, self._tokens, self._score, self._no_speech = real, tokens, score, no_speech
        self.longest = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def generate(self, encoded: Any, prompts: Any, *, max_length: int, **more: Any) -> Any:
        room = max_length - len(prompts[0])
        self.longest = max(self.longest, room)
        return [SimpleNamespace(sequences_ids=[(self._tokens * 400)[:room]], scores=[self._score],
                                no_speech_prob=self._no_speech)]


@pytest.mark.parametrize("phrase", [" no", " it was a dark night", " 好的好的"])
def test_a_model_that_runs_in_circles_does_not_flood_the_captions(engine: Any, evening: Any, phrase: str,
                                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = Reader(engine._model, StreamOptions("en"))._tokenizer("en").encode(phrase)
    looping = Looping(engine._model.model, tokens)
    monkeypatch.setattr(engine._model, "model", looping)
    found = recognise([evening.samples], engine, StreamOptions("zh" if "好" in phrase else "en"))
    assert len(text(found)) <= 3 * len(phrase) + 20
    assert looping.longest <= 300


def test_what_the_model_itself_takes_for_no_speech_is_not_shown(engine: Any, evening: Any,
                                                                monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = Reader(engine._model, StreamOptions("en"))._tokenizer("en").encode(" Thank you")
    monkeypatch.setattr(engine._model, "model", Looping(engine._model.model, tokens, -1.4, 0.9))
    assert text(live(engine, evening.samples, StreamOptions("en"))) == ""


def test_a_folder_that_is_no_model_says_which_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="there is no model folder"):
        whisper.load(str(tmp_path / "nowhere"))
    (tmp_path / "model.bin").write_bytes(b"")
    with pytest.raises(ModelError, match=r"config.json, tokenizer.json missing.*ct2-transformers-converter"):
        whisper.load(str(tmp_path))
    for name in ("config.json", "tokenizer.json", "vocabulary.json"):
        (tmp_path / name).write_text("{}")
    with pytest.raises(ModelError, match="cannot be loaded"):
        whisper.load(str(tmp_path))


def test_chinese_pieces_become_words_with_their_times_and_marks() -> None:
    pieces = [Said(c, 10 * i, 10 * i + 10, 0.5) for i, c in enumerate("《语音识别》模型。好")]
    words = in_words(pieces)
    assert "".join(w.text for w in words) == "语音识别模型。好"
    assert words[-2].text == "模型。" and words[-1] == Said("好", 90, 100, 0.5)
    assert all(a.end_ns <= b.start_ns for a, b in itertools.pairwise(words))
    assert in_words([]) == [] and in_words([Said("。")]) == [Said("。")]


def test_the_script_follows_the_region() -> None:
    assert script("zh")("語音") == script("zh-CN")("語音") == "语音"
    assert script("zh-TW")("语音") == script("zh-Hant")("语音") == "語音"
    assert script("zh-Hans-HK")("語音") == "语音"


def test_no_reading_is_longer_than_whisper_hears_at_once() -> None:
    assert whisper.WHOLE.cap_s + 1 < 30 and whisper.LIVE.cap_s < whisper.WHOLE.cap_s and math.isfinite(
        whisper.PER_READING)


def distance(ours: str, theirs: str) -> int:
    """The number of characters to change, add or leave out."""
    row = list(range(len(theirs) + 1))
    for i, a in enumerate(ours, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(theirs, 1):
            before, row[j] = row[j], min(before + (a != b), row[j] + 1, row[j - 1] + 1)
    return row[-1]
