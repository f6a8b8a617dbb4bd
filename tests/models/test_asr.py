"""Speech in, words out: the default engine, live and whole, and the sound it must not trip over."""

import itertools
from difflib import SequenceMatcher
from typing import Any

import numpy as np
import pytest

from models.align import Span, spoken
from models.asr import Hypothesis, StreamOptions
from models.asr._compare import loopless
from models.asr._said import settle
from models.asr._segments import silence_s
from models.asr.moonshine import tokens
from stream.vod.speech import recognise
from support import shared_media

RATE_HZ = 16_000


def heard(recognizer: Any, samples: Any, piece: int = 1600) -> list[Hypothesis]:
    stream = recognizer.open(StreamOptions())
    found = [h for at in range(0, len(samples), piece) for h in stream.feed(samples[at:at + piece])]
    return [*found, *stream.finish()]


def said(hypotheses: list[Hypothesis]) -> list[str]:
    """The words of all finals as they are spoken."""
    return [part for h in hypotheses if h.final for w in h.words for part in spoken(w.text)]


def test_a_sentence_goes_in_and_the_same_sentence_comes_out(recognizer: Any, evening: Any) -> None:
    found = heard(recognizer, evening.samples)
    assert said(found) == [part for word in evening.text.split() for part in spoken(word)]
    assert [h.segment for h in found] == sorted(h.segment for h in found)
    assert all(h.audio_end_ns <= len(evening.samples) * 1_000_000_000 // RATE_HZ for h in found)


def test_words_are_aligned_in_order_and_where_they_are(recognizer: Any, evening: Any) -> None:
    words = [w for h in heard(recognizer, evening.samples) if h.final for w in h.words]
    assert {w.timing for w in words} == {"aligned"}
    assert all(a.end_ns <= b.start_ns for a, b in itertools.pairwise(words))
    assert abs(words[0].start_ns / 1e9 - evening.start_s) < 0.2
    assert abs(words[-1].end_ns / 1e9 - evening.end_s) < 0.3


def test_partials_come_at_most_every_step_and_before_the_speech_has_ended(recognizer: Any, evening: Any) -> None:
    partials = [h for h in heard(recognizer, evening.samples) if not h.final]
    assert len(partials) >= 4
    assert partials[0].audio_end_ns / 1e9 < evening.start_s + 1.0
    gaps = [b.audio_end_ns - a.audio_end_ns for a, b in itertools.pairwise(partials)]
    assert min(gaps) >= 300_000_000
    for partial in partials:
        assert all(w.start_ns <= w.end_ns <= partial.audio_end_ns and w.timing == "interpolated" for w in partial.words)


def test_the_final_comes_soon_after_the_speech_and_speaking_says_when(recognizer: Any, evening: Any) -> None:
    stream = recognizer.open(StreamOptions())
    speaking, finals = {}, []
    for at in range(0, len(evening.samples), 1600):
        finals += [(at + 1600) / RATE_HZ for h in stream.feed(evening.samples[at:at + 1600]) if h.final]
        speaking[round((at + 1600) / RATE_HZ, 1)] = stream.speaking
    assert evening.end_s < finals[-1] < evening.end_s + 0.6
    assert not speaking[0.3] and speaking[round(evening.start_s + 0.7, 1)] and not list(speaking.values())[-1]


def test_seconds_at_once_are_read_once(recognizer: Any, evening: Any) -> None:
    middle = evening.samples[:round((evening.end_s - 0.1) * RATE_HZ)]
    stream = recognizer.open(StreamOptions())
    assert len(stream.feed(middle)) == 1
    assert [h.final for h in stream.finish()] == [True]


def test_a_finished_sound_has_finals_only_however_it_is_cut_in_blocks(recognizer: Any, evening: Any) -> None:
    whole = recognise([evening.samples], recognizer)
    assert all(h.final for h in whole)
    assert recognise(np.array_split(evening.samples, 7), recognizer) == whole
    assert said(whole) == said(heard(recognizer, evening.samples))


def test_the_same_sound_gives_the_same_hypotheses(recognizer: Any, evening: Any) -> None:
    assert heard(recognizer, evening.samples) == heard(recognizer, evening.samples)


def test_speech_without_a_pause_is_cut_between_words_and_loses_none(recognizer: Any, evening: Any) -> None:
    speech = evening.samples[round(evening.start_s * RATE_HZ):round(evening.end_s * RATE_HZ)]
    found = heard(recognizer, np.concatenate([speech] * 5))
    words = [part for word in evening.text.split() for part in spoken(word)] * 5
    assert any(h.continues for h in found)
    finals = [h for h in found if h.final]
    assert [h.segment for h in finals] == list(range(len(finals)))
    got = said(found)
    same = SequenceMatcher(None, got, words, autojunk=False).get_matching_blocks()
    assert sum(block.size for block in same) >= len(words) - 2 and len(got) <= len(words) + 2


def test_what_is_no_speech_yields_nothing(recognizer: Any) -> None:
    time = np.arange(3 * RATE_HZ) / RATE_HZ
    hiss = np.random.default_rng(3).standard_normal(len(time))
    clicks = (np.arange(len(time)) % 8000 < 20) * 0.9
    for sound in (time * 0, hiss * 0.01, hiss * 0.3, np.sin(time * 2764), clicks, time * np.nan, time * 0 + np.inf):
        assert heard(recognizer, sound.astype(np.float32)) == []


def test_broken_samples_inside_speech_do_no_harm(recognizer: Any, evening: Any) -> None:
    broken = evening.samples * 8
    broken[::4001] = np.nan
    assert len(said(heard(recognizer, broken))) >= 6


def test_nothing_and_less_than_a_window_are_heard_without_complaint(recognizer: Any) -> None:
    stream = recognizer.open(StreamOptions())
    assert stream.feed(np.zeros(0, np.float32)) == [] and stream.feed(np.zeros(3, np.float32)) == []
    assert stream.finish() == [] and not stream.speaking


@pytest.mark.parametrize("clip", ["en_jfk.wav", "en_ls7902.wav", "en_LJ001-0008.wav"])
def test_recorded_people_are_understood(recognizer: Any, clip: str) -> None:
    from stream.bench.captions import clips, normal

    spoken_clip = next(c for c in clips(shared_media() / "speech", "en", "") if c.name == clip)
    got = said(heard(recognizer, np.concatenate((spoken_clip.samples, np.zeros(RATE_HZ, np.float32)))))
    missing = [w for w in normal(spoken_clip.text) if w not in got]
    assert len(missing) <= 1


def test_an_engine_that_runs_in_circles_is_said_once() -> None:
    for heard_as, meant in (("no no", "no no"), ("And, and, and, and so", "And, so"),
                            ("it was a it was a it was a dark night", "it was a dark night")):
        texts = heard_as.split()
        assert " ".join(texts[i] for i in loopless(texts)) == meant


def test_words_without_alignment_lie_between_their_neighbours() -> None:
    guess = [(0, 10, False)] * 3
    assert settle(guess, [None, None, None]) == guess
    spans = [Span(5, 20, True), None, Span(50, 60, False)]
    assert settle(guess, spans) == [(5, 20, True), (20, 50, False), (50, 60, False)]


def test_a_long_segment_ends_at_a_shorter_silence() -> None:
    lengths = [silence_s(x) for x in (0.5, 3.0, 5.0, 7.0, 30.0)]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] == 0.35 and lengths[-1] >= 0.1


def test_tokens_are_read_with_one_and_two_bytes_of_length() -> None:
    assert tokens(b"\x00\x02ab\x81\x01" + b"c" * 129) == [b"", b"ab", b"c" * 129]
