"""score: how right, how steady and how timely captions are, as figures."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

WITHOUT_SPACES = frozenset({"zh", "ja", "th", "lo", "km", "my", "yue"})
"""Languages whose errors are counted in characters."""
IN_TIME_S = 0.15


@dataclass(frozen=True, slots=True)
class Errors:
    """Edits from what was said to what was shown, by Levenshtein's least count; `length` is what was said."""

    substituted: int = 0
    inserted: int = 0
    deleted: int = 0
    length: int = 0

    @property
    def rate(self) -> float:
        """Errors for each token said (WER or CER); NaN where nothing was said."""
        return (self.substituted + self.inserted + self.deleted) / self.length if self.length else float("nan")

    def __add__(self, other: "Errors") -> "Errors":
        return Errors(self.substituted + other.substituted, self.inserted + other.inserted,
                      self.deleted + other.deleted, self.length + other.length)


def errors(said: Sequence[str], shown: Sequence[str]) -> Errors:
    """Return the least edits that turn `said` into `shown` (token lists)."""
    row = [(j, 0, j, 0) for j in range(len(shown) + 1)]  # edits in all, then substituted, inserted, deleted
    for i, token in enumerate(said, 1):
        before, row = row, [(i, 0, 0, i)]
        for j, other in enumerate(shown, 1):
            total, sub, ins, lost = before[j - 1]
            best = (total, sub, ins, lost) if token == other else (total + 1, sub + 1, ins, lost)
            total, sub, ins, lost = row[-1]
            best = min(best, (total + 1, sub, ins + 1, lost))
            total, sub, ins, lost = before[j]
            row.append(min(best, (total + 1, sub, ins, lost + 1)))
    return Errors(*row[-1][1:], len(said))


def characters(text: str) -> list[str]:
    """Return the letters and digits of `text`, each a token, in lower case, full width as half."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return [c for c in plain if unicodedata.category(c)[0] in "LNM"]


def tokens(text: str, language: str, words: Callable[[str], list[str]]) -> list[str]:
    """Return `text` as the tokens whose errors are counted: `words(text)`, or characters where words have no spaces."""
    return characters(text) if language.partition("-")[0] in WITHOUT_SPACES else words(text)


@dataclass(slots=True)
class Steadiness:
    """How much of what was shown was taken back. Feed it every step: how many tokens were erased, how many came.

    Normalized erasure is the sum of erased tokens over the tokens that stayed. The unstable share is that of
    the tokens that stayed in a place where another had stood before.
    """

    erased: int = 0
    _revised: list[bool] = field(default_factory=list)
    _lost: int = 0

    def step(self, erased: int, came: int) -> None:
        """The last `erased` tokens were taken off, then `came` were put on."""
        self.erased += erased
        at = len(self._revised) - erased
        del self._revised[at:]
        self._lost += erased
        for _ in range(came):
            self._revised.append(self._lost > 0)
            self._lost = max(0, self._lost - 1)

    def over(self) -> None:
        """The sentence is over: what comes next takes nothing's place."""
        self._lost = 0

    @property
    def shown(self) -> int:
        return len(self._revised)

    @property
    def normalized(self) -> float:
        return self.erased / len(self._revised) if self._revised else float("nan")

    @property
    def unstable(self) -> float:
        return sum(self._revised) / len(self._revised) if self._revised else float("nan")


def smallest_delay_s(lateness_s: Sequence[float], share: float = 0.95) -> float:
    """Return the least delay with which `share` of the words are there when they are spoken; 0 for no words.

    `lateness_s` is, for each word, when it came less when it began to be spoken.
    """
    ordered = sorted(lateness_s)
    return max(0.0, ordered[min(len(ordered) - 1, int(share * len(ordered)))]) if ordered else 0.0


def in_time(residual_s: Sequence[float], within_s: float = IN_TIME_S) -> float:
    """Return the share of words that appear within `within_s` of being spoken; NaN for none."""
    return sum(abs(r) <= within_s for r in residual_s) / len(residual_s) if residual_s else float("nan")
