"""_chinese: recognised Chinese as it should be read: in one script, and in words instead of characters."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

from models.asr._said import Said

MARKS = "。，！？、；：…—”’）》」』】.,!?;:)"


def script(language: str) -> Callable[[str], str]:
    """Return what converts a text to the script of `language`, a BCP 47 tag: simplified unless it says otherwise."""
    parts = language.lower().split("-")
    if "hant" in parts or ("hans" not in parts and {"tw", "hk", "mo"} & set(parts)):
        return _converter("s2hk" if {"hk", "mo"} & set(parts) else "s2tw" if "tw" in parts else "s2t")
    return _converter("t2s")


@cache
def _converter(config: str) -> Callable[[str], str]:
    from opencc import OpenCC

    convert: Callable[[str], str] = OpenCC(config).convert
    return convert


def in_words(pieces: Sequence[Said]) -> list[Said]:
    """Return `pieces` (characters, in order) joined to words, marks with the word before; times come along.

    Title marks are left out: recognisers put them where there is no title.
    """
    pieces = [replace(p, text=p.text.replace("《", "").replace("》", "")) for p in pieces]
    text = "".join(p.text for p in pieces)
    ends, at = [], 0  # the place in `text` after each piece
    for piece in pieces:
        at += len(piece.text)
        ends.append(at)
    out: list[Said] = []
    at = first = 0
    for word in _cut(text):
        at += len(word)
        if at not in ends:  # the word ends inside a piece, which stays whole
            continue
        after = ends.index(at) + 1
        group = pieces[first:after]
        joined = Said("".join(p.text for p in group).strip(), group[0].start_ns, group[-1].end_ns,
                      _mean([p.confidence for p in group if p.confidence is not None]))
        first = after
        if out and all(c in MARKS for c in joined.text):
            out[-1] = Said(out[-1].text + joined.text, out[-1].start_ns, out[-1].end_ns, out[-1].confidence)
        elif joined.text:
            out.append(joined)
    return out


@cache
def _segmenter() -> Callable[[str], list[str]]:
    import jieba

    jieba.setLogLevel(logging.WARNING)  # it tells how long its dictionary took
    jieba.initialize()
    cut: Callable[[str], list[str]] = jieba.lcut
    return cut


def _cut(text: str) -> list[str]:
    return _segmenter()(text)


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
