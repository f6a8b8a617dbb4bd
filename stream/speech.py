"""speech: a finished sound to words, in one pass."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from models.asr import Hypothesis, Recognizer, StreamOptions


def recognise(blocks: Iterable[NDArray[np.float32]], recognizer: Recognizer,
              options: StreamOptions) -> list[Hypothesis]:
    """Return the final hypothesis of every segment; `blocks` are mono samples at the recognizer's rate."""
    stream, found = recognizer.open(options), []
    for block in blocks:
        found += stream.feed(block)
    return [h for h in [*found, *stream.finish()] if h.final]
