"""Figures of captions: errors, erasure, delays."""

import math

import jiwer
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.captions.score import Errors, Steadiness, characters, errors, in_time, smallest_delay_s, tokens

WORDS = st.lists(st.sampled_from("abcde"), max_size=12)


@given(WORDS.filter(bool), WORDS)
def test_errors_are_those_an_independent_count_finds(said: list[str], shown: list[str]) -> None:
    theirs = jiwer.process_words(" ".join(said), " ".join(shown))
    ours = errors(said, shown)
    assert ours.rate == pytest.approx(theirs.wer) and ours.length == len(said)
    assert ours.deleted - ours.inserted == len(said) - len(shown)


def test_errors_of_parts_add_up_by_length_not_by_rate() -> None:
    total = errors(["a"], ["b"]) + errors(["a"] * 9, ["a"] * 9)
    assert total == Errors(1, 0, 0, 10) and total.rate == 0.1
    assert math.isnan(Errors().rate)


def test_characters_are_counted_where_words_have_no_spaces() -> None:
    assert characters("今天，Ａｂ 1!") == ["今", "天", "a", "b", "1"]
    assert tokens("今天", "zh-CN", str.split) == ["今", "天"] and tokens("to day", "en", str.split) == ["to", "day"]


def test_erasure_counts_what_was_taken_back_over_what_stayed() -> None:
    steady = Steadiness()
    steady.step(0, 4)
    steady.step(2, 1)  # the third word is another now, the fourth is gone
    steady.over()
    steady.step(0, 1)
    assert (steady.erased, steady.shown, steady.normalized) == (2, 4, 0.5)
    assert steady.unstable == 0.25, "a new sentence takes nothing's place"
    assert math.isnan(Steadiness().normalized)


def test_the_smallest_delay_leaves_one_word_in_twenty_late() -> None:
    lateness = [i / 100 for i in range(100)]
    delay = smallest_delay_s(lateness)
    assert sum(late <= delay for late in lateness) >= 95 and smallest_delay_s([late - 1 for late in lateness]) == 0.0
    assert smallest_delay_s([]) == 0.0
    assert in_time([0.0, 0.1, -0.15, 0.2]) == 0.75 and math.isnan(in_time([]))
