"""phrases: the words and phrases of a text written with spaces that could stand out, each with how much it says."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from stream.captions.english import (
    DEFINITE,
    FUNCTION,
    MONTHS_AND_DAYS,
    NUMBERS,
    PER_UNITS,
    UNITS,
    Kind,
    kind_of,
)
from stream.captions.salience import Frequencies

SAYS = {"noun": 1.0, "adjective": 0.55, "verb": 0.5, "adverb": 0.15, "function": 0.0, "number": 0.0}
"""What a rare word of each kind is worth."""
NAME, DATE_NAME, MEASURED, COUNTED, BARE, SMALL = 1.0, 0.25, 1.0, 0.75, 0.45, 0.15
"""What a name, a month or day, a number with a unit, a number of things, a number alone and "one" are worth."""
LAST = 0.12
"""What the last word of a clause, where news is put, is worth more."""
TERM = 0.15
"""What two nouns that make one term are worth more than the rarer of them."""
KNOWN = 0.1
"""What a noun is worth less that is spoken of as known ("the", "my")."""
COMPOUND = 0.55
"""How rare the lesser of two nouns must be, as a share of the other, for both to stand out."""
_DIGITS = re.compile(r"[^\w\s]*\d[\d.,:/\-]*([^\W\d]{0,3}|%)", re.UNICODE)
_CASELESS = frozenset({"de", "lb"})
"""Languages that write every noun with a capital."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Words that stand out together, from `first` until `last` (half open); `score` is about 0 to 1.

    `key` is what it is known by when it comes again. A `whole` unit is only marked as one: half a name is none.
    """

    first: int
    last: int
    score: float
    key: str
    whole: bool = False


@dataclass(frozen=True, slots=True)
class _Token:
    bare: str
    low: str
    opens: bool
    closes: bool
    number: float | None
    kind: Kind = "noun"

    @property
    def capital(self) -> bool:
        return self.bare[:1].isupper()


def spaced_units(words: Sequence[str], language: str, rare: Frequencies | None) -> list[Unit]:
    """Return what could stand out of `words`, in order, none overlapping.

    Parts of speech are guessed in English only; elsewhere a word is worth what it is rare, if `rare` is known.
    """
    tokens = _tokens(words, english=language == "en")
    names = language not in _CASELESS and sum(t.capital for t in tokens) <= max(3, 0.6 * len(tokens))
    out: list[Unit] = []
    at = 0
    while at < len(tokens):
        unit = _number(tokens, at) or (_name(tokens, at, rare) if names else None) or _content(tokens, at, rare)
        if unit is None:
            at += 1
            continue
        out.append(unit)
        at = unit.last
    return out


def _tokens(words: Sequence[str], *, english: bool) -> list[_Token]:
    plain: list[_Token] = []
    opens = True
    for word in words:
        bare, closes = _bare(word)
        low = bare.lower().replace("’", "'")
        plain.append(_Token(bare, low, opens, closes, _value(bare, low, english=english)))
        opens = word.rstrip("\"'”’»)").endswith((".", "?", "!", "…", ":")) if closes else False
    if not english:
        return plain
    out = []
    for i, t in enumerate(plain):
        before = plain[i - 1].low if i and not plain[i - 1].closes else ""
        following = plain[i + 1].low if i + 1 < len(plain) and not t.closes else ""
        if following in FUNCTION:
            following = ""
        kind = "number" if t.number is not None else kind_of(t.low, before, following)
        out.append(_Token(t.bare, t.low, t.opens, t.closes, t.number, kind))
    return out


def _bare(word: str) -> tuple[str, bool]:
    """Return `word` without punctuation around it (a percent sign stays), and whether some follows it."""
    left, right = 0, len(word)
    while left < right and unicodedata.category(word[left])[0] in "PZ":
        left += 1
    while right > left and unicodedata.category(word[right - 1])[0] in "PZ" and word[right - 1] not in "%‰°":
        right -= 1
    return word[left:right], any(c in ".,;:?!…—)»”" for c in word[right:])


def _value(bare: str, low: str, *, english: bool) -> float | None:
    """Return about how large the number is that a word is; None for what is no number, an ordinal included."""
    if any(c.isdigit() for c in bare):
        found = _DIGITS.fullmatch(bare)
        if not found or (found[1] in ("st", "nd", "rd", "th") and english):
            return None
        return float(re.sub(r"\D", "", bare)[:15])
    if not english:
        return None
    parts = [NUMBERS.get(part) for part in low.split("-")]
    known = [part for part in parts if part is not None]
    return float(sum(known)) if known and len(known) == len(parts) else None


def _number(tokens: Sequence[_Token], at: int) -> Unit | None:
    """The number that begins at `at`, with what it counts or measures."""
    first = tokens[at]
    if first.number is None:
        return None
    last, largest = at + 1, first.number
    while last < len(tokens) and not tokens[last - 1].closes:
        number, low = tokens[last].number, tokens[last].low
        if number is not None:
            largest = max(largest, number)
            last += 1
        elif low in ("and", "point") and largest >= (100 if low == "and" else 0) and last + 1 < len(tokens) \
                and tokens[last + 1].number is not None:
            last += 2
        else:
            break
    signs = "".join(t.bare for t in tokens[at:last])
    signed = any(unicodedata.category(c) == "Sc" or c in "%‰°" for c in signs)
    score, end = MEASURED if signed else BARE, last
    if last < len(tokens) and not tokens[last - 1].closes:
        following = tokens[last]
        if following.low in UNITS or following.low in PER_UNITS:
            score, end = MEASURED, last + 1
            if end + 1 < len(tokens) and tokens[end].low in ("a", "an", "per") and tokens[end + 1].low in PER_UNITS:
                end += 2
        elif following.kind == "noun" and largest > 1 and not following.capital and following.low not in FUNCTION:
            score, end = COUNTED, last + 1
    if largest <= 1 and not signed:
        score = SMALL
    elif score == BARE and largest < 10 and any(c.isalpha() for c in signs):
        score = BARE * 0.6
    key = " ".join(t.low for t in tokens[at:end])
    return Unit(at, end, score + LAST * tokens[end - 1].closes, key, whole=True)


def _name(tokens: Sequence[_Token], at: int, rare: Frequencies | None) -> Unit | None:
    """The name that begins at `at`: capitals where a sentence does not begin, or nobody would write one."""
    def named(i: int) -> bool:
        t = tokens[i]
        return t.capital and t.number is None and t.low not in FUNCTION and t.low.split("'")[0] not in FUNCTION

    if not named(at):
        return None
    first = tokens[at]
    last = at + 1
    while last < len(tokens) and not tokens[last - 1].closes and not tokens[last].opens and named(last):
        last += 1
    if first.opens:
        unknown = rare is None or rare.rarity(first.low) > 0.9
        if last == at + 1 and not (unknown and first.kind == "noun" and rare is not None):
            return None
    if all(t.low in MONTHS_AND_DAYS for t in tokens[at:last]):
        return Unit(at, last, DATE_NAME, first.low, whole=True)
    rarest = max((rare.rarity(t.low) for t in tokens[at:last]), default=1.0) if rare else 1.0
    key = " ".join(t.low.removesuffix("'s") for t in tokens[at:last])
    return Unit(at, last, NAME * (0.7 + 0.3 * rarest) + LAST * tokens[last - 1].closes, key, whole=True)


def _content(tokens: Sequence[_Token], at: int, rare: Frequencies | None) -> Unit | None:
    """The rare word at `at`, with the noun before whose kind it is of ("interest rates")."""
    if rare is None or tokens[at].low in FUNCTION or not tokens[at].bare:
        return None
    if at + 1 < len(tokens) and not tokens[at].closes and tokens[at].kind == tokens[at + 1].kind == "noun" \
            and tokens[at + 1].number is None and tokens[at + 1].low not in FUNCTION and not tokens[at + 1].capital:
        one, two = rare.rarity(tokens[at].low), rare.rarity(tokens[at + 1].low)
        if min(one, two) >= COMPOUND * max(one, two):
            score = max(one, two) + TERM + LAST * tokens[at + 1].closes
            return Unit(at, at + 2, score, f"{tokens[at].low} {_stem(tokens[at + 1].low)}")
    worth = SAYS[tokens[at].kind] * rare.rarity(tokens[at].low)
    if worth <= 0.05:
        return None
    known = KNOWN * (at > 0 and tokens[at - 1].low in DEFINITE)
    return Unit(at, at + 1, worth + LAST * tokens[at].closes - known, _stem(tokens[at].low))


def _stem(low: str) -> str:
    """Return a word as it is known by in one and in many."""
    low = low.removesuffix("'s")
    if len(low) > 4 and low.endswith("ies"):
        return low[:-3] + "y"
    return low.removesuffix("s") if len(low) > 3 and not low.endswith("ss") else low

