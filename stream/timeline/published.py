"""published: the JSON Schema of a document: as lenient as the reader, and it knows every member by name."""

from typing import Any

from stream.timeline.schema_effects import EFFECTS
from stream.timeline.schema_tracks import Job, Timeline
from stream.timeline.vocabulary import (
    ADAPT_MODES,
    ALIGNMENTS,
    AUDIO_CLIP_TYPES,
    CLIP_TYPES,
    EFFECT_ITEM_TYPES,
    NUMPAD,
    SUBTITLE_CLIP_TYPES,
    TRACK_TYPES,
    WRAP_MODES,
    catalogue,
)

Json = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> Json:
    """Return the JSON Schema (draft 2020-12) of a Timeline, or of a job that holds one.

    Keys in other letter cases, unknown keys and unknown words are allowed, as the reader allows them; `examples` holds
    the words that mean something, so that editors can offer them.
    """
    schema = Timeline.model_json_schema(ref_template="#/$defs/{model}")
    job = Job.model_json_schema(ref_template="#/$defs/{model}")
    parts: Json = {**job.pop("$defs", {}), **schema.pop("$defs", {})}
    parts["Timeline"] = _open(schema)
    parts["Job"] = _open(job)
    parts["Job"]["properties"]["Timeline"] = {"anyOf": [{"$ref": "#/$defs/Timeline"}, {"type": "string"}]}
    parts["AnyEffect"] = _any_effect()
    for name, part in parts.items():
        parts[name] = _open(_effects(part))
    _offer(parts)
    return {"$schema": DIALECT, "title": "IMS Timeline, as Cuelight reads it", "type": "object", "$defs": parts,
            "if": {"required": ["Timeline"]}, "then": {"$ref": "#/$defs/Job"}, "else": {"$ref": "#/$defs/Timeline"}}


def _open(part: Json) -> Json:
    """`part` without what makes no difference, and with room for keys that nobody knows."""
    for spec in part.get("properties", {}).values():
        spec.pop("title", None)
        spec.pop("default", None)
    if "properties" in part:
        part["additionalProperties"] = True
        part.pop("required", None)
    return part


def _effects(value: Any) -> Any:
    """`value` with the choice between effects, or kinds of clip, replaced by the one that their Type makes."""
    if isinstance(value, dict):
        choices = value.get("oneOf")
        if isinstance(choices, list) and len(choices) > len(EFFECTS) // 2:
            return {"$ref": "#/$defs/AnyEffect"}
        if isinstance(choices, list) and len(choices) == 2:  # a clip, or one of captions alone
            usual, captions = choices
            return {"if": {"properties": {"Type": {"pattern": _any_case("AI_ASR")}}, "required": ["Type"]},
                    "then": captions, "else": usual}
        return {key: _effects(child) for key, child in value.items()}
    return [_effects(child) for child in value] if isinstance(value, list) else value


def _any_effect() -> Json:
    rules = [{"if": {"properties": {"Type": {"pattern": _any_case(name)}}, "required": ["Type"]},
              "then": {"$ref": f"#/$defs/{model.__name__}"}} for name, model in EFFECTS.items()]
    return {"type": "object", "properties": {"Type": {"type": "string", "examples": list(EFFECTS)}}, "allOf": rules}


def _any_case(word: str) -> str:
    return "^\\s*" + "".join(f"[{c.upper()}{c.lower()}]" if c.isalpha() else c for c in word) + "\\s*$"


def _offer(parts: Json) -> None:
    """Put the words that mean something beside the members that take them."""
    names = catalogue()
    words: dict[tuple[str, str], tuple[str, ...]] = {
        ("VideoTrackClip", "Type"): CLIP_TYPES, ("AudioTrackClip", "Type"): AUDIO_CLIP_TYPES,
        ("SubtitleTrackClip", "Type"): SUBTITLE_CLIP_TYPES, ("EffectTrackItem", "Type"): EFFECT_ITEM_TYPES,
        ("VideoTrack", "Type"): TRACK_TYPES, ("TransitionEffect", "SubType"): (*names["transitions"], "random"),
        ("LengthKeepingTransition", "SubType"): (*names["transitions"], "random"),
        ("VfxEffect", "SubType"): (*names["vfx"], "random"), ("FilterEffect", "SubType"): (*names["filters"], "random")}
    anywhere = {"Alignment": (*ALIGNMENTS, *NUMPAD), "AaiMotionInEffect": names["motions_in"],
                "AaiMotionOutEffect": names["motions_out"], "AaiMotionLoopEffect": names["motions_loop"]}
    for name, part in parts.items():
        for key, spec in part.get("properties", {}).items():
            found = words.get((name, key)) or anywhere.get(key)
            if key == "AdaptMode":
                found = ADAPT_MODES if "Opacity" in part["properties"] else WRAP_MODES
            if found and isinstance(spec, dict):
                spec["examples"] = list(found)
