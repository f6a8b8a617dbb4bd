"""schema: a Timeline document: the original JSON, and what it says in the dialect's terms."""

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from pydantic import ValidationError

from stream.errors import DocumentError
from stream.timeline.facts import MediaRef, Role, is_live_url
from stream.timeline.program import Notice
from stream.timeline.reading import Limits, read, shown
from stream.timeline.schema_text import Part
from stream.timeline.schema_tracks import (
    CuelightNotes,
    ImageTrackClip,
    Job,
    OutputConfig,
    ProduceConfig,
    SubtitleTrackClip,
    Timeline,
    Trimmed,
)
from stream.timeline.vocabulary import AUDIO_CLIP_TYPES, CLIP_TYPES, canonical

P = TypeVar("P", bound=Part)
TRACK_MEMBERS = ("VideoTracks", "AudioTracks", "ImageTracks", "SubtitleTracks", "EffectTracks")
_MODELS = ("schema_text", "schema_effects", "schema_tracks")
_EXPECTED = {"model_type": "must be an object", "model_attributes_type": "must be an object",
             "list_type": "must be a list", "dict_type": "must be an object"}


@dataclass(frozen=True, slots=True)
class Document:
    """One document. `value` is the whole JSON (a job envelope included), `text` its spelling where it was read.

    `timeline` and `job` are what it means; `root` is the JSON path of the Timeline in it; `problems`
    are the members whose type is wrong (read as if they were absent) and the keys given twice.
    """

    value: dict[str, Any]
    text: str
    timeline: Timeline
    job: Job | None = None
    root: str = "$"
    problems: tuple[Notice, ...] = ()

    def to_json(self, indent: int | None = None) -> str:
        """Return the document as JSON: exactly as it was read, or laid out anew when `indent` is given."""
        if self.text and indent is None:
            return self.text
        return dump(self.value, 2 if indent is None else indent)

    @property
    def output(self) -> OutputConfig:
        """The output asked for: of the envelope, else of the Timeline, else nothing."""
        outer = self.job.OutputMediaConfig if self.job else None
        return outer or self.timeline.OutputMediaConfig or OutputConfig()

    @property
    def produce(self) -> ProduceConfig:
        """How the output is to be made: of the envelope, else of the Timeline, else nothing said."""
        outer = self.job.EditingProduceConfig if self.job else None
        return outer or self.timeline.EditingProduceConfig or ProduceConfig()

    @property
    def notes(self) -> CuelightNotes:
        """Our own top-level object, empty when there is none."""
        return self.timeline.Cuelight or CuelightNotes()

    def media_urls(self) -> tuple[MediaRef, ...]:
        """Return every medium the document names, in document order: URL (or MediaId), JSON path, role."""
        return tuple(ref for part, path in self.parts() for ref in _media(part, path))

    def parts(self) -> Iterator[tuple[Part, str]]:
        """Yield every object of the Timeline (and of the envelope) with its JSON path, outermost first."""
        if self.job is not None:
            yield from _walk(self.job, "$")
        yield from _walk(self.timeline, self.root)


def load(text: str | bytes, limits: Limits | None = None) -> Document:
    """Read a Timeline, or a job envelope that holds one (as an object or as JSON text).

    Raises DocumentError for what `reading.read` refuses and for a Timeline member that is not one.
    """
    limits = limits or Limits()
    value, text, problems = read(text, limits)
    return _document(value, text, problems, limits)


def from_value(value: dict[str, Any]) -> Document:
    """Return the document that `value`, a JSON object made by a program, is."""
    return load(dump(value, 2))


def dump(value: Any, indent: int | None = 2) -> str:
    """Return `value` as JSON text that any UTF-8 file can hold."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)
    if any("\ud800" <= c <= "\udfff" for c in text):
        return json.dumps(value, indent=indent, allow_nan=False)
    return text


def _document(value: dict[str, Any], text: str, problems: tuple[Notice, ...], limits: Limits) -> Document:
    key = member(value, "Timeline")
    if key is None or any(member(value, name) for name in TRACK_MEMBERS):
        timeline, wrong = typed(Timeline, value, "$")
        return Document(value, text, timeline, None, "$", (*problems, *wrong))
    root, inner = f"$.{key}", value[key]
    if isinstance(inner, str):
        try:
            inner, _, more = read(inner, limits)
        except DocumentError as error:
            raise DocumentError(f"Inside {root}: {error.message}", error.remedy) from None
        problems = (*problems, *(_moved(notice, root) for notice in more))
    if not isinstance(inner, dict):
        raise DocumentError(f"{root} is not a Timeline", "Give an object, or its JSON as text")
    job, job_wrong = typed(Job, {k: v for k, v in value.items() if k != key}, "$")
    timeline, wrong = typed(Timeline, inner, root)
    return Document(value, text, timeline, job, root, (*problems, *job_wrong, *wrong))


def _moved(notice: Notice, root: str) -> Notice:
    return Notice(notice.severity, root + notice.path.removeprefix("$"), notice.message, notice.remedy, notice.code)


def member(value: dict[str, Any], name: str) -> str | None:
    """Return the key of `value` that spells `name` in any letter case."""
    if name in value:
        return name
    return next((key for key in value if key.lower() == name.lower()), None)


def typed(model: type[P], value: dict[str, Any], root: str) -> tuple[P, list[Notice]]:
    """Return `value` as a `model`, members of a wrong type left out, and an error for each of those."""
    problems: list[Notice] = []
    while True:
        try:
            return model.model_validate(value), problems
        except ValidationError as error:
            value = copy.deepcopy(value)
            before = len(problems)
            for fault in error.errors(include_url=False, include_input=False):
                path = _blank(value, fault["loc"], root)
                if path:
                    message = _EXPECTED.get(fault["type"], fault["msg"])
                    problems.append(Notice("error", path, f"{path.rpartition('.')[2]} {message}",
                                           "It is read as if it were absent", "wrong-type"))
            if len(problems) == before:
                problems.append(Notice("error", root, "This is not a Timeline", "", "wrong-type"))
                return model(), problems


def _blank(value: Any, loc: tuple[int | str, ...], root: str) -> str:
    """Set what `loc` leads to to None and return its JSON path; names of union members in `loc` lead nowhere."""
    path, item = root, value
    parent: Any = None
    last: Any = None
    for step in loc:
        if isinstance(item, list) and isinstance(step, int) and step < len(item):
            parent, last, path = item, step, f"{path}[{step}]"
        elif isinstance(item, dict) and (key := member(item, str(step))) is not None:
            parent, last, path = item, key, f"{path}.{shown(key)}"
        else:
            continue
        item = parent[last]
    if parent is None or parent[last] is None:
        return ""
    parent[last] = None
    return path


@cache
def _containers(part: type[Part]) -> tuple[str, ...]:
    """The fields of `part` that hold objects of the dialect."""
    return tuple(name for name, info in part.model_fields.items()
                 if any(f"{module}." in str(info.annotation) for module in _MODELS))


def _walk(part: Part, path: str) -> Iterator[tuple[Part, str]]:
    yield part, path
    for name in _containers(type(part)):
        item = getattr(part, name)
        if isinstance(item, Part):
            yield from _walk(item, f"{path}.{name}")
        elif isinstance(item, list):
            for index, child in enumerate(item):
                if isinstance(child, Part):
                    yield from _walk(child, f"{path}.{name}[{index}]")


def source_of(part: Part) -> tuple[str, str]:
    """Return the URL (else the MediaId) a clip names, and the member it stands in; ("", "") for none."""
    for name in ("MediaURL", "ImageURL", "MediaId", "ImageId"):
        url = getattr(part, name, None)
        if isinstance(url, str):
            return url, name
    return "", ""


def _media(part: Part, path: str) -> Iterator[MediaRef]:
    url, name = source_of(part)
    role: Role | None = None
    if isinstance(part, ImageTrackClip):
        role = "image"
    elif isinstance(part, Trimmed):
        kind = canonical(part.Type, (*CLIP_TYPES, *AUDIO_CLIP_TYPES)) or "Video"
        audio = "AudioTrackClips" in path.rpartition(".")[2]
        role = "image" if kind in ("Image", "GlobalImage") else "audio" if audio else "video"
    elif isinstance(part, SubtitleTrackClip):
        role = "audio"
    if url and role:
        yield MediaRef(url, f"{path}.{name}", "live" if is_live_url(url) else role)
    others: tuple[tuple[str, Role], ...] = (("FontURL", "font"), ("FileURL", "subtitle"), ("MaskVideoUrl", "mask"))
    for name, role in others:
        url = getattr(part, name, None) or ""
        if url:
            yield MediaRef(url, f"{path}.{name}", role)
