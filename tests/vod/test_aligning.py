"""Every word of a given text gets a time and none is changed, whatever was heard of it."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.align import Span
from models.asr import Word
from stream.vod.aligning import SHORTEST_NS, Align, aligned, spread, tokens
from stream.vod.recall import Heard, Recall

NS = 1_000_000_000


def heard(*words: tuple[str, float, float]) -> list[Word]:
    return [Word(text, round(start * NS), round(end * NS), "engine", 0.8) for text, start, end in words]


def timed(text: str, words: list[Word], length_s: float = 10, voiced: Sequence[tuple[float, float]] = (),
          align: Align | None = None) -> list[tuple[str, float, float]]:
    found = aligned(tokens(text), words, round(length_s * NS), align=align,
                    voiced=lambda: [(round(a * NS), round(b * NS)) for a, b in voiced],
                    samples=lambda: np.zeros(round(length_s * 16_000), np.float32))
    return [(word.text, round(word.start_ns / NS, 3), round(word.end_ns / NS, 3)) for word in found]


@pytest.mark.parametrize(("text", "words"), [
    ("Hello, (world) — it's “fine” now.", ("Hello,", "(world) —", "it's", "“fine”", "now.")),
    ("君不见，黄河。He said 你好 OK！", ("君", "不", "见，", "黄", "河。", "He", "said", "你", "好", "OK！")),
    ("「你好」他说", ("「你", "好」", "他", "说")), ("A - b 1,000 50%", ("A -", "b", "1,000", "50%")),
    ("", ()), (" ( ", ("(",))])
def test_a_text_is_cut_into_words_with_marks_and_chinese_into_characters(text: str, words: tuple[str, ...]) -> None:
    assert tokens(text) == words


def test_words_that_were_heard_have_the_times_they_were_heard_at() -> None:
    assert timed("One TWO, three!", heard(("one", 1, 1.5), ("two", 2, 2.5), ("three", 3, 4))) == [
        ("One", 1, 1.5), ("TWO,", 2, 2.5), ("three!", 3, 4)]


def test_a_word_heard_otherwise_has_the_time_between_its_neighbours() -> None:
    words = heard(("one", 1, 2), ("too", 2.5, 3), ("three", 4, 5))
    assert timed("one two three", words, voiced=[(0.9, 5)]) == [("one", 1, 2), ("two", 2, 4), ("three", 4, 5)]
    assert timed("one two three", words, voiced=[(0.9, 2.1), (2.4, 3.1), (3.9, 5)])[1][1:] == pytest.approx((2, 4))


def test_what_only_the_aligner_knows_is_asked_of_it_in_the_time_that_is_left() -> None:
    asked: list[tuple[int, tuple[str, ...]]] = []

    def align(samples: np.ndarray, words: tuple[str, ...]) -> list[Span | None]:
        asked.append((len(samples), tuple(words)))
        return [Span(NS // 10, NS // 5, True), None]

    words = heard(("one", 1, 2), ("four", 4, 5))
    found = timed("one two three four", words, voiced=[(0, 10)], align=align)
    assert asked == [(2 * 16_000, ("two", "three"))]
    assert found[1] == ("two", 2.1, 2.2) and found[2] == ("three", 2.2, 4)


def test_a_text_that_nobody_heard_is_shared_out_over_the_time_in_which_somebody_speaks() -> None:
    found = timed("aaaa bb cc dddd", heard(("something", 1, 2), ("else", 3, 4)), voiced=[(1, 3), (5, 7)])
    assert [start for _, start, _ in found] == pytest.approx([1, 7 / 3, 5, 17 / 3], abs=0.002)
    assert found[-1][2] == pytest.approx(7, abs=0.002)
    assert timed("aa bb", [], 4) == [("aa", 0, 2), ("bb", 2, 4)]


def test_one_word_alike_by_chance_does_not_pull_the_others_to_it() -> None:
    words = heard(*((f"w{n}", n, n + 0.5) for n in range(8)), ("the", 9, 9.5))
    found = timed("the cat sat on a mat today", words, voiced=[(0, 9.5)])
    assert found[0][1] == 0


def test_chinese_is_matched_by_its_characters() -> None:
    found = timed("黄河之水", heard(("黄河", 1, 2), ("之", 2, 2.5), ("水", 3, 4)))
    assert found == [("黄", 1, 1.5), ("河", 1.5, 2), ("之", 2, 2.5), ("水", 3, 4)]


def test_words_heard_keep_where_their_times_are_from() -> None:
    (one,) = aligned(("One!",), heard(("one", 1, 2)), 3 * NS, voiced=tuple, samples=lambda: np.zeros(1, np.float32))
    assert (one.text, one.timing, one.confidence) == ("One!", "engine", 0.8)


WORDS = st.sampled_from(["one", "two", "three", "four", "水", "-", "TWO."])
TIMES = st.integers(-NS, 12 * NS)


@given(st.lists(WORDS, max_size=12), st.lists(st.tuples(WORDS, TIMES, TIMES), max_size=12), st.integers(1, 11 * NS),
       st.lists(st.tuples(TIMES, TIMES), max_size=3), st.booleans())
def test_times_never_cross_and_stay_inside_the_sound(words: list[str], said: list[tuple[str, int, int]],
                                                     length_ns: int, voiced: list[tuple[int, int]],
                                                     some: bool) -> None:
    def align(samples: np.ndarray, asked: tuple[str, ...]) -> list[Span | None]:
        return [Span(NS, NS * 2, True) if some and n % 2 else None for n, _ in enumerate(asked)]

    found = aligned(words, [Word(text, a, b) for text, a, b in said], length_ns, voiced=lambda: sorted(voiced),
                    samples=lambda: np.zeros(8, np.float32), align=align)
    assert [word.text for word in found] == words
    assert all(0 <= word.start_ns <= word.end_ns <= length_ns for word in found)
    assert all(a.start_ns <= b.start_ns and a.end_ns <= b.start_ns for a, b in zip(found, found[1:], strict=False))
    if len(words) * SHORTEST_NS < length_ns:
        assert len({word.start_ns for word in found}) == len(found)


def test_words_read_evenly_fill_their_sentence() -> None:
    assert [(w.text, w.start_ns, w.end_ns) for w in spread(("ab", "c", "d!"), 100, 500)] == [
        ("ab", 100, 300), ("c", 300, 400), ("d!", 400, 500)]
    assert spread((), 0, 5) == ()


def test_what_is_kept_comes_back_and_what_is_damaged_does_not(tmp_path: Path) -> None:
    folder = tmp_path / "heard"
    words = tuple(heard(("one", 1, 2), ("“水”", 2, 3)))
    Recall(folder).put("k", Heard(words, "so"))
    assert Recall(folder).get("k") == Heard(words, "so") and Recall(folder).get("other") is None
    for damage in (b"[[1]]", b"{", b"\xff", b'{"words": [3], "told": ""}', b'{"words": [[1]], "told": ""}', b"null"):
        (folder / "k.json").write_bytes(damage)
        assert Recall(folder).get("k") is None
    blocked = tmp_path / "file"
    blocked.write_text("")
    kept = Recall(blocked / "heard")
    kept.put("k", Heard(words))
    assert kept.get("k") == Heard(words)


def test_the_oldest_is_forgotten_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stream.vod.recall.MOST", 2)
    folder = tmp_path
    for n in range(4):
        Recall(folder).put(f"k{n}", Heard(tuple(heard(("one", n, n)))))
        os.utime(folder / f"k{n}.json", ns=(n, n))
    assert sorted(path.name for path in folder.iterdir()) == ["k2.json", "k3.json"]
