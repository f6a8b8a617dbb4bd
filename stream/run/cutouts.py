"""cutouts: stills with the person cut out, where AI_RealMatting is on an image: one matte serves all its time."""

from collections.abc import Iterator, Mapping

import numpy as np

from models.matting import Segmenter
from stream.media import VideoFrame
from stream.render.geometry import with_alpha
from stream.run.cutter import Cutter
from stream.run.loading import load_segmenter
from stream.timeline.program import Program


class CutOuts(Mapping[str, VideoFrame]):
    """The `stills` by layer id, cut out where their layer has a matte; each is cut once, when it is wanted.

    Stills that are all decoded already (live) are cut at once, before anybody waits for them.
    """

    def __init__(self, stills: Mapping[str, VideoFrame], program: Program) -> None:
        self._stills = stills
        self._models = {layer.id: layer.matte.model for layer in program.layers
                        if layer.kind == "image" and layer.matte is not None}
        self._segmenters: dict[str, Segmenter] = {}
        self._cut: dict[str, VideoFrame] = {}
        if isinstance(stills, dict):
            for layer_id in self._models.keys() & stills.keys():
                self._cut[layer_id] = self._cut_out(stills[layer_id], self._models[layer_id])

    def __getitem__(self, layer_id: str) -> VideoFrame:
        if layer_id not in self._models:
            return self._stills[layer_id]
        if layer_id not in self._cut:
            self._cut[layer_id] = self._cut_out(self._stills[layer_id], self._models[layer_id])
        return self._cut[layer_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._stills)

    def __len__(self) -> int:
        return len(self._stills)

    def _cut_out(self, still: VideoFrame, model: str) -> VideoFrame:
        if model not in self._segmenters:
            self._segmenters[model] = load_segmenter(model)
        segmenter = self._segmenters[model]
        alpha = Cutter(segmenter.open(), segmenter.width_px, segmenter.height_px).matte(still).alpha
        high, wide = alpha.shape
        grey = np.full(((high + 1) // 2, (wide + 1) // 2), 128, np.uint8)
        return with_alpha(still, VideoFrame(alpha, grey, grey, full_range=True))
