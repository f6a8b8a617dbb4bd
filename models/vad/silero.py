"""silero: voice activity with Silero VAD, 32 ms at a time."""

import numpy as np
from numpy.typing import NDArray

from models import onnx, weights

CONTEXT_SAMPLES = 64


class SileroStream:
    """One sound's detector state: the recurrent state and the last 4 ms of the window before."""

    def __init__(self, session: onnx.Session, rate_hz: int, window_samples: int) -> None:
        self._session, self._window_samples = session, window_samples
        self._rate = np.array(rate_hz, np.int64)
        self._state = np.zeros((2, 1, 128), np.float32)
        self._input = np.zeros((1, CONTEXT_SAMPLES + window_samples), np.float32)

    def probability(self, window: NDArray[np.float32]) -> float:
        """Return the probability of speech in `window`: exactly 512 finite samples at 16 kHz."""
        if window.shape != (self._window_samples,):
            raise ValueError(f"a window has {self._window_samples} samples, not {window.shape}")
        self._input[0, :CONTEXT_SAMPLES] = self._input[0, -CONTEXT_SAMPLES:]
        self._input[0, CONTEXT_SAMPLES:] = window
        out, self._state = self._session.run(self._input, self._state, self._rate)
        return float(out[0, 0])


class Silero:
    """Silero VAD's weights (MIT), shared by its streams."""

    sample_rate_hz = 16_000
    window_samples = 512

    def __init__(self, session: onnx.Session) -> None:
        self._session = session

    def open(self) -> SileroStream:
        return SileroStream(self._session, self.sample_rate_hz, self.window_samples)


def load() -> Silero:
    """Return the detector; ModelError when its weights are not installed."""
    return Silero(onnx.session(weights.path("silero"), provider="cpu", threads=1))
