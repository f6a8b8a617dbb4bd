"""Key words scored on sentences marked by hand: better than rarity alone, and than chance, with as many marks."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from stream.captions import salience
from stream.captions.chinese import tokens_of
from stream.captions.highlight import Highlighter

SET = Path(__file__).with_name("marked.txt")


@dataclass(frozen=True)
class Passage:
    language: str
    half: str
    words: list[str]
    marks: list[bool]


def passages(language: str, half: str) -> list[Passage]:
    """The passages of one language and half; Chinese as single characters, as they may come."""
    found: list[Passage] = []
    for line in SET.read_text("utf-8").splitlines():
        if line.startswith("="):
            _, spoken, _, part = line.split()
            found.append(Passage(spoken, part, [], []))
        elif line and not line.startswith("#"):
            inside = False
            for word in line.split() if found[-1].language == "en" else re.findall(r"\[?.\]?", line):
                inside = inside or word.startswith("[")
                found[-1].words.append(re.sub(r"[\[\]]", "", word))
                found[-1].marks.append(inside)
                inside = inside and "]" not in word
    return [passage for passage in found if (passage.language, passage.half) == (language, half)]


def whole(passage: Passage) -> list[bool]:
    return Highlighter((), passage.language, automatic=True).flags(passage.words)


def live(passage: Passage) -> list[bool]:
    """As a live pager asks: word by word, with two (in Chinese four characters) that seem to follow."""
    ours, words = Highlighter((), passage.language, automatic=True), passage.words
    ahead = 4 if passage.language == "zh" else 2
    return [flag for i in range(len(words)) for flag in ours.flags(words[i:i + 1], words[i + 1:i + 1 + ahead])]


def by_rarity(passage: Passage, count: int) -> list[bool]:
    """The `count` rarest words of the passage."""
    rare = salience.load(passage.language)
    assert rare is not None
    spans = [(i, i + 1, re.sub(r"^\W+|\W+$", "", w).lower()) for i, w in enumerate(passage.words)]
    if passage.language == "zh":
        spans = [(t.first, t.last, t.text) for t in tokens_of("".join(passage.words))]
    out = [False] * len(passage.words)
    for first, last, _ in sorted(spans, key=lambda span: -rare.rarity(span[2]) if span[2].isalnum() else 1):
        if sum(out) < count:
            out[first:last] = [True] * (last - first)
    return out


def f1(pairs: list[tuple[bool, bool]]) -> float:
    return 2 * sum(a and b for a, b in pairs) / (sum(a for a, _ in pairs) + sum(b for _, b in pairs))


def spoken(passage: Passage, flags: list[bool]) -> list[tuple[bool, bool]]:
    """(marked, marked by hand) of every word, punctuation aside."""
    return [(flag, mark) for flag, mark, word in zip(flags, passage.marks, passage.words, strict=True)
            if any(c.isalnum() for c in word)]


def test_the_marked_set_is_what_it_says() -> None:
    for language, count in (("en", 24), ("zh", 12)):
        for half in ("tune", "held"):
            words = [word for passage in passages(language, half) for word in passage.words]
            assert sum(word[-1] in ".?。" for word in words) == count
            pairs = [pair for passage in passages(language, half) for pair in spoken(passage, passage.marks)]
            assert 0.1 < sum(mark for _, mark in pairs) / len(pairs) < 0.25


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("way", [whole, live])
def test_key_words_are_better_than_rare_words_and_than_chance(language: str, way: object) -> None:
    ours, rare = list[tuple[bool, bool]](), list[tuple[bool, bool]]()
    for passage in passages(language, "held"):
        flags = whole(passage) if way is whole else live(passage)
        ours += spoken(passage, flags)
        rare += spoken(passage, by_rarity(passage, sum(flags)))
    share, base = (sum(column) / len(ours) for column in zip(*ours, strict=True))
    by_chance = 2 * share * base / (share + base)
    assert f1(ours) >= 0.6
    assert f1(ours) > f1(rare) + 0.05
    assert f1(ours) > by_chance + 0.3
