"""painter: one tick's picture: layers fitted, dressed and placed, transitions, cues, composed and hashed."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from stream.media import Scaler, VideoFrame
from stream.render.blur import background
from stream.render.compositor import Canvas, Picture, compose, solid
from stream.run.due import Due
from stream.run.placing import crop, refitted, share, turned_matte, window_at
from stream.run.rasters import Rasters
from stream.run.shelf import Shot
from stream.timeline.program import Box, Color, Cue, Layer, Look, Program, Transition

FALLBACK_BLUR = 0.25
"""How far a point spreads, as a share of the height, where blurring hides a room: faces and letters are gone."""


@dataclass(slots=True)
class Painter:
    """Paints the ticks of one Program, in one thread. `images` are the decoded stills by layer id.

    With `alpha` the canvas is transparent instead of black. What only some Programs need (transitions,
    effects, keys, moves) is imported when one does.
    """

    program: Program
    rasters: Rasters
    images: Mapping[str, VideoFrame] = field(default_factory=dict)
    hashes: bool = True
    alpha: bool = False
    _canvas: Canvas = field(init=False)
    _whole: Box = field(init=False)
    _scalers: dict[str, Scaler] = field(default_factory=dict)
    _stills: dict[tuple[str, str], VideoFrame] = field(default_factory=dict)
    _black: VideoFrame = field(init=False)
    _last: tuple[object, VideoFrame] | None = None
    _layers: Due[Layer] = field(init=False)
    _turning: Due[Transition] = field(init=False)
    _looks: Due[Look] = field(init=False)
    _near: tuple[Layer, ...] = ()

    def __post_init__(self) -> None:
        if any(layer.kind == "image" and layer.matte is not None for layer in self.program.layers):
            from stream.run.cutouts import CutOuts

            self.images = CutOuts(self.images, self.program)
        self._canvas = Canvas(self.program.width_px, self.program.height_px)
        self._whole = Box(0, 0, self.program.width_px, self.program.height_px)
        self._black = solid(self.program.width_px, self.program.height_px, Color(0, 0, 0))
        self._layers, self._looks = Due(self.program.layers), Due(self.program.looks)
        self._turning = Due(self.program.transitions)

    def paint(self, pts_ns: int, shots: Mapping[str, Shot], cues: Sequence[Cue]) -> tuple[VideoFrame, int]:
        """Return the picture at `pts_ns`, and its CRC-32 (0 without `hashes`)."""
        layers, turning, looks = self._layers.at(pts_ns), self._turning.at(pts_ns), self._looks.at(pts_ns)
        if self._layers.near is not self._near:
            self._forget()
        same = None if turning or looks else self._still_key(layers, shots, cues)
        if same is not None and self._last is not None and self._last[0] == same:
            frame = self._last[1]
        else:
            frame = self._composed(self._placed(layers, turning, shots, pts_ns), looks, cues, pts_ns)
        self._last = None if same is None else (same, frame)
        frame = replace(frame, pts_ns=pts_ns, index=-1)
        return frame, checksum(frame) if self.hashes else 0

    def _forget(self) -> None:
        """Let go of what was kept for layers that are over."""
        self._near = self._layers.near
        ids = {layer.id for layer in self._near}
        self._stills = {key: still for key, still in self._stills.items() if key[0] in ids}
        self._scalers = {name: scaler for name, scaler in self._scalers.items() if name in ids}

    def _still_key(self, layers: Sequence[Layer], shots: Mapping[str, Shot], cues: Sequence[Cue]) -> object | None:
        """What the picture depends on when nothing in it moves by itself; None when something does."""
        if any(layer.looks or layer.move for layer in layers) or any(
                cue.scroll or cue.motion_in or cue.motion_out or cue.motion_loop for cue in cues):
            return None
        shown = tuple((name, *((shot.frame, shot.matte) if (shot := shots.get(name)) else ())) for layer in layers
                      for name in ((layer.id, mask_id(layer)) if layer.mask_url else (layer.id,)))
        return tuple((name, *map(id, rest)) for name, *rest in shown), tuple((c.lines, c.style) for c in cues), shown

    def _placed(self, layers: Sequence[Layer], turning: Sequence[Transition], shots: Mapping[str, Shot],
                pts_ns: int) -> list[Picture]:
        by_id = {layer.id: layer for layer in layers} if turning else {}
        turns = {name: turn for turn in turning if turn.from_id in by_id and turn.to_id in by_id
                 for name in (turn.from_id, turn.to_id)}
        pictures: list[Picture] = []
        done: set[str] = set()
        for layer in layers:
            turn = turns.get(layer.id)
            if turn is None:
                pictures += self._pictures(layer, shots, pts_ns)
            elif turn.from_id not in done:
                done.add(turn.from_id)
                pictures.append(self._turned(turn, by_id, shots, pts_ns))
        return pictures

    def _turned(self, turn: Transition, layers: Mapping[str, Layer], shots: Mapping[str, Shot],
                pts_ns: int) -> Picture:
        """Two layers of a track, each alone on the canvas, the one becoming the other."""
        from stream.render.transitions import blend

        first, second = (self._alone(self._pictures(layers[name], shots, pts_ns))
                         for name in (turn.from_id, turn.to_id))
        progress = (pts_ns - turn.start_ns) / max(turn.end_ns - turn.start_ns, 1)
        return Picture(blend(turn.name, first, second, progress, turn.seed), self._whole)

    def _alone(self, pictures: list[Picture]) -> VideoFrame:
        if pictures and self._covers(pictures[0]):
            return compose(self._canvas, pictures)
        from stream.render.transparent import compose_clear

        return compose_clear(self._canvas, pictures)

    def _composed(self, pictures: list[Picture], looks: Sequence[Look], cues: Sequence[Cue], pts_ns: int) -> VideoFrame:
        rasters = [raster for cue in cues if (raster := self.rasters.at(cue, pts_ns)) is not None]
        if self.alpha:
            from stream.render.transparent import compose_clear as composed
        else:
            composed = compose
            if not pictures or not self._covers(pictures[0]):
                pictures.insert(0, Picture(self._black, self._whole))
        if not looks:
            return composed(self._canvas, pictures, rasters)
        frame = self._changed(composed(self._canvas, pictures), looks, pts_ns)
        return composed(self._canvas, [Picture(frame, self._whole)], rasters) if rasters else frame

    def _covers(self, picture: Picture) -> bool:
        return (picture.box == self._whole and picture.matte is None and picture.opacity >= 1
                and picture.frame.a is None)

    def _pictures(self, layer: Layer, shots: Mapping[str, Shot], pts_ns: int) -> list[Picture]:
        """A layer's fill and its picture, as they lie on the canvas."""
        if layer.kind == "color":
            return [Picture(self._flat((layer.id, "flat"), layer.color or Color(0, 0, 0), layer.box), layer.box,
                            opacity=layer.opacity)]
        shot = shots.get(layer.id, Shot())
        if layer.kind == "image":
            mask = shots.get(mask_id(layer)) if layer.mask_url else None
            return self._image(layer, mask.frame if mask else None, pts_ns)
        if shot.frame is None:
            return self._fill(layer, None)
        mask = shots.get(mask_id(layer))
        return self._moving(layer, shot, shot.frame, mask.frame if mask else None, pts_ns)

    def _image(self, layer: Layer, mask: VideoFrame | None, pts_ns: int) -> list[Picture]:
        kept = self._stills.get((layer.id, "fitted")) if layer.move is None else None
        fill = self._stills.get((layer.id, "blur")) if layer.fill == "blur" else None
        whole = kept is not None and (fill is not None or layer.fill != "blur")  # nothing of it is to be made
        still = None if whole else self.images.get(layer.id)
        if kept is not None:
            frame = kept
        elif still is not None:
            frame = self._dressed(layer, self._framed(layer, still, pts_ns))
        else:
            return []
        if layer.move is None:
            self._stills[layer.id, "fitted"] = frame
        under = [Picture(fill, self._whole)] if fill is not None else self._fill(layer, still)
        if layer.fill == "blur":
            self._stills[layer.id, "blur"] = under[0].frame
        if mask is not None:
            from stream.render.geometry import with_alpha

            frame = with_alpha(frame, mask)
        return [*under, Picture(self._changed(frame, _now(layer.looks, pts_ns), pts_ns), layer.box,
                                opacity=layer.opacity)]

    def _moving(self, layer: Layer, shot: Shot, frame: VideoFrame, mask: VideoFrame | None,
                pts_ns: int) -> list[Picture]:
        """A video or live layer: its fill, then the clip cut out, whole, blurred or not at all."""
        under = self._fill(layer, frame)
        matte = shot.matte if layer.matte is not None else None
        if layer.rotate_deg or layer.flip_x or layer.flip_y:  # what is cut out turns with its picture
            from stream.render.geometry import turn

            frame = turn(frame, layer.rotate_deg, layer.flip_x, layer.flip_y)
            matte = turned_matte(matte, layer) if matte is not None else None
            layer = replace(layer, rotate_deg=0, flip_x=False, flip_y=False)
        layer = refitted(layer, frame)
        if layer.matte is not None and matte is None and layer.matte.fallback != "pass":
            if layer.matte.fallback == "background":
                return under
            seen = crop(frame, layer.crop) if layer.crop else frame
            hidden = background(seen, Canvas(layer.box.width_px, layer.box.height_px), FALLBACK_BLUR)
            return [*under, Picture(hidden, layer.box, opacity=layer.opacity)]
        fitted = self._dressed(layer, self._framed(layer, frame, pts_ns), mask)
        part = share(layer.crop, frame) if layer.move is None else window_at(layer.move, pts_ns)
        picture = Picture(fitted, layer.box, matte, opacity=layer.opacity,
                          matte_crop=part if matte is not None else None)
        looks = _now(layer.looks, pts_ns)
        if not looks:
            return [*under, picture]
        if matte is not None:  # an effect sees the person cut out, not the room
            from stream.render.transparent import compose_clear

            inside = Box(0, 0, layer.box.width_px, layer.box.height_px)
            alone = [replace(picture, box=inside, opacity=1.0)]
            fitted = compose_clear(Canvas(inside.width_px, inside.height_px), alone)
        return [*under, Picture(self._changed(fitted, looks, pts_ns), layer.box, opacity=layer.opacity)]

    def _framed(self, layer: Layer, frame: VideoFrame, pts_ns: int) -> VideoFrame:
        """The source turned, cropped or windowed, at the size of the layer's box."""
        if layer.rotate_deg or layer.flip_x or layer.flip_y:
            from stream.render.geometry import turn

            frame = turn(frame, layer.rotate_deg, layer.flip_x, layer.flip_y)
        if layer.move is not None:
            from stream.render.geometry import window

            return window(frame, window_at(layer.move, pts_ns), layer.box.width_px, layer.box.height_px)
        scaler = self._scalers.setdefault(layer.id, Scaler())
        source = crop(frame, layer.crop) if layer.crop else frame
        return scaler.frame(source, layer.box.width_px, layer.box.height_px)

    def _dressed(self, layer: Layer, frame: VideoFrame, mask: VideoFrame | None = None) -> VideoFrame:
        """The fitted picture with its colour keyed out and its mask put on."""
        if layer.key is not None:
            from stream.render.key import key

            frame = key(frame, layer.key)
        if mask is not None:
            from stream.render.geometry import with_alpha

            frame = with_alpha(frame, mask)
        return frame

    def _changed(self, frame: VideoFrame, looks: Sequence[Look], pts_ns: int) -> VideoFrame:
        if looks:
            from stream.render.effects import apply

            for look in looks:
                frame = apply(look, frame, pts_ns)
        return frame

    def _fill(self, layer: Layer, frame: VideoFrame | None) -> list[Picture]:
        if isinstance(layer.fill, Color):
            return [Picture(self._flat((layer.id, "fill"), layer.fill, self._whole), self._whole)]
        if layer.fill == "blur" and frame is not None:
            return [Picture(background(frame, self._canvas, layer.fill_radius), self._whole)]
        return []

    def _flat(self, key: tuple[str, str], color: Color, box: Box) -> VideoFrame:
        if key not in self._stills:
            self._stills[key] = solid(box.width_px, box.height_px, color)
        return self._stills[key]


def mask_id(layer: Layer) -> str:
    """Return what the input is called that brings the layer's MaskVideoUrl."""
    return f"{layer.id}/mask"


def _now(looks: Sequence[Look], pts_ns: int) -> list[Look]:
    return [look for look in looks if look.start_ns <= pts_ns < look.end_ns]


def checksum(frame: VideoFrame) -> int:
    """Return the CRC-32 of the frame's visible pixels: y, then u, then v, row by row."""
    crc = 0
    for plane in (frame.y, frame.u, frame.v):
        crc = zlib.crc32(np.ascontiguousarray(plane).data, crc)
    return crc
