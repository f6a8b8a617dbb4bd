"""cutter: a frame to its matte: scaled for the model, segmented, refined."""

from models.matting import SegmenterStream
from stream.media import Matte, Scaler, VideoFrame


class Cutter:
    """Cuts one stream's pictures out, in order; one thread."""

    def __init__(self, segmenter: SegmenterStream, width_px: int, height_px: int) -> None:
        from stream.render.matte import Refiner  # its kernels are compiled when imported

        self._segmenter, self._size, self._scaler = segmenter, (width_px, height_px), Scaler()
        self.refiner = Refiner(height_px, width_px)

    def matte(self, frame: VideoFrame) -> Matte:
        rgb = self._scaler.rgb(frame, *self._size)
        return Matte(self.refiner.refine(self._segmenter.segment(rgb), rgb), frame.index)
