"""_said: what an engine that reads whole utterances returns: words, with times where it has them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.align import Span

Samples = NDArray[np.float32]
Times = tuple[int, int, bool]
"""Start and end in ns, and whether alignment gave them."""


@dataclass(frozen=True, slots=True)
class Said:
    """One word of a reading. Times in ns count from the first sample read; negative where the engine gives none."""

    text: str
    start_ns: int = -1
    end_ns: int = -1
    confidence: float | None = None

    def shifted(self, by_ns: int) -> "Said":
        """Return it with its times, if it has any, `by_ns` later, but not before the first sample."""
        if self.start_ns < 0:
            return self
        return replace(self, start_ns=max(0, self.start_ns + by_ns), end_ns=max(0, self.end_ns + by_ns))


Read = Callable[[Samples, bool], list[Said]]
"""Samples, and whether it is a segment's last reading (the one worth more time), to words."""


def settle(guess: Sequence[Times], spans: Sequence[Span | None]) -> list[Times]:
    """Return word times from alignment where there is one; elsewhere between the aligned neighbours.

    Words whose pronunciation was only guessed keep the place the alignment gave them, but do not
    count as aligned. With no alignment at all `guess` stays.
    """
    if all(span is None for span in spans):
        return list(guess)
    out: list[Times] = []
    for i, span in enumerate(spans):
        if span is not None:
            out.append((span.start_ns, span.end_ns, span.known))
            continue
        before_ns = out[-1][1] if out else 0
        after_ns = next((s.start_ns for s in spans[i:] if s is not None), before_ns)
        out.append((before_ns, max(before_ns, after_ns), False))
    return out
