"""review: every problem that a document shows by itself, before anything is known of its media."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from stream.timeline.captioning import review_captions
from stream.timeline.filters import drawn
from stream.timeline.motions import MOTION_KEYS, motion_name, stray_motion
from stream.timeline.program import Notice
from stream.timeline.reading import shown
from stream.timeline.references import references
from stream.timeline.rendered import RENDERED, fidelity, is_silent
from stream.timeline.scalars import TEMPLATE
from stream.timeline.schema import Document, source_of
from stream.timeline.schema_effects import (
    EFFECTS,
    CaptionEffect,
    Effect,
    FilterEffect,
    TransitionEffect,
    UnknownEffect,
    VfxEffect,
    VolumeEffect,
)
from stream.timeline.schema_text import Decoration, Part, TextLook, field_names, lower_names
from stream.timeline.schema_tracks import (
    AudioTrackClip,
    Boxed,
    EffectTrackItem,
    ImageTrackClip,
    Placed,
    SubtitleTrackClip,
    Track,
    Trimmed,
    VideoTrackClip,
)
from stream.timeline.vocabulary import (
    ADAPT_MODES,
    ALIGNMENTS,
    AUDIO_CLIP_TYPES,
    CLIP_TYPES,
    DECORATIONS,
    EFFECT_ITEM_TYPES,
    NUMPAD,
    SUBTITLE_CLIP_TYPES,
    TRACK_TYPES,
    WRAP_MODES,
    canonical,
    catalogue,
    nearest,
)


def review(document: Document) -> list[Notice]:
    """Return every error and warning of `document` in document order, each with its JSON path."""
    notices = [*document.problems, *_empty(document)]
    off = aside = effects = "\n"
    parts = list(document.parts())
    for part, path in parts:
        if path.startswith(off):
            continue
        if isinstance(part, UnknownEffect) or (isinstance(part, Track) and part.Disabled):
            off = f"{path}."
        if isinstance(part, Track) and canonical(part.Type, TRACK_TYPES) == "Effect":
            effects = f"{path}."
        whole = [] if path.startswith(aside) else list(_whole(part, path, effects))
        notices += whole
        if any(notice.code in ("not-rendered", "unknown-clip") for notice in whole):
            aside = f"{path}."
        if not f"{path}.".startswith(off):
            said = [*_keys(part, path), *_words(part, path), *_times(part, path), *_numbers(part, path)]
            hushed = f"{path}.".startswith(aside)
            notices += [notice for notice in said if not (hushed and notice.code in ("not-rendered", "out-of-range"))]
    heard = any(isinstance(part, CaptionEffect) or getattr(part, "Type", None) == "AI_ASR" for part, _ in parts)
    notices += review_captions(document.notes.Captions, f"{document.root}.Cuelight.Captions", heard=heard)
    return [*notices, *references(parts), *_templates(document)]


def not_rendered(path: str, what: str, instead: str = "It is left out") -> Notice:
    """Return the warning for something valid that this renderer does not draw yet."""
    return Notice("warning", path, f"{what} is valid but not rendered yet", instead, "not-rendered")


def approximate(path: str, name: str) -> Notice:
    """Return the note for something drawn or heard nearly, not exactly, as the vendor does it."""
    return Notice("info", path, f"{name} is approximated", "Compare a short piece if it matters", "approximate")


def _empty(document: Document) -> Iterator[Notice]:
    timeline = document.timeline
    video = any(clip for track in timeline.VideoTracks or [] if track for clip in track.VideoTrackClips or [])
    audio = any(clip for track in timeline.AudioTracks or [] if track for clip in track.AudioTrackClips or [])
    if not video and not audio:
        yield Notice("error", document.root, "Both video tracks and audio tracks are empty",
                     "Put a clip with a MediaURL into VideoTracks[0].VideoTrackClips", "empty-tracks")


def _whole(part: Part, path: str, effects: str) -> Iterator[Notice]:
    """What concerns an object as a whole: a kind of clip or effect that is unknown, or not rendered yet.

    `effects` is the path of the track of Type Effect it is in, if it is in one.
    """
    if isinstance(part, UnknownEffect):
        yield _unknown_effect(part, path)
    elif isinstance(part, Effect):
        name = next(name for name, model in EFFECTS.items() if type(part) is model)
        if name == "ADenoise":
            yield approximate(path, name)
        if f"effect.{name}" not in RENDERED:
            instead = "It is shown as a cut" if isinstance(part, TransitionEffect) else "The clip is shown without it"
            yield not_rendered(path, f"The effect {name}", instead)
    elif isinstance(part, EffectTrackItem) or (isinstance(part, VideoTrackClip) and path.startswith(effects)):
        yield from _item(part, path)
    elif isinstance(part, VideoTrackClip):
        yield from _clip(part, path, CLIP_TYPES, "clip", "Video")
    elif isinstance(part, AudioTrackClip):
        yield from _clip(part, path, AUDIO_CLIP_TYPES, "clip", "Audio")
    elif isinstance(part, SubtitleTrackClip):
        yield from _clip(part, path, SUBTITLE_CLIP_TYPES, "subtitle", "")


def _item(part: EffectTrackItem | VideoTrackClip, path: str) -> Iterator[Notice]:
    """An object on an effect track."""
    kind = canonical(part.Type, EFFECT_ITEM_TYPES)
    if kind is None:
        yield Notice("error", f"{path}.Type", f"There is no effect {shown(part.Type)} for a track" if part.Type else
                     "The effect has no Type", f"Known here: {', '.join(EFFECT_ITEM_TYPES)}", "unknown-effect")
    elif f"item.{kind}" not in RENDERED:
        yield not_rendered(path, f"The effect {kind} on an effect track")
    elif kind == "AEqualize":
        yield approximate(path, kind)


def _clip(part: Placed, path: str, known: tuple[str, ...], family: str, otherwise: str) -> Iterator[Notice]:
    word = part.Type or otherwise
    kind = canonical(word, known)
    if kind is None and family == "clip" and canonical(word, EFFECT_ITEM_TYPES):
        yield not_rendered(path, f"The effect {word} as a clip")
    elif kind is None:
        yield Notice("error", f"{path}.Type", f"There is no clip of Type {shown(word)} here" if word else
                     "The clip has no Type", f"Known here: {', '.join(known)}", "unknown-clip")
    elif f"{family}.{kind}" not in RENDERED:
        yield not_rendered(path, f"A clip of Type {kind}")
    elif kind == "AI_TTS":
        if not getattr(part, "Content", None):
            yield Notice("error", path, "The clip has no text to read", "Give Content", "no-media")
    elif family == "clip" and not source_of(part)[0]:
        yield Notice("error", path, "The clip names no medium", "Give MediaURL", "no-media")


def _unknown_effect(part: Effect, path: str) -> Notice:
    if part.Type is None:
        return Notice("error", path, "The effect has no Type", f"Known: {', '.join(EFFECTS)}", "unknown-effect")
    near = nearest(part.Type, tuple(EFFECTS), 3)
    remedy = f"Did you mean {' or '.join(near)}?" if near else f"Known: {', '.join(EFFECTS)}"
    return Notice("error", f"{path}.Type", f"There is no effect {shown(part.Type)}", remedy, "unknown-effect")


def _keys(part: Part, path: str) -> Iterator[Notice]:
    model = type(part)
    stray = stray_motion(part) if isinstance(part, TextLook) else None
    for key in part.model_extra or {}:
        if key.lower() in lower_names(model):
            yield Notice("warning", f"{path}.{shown(key)}", f"{shown(key)} is there in another spelling too",
                         f"{lower_names(model)[key.lower()]} counts; leave this one out", "duplicate-key")
            continue
        near = nearest(key, tuple(sorted(field_names(model))))
        if stray is not None and stray[0] == key:
            yield Notice("warning", f"{path}.{shown(key)}", f"Nobody knows the key {shown(key)}; it is taken for "
                         f"{MOTION_KEYS[stray[2]]}, which {stray[1]} belongs to",
                         f"Write {MOTION_KEYS[stray[2]]}; the nearest known key is {near[0] if near else 'another'}",
                         "unknown-key")
            continue
        yield Notice("warning", f"{path}.{shown(key)}", f"Nobody knows the key {shown(key)}; it is ignored",
                     f"The nearest known key is {near[0]}" if near else "Remove it, or write a Comment", "unknown-key")
    for name in part.model_fields_set & field_names(model):
        if not is_silent(model, name) and getattr(part, name) not in (None, False, 0, "", []):
            yield not_rendered(f"{path}.{name}", name)


def _words(part: Part, path: str) -> Iterator[Notice]:
    """Words of a closed list that are not in it."""
    if isinstance(part, Boxed) and not isinstance(part, TextLook):
        yield from _word(part.AdaptMode, ADAPT_MODES, f"{path}.AdaptMode", "Fill is used")
    if isinstance(part, Decoration):
        yield from _word(part.Type or "nothing", DECORATIONS, f"{path}.Type", "It is left out")
    if isinstance(part, TextLook):
        yield from _word(part.Alignment, (*ALIGNMENTS, *NUMPAD), f"{path}.Alignment", "The default is used")
        yield from _word(part.AdaptMode, WRAP_MODES, f"{path}.AdaptMode", "Lines are not wrapped")
        families = (("AaiMotionInEffect", "motions_in"), ("AaiMotionOutEffect", "motions_out"),
                    ("AaiMotionLoopEffect", "motions_loop"), ("EffectColorStyle", "flower_text"),
                    ("BubbleStyleId", "bubbles"))
        for name, family in families:
            word = getattr(part, name)
            if family not in MOTION_KEYS or motion_name(word, family) is None:
                yield from _word(word, catalogue()[family], f"{path}.{name}", "It will be left out")
        more = [item.Type for item in part.SubtitleEffects or [] if item]
        if len({canonical(kind, DECORATIONS) for kind in more}) < len(more):
            yield not_rendered(f"{path}.SubtitleEffects", "A second layer of one kind", "The first one is drawn")
    found = _family(part)
    if found:
        yield from _named(part, path, *found)


def _family(part: Part) -> tuple[str, str] | None:
    """The catalogue that a SubType is from, and what is done without it."""
    if isinstance(part, TransitionEffect):
        return "transitions", "A plain fade is used"
    if isinstance(part, FilterEffect) or getattr(part, "Type", None) == "Filter":
        return "filters", "It does nothing"
    if isinstance(part, VfxEffect) or (isinstance(part, EffectTrackItem | VideoTrackClip) and part.Type == "VFX"):
        return "vfx", "It does nothing"
    return None


def _named(part: Any, path: str, family: str, instead: str) -> Iterator[Notice]:
    """The names of transitions, filters and VFX: unknown ones, and those drawn in our own way."""
    words = [word.strip() for word in (part.SubType or "").split(",") if word.strip()]
    if not words:
        if family != "transitions":
            yield Notice("warning", path, "There is no SubType", instead, "no-subtype")
        return
    for word in words:
        if word[:6].upper() in ("OT0001", "OV0001"):
            yield Notice("warning", f"{path}.SubType", f"{shown(word)} is sold by the vendor, and is not here", instead,
                         "unknown-word")
        elif word.lower() != "random":
            yield from _word(word, catalogue()[family], f"{path}.SubType", instead)
    name = drawn(family, part.SubType, path)
    if name and fidelity(family, name) == "approximate":
        yield approximate(f"{path}.SubType", name)


def _word(word: str | None, known: tuple[str, ...], path: str, instead: str) -> Iterator[Notice]:
    if word is None or canonical(word, known):
        return
    near = nearest(word, known, 2)
    remedy = f"Did you mean {' or '.join(near)}?" if near else ""
    yield Notice("warning", path, f"Nobody knows {shown(word)} here", " ".join(filter(None, (instead, remedy))),
                 "unknown-word")


def _times(part: Part, path: str) -> Iterator[Notice]:
    """Times below zero, and pairs that cross."""
    values: dict[str, Decimal] = {}
    for name in ("In", "Out", "MaxOut", "TimelineIn", "TimelineOut", "Duration"):
        value = getattr(part, name, None)
        if isinstance(value, Decimal):
            values[name] = value
            if value < 0:
                yield Notice("error", f"{path}.{name}", f"{name} is negative ({value} s)", "Give seconds from 0 on",
                             "negative-time")
    for first, last in (("In", "Out"), ("In", "MaxOut"), ("TimelineIn", "TimelineOut")):
        if first in values and last in values and values[first] >= values[last]:
            yield Notice("error", f"{path}.{first}", f"{first} ({values[first]} s) is not before {last} "
                         f"({values[last]} s)", f"Make {last} later", "crossing-times")
    if isinstance(part, Placed) and values.get("Duration") == 0 and "TimelineOut" not in values:
        yield Notice("warning", f"{path}.Duration", "Duration is 0: the clip is never shown", "Give seconds",
                     "zero-length")


def _numbers(part: Part, path: str) -> Iterator[Notice]:
    if isinstance(part, Trimmed) and part.Speed is not None and not 0.1 <= part.Speed <= 100:
        yield _range("error" if part.Speed <= 0 else "warning", f"{path}.Speed", part.Speed, 0.1, 100)
    if isinstance(part, Boxed) and not canonical(getattr(part, "Type", None), EFFECT_ITEM_TYPES[:3]):
        if part.Opacity is not None and not 0 <= part.Opacity <= 1:
            yield _range("warning", f"{path}.Opacity", part.Opacity, 0, 1)
        for name in ("Width", "Height"):
            value = getattr(part, name)
            if value is not None and value <= 0:
                yield Notice("error", f"{path}.{name}", f"{name} must be above 0", "Give a ratio up to 1, or px",
                             "out-of-range")
    if isinstance(part, VolumeEffect) and part.Gain is not None and not 0 <= part.Gain <= 10:
        yield _range("warning", f"{path}.Gain", part.Gain, 0, 10)
    if isinstance(part, Trimmed | ImageTrackClip) and part.MediaId and part.MediaURL:
        yield Notice("info", path, "Both MediaURL and MediaId are given", "MediaURL counts", "both-ids")
    if isinstance(part, TextLook):
        size = part.FixedFontSize or part.FontSize
        if size is not None and not 1 <= size <= 5000:
            yield _range("warning", f"{path}.FontSize", size, 1, 5000)


def _range(severity: Any, path: str, value: float, low: float, high: float) -> Notice:
    name = path.rpartition(".")[2]
    return Notice(severity, path, f"{name} is {value:g}, outside {low:g} to {high:g}", "The nearest of these is used",
                  "out-of-range")


def _templates(document: Document) -> Iterator[Notice]:
    """Template markers nobody has filled in."""
    stack: list[tuple[Any, str]] = [(document.value, "$")]
    while stack:
        item, path = stack.pop()
        children: Any = item.items() if isinstance(item, dict) else enumerate(item)
        for key, child in children:
            if isinstance(child, dict | list):
                stack.append((child, f"{path}.{shown(key)}" if isinstance(item, dict) else f"{path}[{key}]"))
            elif isinstance(child, str) and child[:1] == "$" and TEMPLATE.match(child):
                at = f"{path}.{shown(key)}" if isinstance(item, dict) else f"{path}[{key}]"
                yield Notice("warning", at, f"The template variable {shown(child)} is not filled in",
                             "Its default is used, or nothing", "template-variable")
