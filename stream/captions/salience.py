"""salience: how rare a word is in its language, as a first measure of how much it says."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

COMMON, RARE = 5.8, 3.2
"""On the Zipf scale (log10 of occurrences in a billion words): what is commoner says nothing, what is rarer most."""

UNLISTED = 2.6
"""Taken for a word that its language's list, of all words from Zipf 3 on, does not hold."""

ALIASES = {"cmn": "zh", "yue": "zh", "no": "nb", "nn": "nb", "iw": "he", "in": "id", "tl": "fil", "hr": "sh",
           "sr": "sh", "bs": "sh"}
NO_SPACES = frozenset({"ja", "th", "lo", "km", "my", "zh"})


@dataclass(frozen=True, slots=True)
class Frequencies:
    """How often words occur, as shares of 1, in one language; `stems` where words are looked up by how they begin."""

    shares: Mapping[str, float]
    stems: bool = False

    def zipf(self, word: str) -> float:
        """Return how common `word` (in lower case) is, on the Zipf scale."""
        share = self.shares.get(word)
        if share is None and word.endswith(("'s", "’s")):
            share = self.shares.get(word[:-2])
        if share is None and self.stems:
            share = next((s / 3 for n in range(len(word) - 1, 0, -1) if (s := self.shares.get(word[:n]))), None)
        return UNLISTED if share is None else max(9 + math.log10(share), UNLISTED)

    def rarity(self, word: str) -> float:
        """Return how rare `word` (in lower case) is: 0 for a word of every sentence, 1 for one hardly ever heard."""
        return min(max((COMMON - self.zipf(word)) / (COMMON - RARE), 0.0), 1.0)


def base_language(tag: str) -> str:
    """Return the language of a BCP 47 tag as the word lists name it ("zh-Hant-TW": "zh")."""
    language = tag.replace("_", "-").partition("-")[0].lower()
    return ALIASES.get(language, language)


def load(language: str) -> Frequencies | None:
    """Return the frequencies of a language (as `base_language` gives it); None where there is no list of its words.

    The lists are wordfreq's small ones (words down to one in a million; 4 MB each, 0.1 s the first time).
    """
    import wordfreq

    if language not in wordfreq.available_languages("small") or language in NO_SPACES - {"zh"}:
        return None
    return Frequencies(wordfreq.get_frequency_dict(language, "small"), language == "ko")
