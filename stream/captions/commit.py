"""commit: which words of a changing hypothesis may be shown, so that none is ever taken back."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from models.asr import Hypothesis, Word
from models.asr._compare import plain, reach

QUIET_NS = 200_000_000
"""A last word that ended this long before the end of the sound has been heard whole."""


class Committer:
    """Shows the words on which two successive hypotheses agree, and never takes one back.

    The last word of an open hypothesis touches the end of the sound: it may be half heard or foreseen.
    So it waits until it is followed by a word in both, or by two in the newer one. A final commits the
    rest. What was shown stays as it was shown; the final's own words are kept in `final_words` for the
    polished text.
    """

    def __init__(self, policy: Literal["stable"] = "stable") -> None:
        if policy != "stable":
            raise ValueError(f"there is no commit policy {policy!r}; there is: stable")
        self.final_words: tuple[Word, ...] = ()
        self._segment = 0
        self._shown: list[Word] = []  # of the open segment
        self._before: list[str] | None = None  # what the hypothesis before had after the words shown
        self._end_ns = 0  # of the last word shown

    @property
    def shown(self) -> tuple[Word, ...]:
        """The words committed of the open segment."""
        return tuple(self._shown)

    def push(self, hypothesis: Hypothesis) -> tuple[Word, ...]:
        """Take the next hypothesis in; return the words it adds to what is shown, in order of time."""
        if hypothesis.segment < self._segment:
            return ()
        if hypothesis.segment > self._segment:  # a segment given up without a final
            self._segment, self._shown, self._before = hypothesis.segment, [], None
        kept, _ = reach([w.text for w in self._shown], [w.text for w in hypothesis.words])
        rest = hypothesis.words[kept:]
        if hypothesis.final:
            self.final_words = hypothesis.words
            left = self._left_over(hypothesis) if hypothesis.continues else []
            self._segment, self._shown, self._before = hypothesis.segment + 1, left, None
            return self._in_time(rest)
        agreed = self._agreed(rest, hypothesis.audio_end_ns)
        self._before = [w.text for w in rest[agreed:]]
        added = self._in_time(rest[:agreed])
        self._shown += added
        return added

    def _agreed(self, rest: Sequence[Word], audio_end_ns: int) -> int:
        if self._before is None or not rest:
            return 0
        quiet = audio_end_ns - rest[-1].end_ns >= QUIET_NS
        count = 0
        for count, (word, before) in enumerate(zip(rest, self._before, strict=False)):
            follow, followed = len(rest) - 1 - count, len(self._before) - 1 - count
            if plain(word.text) != plain(before) or not (quiet or follow >= 2 or (follow and followed)):
                return count
        return count + 1 if self._before else 0

    def _left_over(self, final: Hypothesis) -> list[Word]:
        """Return the words shown already that lie after a cut: the next segment says them again."""
        said, _ = reach([w.text for w in final.words], [w.text for w in self._shown])
        return self._shown[said:]

    def _in_time(self, words: Sequence[Word]) -> tuple[Word, ...]:
        """Return `words` starting no earlier than the last one shown ended."""
        out = []
        for word in words:
            start_ns = max(word.start_ns, self._end_ns)
            self._end_ns = max(word.end_ns, start_ns)
            out.append(word if start_ns == word.start_ns else replace(word, start_ns=start_ns, end_ns=self._end_ns))
        return tuple(out)
