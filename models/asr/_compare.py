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
