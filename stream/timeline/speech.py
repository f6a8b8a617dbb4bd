"""speech: what a text read aloud says and when, as far as the text alone tells."""

import re
from html import unescape

from stream.timeline.facts import Speech
from stream.timeline.program import NS

WORDS_PER_S, CHARACTERS_PER_S = 2.5, 4.5
CLAUSE_PAUSE_NS, SENTENCE_PAUSE_NS = NS // 5, NS * 2 // 5
_BREAK = re.compile(r"<break\b[^>]*\btime\s*=\s*[\"']?([\d.]{1,9})\s*(ms|s)[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_WIDE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_ENDS = re.compile(r"(?:[，。！？；：、…]+[”’」』）]*|[.!?;:,]+[\"')\]”’]*(?=\s|$)|\n)\s*")
_STRONG = set("。！？.!?")


def plain_text(content: str) -> str:
    """Return `content` without its SSML marks: what is shown, not how it is said."""
    if "<" not in content:
        return " ".join(content.split())
    return " ".join(unescape(_TAG.sub("", content)).split())


def sentences(text: str) -> tuple[str, ...]:
    """Return `text` cut after each Chinese punctuation mark, and after a Latin one before a space; marks are kept."""
    pieces, at = [], 0
    for match in _ENDS.finditer(text):
        pieces.append(text[at:match.end()].strip())
        at = match.end()
    pieces.append(text[at:].strip())
    return tuple(piece for piece in pieces if re.search(r"\w", piece))


def rate_factor(rate: float | None) -> float:
    """Return how many times as fast a SpeechRate of -500 to 500 is: 0.5 to 2, by the voice service's own formula."""
    bounded = min(max(rate or 0.0, -500.0), 500.0)
    return 1 / (1 - (0.002 if bounded < 0 else 0.001) * bounded)


def spoken(content: str, rate: float | None = None) -> Speech:
    """Return how long `content` may take to say, when no voice has said it: a stand-in of stated length.

    2.5 words or 4.5 Chinese characters a second, short pauses after clauses, longer ones after sentences; pauses
    that SSML asks for are added at the end.
    """
    faster = rate_factor(rate)
    text = plain_text(content)
    at, said = 0, []
    for sentence in sentences(text):
        wide = len(_WIDE.findall(sentence))
        words = len(re.findall(r"\w+(?:['’-]\w+)*", _WIDE.sub(" ", sentence)))
        length = round((wide / CHARACTERS_PER_S + words / WORDS_PER_S) * NS / faster)
        said.append((sentence, at, at + length))
        strong = bool(_STRONG & set(sentence[-2:]))
        at += length + round((SENTENCE_PAUSE_NS if strong else CLAUSE_PAUSE_NS) / faster)
    breaks = sum(min(float(value), 10_000.0) * (NS // 1000 if unit.lower() == "ms" else NS)
                 for value, unit in _BREAK.findall(content) if re.fullmatch(r"\d*\.?\d+|\d+\.", value))
    end_ns = said[-1][2] if said else 0
    return Speech(end_ns + min(round(breaks), 600 * NS), tuple(said))
