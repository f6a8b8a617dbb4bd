"""_compare: how alike two readings of the same speech are."""

import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

EXTRA = 0.8
"""What a word more costs; a word less costs 1, a word replaced up to 1.4 as it differs."""


def plain(text: str) -> str:
    """Return a word as it is compared: without case, punctuation or typographic variants."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if unicodedata.category(c)[0] in "LNM") or folded


def reach(shown: Sequence[str], words: Sequence[str]) -> tuple[int, float]:
    """Return how many of `words` say what `shown` says already, and how unlike `shown` those are.

    It is the prefix of `words` nearest to `shown` by edit distance; a word replaced costs less the more
    it resembles. Of equally near prefixes the longest counts, so that nothing is said twice. The distance
    is per word of `shown`: 0 is the same, about 1 and more is something else.
    """
    if not shown:
        return 0, 0.0
    ours, theirs = [plain(s) for s in shown], [plain(w) for w in words]
    rows = [[EXTRA * j for j in range(len(theirs) + 1)]]
    for i, our in enumerate(ours):
        row = [i + 1.0]
        for j, their in enumerate(theirs):
            cost = min(rows[i][j] + _difference(our, their), rows[i][j + 1] + 1.0, row[j] + EXTRA)
            if j and our == theirs[j - 1] + their:  # one word here, two there
                cost = min(cost, rows[i][j - 1])
            if i and ours[i - 1] + our == their:
                cost = min(cost, rows[i - 1][j])
            row.append(cost)
        rows.append(row)
    nearest = min(rows[-1])
    return max(j for j, cost in enumerate(rows[-1]) if cost <= nearest + 1e-9), nearest / len(ours)


def _difference(a: str, b: str) -> float:
    return 0.0 if a == b else 1.4 - 0.9 * SequenceMatcher(None, a, b, autojunk=False).ratio()


def amount(texts: Sequence[str]) -> float:
    """Return how many words `texts` are; of a script without spaces, two characters count as one."""
    return sum(len(text) / 2 if text and unspaced(text[0]) else 1.0 for text in texts)


def unspaced(character: str) -> bool:
    """Whether `character` is of a script written without spaces: Chinese, Japanese, Thai, Lao, Khmer, Burmese."""
    code = ord(character)
    return (0x3040 <= code <= 0x30FF or 0x3400 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF
            or 0x20000 <= code <= 0x3FFFF or 0x0E00 <= code <= 0x0EFF or 0x1000 <= code <= 0x109F
            or 0x1780 <= code <= 0x17FF)


def loopless(texts: Sequence[str]) -> list[int]:
    """Return which of `texts` to keep so that a phrase said three times or more in a row is said once.

    An engine that runs in circles says such things; so do people, but seldom.
    """
    out = list(range(len(texts)))
    plain = [t.strip(".,!?;:-。，！？、").lower() for t in texts]
    for size in range(1, 17):
        at = 0
        while at + 3 * size <= len(out):
            times = 1
            while plain[at:at + size] == plain[at + times * size:at + (times + 1) * size]:
                times += 1
            if times >= 3:
                del out[at + size:at + times * size], plain[at + size:at + times * size]
            at += 1
    return out
