"""filters: Filter, VFX, masks, regions and fades of the dialect as Looks with their spans and parameters."""

import re
from collections.abc import Iterator
from typing import Any, Literal

from stream.timeline.joints import pick
from stream.timeline.layout import Region, crop_box
from stream.timeline.program import FOREVER_NS, NS, Box, Look, Value
from stream.timeline.scalars import color_text, ns
from stream.timeline.schema import Document
from stream.timeline.schema_effects import DeWatermarkEffect, Effect, FadeEffect, FilterEffect, VfxEffect
from stream.timeline.schema_tracks import EffectTrackItem, VideoTrackClip
from stream.timeline.spans import clip_effects, seed_of
from stream.timeline.vocabulary import TRACK_TYPES, canonical, catalogue

REGIONS = ("mosaic_rect", "blur")
FADES = ("In", "Out")
Family = Literal["Filter", "VFX"]
_NUMBER = re.compile(r"[-+]?(\d{1,12}(\.\d{0,12})?|\.\d{1,12})\Z")


def parameters(text: str | None) -> tuple[tuple[str, Value], ...]:
    """Return ExtParams ("k=v,k=v") as pairs in the order given; a value that is a number is one."""
    pairs = (part.partition("=") for part in (text or "").split(",") if "=" in part)
    return tuple((key.strip(), _value(value.strip())) for key, _, value in pairs if key.strip())


def _value(text: str) -> Value:
    return float(text) if _NUMBER.match(text) else text


def drawn(family: str, word: str | None, path: str) -> str | None:
    """Return the name of `family` (filters, vfx, transitions) a SubType means at `path`; None when nobody knows it.

    What needs a place or a shape of its own is not drawn at random.
    """
    names = catalogue()[family]
    if family == "vfx" and "random" in (word or "").lower():
        names = tuple(name for name in names if not name.startswith("mask_") and name not in REGIONS)
    return pick(word, names, path)


def clip_looks(clip: Any, path: str, span_ns: tuple[int, int], box: Box) -> Iterator[Look]:
    """Yield what the effects of `clip`, shown for `span_ns` in `box`, change in its picture, in order."""
    size = (box.width_px, box.height_px)
    for index, effect in clip_effects(clip):
        where = f"{path}.Effects[{index}]"
        if isinstance(effect, FadeEffect):
            yield from _fade(effect, span_ns)
        elif isinstance(effect, DeWatermarkEffect):
            within = _within(effect, span_ns)
            start_ns = span_ns[0] + ns(effect.In) if effect.In is not None else within[0]
            end_ns = min(span_ns[0] + ns(effect.Out), span_ns[1]) if effect.Out is not None else within[1]
            region = _region(effect, size)
            if region is not None and start_ns < end_ns:
                yield Look("region", "blur", start_ns, end_ns, (), region, seed_of(where))
        elif isinstance(effect, VfxEffect):
            yield from _look(effect, "Filter" if isinstance(effect, FilterEffect) else "VFX", where,
                             _within(effect, span_ns), size)


def track_looks(document: Document, size: tuple[int, int], end_ns: int) -> Iterator[Look]:
    """Yield what the effect tracks change in the whole picture, in document order, each for its time."""
    for item, path in effect_items(document):
        family: Family | None = "Filter" if canonical(item.Type, ("Filter",)) else \
            "VFX" if canonical(item.Type, ("VFX",)) else None
        if family is not None:
            yield from _look(item, family, path, _within(item, (0, end_ns)), size)


def effect_items(document: Document) -> Iterator[tuple[EffectTrackItem | VideoTrackClip, str]]:
    """Yield the items of the effect tracks, and of video tracks of Type Effect, with their JSON paths."""
    timeline, root = document.timeline, document.root
    for number, video in enumerate(timeline.VideoTracks or []):
        if video and not video.Disabled and canonical(video.Type, TRACK_TYPES) == "Effect":
            for index, clip in enumerate(video.VideoTrackClips or []):
                if clip is not None:
                    yield clip, f"{root}.VideoTracks[{number}].VideoTrackClips[{index}]"
    for number, track in enumerate(timeline.EffectTracks or []):
        for index, item in enumerate((track and not track.Disabled and track.EffectTrackItems) or []):
            if item is not None:
                yield item, f"{root}.EffectTracks[{number}].EffectTrackItems[{index}]"


def _look(part: Any, family: Family, path: str, span_ns: tuple[int, int], size: tuple[int, int]) -> Iterator[Look]:
    name = drawn("filters" if family == "Filter" else "vfx", part.SubType, path)
    if name is None or span_ns[0] >= span_ns[1]:
        return
    given, seed = parameters(part.ExtParams), seed_of(path)
    region = _region(part, size)
    if family == "VFX" and name in REGIONS and (region is not None or name == "mosaic_rect"):
        yield Look("region", name, *span_ns, given, region, seed)
    elif family == "Filter":
        yield Look("filter", name, *span_ns, given, None, seed)
    else:
        yield Look("mask" if name.startswith("mask_") else "vfx", name, *span_ns, given, None, seed)


def _region(part: Any, size: tuple[int, int]) -> Box | None:
    """The rectangle of an effect; None without sizes (the editor writes zeros for "everywhere")."""
    if not part.Width or not part.Height:
        return None
    return crop_box(Region(part.X, part.Y, part.Width, part.Height), size)


def _within(part: Effect | EffectTrackItem | VideoTrackClip, span_ns: tuple[int, int]) -> tuple[int, int]:
    """When an effect acts: as long as what it is on, unless it says otherwise; TimelineOut goes before Duration."""
    start_ns = span_ns[0] if part.TimelineIn is None else max(ns(part.TimelineIn), span_ns[0])
    if part.TimelineOut is not None:
        return start_ns, min(ns(part.TimelineOut), span_ns[1])
    if part.Duration is not None and ns(part.Duration) > 0:
        return start_ns, min(start_ns + ns(part.Duration), span_ns[1])
    return start_ns, span_ns[1]


def _fade(effect: FadeEffect, span_ns: tuple[int, int]) -> Iterator[Look]:
    length_ns = NS if effect.Duration is None else max(ns(effect.Duration), 0)
    length_ns = min(length_ns, span_ns[1] - span_ns[0])
    way = canonical(effect.SubType, FADES)
    if way is None or length_ns <= 0 or span_ns[1] >= FOREVER_NS:
        return
    color = (("color", color_text(effect.Color) if effect.Color else "#000000"),)
    if way == "In":
        yield Look("vfx", "fade_in", span_ns[0], span_ns[0] + length_ns, color)
    else:
        yield Look("vfx", "fade_out", span_ns[1] - length_ns, span_ns[1], color)
