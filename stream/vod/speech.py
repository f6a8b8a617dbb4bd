"""speech: a finished sound to words, in one pass."""

import math
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.asr import Hypothesis, Recognizer, StreamOptions
from stream.media import AudioFrame


def recognise(blocks: Iterable[AudioFrame | NDArray[np.float32]], recognizer: Recognizer,
              options: StreamOptions | None = None) -> list[Hypothesis]:
    """Return the final hypothesis of every segment; times count from the first sample.

    `blocks` follow each other: mono samples at the recognizer's rate, or AudioFrames of that rate, whose
    channels are averaged. ValueError for an AudioFrame of another rate.
    """
    whole = replace(options or StreamOptions(), step_s=math.inf)  # nobody waits for partial hypotheses
    stream, found = recognizer.open(whole), []
    for block in blocks:
        if isinstance(block, AudioFrame):
            if block.rate_hz != recognizer.sample_rate_hz:
                raise ValueError(f"the recognizer takes {recognizer.sample_rate_hz} Hz, not {block.rate_hz}")
            block = block.samples.mean(axis=0, dtype=np.float32)
        found += stream.feed(block)
    return [h for h in [*found, *stream.finish()] if h.final]
