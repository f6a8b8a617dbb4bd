"""selfie: persons near the camera, cut out by MediaPipe's selfie segmentation on onnxruntime."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models import onnx, weights

SIZES_PX = {"general": (256, 256), "landscape": (256, 144)}


class SelfieStream:
    """One camera's segmentation. The network has no memory; the stream only keeps its input buffer."""

    def __init__(self, session: onnx.Session, width_px: int, height_px: int) -> None:
        self._session = session
        self._input = np.empty((1, height_px, width_px, 3), np.float32)

    def segment(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return alpha in [0, 1], shape (h, w), for `rgb`, shape (h, w, 3), of exactly the network's size."""
        if rgb.shape != self._input.shape[1:]:
            raise ValueError(f"a picture of shape {rgb.shape}, where {self._input.shape[1:]} is needed")
        np.multiply(rgb, np.float32(1 / 255), out=self._input[0], dtype=np.float32)
        alpha: NDArray[np.float32] = self._session.run(self._input)[0][0, :, :, 0]
        return alpha


@dataclass(frozen=True, slots=True)
class Selfie:
    """The network's weights, shared by its streams. `provider` is what it really runs on."""

    width_px: int
    height_px: int
    provider: str
    _session: onnx.Session

    def open(self) -> SelfieStream:
        return SelfieStream(self._session, self.width_px, self.height_px)


def load(model: Literal["general", "landscape"] = "general", provider: onnx.Wish = "auto") -> Selfie:
    """Return the segmenter; ModelError where its weights or the `provider` asked for are missing.

    "general" (256 x 256) is the steadier one; "landscape" (256 x 144) takes half the time and flickers more.
    """
    width_px, height_px = SIZES_PX[model]
    session = onnx.session(weights.path(f"selfie/{model}"), provider=provider)
    return Selfie(width_px, height_px, session.provider, session)
