"""listening: clips of Type AI_ASR: captions of a sound that is not heard itself."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from stream.timeline.facts import Facts, shown_url
from stream.timeline.program import FOREVER_NS, CaptionSpec, Notice, Sound
from stream.timeline.scalars import ns
from stream.timeline.schema import Document, source_of
from stream.timeline.schema_text import TextLook
from stream.timeline.spans import Span, Tell
from stream.timeline.texts import banners
from stream.timeline.tracks import Interval


class Captions(Protocol):
    """How text fields caption a clip whose material is `source` px large."""

    def __call__(self, fields: TextLook, source: tuple[int, int]) -> CaptionSpec: ...


def clip_captions(span: Span[Any], end_ns: int, captions: Captions, tell: Tell) -> Iterator[Sound]:
    """Yield the sound that a clip of Type AI_ASR on a video or audio track listens to, without any gain."""
    last_ns = min(span.heard_end_ns, end_ns)
    if not span.media.has_audio:
        tell(_silent(span.path, span.url))
    elif last_ns > span.start_ns:
        yield Sound(span.path, span.url, span.start_ns, last_ns, span.in_ns, span.speed, 0.0,
                    captions=captions(span.clip, (0, 0)), path=span.path)


def track_captions(document: Document, facts: Facts, times: Mapping[str, Interval], end_ns: int, captions: Captions,
                   tell: Tell) -> Iterator[Sound]:
    """Yield the same for the clips of Type AI_ASR on subtitle tracks: MediaURL from its beginning, from TimelineIn on.

    `times` are those of clips that take them from another.
    """
    for clip, path in banners(document, "AI_ASR"):
        url, name = source_of(clip)
        media = facts.of(url)
        if not url:
            tell(Notice("error", path, "The clip names no medium", "Give MediaURL", "no-media"))
        elif media.kind == "missing":
            why = f": {media.error}" if media.error else ""
            tell(Notice("error", f"{path}.{name}", f"{shown_url(url)} cannot be used{why}",
                        "Give a MediaURL that can be read", "missing-media"))
        elif not media.has_audio:
            tell(_silent(path, url))
        else:
            start_ns, last_ns = times.get(path, (0, FOREVER_NS))
            if path not in times:
                start_ns = start_ns if clip.TimelineIn is None else max(ns(clip.TimelineIn), 0)
                last_ns = last_ns if clip.TimelineOut is None else ns(clip.TimelineOut)
                if clip.TimelineOut is None and clip.Duration is not None:
                    last_ns = start_ns + max(ns(clip.Duration), 0)
            if media.duration_ns > 0:
                last_ns = min(last_ns, start_ns + media.duration_ns)
            last_ns = min(last_ns, end_ns)
            if last_ns > start_ns:
                yield Sound(path, url, start_ns, last_ns, gain=0.0, captions=captions(clip, (0, 0)), path=path)


def _silent(path: str, url: str) -> Notice:
    return Notice("warning", path, f"{shown_url(url)} has no sound", "There is nothing to caption", "no-sound")
