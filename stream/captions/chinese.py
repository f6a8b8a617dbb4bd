"""chinese: the words of a Chinese text, written without spaces, that could stand out, and how much each says."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from models import cutter
from stream.captions.english import words
from stream.captions.phrases import Unit
from stream.captions.salience import Frequencies

SAYS = {"n": 1.0, "v": 0.45, "a": 0.4, "z": 0.3, "b": 0.4, "i": 0.4, "l": 0.2, "j": 1.0, "e": 0.0, "s": 0.3, "f": 0.0}
"""What a rare word is worth by the first letter of its tag in jieba's dictionary; others nothing."""
NAME, MEASURED, BARE, FOREIGN = 1.0, 1.0, 0.5, 0.8
LAST = 0.12
KNOWN_NAME = 0.7
"""How rare a word must be that the dictionary calls a name: many common words are names too."""
_NAMES = ("nr", "ns", "nt", "nz", "nrt")
_DIGITS = "零〇一二两三四五六七八九十百千万亿兆几半廿0-9０-９"
_NUMBER = re.compile(rf"(?:百分之|第)?[{_DIGITS}.．,，点%％]+")
_MEASURE = re.compile(
    rf"(?:百分之[{_DIGITS}点.]+|[{_DIGITS}点.]*[{_DIGITS}][%％]?"
    r"(?:个?(?:小时|钟头|星期|月|年代|世纪|季度|季)|公里|千米|厘米|毫米|米|公斤|千克|克|斤|两|吨|度|分钟|秒钟|秒|分|"
    r"天|年|岁|周年|周|日|夜|晚|块钱?|元|美元|欧元|万?人民币|毛|角|升|毫升|亩|倍|成|人|辆车?|名|位|家|头|只|条|张|本|部|"
    r"件|套|座|层|票|分|次|届|集|章|首|场|%|％)?)")
_WEAK = words("""
一 一个 一点 一些 一下 一下子 一次 一种 一样 一直 一家 一位 一户 一天 一块 一件 一条 一部
一名 一只 一张 一场 一份 一会 一会儿 一切 一般 一定 一起 两 几 几个 半 万一
第一 第二 第三 第一次 第二次 第三次
""")


@dataclass(frozen=True, slots=True)
class Token:
    """A word as jieba cuts it, from character `first` until `last` of the text, with its tag."""

    text: str
    first: int
    last: int
    tag: str


@cache
def _cutter() -> Any:
    import jieba.posseg

    return jieba.posseg.POSTokenizer(cutter.dictionary())


def warm() -> None:
    """Load what cutting needs: 1 to 2 s, 0.2 GB."""
    list(_cutter().cut("你好"))


def tokens_of(text: str) -> list[Token]:
    """Return `text` cut into words, punctuation and spaces included, in order."""
    out: list[Token] = []
    at = 0
    for pair in _cutter().cut(text):
        out.append(Token(pair.word, at, at + len(pair.word), pair.flag))
        at += len(pair.word)
    return out


def chinese_units(pieces: Sequence[str], rare: Frequencies) -> tuple[list[Unit], list[float]]:
    """Return what could stand out of `pieces` of a text, in order, and how many words each piece is.

    A piece belongs to the unit that most of it lies in.
    """
    text, starts = _joined(pieces)
    tokens = tokens_of(text)
    counts = [0.0] * len(pieces)
    owner = [i for i in range(len(pieces)) for _ in range(starts[i + 1] - starts[i])]
    for token in tokens:
        letters = [at for at in range(token.first, token.last) if text[at].isalnum()]
        for at in letters:
            counts[owner[at]] += 1 / len(letters)
    out: list[Unit] = []
    for first, last, score, key, whole in _spans(tokens, rare):
        inside = [i for i in range(len(pieces)) if starts[i + 1] > starts[i]
                  and 2 * (min(starts[i + 1], last) - max(starts[i], first)) >= starts[i + 1] - starts[i]]
        if inside and (not out or inside[0] >= out[-1].last):
            out.append(Unit(inside[0], inside[-1] + 1, score, key, whole))
    return out, counts


def _joined(pieces: Sequence[str]) -> tuple[str, list[int]]:
    """Return the pieces as one text and where each begins in it; Latin words keep a space between them."""
    text, starts = "", []
    for piece in pieces:
        if text and piece and text[-1].isascii() and piece[0].isascii():
            text += " "
        starts.append(len(text))
        text += piece
    return text, [*starts, len(text)]


def _spans(tokens: Sequence[Token], rare: Frequencies) -> list[tuple[int, int, float, str, bool]]:
    """Return (first, last, score, key, whole) of every word or phrase worth anything, in characters."""
    out: list[tuple[int, int, float, str, bool]] = []
    at = 0
    while at < len(tokens):
        last, score, whole = _number(tokens, at) or _phrase(tokens, at, rare)
        if score > 0.05:
            text = "".join(t.text for t in tokens[at:last])
            ends = last == len(tokens) or tokens[last].tag == "x"
            out.append((tokens[at].first, tokens[last - 1].last, score + LAST * ends, text, whole))
        at = last
    return out


def _number(tokens: Sequence[Token], at: int) -> tuple[int, float, bool] | None:
    """The number that begins at `at` with its measure word: (last, score, whole)."""
    first = tokens[at]
    if not (first.tag == "m" or _NUMBER.match(first.text)) or not any(c.isalnum() for c in first.text):
        return None
    last = at + 1
    best: tuple[int, float] | None = None
    text = first.text
    for end in range(at, min(at + 6, len(tokens))):
        if end > at:
            text += tokens[end].text
        if _MEASURE.fullmatch(text):
            measured = not re.fullmatch(rf"[{_DIGITS}.]+", text)
            best = (end + 1, MEASURED if measured else BARE)
    if best is None:
        return last, 0.0, True
    text = "".join(t.text for t in tokens[at:best[0]])
    return best[0], 0.0 if text in _WEAK else best[1], True


def _phrase(tokens: Sequence[Token], at: int, rare: Frequencies) -> tuple[int, float, bool]:
    token = tokens[at]
    if token.tag == "eng":
        return at + 1, FOREIGN, True
    if token.tag in _NAMES and len(token.text) > 1 and rare.rarity(token.text) >= KNOWN_NAME:
        last = at + 1
        while last < min(at + 3, len(tokens)) and tokens[last].tag in ("n", *_NAMES):
            last += 1
        return last, NAME * (0.6 + 0.4 * rare.rarity(token.text)), True
    worth = _worth(token, rare)
    if at + 1 < len(tokens) and token.tag in ("n", "vn", "an", *_NAMES) and tokens[at + 1].tag in ("n", "vn"):
        other = _worth(tokens[at + 1], rare)
        if min(worth, other) >= 0.6 * max(worth, other) > 0:
            return at + 2, max(worth, other), False
    return at + 1, worth, False


def _worth(token: Token, rare: Frequencies) -> float:
    if token.tag in ("vn", "an"):
        return 0.7 * rare.rarity(token.text)
    return SAYS.get(token.tag[:1], 0.0) * rare.rarity(token.text)
