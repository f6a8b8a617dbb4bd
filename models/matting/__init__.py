"""matting: a picture to a person's alpha. One file per engine; this one holds what an engine is."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class SegmenterStream(Protocol):
    """One camera's segmentation in progress. Synchronous; one thread at a time."""

    def segment(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return raw alpha in [0, 1], shape (h, w), for `rgb`, shape (h, w, 3), of the input size."""
        ...


class Segmenter(Protocol):
    """An engine's weights, loaded once and shared by its streams. `width_px` x `height_px` is its input."""

    width_px: int
    height_px: int
    provider: str

    def open(self) -> SegmenterStream: ...
