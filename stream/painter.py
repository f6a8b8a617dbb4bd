"""painter: one tick's picture: layers scaled and placed, mattes or their fallback, cues, composed and hashed."""

import threading
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from stream.media import Scaler, VideoFrame
from stream.render.blur import background
from stream.render.compositor import Canvas, Picture, compose, solid
from stream.render.raster import Raster
from stream.render.text import Typesetter
from stream.shelf import Shot
from stream.timeline.program import Box, Color, Cue, Layer, Line, Program, TextStyle

KEPT_RASTERS = 64
FALLBACK_BLUR = 0.25
"""How far a point spreads, as a share of the height, where blurring hides a room: faces and letters are gone."""


class _Undrawn:
    """What a cue's raster is before it is drawn (None: nothing to draw)."""


_UNDRAWN = _Undrawn()


class Rasters:
    """Cues drawn once: `draw` may run in a thread of its own, ahead of the tick that shows the cue."""

    def __init__(self, typesetter: Typesetter, program: Program) -> None:
        self._typesetter, self._size = typesetter, (program.width_px, program.height_px)
        self._drawn: dict[object, Raster | None] = {}  # read without the lock, so never in two steps
        self._lock = threading.Lock()

    def measure(self, style: TextStyle) -> Callable[[Line], float]:
        """Return what measures a line in `style`, in px, as it will be drawn."""

        def measured(line: Line) -> float:
            with self._lock:
                return self._typesetter.measure(line, style)

        return measured

    def draw(self, cue: Cue) -> Raster | None:
        """Return the cue's raster, drawing it if it is new. The same text and style draw the same pixels."""
        key = (cue.lines, cue.style)
        found = self._drawn.get(key, _UNDRAWN)
        if not isinstance(found, _Undrawn):
            return found
        with self._lock:
            found = self._drawn.get(key, _UNDRAWN)
            if not isinstance(found, _Undrawn):
                return found
            drawn = self._typesetter.raster(cue, *self._size)
            self._drawn[key] = drawn
            while len(self._drawn) > KEPT_RASTERS:
                self._drawn.pop(next(iter(self._drawn)), None)
        return drawn


@dataclass(slots=True)
class Painter:
    """Paints the ticks of one Program, in one thread. `images` are the decoded stills by layer id."""

    program: Program
    rasters: Rasters
    images: Mapping[str, VideoFrame] = field(default_factory=dict)
    hashes: bool = True
    _canvas: Canvas = field(init=False)
    _scalers: dict[str, Scaler] = field(default_factory=dict)
    _stills: dict[str, VideoFrame] = field(default_factory=dict)
    _black: VideoFrame = field(init=False)

    def __post_init__(self) -> None:
        self._canvas = Canvas(self.program.width_px, self.program.height_px)
        self._black = solid(self.program.width_px, self.program.height_px, Color(0, 0, 0))

    def paint(self, pts_ns: int, shots: Mapping[str, Shot], cues: Sequence[Cue]) -> tuple[VideoFrame, int]:
        """Return the picture at `pts_ns`, and its CRC-32 (0 without `hashes`)."""
        pictures: list[Picture] = []
        for layer in self.program.layers_at(pts_ns):
            pictures += self._pictures(layer, shots.get(layer.id, Shot()))
        if not pictures or not self._covers(pictures[0]):
            pictures.insert(0, Picture(self._black, self._whole))
        rasters = [raster for cue in cues if (raster := self.rasters.draw(cue)) is not None]
        frame = replace(compose(self._canvas, pictures, rasters), pts_ns=pts_ns, index=-1)
        return frame, checksum(frame) if self.hashes else 0

    @property
    def _whole(self) -> Box:
        return Box(0, 0, self.program.width_px, self.program.height_px)

    def _covers(self, picture: Picture) -> bool:
        return (picture.box == self._whole and picture.matte is None and picture.opacity >= 1
                and picture.frame.a is None)

    def _pictures(self, layer: Layer, shot: Shot) -> list[Picture]:
        if layer.kind == "color":
            return [Picture(self._flat(layer.id, layer.color or Color(0, 0, 0), layer.box), layer.box,
                            opacity=layer.opacity)]
        if layer.kind == "image":
            still = self._stills.get(layer.id) or self._still(layer)
            return [Picture(still, layer.box, opacity=layer.opacity)] if still else []
        if shot.frame is None:
            return self._fill(layer, None)
        return self._moving(layer, shot, shot.frame)

    def _moving(self, layer: Layer, shot: Shot, frame: VideoFrame) -> list[Picture]:
        """A video or live layer: its fill, then the clip cut out, whole, blurred or not at all."""
        under = self._fill(layer, frame)
        layer = refitted(layer, frame)
        if layer.matte is None or (layer.matte.fallback == "pass" and shot.matte is None):
            return [*under, Picture(self._fit(layer, frame), layer.box, opacity=layer.opacity)]
        if shot.matte is not None:
            return [*under, Picture(self._fit(layer, frame), layer.box, shot.matte, opacity=layer.opacity,
                                    matte_crop=_share(layer.crop, frame))]
        if layer.matte.fallback == "blur":
            seen = crop(frame, layer.crop) if layer.crop else frame
            hidden = background(seen, Canvas(layer.box.width_px, layer.box.height_px), FALLBACK_BLUR)
            return [*under, Picture(hidden, layer.box, opacity=layer.opacity)]
        return under

    def _fill(self, layer: Layer, frame: VideoFrame | None) -> list[Picture]:
        if isinstance(layer.fill, Color):
            return [Picture(self._flat(f"{layer.id}/fill", layer.fill, self._whole), self._whole)]
        if layer.fill == "blur" and frame is not None:
            return [Picture(background(frame, self._canvas, layer.fill_radius), self._whole)]
        return []

    def _flat(self, key: str, color: Color, box: Box) -> VideoFrame:
        if key not in self._stills:
            self._stills[key] = solid(box.width_px, box.height_px, color)
        return self._stills[key]

    def _still(self, layer: Layer) -> VideoFrame | None:
        image = self.images.get(layer.id)
        if image is None:
            return None
        self._stills[layer.id] = self._fit(layer, image)
        return self._stills[layer.id]

    def _fit(self, layer: Layer, frame: VideoFrame) -> VideoFrame:
        """The frame, cropped and scaled to the layer's box."""
        scaler = self._scalers.setdefault(layer.id, Scaler())
        source = crop(frame, layer.crop) if layer.crop else frame
        return scaler.frame(source, layer.box.width_px, layer.box.height_px)


def refitted(layer: Layer, frame: VideoFrame) -> Layer:
    """Return `layer` as it is for a source that is no longer of the size it was resolved for.

    The same share is taken of it; another shape (a phone turned) is shown whole inside the layer's box.
    """
    width, height = layer.source_px
    if not width or not height or (width, height) == (frame.width_px, frame.height_px):
        return layer
    across, down = frame.width_px / width, frame.height_px / height
    cut, box = layer.crop, layer.box
    if cut is not None:
        cut = Box(int(cut.x_px * across), int(cut.y_px * down), max(int(cut.width_px * across), 2),
                  max(int(cut.height_px * down), 2))
    if max(across, down) <= 1.02 * min(across, down):
        return replace(layer, crop=cut)
    fits = max(across, down)
    wide, high = max(int(box.width_px * across / fits) & ~1, 2), max(int(box.height_px * down / fits) & ~1, 2)
    left, top = (box.width_px - wide) // 2 & ~1, (box.height_px - high) // 2 & ~1
    inside = Box(box.x_px + left, box.y_px + top, wide, high)
    return replace(layer, crop=cut, box=inside)


def crop(frame: VideoFrame, box: Box) -> VideoFrame:
    """Return the part of `frame` inside `box` (moved to even px), sharing its planes."""
    x, y = box.x_px & ~1, box.y_px & ~1
    right, bottom = min(x + box.width_px, frame.width_px), min(y + box.height_px, frame.height_px)
    half = (slice(y // 2, (bottom + 1) // 2), slice(x // 2, (right + 1) // 2))
    return replace(frame, y=frame.y[y:bottom, x:right], u=frame.u[half], v=frame.v[half],
                   a=None if frame.a is None else frame.a[y:bottom, x:right], av=None)


def _share(box: Box | None, frame: VideoFrame) -> tuple[float, float, float, float] | None:
    """The part of the source that `box` takes, as (x, y, width, height) in [0, 1]."""
    if box is None:
        return None
    width, height = frame.width_px, frame.height_px
    return ((box.x_px & ~1) / width, (box.y_px & ~1) / height, box.width_px / width, box.height_px / height)


def checksum(frame: VideoFrame) -> int:
    """Return the CRC-32 of the frame's visible pixels: y, then u, then v, row by row."""
    crc = 0
    for plane in (frame.y, frame.u, frame.v):
        crc = zlib.crc32(np.ascontiguousarray(plane).data, crc)
    return crc
