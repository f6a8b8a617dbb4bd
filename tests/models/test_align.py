"""When each word of a known text was spoken."""

from typing import Any

import numpy as np
import pytest

from models.align import Aligner, sounds, spoken


@pytest.fixture(scope="module")
def aligner() -> Aligner:
    return Aligner()


def test_words_are_timed_in_order_inside_the_speech(aligner: Aligner, evening: Any) -> None:
    spans = aligner.align(evening.samples, evening.text.split())
    assert all(span is not None and span.known for span in spans)
    times = [(s.start_ns / 1e9, s.end_ns / 1e9) for s in spans if s]
    assert all(a < b for a, b in times)
    assert all(one[1] <= following[0] for one, following in zip(times, times[1:], strict=False))
    assert abs(times[0][0] - evening.start_s) < 0.15 and abs(times[-1][1] - evening.end_s) < 0.25


def test_an_unknown_word_does_not_spoil_its_neighbours(aligner: Aligner, evening: Any) -> None:
    words = evening.text.split()
    right = aligner.align(evening.samples, words)
    words[2] = "evvrybodee,"
    spans = aligner.align(evening.samples, words)
    assert [s.known if s else None for s in spans] == [i != 2 for i in range(len(words))]
    for i in (0, 1, 4, 5, 6, 7):
        mine, theirs = spans[i], right[i]
        assert mine and theirs and abs(mine.start_ns - theirs.start_ns) < 150_000_000


def test_a_word_without_sound_has_no_time_and_costs_the_others_nothing(aligner: Aligner, evening: Any) -> None:
    words = evening.text.split()
    spans = aligner.align(evening.samples, [*words[:3], "—", *words[3:]])
    assert [span is None for span in spans] == [i == 3 for i in range(len(words) + 1)]


def test_what_does_not_fit_gives_no_times_and_the_aligner_goes_on(aligner: Aligner, evening: Any) -> None:
    assert aligner.align(evening.samples[:1600], evening.text.split()) == [None] * 8
    assert aligner.align(evening.samples[:10], ["good"]) == [None]
    assert aligner.align(evening.samples, []) == []
    assert None not in aligner.align(evening.samples, evening.text.split())


def test_the_same_sound_gives_the_same_times_whatever_came_before(aligner: Aligner, evening: Any) -> None:
    first = aligner.align(evening.samples, evening.text.split())
    aligner.align(evening.samples * np.float32(0.2), ["zyxomma", *evening.text.split()])
    assert aligner.align(evening.samples, evening.text.split()) == first


@pytest.mark.parametrize(("word", "said"), [
    ("1813,", "eighteen thirteen"), ("2026", "two thousand twenty six"), ("1905", "nineteen oh five"),
    ("2000", "two thousand"), ("2005", "two thousand five"), ("1900", "nineteen hundred"),
    ("305", "three hundred five"), ("42", "forty two"), ("5%", "five percent"),
    ("2,500", "twenty five hundred"), ("007", "zero zero seven"),
    ("ill-disposed", "ill disposed"), ("Don’t!", "don't"), ("'tis'", "tis"), ("—", ""), ("H2O", "h two o")])
def test_written_words_are_said_as_people_say_them(word: str, said: str) -> None:
    assert " ".join(spoken(word)) == said


def test_every_spelling_has_some_sound() -> None:
    assert sounds("thought") == "TH AO T"
    assert sounds("") == sounds("'") == "AH"
