"""otio: the edit as OpenTimelineIO JSON (schema Timeline.1), for editing programs; captions as markers on its stack.

What OpenTimelineIO has no word for is kept: under `metadata.ims` of a clip the clip as its document has it (effects
and all), under that of the timeline all of it but its tracks.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from typing import Any

from stream.timeline.export import printable, settle
from stream.timeline.facts import is_live_url, shown_url
from stream.timeline.program import NS, Cue, Layer, Program, Sound, Transition
from stream.timeline.schema import Document

Json = dict[str, Any]
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A clip to be placed: what it is, when it is there, and which transition it ends in."""

    json: Json
    start_ns: int
    end_ns: int
    in_ns: int
    speed: float
    next: Transition | None = None


def write(cues: Sequence[Cue], rate: Fraction = Fraction(1000)) -> str:
    """Return a timeline of no clips with `cues` as its markers."""
    return _json(_timeline([], cues, rate, {}))


def write_program(program: Program, document: Document) -> str:
    """Return `program`, with the words of `document` as metadata, as OpenTimelineIO JSON.

    Each track of the document becomes one of video or audio (more where its clips lie over one another), bottom first,
    with gaps between its clips. Two clips joined by a transition meet in its middle. Times are in output frames.
    """
    joined = {one.from_id: one for one in program.transitions}
    tracks = []
    for path, layers in _by_track(program.layers).items():
        pieces = [_Piece(_clip(layer, document, layer.id), layer.start_ns, layer.end_ns, layer.in_ns, layer.speed,
                         joined.get(layer.id)) for layer in layers]
        tracks += _tracks(pieces, "Video", path, program.rate)
    for path, sounds in _by_track(program.sounds).items():
        pieces = [_Piece(_clip(sound, document, sound.id), sound.start_ns, sound.end_ns, sound.in_ns, sound.speed,
                         joined.get(sound.id)) for sound in sounds]
        tracks += _tracks(pieces, "Audio", path, program.rate)
    whole = {key: value for key, value in _at(document.value, document.root).items()
             if not key.lower().endswith("tracks")}
    return _json(_timeline(tracks, program.cues, program.rate, whole))


def _json(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _timeline(tracks: list[Json], cues: Sequence[Cue], rate: Fraction, ims: Mapping[str, Any]) -> Json:
    markers = [{"OTIO_SCHEMA": "Marker.2", "name": " / ".join(printable(cue.text).split("\n")), "color": "WHITE",
                "comment": "", "marked_range": _range(cue.start_ns, cue.end_ns - cue.start_ns, rate),
                "metadata": {"cuelight": {"id": cue.id, "font": cue.style.font, "align": cue.style.align,
                                           **({"lane": cue.lane} if cue.lane else {})}}}
               for cue in settle(cues)]
    stack: Json = {"OTIO_SCHEMA": "Stack.1", "name": "tracks", "source_range": None, "effects": [], "markers": markers,
             "enabled": True, "metadata": {}, "children": tracks}
    return {"OTIO_SCHEMA": "Timeline.1", "name": str(ims.get("Title") or "Timeline"), "global_start_time": None,
            "metadata": {"ims": _plain(ims)}, "tracks": stack}


def _by_track(parts: Iterable[Any]) -> dict[str, list[Any]]:
    """Return `parts` by the JSON path of their track, in the order they have."""
    found: dict[str, list[Any]] = {}
    for part in parts:
        found.setdefault(part.path.rpartition(".")[0] or part.path, []).append(part)
    return found


def _tracks(pieces: list[_Piece], kind: str, path: str, rate: Fraction) -> list[Json]:
    """Return `pieces` as tracks on which none lies over another; a transition is no overlap."""
    lanes: list[list[_Piece]] = []
    for piece in sorted(pieces, key=lambda piece: (piece.start_ns, piece.end_ns)):
        for lane in lanes:
            last = lane[-1]
            if last.end_ns <= piece.start_ns or (last.next and last.next.to_id == piece.json["metadata"]["id"]):
                lane.append(piece)
                break
        else:
            lanes.append([piece])
    tracks: list[Json] = []
    for number, lane in enumerate(lanes):
        name = path.removeprefix("$.") + (f" ({number + 1})" if number else "")
        tracks.append({"OTIO_SCHEMA": "Track.1", "name": name, "kind": kind, "source_range": None, "effects": [],
                       "markers": [], "enabled": True, "metadata": {}, "children": _children(lane, rate)})
    return tracks


def _children(lane: list[_Piece], rate: Fraction) -> list[Json]:
    """Return the clips of a track one after the other, gaps filled."""
    children: list[Json] = []
    at_ns, before = 0, None
    for number, piece in enumerate(lane):
        then = lane[number + 1] if number + 1 < len(lane) else None
        start_ns, end_ns, turn = piece.start_ns, piece.end_ns, piece.next
        if before is not None:
            start_ns = before
        before = None
        if turn is not None and then is not None and turn.to_id == then.json["metadata"]["id"]:
            before = (turn.start_ns + turn.end_ns) // 2
            end_ns = max(before, start_ns)
        if start_ns > at_ns:
            children.append({"OTIO_SCHEMA": "Gap.1", "name": "", "effects": [], "markers": [], "enabled": True,
                             "metadata": {}, "source_range": _range(0, start_ns - at_ns, rate)})
        in_ns = piece.in_ns + round((start_ns - piece.start_ns) * piece.speed)
        children.append({**piece.json, "source_range": _range(in_ns, end_ns - start_ns, rate)})
        at_ns = end_ns
        if before is not None and turn is not None:
            children.append({"OTIO_SCHEMA": "Transition.1", "name": turn.name, "transition_type": "SMPTE_Dissolve",
                             "in_offset": _time(before - turn.start_ns, rate),
                             "out_offset": _time(turn.end_ns - before, rate),
                             "metadata": {"ims": {"SubType": turn.name}}})
    return children


def _clip(part: Layer | Sound, document: Document, name: str) -> Json:
    """Return a layer or a sound as a Clip, without its range."""
    shown = part.url if not is_live_url(part.url) else shown_url(part.url)
    reference: Json = {"OTIO_SCHEMA": "MissingReference.1", "name": "", "available_range": None,
                       "available_image_bounds": None, "metadata": {}}
    if isinstance(part, Layer) and part.kind == "color":
        reference |= {"OTIO_SCHEMA": "GeneratorReference.1", "generator_kind": "SolidColor", "parameters": {}}
    elif shown:
        reference |= {"OTIO_SCHEMA": "ExternalReference.1", "target_url": shown}
    effects: list[Json] = []
    if part.speed != 1.0:
        effects.append({"OTIO_SCHEMA": "LinearTimeWarp.1", "name": "", "effect_name": "LinearTimeWarp",
                        "time_scalar": part.speed, "enabled": True, "metadata": {}})
    ims = _at(document.value, part.path)
    said = ims.get("Effects")
    effects += [{"OTIO_SCHEMA": "Effect.1", "name": str(effect.get("SubType") or ""), "enabled": True,
                 "effect_name": str(effect.get("Type") or "Effect"), "metadata": {"ims": _plain(effect)}}
                for effect in (said if isinstance(said, list) else []) if isinstance(effect, dict)]
    title = str(ims.get("Title") or shown.rstrip("/").rpartition("/")[2] or name)
    return {"OTIO_SCHEMA": "Clip.2", "name": title, "effects": effects, "markers": [], "enabled": True,
            "metadata": {"id": name, "ims": _plain(ims)}, "active_media_reference_key": "DEFAULT_MEDIA",
            "media_references": {"DEFAULT_MEDIA": reference}}


def _at(value: Any, path: str) -> Json:
    """Return the object of a document at a JSON path, {} where there is none (keys in any letter case)."""
    for key, index in _STEP.findall(path):
        if key and isinstance(value, dict):
            value = next((value[name] for name in value if name.lower() == key.lower()), None)
        elif index and isinstance(value, list) and int(index) < len(value):
            value = value[int(index)]
        else:
            return {}
    return value if isinstance(value, dict) else {}


def _plain(value: Mapping[str, Any]) -> Json:
    """Return a copy of `value` in which live URLs do not show their keys."""
    return {key: _shown(one) for key, one in value.items()}


def _shown(value: Any) -> Any:
    if isinstance(value, dict):
        return _plain(value)
    if isinstance(value, list):
        return [_shown(one) for one in value]
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    return shown_url(value) if isinstance(value, str) and is_live_url(value) else value


def _range(start_ns: int, length_ns: int, rate: Fraction) -> Json:
    return {"OTIO_SCHEMA": "TimeRange.1", "start_time": _time(start_ns, rate), "duration": _time(length_ns, rate)}


def _time(time_ns: int, rate: Fraction) -> Json:
    frames = float(Fraction(time_ns) * rate / NS)
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": float(rate),
            "value": round(frames) if abs(frames - round(frames)) < 1e-6 else frames}
