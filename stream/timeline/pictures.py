"""pictures: how one clip looks: turned, cropped, keyed, placed and changed, as a Layer."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast

from stream.timeline import moves
from stream.timeline.filters import clip_looks
from stream.timeline.layout import Default, Region, crop_box, place
from stream.timeline.program import (
    Box,
    CaptionSpec,
    Color,
    Fallback,
    KeySpec,
    Layer,
    MatteSpec,
    Move,
    Notice,
)
from stream.timeline.schema import Document
from stream.timeline.schema_effects import (
    BackgroundEffect,
    CaptionEffect,
    CropEffect,
    FlipEffect,
    KenBurnsEffect,
    KeyEffect,
    MatteEffect,
    PadEffect,
    RotateEffect,
    ScaleEffect,
    ZoomEffect,
)
from stream.timeline.schema_tracks import ImageTrackClip, VideoTrackClip
from stream.timeline.spans import Tell, clip_effects
from stream.timeline.vocabulary import ADAPT_MODES, FALLBACKS, SCREEN_COLORS, canonical

Size = tuple[int, int]
FILLS = ("Blur", "Color")
DEFAULT_THRESHOLD = 5.0


@dataclass(frozen=True, slots=True)
class Scene:
    """What the look of a clip depends on besides the clip: the output, the scale of its px, who hears of problems."""

    document: Document
    size: Size
    scale: tuple[float, float]
    captions: Callable[[CaptionEffect, Size], CaptionSpec]
    tell: Tell


@dataclass(slots=True)
class _Looking:
    """A picture on its way through the effects: its size as turned so far, and what is used of it."""

    source: Size
    crop: Box | None = None
    rotate_deg: int = 0
    flip_x: bool = False
    flip_y: bool = False
    scale: ScaleEffect | None = None
    pad: PadEffect | None = None
    zoom: ZoomEffect | None = None
    pan: KenBurnsEffect | None = None
    looks: dict[str, Any] = field(default_factory=dict)


def picture(scene: Scene, clip: VideoTrackClip | ImageTrackClip, path: str, source: Size, default: Default,
            span_ns: tuple[int, int]) -> list[Layer]:
    """Return the layers that `clip` is from `span_ns[0]` to `span_ns[1]`, as far as its looks go, bottom first.

    One layer, whose kind and source the caller knows; a Pad is a colour below it. `source` is its size as shown.
    """
    now = _Looking(source)
    for index, effect in clip_effects(clip):
        _take(now, effect, f"{path}.Effects[{index}]", scene)
    region = Region(clip.X, clip.Y, clip.Width, clip.Height)
    if now.scale is not None:
        region = _under(region, Region(now.scale.X, now.scale.Y, now.scale.Width, now.scale.Height))
    pans = now.pan is not None and region.width is None and region.height is None
    mode = canonical(clip.AdaptMode, ADAPT_MODES) or "Fill"
    box, crop = place(region.scaled(*scene.scale), mode, now.source, now.crop, scene.size, "full" if pans else default)
    layers: list[Layer] = []
    if now.pad is not None:
        layers.append(Layer(f"{path}/pad", "color", "", *span_ns, box, color=now.pad.Color or Color(0, 0, 0),
                            path=path))
        box = _padded(now.pad, box)
    opacity = 1.0 if clip.Opacity is None else min(max(clip.Opacity, 0.0), 1.0)
    move = _move(now, crop, box, span_ns)
    made = Layer(path, "image", "", *span_ns, box, crop=None if move else crop, opacity=opacity,
                 rotate_deg=now.rotate_deg, flip_x=now.flip_x, flip_y=now.flip_y, move=move,
                 looks=tuple(clip_looks(clip, path, span_ns, box)), path=path, source_px=now.source, **now.looks)
    if isinstance(clip, VideoTrackClip) and clip.MaskVideoUrl:
        made = replace(made, mask_url=clip.MaskVideoUrl)
    return [*layers, made]


def _take(now: _Looking, effect: Any, where: str, scene: Scene) -> None:
    if isinstance(effect, CropEffect):
        _crop(now, effect, where, scene.tell)
    elif isinstance(effect, RotateEffect):
        _rotate(now, effect.Degree or 0.0)
    elif isinstance(effect, FlipEffect):
        _flip(now, effect.Direction)
    elif isinstance(effect, BackgroundEffect):
        is_color = canonical(effect.SubType, FILLS) == "Color"
        now.looks["fill"] = effect.Color or Color(0, 0, 0) if is_color else "blur"
        now.looks["fill_radius"] = min(max(effect.Radius or 0.1, 0.01), 1.0)
    elif isinstance(effect, KeyEffect):
        now.looks["key"] = key(effect, where, scene.tell)
    elif isinstance(effect, MatteEffect):
        notes = scene.document.notes
        fallback = cast(Fallback, canonical(notes.Fallback, FALLBACKS) or "background")
        now.looks["matte"] = MatteSpec(fallback, notes.Model or "selfie", effect.Thres)
    elif isinstance(effect, CaptionEffect):
        now.looks["captions"] = scene.captions(effect, now.source)
    elif isinstance(effect, ScaleEffect):
        now.scale = effect
    elif isinstance(effect, PadEffect):
        now.pad = effect
    elif isinstance(effect, ZoomEffect):
        now.zoom = effect
    elif isinstance(effect, KenBurnsEffect):
        now.pan = effect


def key(effect: KeyEffect, where: str, tell: Tell) -> KeySpec:
    """Return what AI_Matting keys out. Auto, or no Color, looks for the screen in the picture."""
    color = screen_color(effect.Color)
    if effect.Color and color is None:
        tell(Notice("warning", f"{where}.Color", "Nobody knows this colour", "Give a name such as green, or #RRGGBB; "
                    "the screen's colour is looked for in the picture", "unknown-word"))
    if effect.Auto:
        color = None
    threshold = DEFAULT_THRESHOLD if effect.Thres is None else min(max(effect.Thres, 1.0), 10.0)
    return KeySpec(color, threshold)


def screen_color(word: str | None) -> Color | None:
    """Return the colour a name ("green"), or #RRGGBB with or without #, stands for; None if neither."""
    name = canonical(word, tuple(SCREEN_COLORS))
    digits = SCREEN_COLORS[name] if name else (word or "").strip().removeprefix("#").removeprefix("0x")
    digits = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
    try:
        return Color(*bytes.fromhex(digits)) if len(digits) == 6 else None
    except ValueError:
        return None


def _crop(now: _Looking, effect: CropEffect, where: str, tell: Tell) -> None:
    """A Crop of what is left so far."""
    kept = now.crop or Box(0, 0, *now.source)
    found = crop_box(Region(effect.X, effect.Y, effect.Width, effect.Height), (kept.width_px, kept.height_px))
    if found is not None:
        now.crop = Box(kept.x_px + found.x_px, kept.y_px + found.y_px, found.width_px, found.height_px)
    elif now.source[0]:
        tell(Notice("warning", where, "The Crop leaves nothing", "It is not applied", "out-of-range"))


def _rotate(now: _Looking, degree: float) -> None:
    """Turn clockwise by the nearest quarter, and with it what was cropped and mirrored before."""
    for _ in range(round(degree / 90) % 4):
        wide, high = now.source
        now.source = (high, wide)
        now.rotate_deg = (now.rotate_deg + 90) % 360
        now.flip_x, now.flip_y = now.flip_y, now.flip_x
        if now.crop is not None:
            box = now.crop
            now.crop = Box(high - box.y_px - box.height_px, box.x_px, box.height_px, box.width_px)


def _flip(now: _Looking, direction: str | None) -> None:
    upside = canonical(direction, ("horizontal", "vertical")) == "vertical"
    wide, high = now.source
    if upside:
        now.flip_y = not now.flip_y
    else:
        now.flip_x = not now.flip_x
    if now.crop is not None:
        box = now.crop
        now.crop = (replace(box, y_px=high - box.y_px - box.height_px) if upside
                    else replace(box, x_px=wide - box.x_px - box.width_px))


def _under(region: Region, other: Region) -> Region:
    """`region`, and what it does not give as `other` gives it."""
    pairs = ((region.x, other.x), (region.y, other.y), (region.width, other.width), (region.height, other.height))
    return Region(*(first if first is not None else second for first, second in pairs))


def _padded(pad: PadEffect, box: Box) -> Box:
    """The part of `box` that Pad leaves to the picture: X, Y, Width, Height of it, ratio or px."""
    inner = crop_box(Region(pad.X, pad.Y, pad.Width, pad.Height), (box.width_px, box.height_px))
    if inner is None:
        return box
    return Box(box.x_px + inner.x_px, box.y_px + inner.y_px, max(inner.width_px & ~1, 2), max(inner.height_px & ~1, 2))


def _move(now: _Looking, crop: Box | None, box: Box, span_ns: tuple[int, int]) -> Move | None:
    base = moves.share(crop, now.source)
    if now.pan is not None:
        used = (crop.width_px, crop.height_px) if crop else now.source
        found = moves.ken_burns(now.pan, span_ns, used, box)
        if found is not None:
            return replace(found, start=moves.inside(base, found.start), end=moves.inside(base, found.end))
    if now.zoom is not None:
        return moves.zoom(now.zoom, span_ns, base)
    return None
