"""tracks: each clip's place in time: one after another, overlapping, referring to others, fitted to the main track."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Generic, TypeVar

from stream.timeline.joints import joint_of, overlap_ns
from stream.timeline.program import FOREVER_NS, NS, Notice
from stream.timeline.scalars import ns
from stream.timeline.schema import Document
from stream.timeline.schema_tracks import (
    AudioTrackClip,
    Placed,
    SubtitleTrackClip,
    Track,
    Trimmed,
    VideoTrack,
    VideoTrackClip,
)
from stream.timeline.spans import (
    MAX_SPEED,
    MIN_SPEED,
    PLAYED,
    TIMED,
    Known,
    Span,
    fitted,
    global_span,
    kind_of,
    span_of,
)
from stream.timeline.vocabulary import TRACK_TYPES, canonical

C = TypeVar("C", bound=Trimmed)
Interval = tuple[int, int]
CIRCULAR = "These clips take their times from each other, in a circle"


@dataclass(slots=True)
class Lane(Generic[C]):
    """One video or audio track being settled: `spans` so far, `hidden` those of no length, `at` the clip to come."""

    track: Track
    path: str
    clips: Sequence[C | None]
    spans: list[Span[C]] = field(default_factory=list)
    hidden: list[Span[C]] = field(default_factory=list)
    at: int = 0
    cursor_ns: int = 0
    last: Span[C] | None = None
    joined_ns: int = 0
    done: bool = False

    @property
    def is_fitted(self) -> bool:
        """Whether its speed follows the main track."""
        return bool(not self.track.MainTrack and (_is_auto(self.track.TrackShortenMode)
                                                  or _is_auto(self.track.TrackExpandMode)))

    @property
    def end_ns(self) -> int:
        return max((span.end_ns for span in self.spans if span.kind not in ("global", "captions")), default=0)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a clip that others refer to lies; `end_ns` is None when it has no length of its own."""

    start_ns: int
    end_ns: int | None
    track: str


@dataclass(slots=True)
class Tracks:
    """The settled tracks of a document, and when the texts that refer to clips are shown."""

    video: list[Lane[VideoTrackClip]]
    audio: list[Lane[AudioTrackClip]]
    texts: dict[str, Interval] = field(default_factory=dict)
    main: Lane[Any] | None = None
    places: dict[str, _Place] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    ignored: set[str] = field(default_factory=set)
    read_ns: dict[str, int] = field(default_factory=dict)
    """How long the texts are that a voice reads over a clip, by its ClipId."""

    @property
    def lanes(self) -> list[Lane[Any]]:
        return [*self.video, *self.audio]

    @property
    def shown(self) -> list[Span[VideoTrackClip]]:
        return [span for lane in self.video for span in lane.spans if span.kind != "captions"]

    @property
    def heard(self) -> list[Span[AudioTrackClip]]:
        return [span for lane in self.audio for span in lane.spans if span.kind != "captions"]

    @property
    def listening(self) -> list[Span[Any]]:
        """The clips of Type AI_ASR: captions of a sound that is not heard itself."""
        return [span for lane in self.lanes for span in lane.spans if span.kind == "captions"]

    def refers(self, clip: Placed, path: str) -> bool:
        """Whether `clip` takes its times from another: one that is there, and it has not both times itself."""
        wanted = clip.ReferenceClipId
        return bool(wanted and wanted in self.owners and wanted != clip.ClipId and path not in self.ignored
                    and (clip.TimelineIn is None or clip.TimelineOut is None))


def _is_auto(mode: str | None) -> bool:
    return canonical(mode, ("AutoSpeed",)) is not None


def settle(document: Document, known: Known) -> Tracks:
    """Return every clip of `document` in time.

    A track is followed until it meets a reference to a clip that is not settled yet; the others go on meanwhile.
    When none can go on, one reference of those that wait for each other is told and left out.
    """
    tracks = _begun(document)
    tracks.read_ns = _read_aloud(tracks, known)
    texts = list(_texts(document))
    for clip, path in texts:
        if clip.ClipId and tracks.owners[clip.ClipId] == path and not tracks.refers(clip, path):
            tracks.places[clip.ClipId] = _text_place(clip, path)
    waiting = {path: clip for clip, path in texts if tracks.refers(clip, path)}
    while True:
        before = len(waiting)
        moved = sum(_advance(lane, tracks, known) for lane in tracks.lanes if not lane.done)
        waiting = {path: clip for path, clip in waiting.items() if not _text_settled(clip, path, tracks)}
        if not moved and len(waiting) == before:
            stuck = _stuck(tracks, waiting)
            if not stuck:
                return tracks
            path = _in_circle(stuck, tracks)
            known.tell(Notice("error", f"{path}.ReferenceClipId", CIRCULAR, "Give one of them TimelineIn and "
                              "TimelineOut", "circular-reference"))
            tracks.ignored.add(path)
            waiting.pop(path, None)


def _begun(document: Document) -> Tracks:
    timeline, root = document.timeline, document.root
    video = [Lane(track, f"{root}.VideoTracks[{index}]", track.VideoTrackClips or [])
             for index, track in enumerate(timeline.VideoTracks or [])
             if track and not track.Disabled and canonical(track.Type, TRACK_TYPES) != "Effect"]
    audio = [Lane(track, f"{root}.AudioTracks[{index}]", track.AudioTrackClips or [])
             for index, track in enumerate(timeline.AudioTracks or []) if track and not track.Disabled]
    tracks = Tracks(video, audio)
    tracks.main = next((lane for lane in tracks.lanes if lane.track.MainTrack and any(lane.clips)), None)
    for lane in tracks.lanes:
        for clip in lane.clips:
            if clip and clip.ClipId:
                tracks.owners.setdefault(clip.ClipId, lane.path)
    for text, path in _texts(document):
        if text.ClipId:
            tracks.owners.setdefault(text.ClipId, path)
    return tracks


def _read_aloud(tracks: Tracks, known: Known) -> dict[str, int]:
    """How long the voices speak that take their time from another clip."""
    found: dict[str, int] = {}
    for lane in tracks.audio if known.speech else ():
        for index, clip in enumerate(lane.clips):
            speech = known.speech.get(f"{lane.path}.AudioTrackClips[{index}]")
            if clip and speech and clip.ReferenceClipId and (clip.TimelineIn is None or clip.TimelineOut is None):
                speed = min(max(clip.Speed or 1.0, MIN_SPEED), MAX_SPEED)
                found[clip.ReferenceClipId] = max(found.get(clip.ReferenceClipId, 0), round(speech.duration_ns / speed))
    return found


def _texts(document: Document) -> Iterator[tuple[SubtitleTrackClip, str]]:
    for number, track in enumerate(document.timeline.SubtitleTracks or []):
        for index, clip in enumerate((track and not track.Disabled and track.SubtitleTrackClips) or []):
            if clip is not None:
                yield clip, f"{document.root}.SubtitleTracks[{number}].SubtitleTrackClips[{index}]"


def _stuck(tracks: Tracks, waiting: dict[str, SubtitleTrackClip]) -> dict[str, tuple[str, str]]:
    """What waits, by the track (or text) that it stops: the waiting clip's path and the id it waits for."""
    stuck = {path: (path, clip.ReferenceClipId or "") for path, clip in waiting.items()}
    for lane in tracks.lanes:
        clip = lane.clips[lane.at] if lane.at < len(lane.clips) else None
        if not lane.done and clip is not None:
            stuck[lane.path] = (_path(lane), clip.ReferenceClipId or "")
    return stuck


def _in_circle(stuck: dict[str, tuple[str, str]], tracks: Tracks) -> str:
    """The path of a clip that waits for itself in the end."""
    at, seen = next(iter(stuck)), set[str]()
    while at not in seen:
        seen.add(at)
        owner = tracks.owners[stuck[at][1]]
        if owner not in stuck and tracks.main is not None:
            owner = tracks.main.path  # a track that follows the main track waits for it
        at = owner if owner in stuck else at
    return stuck[at][0]


def _track_of(path: str) -> str:
    return path.rpartition(".")[0]


def _text_place(clip: SubtitleTrackClip, path: str) -> _Place:
    start_ns = max(ns(clip.TimelineIn), 0) if clip.TimelineIn is not None else 0
    end_ns = ns(clip.TimelineOut) if clip.TimelineOut is not None else None
    if end_ns is None and clip.Duration is not None:
        end_ns = start_ns + max(ns(clip.Duration), 0)
    return _Place(start_ns, end_ns, _track_of(path))


def _text_settled(clip: SubtitleTrackClip, path: str, tracks: Tracks) -> bool:
    place = tracks.places.get(clip.ReferenceClipId or "")
    if place is None:
        return False
    tracks.texts[path] = (place.start_ns, FOREVER_NS if place.end_ns is None else place.end_ns)
    if clip.ClipId:
        tracks.places.setdefault(clip.ClipId, _Place(place.start_ns, place.end_ns, _track_of(path)))
    return True


def _path(lane: Lane[Any]) -> str:
    kind = "VideoTrackClips" if isinstance(lane.track, VideoTrack) else "AudioTrackClips"
    return f"{lane.path}.{kind}[{lane.at}]"


def _advance(lane: Lane[Any], tracks: Tracks, known: Known) -> bool:
    """Settle as many clips of `lane` as can be; whether there were any, or the track is done now."""
    begun = lane.at
    while lane.at < len(lane.clips):
        clip, path = lane.clips[lane.at], _path(lane)
        kind = kind_of(clip, known.facts) if clip is not None else None
        if clip is not None and kind is not None:
            place = None
            if tracks.refers(clip, path):
                place = tracks.places.get(clip.ReferenceClipId)
                if place is None and tracks.owners[clip.ReferenceClipId] != lane.path:
                    return lane.at > begun
                place = place or _Place(0, None, lane.path)
            _settle(lane, clip, path, kind, place, tracks, known)
        elif clip is not None and clip.ClipId:
            tracks.places.setdefault(clip.ClipId, _Place(0, None, lane.path))
        lane.at += 1
    main = tracks.main
    if lane.is_fitted and main is not None and main is not lane:
        if not main.done:
            return lane.at > begun
        _fit(lane, main.end_ns, known)
    if lane.is_fitted:
        for span in lane.spans:
            _publish(tracks, span, lane.path)
    lane.done = True
    return True


def _settle(lane: Lane[Any], clip: Any, path: str, kind: Any, place: _Place | None, tracks: Tracks,
            known: Known) -> None:
    if kind == "global":
        whole = global_span(clip, path, known.facts)
        lane.spans.append(whole)
        _publish(tracks, whole, lane.path)
        return
    read_ns = tracks.read_ns.get(clip.ClipId or "", 0)
    if kind == "image" and read_ns and clip.TimelineOut is None and tracks.owners[clip.ClipId] == lane.path:
        given = clip.Duration
        clip = clip.model_copy(update={"Duration": Decimal(read_ns) / NS})
        if given is not None and ns(given) != read_ns:
            known.tell(Notice("info", f"{path}.Duration", f"The image is shown for {read_ns / NS:.2f} s, as long as "
                              "its text is read", "Give it TimelineOut, and the voice keeps to that", "follows-speech"))
    if place is not None and (place.track == lane.path or place.end_ns is None):
        wrong = "is on the same track" if place.track == lane.path else "has no length of its own"
        known.tell(Notice("error", f"{path}.ReferenceClipId", f"The clip referred to {wrong}",
                          "Refer to a clip of known length on another track", "bad-reference"))
        place = None
    if place is not None and place.end_ns == place.start_ns:
        known.tell(Notice("warning", f"{path}.ReferenceClipId", "The clip referred to is never shown",
                          "Nor is this one", "zero-length"))
    if place is not None:
        free = clip.model_copy(update={"TimelineIn": None, "TimelineOut": None})
        start_ns = place.start_ns
        span = span_of(free, path, kind, known, lambda _: start_ns)
        if span is not None:
            span = replace(fitted(span, start_ns, place.end_ns or 0, known.tell), clip=clip)
    else:
        def begin(length_ns: int) -> int:
            return lane.cursor_ns - overlap_ns(lane.last, clip, length_ns, lane.joined_ns)
        span = span_of(clip, path, kind, known, begin)
    if span is None:
        if clip.ClipId:
            tracks.places.setdefault(clip.ClipId, _Place(0, None, lane.path))
        return
    _tell_overlap(lane, span, known)
    if span.end_ns > span.start_ns:
        lane.joined_ns = lane.last.end_ns if lane.last is not None else 0
        lane.spans.append(span)
        lane.last = span
    else:
        lane.hidden.append(span)
    lane.cursor_ns = max(span.end_ns, 0)
    if not lane.is_fitted:
        _publish(tracks, span, lane.path)


def _publish(tracks: Tracks, span: Span[Any], track: str) -> None:
    if span.clip.ClipId:
        end_ns = span.end_ns if span.end_ns < FOREVER_NS else None
        tracks.places.setdefault(span.clip.ClipId, _Place(span.start_ns, end_ns, track))


def _tell_overlap(lane: Lane[Any], span: Span[Any], known: Known) -> None:
    """Clips of one track that overlap though no transition joins them."""
    last = lane.last
    if last is not None and last.start_ns <= span.start_ns < last.end_ns and joint_of(last, span.clip) is None:
        known.tell(Notice("warning", span.path, f"It begins before {last.path.rpartition('.')[2]} ends",
                          "Clips of one track should not overlap: the later one covers the earlier, sounds are mixed",
                          "overlapping-clips"))


def _fit(lane: Lane[Any], end_ns: int, known: Known) -> None:
    """TrackShortenMode, TrackExpandMode: run the whole track faster or slower so that it ends with the main track."""
    length_ns, track = lane.end_ns, lane.track
    mode = track.TrackShortenMode if length_ns > end_ns else track.TrackExpandMode if length_ns < end_ns else None
    if not _is_auto(mode) or not 0 < end_ns < FOREVER_NS or not 0 < length_ns < FOREVER_NS:
        return
    held = next((span for span in lane.spans if span.clip.TimelineOut is not None or span.clip.ReferenceClipId
                 or getattr(span.clip, "LoopMode", None)), None)
    if held is not None:
        why = "ReferenceClipId" if held.clip.ReferenceClipId else "LoopMode" if held.clip.TimelineOut is None else \
            "TimelineOut"
        known.tell(Notice("warning", lane.path, f"AutoSpeed does not go with {why} on {held.path}",
                          "The track keeps its own speed", "autospeed"))
        return
    slowest = min((span.speed for span in lane.spans if span.kind in TIMED), default=1.0)
    fastest = max((span.speed for span in lane.spans if span.kind in TIMED), default=1.0)
    ratio = min(max(end_ns / length_ns, fastest / MAX_SPEED), slowest / MIN_SPEED)
    for place, span in enumerate(lane.spans):
        if span.kind != "global":
            last = span.end_ns == length_ns and ratio == end_ns / length_ns
            lane.spans[place] = replace(
                span, start_ns=round(span.start_ns * ratio), end_ns=end_ns if last else round(span.end_ns * ratio),
                speed=span.speed / ratio if span.kind in PLAYED else span.speed)
