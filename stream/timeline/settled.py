"""settled: a document with every time, box and reference written out (IMS calls it the BaseTimeline).

It is the document as it was given, its effects and looks untouched; what `resolve` had to find out stands in it: when
each clip begins and ends, what part of its source is used at what speed, where it goes, which of several names was
drawn, how large and how long the output is. Resolved again it gives the same Program.
"""

import copy
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from stream.timeline.facts import Facts, Speech
from stream.timeline.filters import drawn, effect_items
from stream.timeline.output import exact_rate
from stream.timeline.program import FOREVER_NS, Box, Program
from stream.timeline.reading import Limits, read
from stream.timeline.resolve import resolve
from stream.timeline.scalars import seconds_value
from stream.timeline.schema import Document, member
from stream.timeline.schema_effects import FilterEffect, ScaleEffect, TextEffect, TransitionEffect, VfxEffect
from stream.timeline.schema_tracks import AudioTrackClip
from stream.timeline.spans import PLAYED, Known, Span, clip_effects
from stream.timeline.texts import Canvases
from stream.timeline.tracks import Tracks, settle
from stream.timeline.vocabulary import ADAPT_MODES, canonical

Json = dict[str, Any]


def settled(document: Document, facts: Facts, *, size: tuple[int, int] | None = None, rate: Fraction | None = None,
            limits: Limits | None = None, ims_bgr: bool = False,
            speech: Mapping[str, Speech] | None = None) -> tuple[Json, Program]:
    """Return the document as JSON with everything settled, and the Program that it is (as `resolve` gives it)."""
    program = resolve(document, facts, size=size, rate=rate, limits=limits, ims_bgr=ims_bgr, speech=speech)
    value = copy.deepcopy(document.value)
    timeline = part_of(value, document)
    known = Known(facts, lambda _: None, speech or {})
    tracks = settle(document, known)
    boxes = {layer.id: layer.box for layer in program.layers}
    for lane in tracks.lanes:
        track = _at(timeline, lane.path, document.root)
        _drop(track, "TrackShortenMode", "TrackExpandMode")
        for span in lane.spans:
            clip = _at(timeline, span.path, document.root)
            _times(clip, span, program.end_ns, span is lane.spans[-1])
            _box(clip, span.clip, boxes.get(f"{span.path}/pad") or boxes.get(span.path), program)
            _effects(clip, span, program.end_ns)
        for span in lane.hidden:
            clip = _at(timeline, span.path, document.root)
            _set(clip, TimelineIn=seconds_value(span.start_ns), TimelineOut=seconds_value(span.end_ns))
            if tracks.refers(span.clip, span.path):
                _drop(clip, "ReferenceClipId")
    for path in tracks.ignored:
        _drop(_at(timeline, path, document.root), "ReferenceClipId")
    _images(timeline, document, program)
    _items(timeline, document, program.end_ns)
    _texts(timeline, document, program, tracks)
    _output(value, timeline, document, program, tracks)
    return value, program


def part_of(value: Json, document: Document) -> Json:
    """The Timeline in `value`; where it is JSON in a text, it becomes an object."""
    if document.root == "$":
        return value
    key = document.root.removeprefix("$.")
    if isinstance(value[key], str):
        value[key] = read(value[key], Limits())[0]
    found: Json = value[key]
    return found


def _at(timeline: Json, path: str, root: str) -> Json:
    """The object at `path`, whatever the case of the keys on the way."""
    found: Any = timeline
    for step in path.removeprefix(root).removeprefix(".").split("."):
        name, _, index = step.removesuffix("]").partition("[")
        found = found[member(found, name) or name]
        if index:
            found = found[int(index)]
    result: Json = found
    return result


def _set(part: Json, **members: Any) -> None:
    for name, value in members.items():
        part[member(part, name) or name] = value


def _drop(part: Json, *names: str) -> None:
    for name in names:
        key = member(part, name)
        while key is not None:
            del part[key]
            key = member(part, name)


def _times(clip: Json, span: Span[Any], end_ns: int, is_last: bool) -> None:
    if span.kind == "live":
        return
    last_ns = min(span.end_ns, end_ns) if span.start_ns < end_ns else span.end_ns
    loops = isinstance(span.clip, AudioTrackClip) and span.clip.LoopMode
    if loops and is_last and span.clip.TimelineOut is None and not span.clip.ReferenceClipId:
        last_ns = max(last_ns, end_ns)
    if last_ns < FOREVER_NS and last_ns > span.start_ns:
        _set(clip, TimelineIn=seconds_value(span.start_ns), TimelineOut=seconds_value(last_ns))
        _drop(clip, "ReferenceClipId")
        if span.kind in ("image", "global"):
            _set(clip, Duration=seconds_value(last_ns - span.start_ns))
        else:
            _drop(clip, "Duration")
    if span.kind in PLAYED and span.source_ns < FOREVER_NS:
        if span.speech is None or (span.in_ns, span.out_ns) != (0, span.speech.duration_ns):
            _drop(clip, "MaxOut")
            _set(clip, In=seconds_value(span.in_ns), Out=seconds_value(span.out_ns))
        if span.speed != 1.0 or span.clip.Speed is not None:
            _set(clip, Speed=span.speed)


def _box(clip: Json, fields: Any, box: Box | None, program: Program) -> None:
    if box is None:
        return
    sides = (("X", box.x_px, program.width_px), ("Y", box.y_px, program.height_px),
             ("Width", box.width_px, program.width_px), ("Height", box.height_px, program.height_px))
    if any(abs(length) > full for _, length, full in sides):
        return  # px would be read as px of another canvas: it stays as it is
    sized = [fields, *[effect for _, effect in clip_effects(fields) if isinstance(effect, ScaleEffect)][-1:]]
    covers = canonical(fields.AdaptMode, ADAPT_MODES) == "Cover" and all(
        any(getattr(part, side) is not None for part in sized) for side in ("Width", "Height"))
    _set(clip, **{name: round(length / full, 6) for name, length, full in sides})
    if covers or member(clip, "AdaptMode"):
        _set(clip, AdaptMode="Cover" if covers else "Fill")


def _effects(clip: Json, span: Span[Any], end_ns: int) -> None:
    """The names that were drawn, and when texts on the clip are shown."""
    listed: Any = clip.get(member(clip, "Effects") or "Effects")
    for index, effect in clip_effects(span.clip):
        path = f"{span.path}.Effects[{index}]"
        if isinstance(effect, TextEffect) and effect.Content and span.end_ns < FOREVER_NS:
            _set(listed[index], **{name: seconds_value(value) for name, given, value in (
                ("TimelineIn", effect.TimelineIn, span.start_ns),
                ("TimelineOut", effect.TimelineOut, min(span.end_ns, end_ns))) if given is None})
        elif isinstance(effect, TransitionEffect):
            _name(listed[index], effect.SubType, "transitions", path)
        elif isinstance(effect, VfxEffect):
            _name(listed[index], effect.SubType, "filters" if isinstance(effect, FilterEffect) else "vfx", path)


def _name(part: Json, word: str | None, family: str, path: str) -> None:
    name = drawn(family, word, path)
    if name is not None:
        _set(part, SubType=name)


def _images(timeline: Json, document: Document, program: Program) -> None:
    layers = {layer.id: layer for layer in program.layers}
    for number, track in enumerate(document.timeline.ImageTracks or []):
        for index, clip in enumerate((track and not track.Disabled and track.ImageTrackClips) or []):
            path = f"{document.root}.ImageTracks[{number}].ImageTrackClips[{index}]"
            layer = layers.get(path)
            if clip is None or layer is None:
                continue
            found = _at(timeline, path, document.root)
            _box(found, clip, layers.get(f"{path}/pad", layer).box, program)
            if layer.end_ns < FOREVER_NS:
                _set(found, TimelineIn=seconds_value(layer.start_ns), TimelineOut=seconds_value(layer.end_ns))


def _items(timeline: Json, document: Document, end_ns: int) -> None:
    for item, path in effect_items(document):
        family = "filters" if canonical(item.Type, ("Filter",)) else "vfx"
        if canonical(item.Type, ("Filter", "VFX")):
            _name(_at(timeline, path, document.root), item.SubType, family, path)
        if item.TimelineIn is None:
            _set(_at(timeline, path, document.root), TimelineIn=0)
        if item.TimelineOut is None and not item.Duration and end_ns < FOREVER_NS:
            _set(_at(timeline, path, document.root), TimelineOut=seconds_value(end_ns))


def _texts(timeline: Json, document: Document, program: Program, tracks: Tracks) -> None:
    """When the banners are shown; what scrolls keeps the time its way takes."""
    cues = {cue.id: cue for cue in reversed(program.cues)}
    for number, track in enumerate(document.timeline.SubtitleTracks or []):
        for index, clip in enumerate((track and not track.Disabled and track.SubtitleTrackClips) or []):
            path = f"{document.root}.SubtitleTracks[{number}].SubtitleTrackClips[{index}]"
            if clip is None:
                continue
            name = clip.Cuelight.Id if clip.Cuelight and clip.Cuelight.Id is not None else path
            cue = cues.get(name)
            span_ns = tracks.texts.get(path) or (cue and (cue.start_ns, cue.end_ns))
            if span_ns and span_ns[1] < FOREVER_NS and span_ns[0] < span_ns[1]:
                found = _at(timeline, path, document.root)
                _set(found, TimelineIn=seconds_value(span_ns[0]), TimelineOut=seconds_value(span_ns[1]))
                _drop(found, "ReferenceClipId", "Duration")


def _output(value: Json, timeline: Json, document: Document, program: Program, tracks: Tracks) -> None:
    owner = value if document.job is not None else timeline
    config = _part(owner, "OutputMediaConfig")
    _set(config, Width=program.width_px, Height=program.height_px)
    fps = round(float(program.rate), 3)
    if exact_rate(fps) == program.rate and not document.notes.Rate:
        _set(_part(config, "Video"), Fps=int(fps) if fps == int(fps) else fps)
    else:
        _set(_part(timeline, "Cuelight"), Rate=str(program.rate))
    if 0 < program.end_ns < FOREVER_NS:
        _set(timeline, MaxDuration=seconds_value(program.end_ns))
    canvas = Canvases.of(document, (program.width_px, program.height_px), tracks.shown, lambda _: None).assumed
    if canvas is not None:
        _set(timeline, FECanvas={"Width": canvas[0], "Height": canvas[1]})


def _part(owner: Json, name: str) -> Json:
    """The member `name` of `owner`, made an object if it is none."""
    key = member(owner, name) or name
    if not isinstance(owner.get(key), dict):
        owner[key] = {}
    found: Json = owner[key]
    return found
