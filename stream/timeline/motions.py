"""motions: how text comes, goes, moves and scrolls, from the fields that say so, and back into them."""

from dataclasses import replace
from math import inf, isfinite
from typing import Any

from stream.timeline.looks import Size
from stream.timeline.program import FOREVER_NS, NS, Cue, Motion, Scroll
from stream.timeline.scalars import ns, px, seconds_value
from stream.timeline.schema_text import TextLook
from stream.timeline.vocabulary import canonical, catalogue

IN_OUT_NS, LOOP_NS = NS // 2, NS
RESPELLED = {"dissolve_in": "dissovle_in", "zoomin_i": "zoomin_in", "dissovle_out": "dissolve_out"}
MOTION_KEYS = {"motions_in": "AaiMotionInEffect", "motions_out": "AaiMotionOutEffect",
               "motions_loop": "AaiMotionLoopEffect"}
DIRECTIONS = ("Up", "Down", "Left", "Right")
_FIELDS = {"motions_in": ("AaiMotionInEffect", "AaiMotionIn"), "motions_out": ("AaiMotionOutEffect", "AaiMotionOut")}


def motion_name(word: str | None, family: str) -> str | None:
    """Return the catalogue name of a motion of `family` (motions_in, motions_out, motions_loop)."""
    name = (word or "").strip().lower()
    return canonical(RESPELLED.get(name, name), catalogue()[family])


def stray_motion(fields: TextLook) -> tuple[str, str, str] | None:
    """Return (key, name, family) of a motion under a key that is nearly a motion's, such as AaiMotionLoopEffect1."""
    for key, value in (fields.model_extra or {}).items():
        if key.lower().startswith("aaimotion") and isinstance(value, str):
            for family in MOTION_KEYS:
                name = motion_name(value, family)
                if name:
                    return key, name, family
    return None


def moved(cue: Cue, fields: TextLook, canvas: Size, size: tuple[int, int]) -> Cue:
    """Return `cue` with the motions and the scrolling that `fields` give, their px meant for `canvas`.

    An entrance or exit without length takes half a second; a loop takes one second once through, divided by Ratio,
    and is not combined with the others. A motion under an unknown but similar key is what its name says.
    """
    length_ns = max(cue.end_ns - cue.start_ns, 0)
    found: dict[str, Motion | None] = {}
    for family, (word, time) in _FIELDS.items():
        name = motion_name(getattr(fields, word), family)
        given = getattr(fields, time)
        wanted_ns = IN_OUT_NS if given is None else max(ns(given), 0)
        found[family] = Motion(name, min(wanted_ns, length_ns)) if name and wanted_ns else None
    name = motion_name(fields.AaiMotionLoopEffect, "motions_loop")
    ratio = fields.Ratio if fields.Ratio and fields.Ratio > 0 else 1.0
    found["motions_loop"] = Motion(name, max(min(round(LOOP_NS / ratio), 1 << 53), 1)) if name else None
    if found["motions_in"] or found["motions_out"]:
        found["motions_loop"] = None
    if not any(found.values()):
        stray = stray_motion(fields)
        if stray is not None:
            found[stray[2]] = Motion(stray[1], LOOP_NS if stray[2] == "motions_loop" else min(IN_OUT_NS, length_ns))
    return _scrolled(replace(cue, motion_in=found["motions_in"], motion_out=found["motions_out"],
                             motion_loop=found["motions_loop"]), fields, canvas, size)


def _scrolled(cue: Cue, fields: TextLook, canvas: Size, size: tuple[int, int]) -> Cue:
    """Credits run up unless told otherwise; with a ScrollDirection of Left (or start, end in X) a ticker runs."""
    scroll = scroll_of(fields, canvas, size)
    if scroll is None:
        return cue
    given = (getattr(fields, name, None) for name in ("TimelineOut", "Duration", "ReferenceClipId"))
    if isfinite(scroll.to_px) and not scroll.loop and not any(value is not None for value in given):
        cue = replace(cue, end_ns=min(cue.end_ns, cue.start_ns + lasts_ns(scroll, size)))  # it is over when it is there
    return replace(cue, scroll=scroll)


def scroll_of(fields: TextLook, canvas: Size, size: tuple[int, int]) -> Scroll | None:
    """Return how text scrolls; None where no field says so."""
    sideways = canonical(fields.ScrollDirection, DIRECTIONS) in ("Left", "Right") or (
        fields.ScrollDirection is None and (fields.ScrollStartX is not None or fields.ScrollEndX is not None))
    first, last = (fields.ScrollStartX, fields.ScrollEndX) if sideways else (fields.ScrollStartY, fields.ScrollEndY)
    if fields.ScrollDirection is None and fields.ScrollSpeed is None and first is None and last is None:
        return None
    axis = 0 if sideways else 1
    scale = size[axis] / canvas[axis]

    def at(value: float | None, shift: float | None) -> float:
        along = inf if value is None else px(value, canvas[axis]) * scale
        return along + (px(shift, canvas[axis]) * scale if shift else 0.0) if isfinite(along) else along

    start, end = at(first, fields.ScrollStartShift), at(last, fields.ScrollEndShift)
    word = (canonical(fields.ScrollDirection, DIRECTIONS) or ("Left" if sideways else "Up")).lower()
    if fields.ScrollDirection is None and isfinite(start) and isfinite(end) and end > start:
        word = "right" if sideways else "down"
    first_ns, last_ns = (0 if value is None else max(ns(value), 0)
                         for value in (fields.ScrollStartFreeze, fields.ScrollEndFreeze))
    speed = min(max(fields.ScrollSpeed or 0.0, 0.0), 1e6) * scale
    loops = bool(fields.ScrollLoop) or bool(fields.ScrollLoopTime and fields.ScrollLoopTime > 1)
    direction: Any = word
    return Scroll(direction, speed, start, end, first_ns, last_ns, loops)


def lasts_ns(scroll: Scroll, size: tuple[int, int]) -> int:
    """Return how long a scroll to a place in the picture takes; FOREVER_NS when that is not known."""
    full = size[1] if scroll.direction in ("up", "down") else size[0]
    onward = scroll.direction in ("down", "right")
    start, end = scroll.from_px if isfinite(scroll.from_px) or onward else float(full), scroll.to_px
    if scroll.speed_px_s <= 0 or not isfinite(start) or not isfinite(end):
        return FOREVER_NS
    return round(abs(end - start) / scroll.speed_px_s * NS) + scroll.hold_start_ns + scroll.hold_end_ns


def motion_members(cue: Cue) -> dict[str, Any]:
    """Return the members of a Text clip that say the motions and the scrolling of `cue`."""
    members: dict[str, Any] = {}
    for motion, (word, time) in ((cue.motion_in, _FIELDS["motions_in"]), (cue.motion_out, _FIELDS["motions_out"])):
        if motion is not None:
            members |= {word: motion.name, time: seconds_value(motion.duration_ns)}
    if cue.motion_loop is not None:
        members |= {"AaiMotionLoopEffect": cue.motion_loop.name,
                    "Ratio": LOOP_NS / max(cue.motion_loop.duration_ns, 1)}
    if cue.scroll is not None:
        members |= _scroll_members(cue.scroll)
    return members


def _scroll_members(scroll: Scroll) -> dict[str, Any]:
    axis = "X" if scroll.direction in ("left", "right") else "Y"
    members = {"ScrollDirection": scroll.direction.capitalize(), f"ScrollStart{axis}": scroll.from_px,
               f"ScrollEnd{axis}": scroll.to_px, "ScrollSpeed": scroll.speed_px_s or None,
               "ScrollStartFreeze": seconds_value(scroll.hold_start_ns) or None,
               "ScrollEndFreeze": seconds_value(scroll.hold_end_ns) or None, "ScrollLoop": scroll.loop or None}
    return {name: value for name, value in members.items()
            if value is not None and not (isinstance(value, float) and not isfinite(value))}


def exact_motion(cue: Cue) -> dict[str, Any]:
    """Return what the members of a clip cannot say of the motions of `cue`, as JSON."""
    found: dict[str, Any] = {}
    for name in ("motion_in", "motion_out", "motion_loop"):
        motion = getattr(cue, name)
        found[name] = None if motion is None else [motion.name, motion.duration_ns]
    scroll = cue.scroll
    found["scroll"] = None if scroll is None else [
        scroll.direction, scroll.speed_px_s, *(v if isfinite(v) else None for v in (scroll.from_px, scroll.to_px)),
        scroll.hold_start_ns, scroll.hold_end_ns, scroll.loop]
    return found


def with_exact(cue: Cue, value: Any, scale: Size) -> Cue:
    """Return `cue` moving as `exact_motion` said, px times `scale`; what makes no sense is left out."""
    if not isinstance(value, dict):
        return cue
    changes: dict[str, Any] = {}
    for name, family in (("motion_in", "motions_in"), ("motion_out", "motions_out"), ("motion_loop", "motions_loop")):
        said = value.get(name)
        if isinstance(said, list) and len(said) == 2 and isinstance(said[0], str) and _whole(said[1]):
            known = motion_name(said[0], family)
            changes[name] = Motion(known, said[1]) if known else None
        else:
            changes[name] = None
    changes["scroll"] = _exact_scroll(value.get("scroll"), scale)
    return replace(cue, **changes)


def _exact_scroll(said: Any, scale: Size) -> Scroll | None:
    if not isinstance(said, list) or len(said) != 7 or said[0] not in ("up", "down", "left", "right"):
        return None
    numbers = said[1:4]
    if not _number(numbers[0]) or not all(v is None or _number(v) for v in numbers[1:]):
        return None
    if not (_whole(said[4]) and _whole(said[5]) and isinstance(said[6], bool)):
        return None
    factor = scale[0] if said[0] in ("left", "right") else scale[1]
    speed, start, end = (inf if v is None else float(v) * factor for v in numbers)
    direction: Any = said[0]
    return Scroll(direction, speed, start, end, said[4], said[5], said[6])


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= FOREVER_NS


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e7
