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
_TITLES = re.compile(r"(?:mr|mrs|ms|dr|prof|st|gen|col|capt|lt|sgt|rev|hon|gov|sen|mt|vs|approx|e\.g|i\.e|cf|fig|pp)\.",
                     re.IGNORECASE)
_NUMBERED, _SHORT = re.compile(r"(?i:nos?|vols?)\."), re.compile(r"(?i:jr|sr|inc|ltd|co|corp|[ap]\.m)\.")
_INITIAL, _INITIALS = re.compile(r"[A-HJ-Z]\."), re.compile(r"(?:[A-Z]\.){2,}")
_DAY, _YEAR = re.compile(r"[A-Z][a-z]{2,8}\.? \d{1,2}(?:st|nd|rd|th)?$"), re.compile(r"[12]\d{3}\b")
_STRONG = set("。！？.!?")


def plain_text(content: str) -> str:
    """Return `content` without its SSML marks: what is shown, not how it is said."""
    if "<" not in content:
        return " ".join(content.split())
    return " ".join(unescape(_TAG.sub("", content)).split())


def pieces(text: str) -> tuple[tuple[int, int], ...]:
    """Return where `text` is cut, as (first, end): after each Chinese punctuation mark, a Latin one before a space.

    Together they are all of `text`; the space after a mark belongs to the piece that it ends. The point of an
    abbreviation or of an initial, and the comma before the year of a date, end nothing.
    """
    found, at = [], 0
    for match in _ENDS.finditer(text):
        if match[0].rstrip() == "." and _goes_on(text[at:match.start() + 1], text[match.end():match.end() + 2]):
            continue
        if match[0].rstrip() == "," and _DAY.search(text[at:match.start()]) and _YEAR.match(text, match.end()):
            continue
        found.append((at, match.end()))
        at = match.end()
    return (*found, (at, len(text))) if at < len(text) else tuple(found)


def _goes_on(before: str, following: str) -> bool:
    """Whether the point at the end of `before` is an abbreviation's or an initial's, and ends no sentence."""
    words = before[-40:].split()
    last, previous = words[-1].lstrip("(\"'“‘"), words[-2] if len(words) > 1 else ""
    if not following or _TITLES.fullmatch(last):
        return bool(following)
    if _NUMBERED.fullmatch(last):
        return following[0].isdigit()
    if _INITIAL.fullmatch(last):
        return not previous or previous[0].isupper() or _INITIAL.fullmatch(following) is not None
    return not following[0].isupper() and bool(_SHORT.fullmatch(last) or _INITIALS.fullmatch(last))


def sentences(text: str) -> tuple[str, ...]:
    """Return the `pieces` of `text` that have words; marks are kept."""
    return tuple(text[first:end].strip() for first, end in pieces(text) if re.search(r"\w", text[first:end]))


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
