"""commit: which words of a changing hypothesis are settled, so that none of them is ever taken back."""

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

from models.asr import Hypothesis, Word
from models.asr._compare import plain, reach
from stream.timeline.program_captions import Policy

QUIET_NS = 200_000_000
"""A last word that ended this long before the end of the sound has been heard whole."""


class Committer:
    """Settles words of a segment's hypotheses, and never takes one back. `tail` is what is open behind them.

    "stable" and "eager" settle the words on which two successive hypotheses agree. The last word of an open
    hypothesis touches the end of the sound: it may be half heard or foreseen. So it waits until it is
    followed by a word in both, or by two in the newer one. A final settles the rest; with the policy "final" nothing
    is settled before. What was settled stays as it was; the final's own words are kept in `final_words` for
    the polished text. "eager" is for who shows the tail too: there the tail leaves out the last word, and a word of it
    is changed only when two successive hypotheses have it otherwise.
    """

    def __init__(self, policy: Policy = "stable") -> None:
        if policy not in get_args(Policy):
            raise ValueError(f"there is no commit policy {policy!r}; there are: {', '.join(get_args(Policy))}")
        self.policy: Policy = policy
        self.final_words: tuple[Word, ...] = ()
        self.tail: tuple[Word, ...] = ()
        self._segment = 0
        self._shown: list[Word] = []  # of the open segment
        self._before: list[str] | None = None  # what the hypothesis before had after the words shown
        self._tail_before: list[str] = []  # of the hypothesis before, whatever was shown of it
        self._end_ns = 0  # of the last word shown

    @property
    def shown(self) -> tuple[Word, ...]:
        """The words settled of the open segment."""
        return tuple(self._shown)

    def push(self, hypothesis: Hypothesis, safe: int | None = None) -> tuple[Word, ...]:
        """Take the next hypothesis in; return the words it settles, in order of time; `tail` is what follows them.

        Of a hypothesis that is not final only the first `safe` words may be settled (None: any).
        """
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
            self.tail, self._tail_before = (), []
            return self._in_time(rest)
        agreed = self._agreed(rest, hypothesis.audio_end_ns)
        if safe is not None:
            agreed = max(0, min(agreed, safe - kept))
        self._before = [w.text for w in rest[agreed:]]
        added = self._in_time(rest[:agreed])
        self._shown += added
        tail = _from(self._end_ns, rest[agreed:])[0]
        self.tail = self._steady(added, tail) if self.policy == "eager" else tail
        self._tail_before = [w.text for w in tail]
        return added

    def _steady(self, added: Sequence[Word], tail: tuple[Word, ...]) -> tuple[Word, ...]:
        """Return `tail` without its last word; but what was shown before, where only this one speaks against it."""
        new, shown = tail[:-1], self.tail
        if not _same(shown[:len(added)], added):
            return new
        shown, before = shown[len(added):], self._tail_before[len(added):]
        at = next((i for i, (a, b) in enumerate(zip(new, shown, strict=False)) if plain(a.text) != plain(b.text)),
                  min(len(new), len(shown)))
        if at == len(shown) or (at < min(len(new), len(before)) and plain(new[at].text) == plain(before[at])):
            return new
        return shown

    def _agreed(self, rest: Sequence[Word], audio_end_ns: int) -> int:
        if self._before is None or not rest or self.policy == "final":
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
        placed, self._end_ns = _from(self._end_ns, words)
        return placed


def _same(words: Sequence[Word], others: Sequence[Word]) -> bool:
    return all(plain(a.text) == plain(b.text) for a, b in zip(words, others, strict=False))


def _from(end_ns: int, words: Sequence[Word]) -> tuple[tuple[Word, ...], int]:
    """Return `words`, none beginning before the one before has ended (`end_ns`), and when the last one ends."""
    out = []
    for word in words:
        start_ns = max(word.start_ns, end_ns)
        end_ns = max(word.end_ns, start_ns)
        out.append(word if start_ns == word.start_ns else replace(word, start_ns=start_ns, end_ns=end_ns))
    return tuple(out), end_ns
