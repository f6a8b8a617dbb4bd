"""spans: one clip in time: where it begins, how much of its source it shows, and how fast."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any, Generic, Literal, TypeVar
from zlib import crc32

from stream.timeline.facts import Facts, MediaFacts, Speech, is_live_url, shown_url
from stream.timeline.program import FOREVER_NS, NS, Notice
from stream.timeline.scalars import ns
from stream.timeline.schema import source_of
from stream.timeline.schema_effects import ClipEffect, FreezeFrameEffect
from stream.timeline.schema_tracks import AudioTrackClip, CaptionAudioClip, CaptionVideoClip, Trimmed, VideoTrackClip
from stream.timeline.speech import spoken
from stream.timeline.vocabulary import AUDIO_CLIP_TYPES, CLIP_TYPES, canonical

IMAGE_NS = 5 * NS
TAIL_NS = NS // 5
MIN_SPEED, MAX_SPEED = 0.1, 100.0
Tell = Callable[[Notice], None]
Kind = Literal["video", "live", "image", "global", "audio", "captions"]
TIMED = ("video", "audio")
PLAYED = (*TIMED, "captions")
C = TypeVar("C", bound=Trimmed)


@dataclass(frozen=True, slots=True)
class Span(Generic[C]):
    """One clip in time: shown from `start_ns` to `end_ns`, its source from `in_ns` on at `speed`.

    `source_ns` is how much of its source there is (FOREVER_NS: live, or a picture), so that the source is at its end
    at `out_ns`; what is shown after that is its last picture. `speech` is what a text read aloud says.
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
    source_ns: int = 0
    speech: Speech | None = None

    @property
    def length_ns(self) -> int:
        """How long its source lasts at its speed."""
        return round(self.source_ns / self.speed) if self.source_ns < FOREVER_NS else FOREVER_NS

    @property
    def out_ns(self) -> int:
        """The source time at which the clip ends."""
        return self.in_ns + self.source_ns if self.source_ns < FOREVER_NS else FOREVER_NS

    @property
    def heard_end_ns(self) -> int:
        """When its sound ends: with its source, unless it is cut before."""
        return min(self.end_ns, self.start_ns + self.length_ns)


@dataclass(slots=True)
class Known:
    """What is known of the media and voices of a document, and who is told what is wrong."""

    facts: Facts
    tell: Tell
    speech: Mapping[str, Speech] = field(default_factory=dict)


def seed_of(path: str, word: str = "") -> int:
    """Return the seed of what is random at `path`: the same document draws the same."""
    return crc32(f"{path} {word}".encode("utf-8", "backslashreplace"))


def kind_of(clip: Trimmed, facts: Facts) -> Kind | None:
    """Return what `clip` is in time; None for what is not shown (an avatar, a clip without medium)."""
    url = source_of(clip)[0]
    if isinstance(clip, CaptionVideoClip | CaptionAudioClip):
        return "captions" if url else None
    if isinstance(clip, AudioTrackClip):
        word = canonical(clip.Type or "Audio", AUDIO_CLIP_TYPES)
        return "audio" if (word == "Audio" and url) or (word == "AI_TTS" and clip.Content) else None
    word = canonical(clip.Type or "Video", CLIP_TYPES)
    if not url or word not in ("Video", "Image", "GlobalImage"):
        return None
    if word == "GlobalImage":
        return "global"
    if word == "Image":
        return "image"
    found = facts.of(url).kind
    return "live" if is_live_url(url) or found == "live" else "image" if found == "image" else "video"


def global_span(clip: VideoTrackClip, path: str, facts: Facts) -> Span[VideoTrackClip]:
    """Return the span of a GlobalImage: from 0 to the end (FOREVER_NS) unless it says otherwise."""
    url = source_of(clip)[0]
    start_ns = 0 if clip.TimelineIn is None else ns(clip.TimelineIn)
    end_ns = FOREVER_NS if clip.TimelineOut is None else ns(clip.TimelineOut)
    return Span(clip, path, url, "global", facts.of(url), max(start_ns, 0), end_ns, source_ns=FOREVER_NS)


def span_of(clip: C, path: str, kind: Kind, known: Known, begin: Callable[[int], int]) -> Span[C] | None:
    """Return the span of `clip`; None when its medium cannot be used, which is told.

    Where it gives no TimelineIn, `begin` says when it begins, given how long it is.
    """
    url, media, speech = _source(clip, path, known)
    if media is None:
        return None
    speed = min(max(clip.Speed, MIN_SPEED), MAX_SPEED) if clip.Speed and kind in PLAYED else 1.0
    in_ns, source_ns = _segment(clip, path, kind, media, speed, known.tell)
    length_ns = round(source_ns / speed) if source_ns < FOREVER_NS else FOREVER_NS
    shown_ns = min(length_ns + _frozen_ns(clip), FOREVER_NS)
    start_ns = begin(shown_ns) if clip.TimelineIn is None else ns(clip.TimelineIn)
    start_ns = max(start_ns, 0)
    end_ns = min(start_ns + shown_ns, FOREVER_NS)
    if clip.TimelineOut is not None:
        wanted_ns = ns(clip.TimelineOut)
        loops = isinstance(clip, AudioTrackClip) and clip.LoopMode
        if wanted_ns > end_ns + TAIL_NS and kind in TIMED and not loops:
            after = "Its last picture is held" if kind == "video" else "Silence follows"
            known.tell(Notice("warning", f"{path}.TimelineOut", f"The medium ends {(wanted_ns - end_ns) / NS:g} s "
                              "before TimelineOut", f"{after}; give an earlier TimelineOut", "media-too-short"))
        end_ns = wanted_ns
    if kind == "image":
        source_ns = FOREVER_NS
    return Span(clip, path, url, kind, media, start_ns, end_ns, in_ns, speed, source_ns, speech)


def fitted(span: Span[C], start_ns: int, end_ns: int, tell: Tell) -> Span[C]:
    """Return `span` from `start_ns` to `end_ns`: slowed down where its source is too short, else cut."""
    wanted_ns, speed = end_ns - start_ns, span.speed
    if span.kind in TIMED and 0 < span.length_ns < wanted_ns < FOREVER_NS:
        speed = span.source_ns / wanted_ns
        if speed < MIN_SPEED:
            tell(Notice("warning", span.path, f"It would have to run at {speed:.3g} times its speed",
                        f"{MIN_SPEED} is used; the rest is its last picture, or silence", "out-of-range"))
            speed = MIN_SPEED
    return Span(span.clip, span.path, span.url, span.kind, span.media, start_ns, end_ns, span.in_ns, speed,
                span.source_ns, span.speech)


def _source(clip: Trimmed, path: str, known: Known) -> tuple[str, MediaFacts | None, Speech | None]:
    """The URL a clip is read from, the facts of it, and what it says if it is a text read aloud."""
    if isinstance(clip, AudioTrackClip) and canonical(clip.Type, AUDIO_CLIP_TYPES) == "AI_TTS":
        speech = known.speech.get(path)
        if speech is None:
            speech = spoken(clip.Content or "", clip.SpeechRate)
            known.tell(Notice("warning", path, f"No voice has read this text; it is taken to last "
                              f"{speech.duration_ns / NS:.1f} s", "Where no voice can, a quiet tone stands in for it",
                              "stand-in-speech"))
        return speech.sound, MediaFacts("audio", duration_ns=speech.duration_ns, has_audio=True), speech
    url, name = source_of(clip)
    media = known.facts.of(url)
    if media.kind == "missing":
        why = f": {media.error}" if media.error else ""
        known.tell(Notice("error", f"{path}.{name}", f"{shown_url(url)} cannot be used{why}",
                          "Give a MediaURL that can be read", "missing-media"))
        return url, None, None
    return url, media, None


def _segment(clip: Trimmed, path: str, kind: Kind, media: MediaFacts, speed: float, tell: Tell) -> tuple[int, int]:
    """The source time it begins at, and how much of the source there is from there on."""
    if kind == "image":
        if clip.Duration is None and clip.TimelineOut is None and not clip.ReferenceClipId:
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
        source_ns = 0
    elif bounds:
        in_ns, out_ns = _random_part(clip, path, in_ns, min(bounds))
        source_ns = max(out_ns - in_ns, 0)
    else:
        source_ns = FOREVER_NS
    if bounds and source_ns == 0:
        tell(Notice("warning", f"{path}.In", "Nothing of the medium is left from In on", "Give an earlier In",
                    "zero-length"))
    placed = clip.Out is not None or clip.MaxOut is not None or clip.TimelineOut is not None
    if clip.Duration is not None and not placed:
        most_ns = min(round(max(ns(clip.Duration), 0) * speed), FOREVER_NS)
        source_ns = min(source_ns, most_ns) if bounds or kind == "live" else most_ns
    return in_ns, source_ns


def _random_part(clip: Trimmed, path: str, in_ns: int, out_ns: int) -> tuple[int, int]:
    """The effect Clip takes ClipDuration out of the source, anywhere."""
    for effect in clip.Effects or []:
        if isinstance(effect, ClipEffect) and effect.ClipDuration is not None:
            wanted_ns = max(ns(effect.ClipDuration), 0)
            if wanted_ns < out_ns - in_ns:
                in_ns += Random(seed_of(path, "Clip")).randrange(out_ns - in_ns - wanted_ns + 1)
                out_ns = in_ns + wanted_ns
    return in_ns, out_ns


def _frozen_ns(clip: Trimmed) -> int:
    """For how long FreezeFrame holds the clip's last picture."""
    return sum(max(ns(effect.Duration), 0) for effect in clip.Effects or []
               if isinstance(effect, FreezeFrameEffect) and effect.Duration is not None)


def clip_effects(clip: Any) -> list[tuple[int, Any]]:
    """Return the effects of `clip` with their places in its list; empty places are left out."""
    return [(index, effect) for index, effect in enumerate(clip.Effects or []) if effect]
