"""_steadiness: whether successive readings of the same speech agree, which they do not in a foreign language."""

from collections import deque

from models.asr import Hypothesis
from models.asr._compare import reach

OPEN_WORDS = 2
"""The last words of a reading may change with what follows them: they say nothing."""
KEPT = 40
"""So many words, of the newest readings, are judged together."""
ENOUGH = 20


class Steadiness:
    """Counts what an engine takes back from one reading of an open segment to the next.

    An engine made for another language invents fluent sentences of its own, but not the same twice. (Measured with
    Moonshine: of 19 English recordings at most 0.18 of the words were taken back where there were words enough to
    tell, of Korean and Mandarin ones 0.69 to 0.92.)
    """

    def __init__(self) -> None:
        self._pairs: deque[tuple[float, int]] = deque()  # words taken back, words compared
        self._words = 0
        self._before: tuple[int, list[str]] = (-1, [])

    def push(self, hypothesis: Hypothesis) -> None:
        """Take the next hypothesis in."""
        texts = [w.text for w in hypothesis.words]
        segment, before = self._before
        kept = before[:-OPEN_WORDS]
        if segment == hypothesis.segment and kept:
            _, unlike = reach(kept, texts)
            self._pairs.append((min(1.0, unlike) * len(kept), len(kept)))
            self._words += len(kept)
            while self._words - self._pairs[0][1] >= KEPT:
                self._words -= self._pairs.popleft()[1]
        self._before = (-1, []) if hypothesis.final else (hypothesis.segment, texts)

    @property
    def taken_back(self) -> float | None:
        """The part of the words that a later reading took back, in [0, 1]; None while there are too few to tell."""
        if self._words < ENOUGH:
            return None
        return sum(back for back, _ in self._pairs) / self._words

    def forget(self) -> None:
        """Begin anew."""
        self._pairs.clear()
        self._words, self._before = 0, (-1, [])
