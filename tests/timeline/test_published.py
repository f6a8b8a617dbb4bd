"""The published JSON Schema takes what the reader takes, and tells wrong types apart."""

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from timeline_documents import DOCUMENTS

from stream.timeline.published import json_schema
from stream.timeline.schema import from_value
from stream.timeline.schema_effects import EFFECTS
from stream.timeline.starters import starter

SCHEMA = json_schema()
TYPES: dict[str, Any] = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None),
                         "number": (int, float), "integer": int}


def problems(value: Any, schema: dict[str, Any], path: str = "$") -> list[str]:
    """Where `value` is not what `schema` allows, as far as the words that the schema uses go."""
    unknown = set(schema) - {"$schema", "$defs", "$ref", "title", "description", "examples", "default", "type", "anyOf",
                             "allOf", "if", "then", "else", "items", "properties", "required", "pattern",
                             "additionalProperties"}
    assert not unknown, unknown
    found: list[str] = []
    if "$ref" in schema:
        found += problems(value, SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]], path)
    if "type" in schema:
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        right = any(isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))
                    for kind in kinds)
        if not right:
            return [f"{path}: not {kinds}"]
    if "anyOf" in schema and all(problems(value, one, path) for one in schema["anyOf"]):
        found.append(f"{path}: nothing of anyOf")
    for one in schema.get("allOf", []):
        found += problems(value, one, path)
    if "if" in schema:
        branch = schema.get("else" if problems(value, schema["if"], path) else "then", {})
        found += problems(value, branch, path)
    if isinstance(value, dict):
        found += [f"{path}.{name} is missing" for name in schema.get("required", []) if name not in value]
        for name, part in schema.get("properties", {}).items():
            if name in value:
                found += problems(value[name], part, f"{path}.{name}")
    if isinstance(value, list) and "items" in schema:
        found += [one for index, child in enumerate(value) for one in problems(child, schema["items"],
                                                                              f"{path}[{index}]")]
    if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        found.append(f"{path}: not {schema['pattern']}")
    return found


def clip(**members: Any) -> dict[str, Any]:
    return {"VideoTracks": [{"VideoTrackClips": [{"MediaURL": "a.mp4", **members}]}]}


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=40, deadline=None)
@given(DOCUMENTS)
def test_what_people_write_is_allowed(value: dict[str, Any]) -> None:
    assert problems(value, SCHEMA) == []
    assert problems({"Timeline": value, "OutputMediaConfig": {"Width": "640"}}, SCHEMA) == []
    assert problems({"Timeline": json.dumps(value)}, SCHEMA) == []


@pytest.mark.parametrize("kind", ["captions", "background", "both"])
def test_the_starters_are_allowed(kind: Any) -> None:
    assert problems(json.loads(starter(kind)), SCHEMA) == []


@pytest.mark.parametrize("members", [
    {"In": []}, {"Effects": 3}, {"Effects": [{"Type": "Crop", "X": {}}]}, {"Effects": [{"Type": "crop", "X": []}]},
    {"Effects": ["Crop"]}, {"Speed": True}, {"Effects": [{"Type": "Text", "FontFace": "bold"}]}])
def test_a_member_of_a_wrong_type_is_told_as_the_reader_tells_it(members: dict[str, Any]) -> None:
    assert problems(clip(**members), SCHEMA) and from_value(clip(**members)).problems


@pytest.mark.parametrize("members", [
    {"In": "2"}, {"Odd": [1]}, {"Effects": [{"Type": "AI_ASR", "FontFace": {"Bold": "true"}}]}, {"X": None},
    {"Effects": [{"Type": "Nobody", "X": []}]}, {"In": "$Start:2"}])
def test_what_the_reader_takes_is_allowed(members: dict[str, Any]) -> None:
    assert problems(clip(**members), SCHEMA) == [] and not from_value(clip(**members)).problems


def test_every_effect_and_its_words_are_in_it() -> None:
    effect = SCHEMA["$defs"]["AnyEffect"]
    assert effect["properties"]["Type"]["examples"] == list(EFFECTS) and len(effect["allOf"]) == len(EFFECTS)
    assert "windowslice" in SCHEMA["$defs"]["TransitionEffect"]["properties"]["SubType"]["examples"]
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA
