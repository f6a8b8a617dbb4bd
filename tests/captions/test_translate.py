"""Sentences of another language take the time of those they translate."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from models.asr import Word
from stream.captions.translate import LONGEST, sentences, spread, text_of, translated, words_of


def said(text: str, step_ns: int = 100) -> tuple[Word, ...]:
    return tuple(Word(word, n * step_ns, (n + 1) * step_ns) for n, word in enumerate(text.split()))


def test_words_are_translated_by_the_sentence() -> None:
    found = sentences(said("Hello there. How are you? I am"))
    assert [text_of(sentence) for sentence in found] == ["Hello there.", "How are you?", "I am"]
    assert [len(sentence) for sentence in sentences(said("word " * 100))] == [LONGEST, LONGEST, 20]
    assert sentences([]) == []


def test_a_script_without_spaces_is_put_together_without() -> None:
    words = [Word(text, 0, 1) for text in ("今天", "天气。", "OK", "yes")]
    assert text_of(words) == "今天天气。OK yes"


def test_a_translation_is_said_while_its_sentence_was() -> None:
    found = translated(said("We go home now."), lambda text: {"We go home now.": "Wir gehen nach Hause"}[text])
    assert [word.text for word in found] == ["Wir", "gehen", "nach", "Hause"]
    assert found[0].start_ns == 0 and found[-1].end_ns == 400
    assert all(one.end_ns == other.start_ns for one, other in pairwise(found))
    assert translated(said("Hm."), lambda text: " ") == () and translated((), str.upper) == ()


def test_chinese_is_cut_between_characters_and_keeps_its_punctuation() -> None:
    assert words_of("今天，天气“很好”。 OK 吗？") == ("今", "天，", "天", "气", "“很", "好”。", "OK", "吗？")
    assert words_of("one two-three") == ("one", "two-three")


@given(st.text(max_size=60))
def test_nothing_of_a_text_is_lost_but_its_spaces(text: str) -> None:
    words = words_of(text)
    assert "".join(words) == "".join(text.split()) and all(words)
    times = spread(words, 5, 1005)
    assert all(5 <= word.start_ns <= word.end_ns <= 1005 for word in times)
