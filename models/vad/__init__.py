"""vad: where there is speech. One file per engine; this one holds what an engine is."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class VoiceDetectorStream(Protocol):
    """One sound's voice activity in progress."""

    def probability(self, window: NDArray[np.float32]) -> float:
        """Return the probability of speech in `window` (mono, `window_samples` long, in [-1, 1])."""
        ...


class VoiceDetector(Protocol):
    """An engine's weights, shared by its streams."""

    sample_rate_hz: int
    window_samples: int

    def open(self) -> VoiceDetectorStream: ...
