"""spans: when each clip is shown: sequential or placed, trimmed, at its speed, overlapping in transitions."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, Literal, TypeVar

from stream.timeline.facts import Facts, MediaFacts, is_live_url, shown_url
from stream.timeline.program import FOREVER_NS, NS, Notice
from stream.timeline.scalars import ns
from stream.timeline.schema import source_of
from stream.timeline.schema_effects import LengthKeepingTransition, TransitionEffect
from stream.timeline.schema_tracks import AudioTrackClip, Trimmed, VideoTrackClip
from stream.timeline.vocabulary import AUDIO_CLIP_TYPES, CLIP_TYPES, canonical

IMAGE_NS = 5 * NS
TAIL_NS = NS // 5
Tell = Callable[[Notice], None]
Kind = Literal["video", "live", "image", "global", "audio"]
C = TypeVar("C", bound=Trimmed)


@dataclass(frozen=True, slots=True)
class Span(Generic[C]):
    """One clip in time: shown from `start_ns` to `end_ns`, its source from `in_ns` on at `speed`.

    `length_ns` is how much of the source there is to hear or see, at that speed (FOREVER_NS: live).
    """

    clip: C
    path: str
    url: str
    kind: Kind
    media: MediaFacts
    start_ns: int
    end_ns: int
    in_ns: int = 0
    speed: float = 1.0
    length_ns: int = 0


def video_spans(clips: Sequence[VideoTrackClip | None], path: str, facts: Facts,
                tell: Tell) -> Iterator[Span[VideoTrackClip]]:
    """Yield the spans of one video track. A GlobalImage without TimelineOut ends at FOREVER_NS."""
    cursor_ns, last = 0, max((index for index, clip in enumerate(clips) if clip is not None), default=0)
    for index, clip in enumerate(clips):
        where = f"{path}.VideoTrackClips[{index}]"
        kind = _video_kind(clip, facts) if clip else None
        if clip is None or kind is None:
            continue
        span = _global(clip, where, facts) if kind == "global" else _span(clip, where, kind, facts, cursor_ns, tell)
        if span is None:
            continue
        if span.end_ns > span.start_ns:
            yield span
        if kind != "global":
            cursor_ns = _cursor(clip, span) - (_overlap_ns(clip, span) if index < last else 0)


def audio_spans(clips: Sequence[AudioTrackClip | None], path: str, facts: Facts,
                tell: Tell) -> Iterator[Span[AudioTrackClip]]:
    """Yield the spans of one audio track: the first clip at 0, later ones after each other, unless placed."""
    cursor_ns = 0
    for index, clip in enumerate(clips):
        if clip is None or canonical(clip.Type or "Audio", AUDIO_CLIP_TYPES) != "Audio" or not source_of(clip)[0]:
            continue
        span = _span(clip, f"{path}.AudioTrackClips[{index}]", "audio", facts, cursor_ns, tell)
        if span is not None:
            cursor_ns = _cursor(clip, span)
            if span.end_ns > span.start_ns:
                yield span


def _video_kind(clip: VideoTrackClip, facts: Facts) -> Kind | None:
    word = canonical(clip.Type or "Video", CLIP_TYPES)
    url = source_of(clip)[0]
    if not url or word not in ("Video", "Image", "GlobalImage"):
        return None
    if word == "GlobalImage":
        return "global"
    if word == "Image":
        return "image"
    found = facts.of(url).kind
    return "live" if is_live_url(url) or found == "live" else "image" if found == "image" else "video"


def _usable(url: str, path: str, facts: Facts, tell: Tell) -> MediaFacts | None:
    media = facts.of(url)
    if media.kind == "missing":
        why = f": {media.error}" if media.error else ""
        tell(Notice("error", path, f"{shown_url(url)} cannot be used{why}", "Give a MediaURL that can be read",
                    "missing-media"))
        return None
    return media


def _global(clip: VideoTrackClip, path: str, facts: Facts) -> Span[VideoTrackClip]:
    url = source_of(clip)[0]
    start_ns = 0 if clip.TimelineIn is None else ns(clip.TimelineIn)
    end_ns = FOREVER_NS if clip.TimelineOut is None else ns(clip.TimelineOut)
    return Span(clip, path, url, "global", facts.of(url), max(start_ns, 0), end_ns)


def _span(clip: C, path: str, kind: Kind, facts: Facts, cursor_ns: int, tell: Tell) -> Span[C] | None:
    url, name = source_of(clip)
    media = _usable(url, f"{path}.{name}", facts, tell)
    if media is None:
        return None
    start_ns = max(cursor_ns if clip.TimelineIn is None else ns(clip.TimelineIn), 0)
    speed = min(max(clip.Speed, 0.1), 100.0) if clip.Speed and kind in ("video", "audio") else 1.0
    in_ns, length_ns = _segment(clip, path, kind, media, speed, tell)
    end_ns = min(start_ns + length_ns, FOREVER_NS)
    if clip.TimelineOut is not None:
        wanted_ns = ns(clip.TimelineOut)
        loops = isinstance(clip, AudioTrackClip) and clip.LoopMode
        if wanted_ns > end_ns + TAIL_NS and kind in ("video", "audio") and not loops:
            tell(Notice("warning", f"{path}.TimelineOut", f"The medium ends {(wanted_ns - end_ns) / NS:g} s before "
                        "TimelineOut", "Its last picture is held; give an earlier TimelineOut", "media-too-short"))
        end_ns = wanted_ns
    return Span(clip, path, url, kind, media, start_ns, end_ns, in_ns, speed, length_ns)


def _segment(clip: Trimmed, path: str, kind: Kind, media: MediaFacts, speed: float, tell: Tell) -> tuple[int, int]:
    """The source time it begins at, and how long it is when played at `speed`."""
    if kind == "image":
        if clip.Duration is None and clip.TimelineOut is None:
            tell(Notice("warning", path, "The image has neither Duration nor TimelineOut",
                        f"It is shown for {IMAGE_NS // NS} s", "no-duration"))
        return 0, IMAGE_NS if clip.Duration is None else max(ns(clip.Duration), 0)
    bounds = [ns(value) for value in (clip.Out if clip.Out is not None else clip.MaxOut,) if value is not None]
    if media.duration_ns > 0 and kind != "live":
        bounds.append(media.duration_ns)
    in_ns = max(ns(clip.In or Decimal(0)), 0)
    if kind == "live":
        in_ns = 0
    if not bounds and kind != "live":
        tell(Notice("warning", path, "The length of the medium is not known", "Give Out", "no-duration"))
        length_ns = 0
    else:
        length_ns = FOREVER_NS if not bounds else round(max(min(bounds) - in_ns, 0) / speed)
    if bounds and length_ns == 0:
        tell(Notice("warning", f"{path}.In", "Nothing of the medium is left from In on", "Give an earlier In",
                    "zero-length"))
    placed = clip.Out is not None or clip.MaxOut is not None or clip.TimelineOut is not None
    if clip.Duration is not None and not placed:
        length_ns = min(length_ns, max(ns(clip.Duration), 0)) if bounds or kind == "live" else ns(clip.Duration)
    return in_ns, length_ns


def _cursor(clip: Trimmed, span: Span[C]) -> int:
    return max(span.end_ns, 0 if clip.TimelineOut is None else ns(clip.TimelineOut))


def _overlap_ns(clip: Trimmed, span: Span[C]) -> int:
    """By how much a Transition on `clip` makes the next one begin earlier; DLTransition does not."""
    for effect in clip.Effects or []:
        if isinstance(effect, TransitionEffect) and not isinstance(effect, LengthKeepingTransition):
            wanted_ns = NS if effect.Duration is None else max(ns(effect.Duration), 0)
            return min(wanted_ns, span.end_ns - span.start_ns)
    return 0
