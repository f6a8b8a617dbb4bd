"""resolve: a document and the facts of its media as a Program: every time in ns, every box in px."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, cast

from stream.timeline.captioning import hearing_of, is_spoken
from stream.timeline.facts import Facts, Speech, is_live_url, shown_url
from stream.timeline.filters import track_looks
from stream.timeline.joints import transitions
from stream.timeline.layout import Default
from stream.timeline.listening import clip_captions, track_captions
from stream.timeline.looks import Size, caption_look, look, scaled
from stream.timeline.motions import moved
from stream.timeline.output import end_ns, is_too_large, output_rate, output_size
from stream.timeline.pictures import Scene, picture
from stream.timeline.program import (
    NS,
    CaptionSpec,
    Color,
    Cue,
    Layer,
    Notice,
    Program,
    TextStyle,
    Transition,
    WordStyle,
)
from stream.timeline.reading import Limits
from stream.timeline.review import review
from stream.timeline.scalars import ns
from stream.timeline.schema import Document, source_of
from stream.timeline.schema_effects import CaptionEffect, TextEffect
from stream.timeline.schema_text import TextLook
from stream.timeline.schema_tracks import ImageTrackClip, VideoTrackClip
from stream.timeline.second import second_style
from stream.timeline.sounds import audio_sounds, ducking, evened, own_sounds, told_live
from stream.timeline.spans import Known, Span, Tell, clip_effects
from stream.timeline.texts import Canvases, banner_cues, effect_cue
from stream.timeline.tracks import Tracks, settle

HIGHLIGHT = WordStyle(color=Color(0xF6, 0xDD, 0x14))


@dataclass(slots=True)
class _Settling:
    """One document being settled."""

    document: Document
    facts: Facts
    limits: Limits
    bgr: bool
    tracks: Tracks
    canvases: Canvases
    size: tuple[int, int]
    end_ns: int
    notices: list[Notice] = field(default_factory=list)

    @property
    def tell(self) -> Tell:
        return self.notices.append

    @property
    def scene(self) -> Scene:
        return Scene(self.document, self.size, self.canvases.clip_scale, self.captions, self.tell)

    def captions(self, fields: TextLook, source: tuple[int, int]) -> CaptionSpec:
        """Return how AI_ASR, an effect on a clip of `source` px or a clip itself, captions what is said."""
        canvas, scale = self.canvases.of_clip(source)
        style = caption_look(fields, canvas, scale, bgr=self.bgr)
        notes, path = self.document.notes.Captions, f"{self.document.root}.Cuelight.Captions"
        words = tuple(word for word in self.document.notes.HighlightWords or [] if word)
        if fields.NeedHighlighting and style.highlight == WordStyle():
            style = replace(style, highlight=HIGHLIGHT)
        moves = moved(Cue("", 0, NS << 16, (), style), fields, canvas, self.size)
        hearing = hearing_of(notes, path, self.tell)
        return CaptionSpec(style, bool(fields.NeedHighlighting), words, moves.motion_in, moves.motion_out,
                           moves.motion_loop, is_spoken(notes, path, self.tell),
                           getattr(fields, "AlignmentText", None) or "", hearing=hearing,
                           second_style=self._second(style, canvas, scale) if hearing.translate else None)

    def _second(self, first: TextStyle, canvas: Size, scale: Size) -> TextStyle:
        """Return how captions in the second language look beside those that look like `first`."""
        notes = self.document.notes.Captions
        base = scaled(second_style(first, self.size[1]), (1 / scale[0], 1 / scale[1]))
        return look(notes.SecondStyle if notes and notes.SecondStyle else TextLook(), canvas, base, scale, bgr=self.bgr)


def resolve(document: Document, facts: Facts, *, size: tuple[int, int] | None = None, rate: Fraction | None = None,
            limits: Limits | None = None, ims_bgr: bool = False,
            speech: Mapping[str, Speech] | None = None) -> Program:
    """Return the Program that `document` is, with every notice `check` gives.

    `size` and `rate` overrule the document's. `ims_bgr` reads HighlightingStyle colours in the byte order that
    the vendor's own renders show (BGR). `speech` is what voices said, by the JSON path of the AI_TTS clip; what is
    not there is taken to last as long as its text suggests. Never raises: what cannot be settled is left out with a
    Notice.
    """
    notices: list[Notice] = []
    limits = limits or Limits()
    known = Known(facts, notices.append, speech or {})
    tracks = settle(document, known)
    picture_size = output_size(document, tracks.shown, size, limits, notices.append)
    canvases = Canvases.of(document, picture_size, tracks.shown, notices.append)
    now = _Settling(document, facts, limits, ims_bgr, tracks, canvases, picture_size, end_ns(document, tracks), notices)
    joined = [one for lane in tracks.video for one in transitions(lane.spans, now.end_ns, now.tell)]
    until = {one.from_id: one.end_ns for one in joined}
    joints: dict[str, list[Transition]] = {}
    for one in joined:
        joints.setdefault(one.from_id, []).append(one)
        joints.setdefault(one.to_id, []).append(one)
    layers = [layer for span in tracks.shown for layer in _layers(now, span, until)]
    images = [(f"{document.root}.ImageTracks[{index}]", track)
              for index, track in enumerate(document.timeline.ImageTracks or []) if track and not track.Disabled]
    layers += [layer for path, track in images for layer in _images(now, track.ImageTrackClips or [], path)]
    heard = [sound for span in tracks.shown
             for sound in own_sounds(span, now.end_ns, joints.get(span.path, ()), now.tell)]
    cues = [cue for span in tracks.shown for cue in _effect_cues(now, span)]
    for lane in tracks.audio:
        for span in (span for span in lane.spans if span.kind != "captions"):
            specs = [now.captions(effect, (0, 0)) for _, effect in clip_effects(span.clip)
                     if isinstance(effect, CaptionEffect)]
            heard += audio_sounds(span, now.end_ns, specs[-1] if specs else None, span is lane.spans[-1], now.tell)
    for listening in tracks.listening:
        heard += clip_captions(listening, now.end_ns, now.captions, now.tell)
    heard += track_captions(document, facts, tracks.texts, now.end_ns, now.captions, now.tell)
    cues += banner_cues(document, canvases, now.end_ns, tracks.texts, facts.texts, now.tell)
    sounds = evened(heard, document, now.end_ns)
    live = {span.url for span in tracks.shown if span.kind == "live"}
    told_live(sounds, {*live, *(sound.url for sound in sounds if is_live_url(sound.url))}, now.tell)
    found = review(document)
    said = {(notice.path, notice.code) for notice in found}
    return Program(*picture_size, output_rate(document, tracks.shown, rate, now.tell), now.end_ns, tuple(layers),
                   sounds, _kept(cues, now.end_ns), _drawn(joined, layers),
                   tuple(track_looks(document, picture_size, now.end_ns)), ducking(document),
                   notices=(*found, *(one for one in now.notices if (one.path, one.code) not in said)))


def _layers(now: _Settling, span: Span[VideoTrackClip], until: Mapping[str, int]) -> Iterator[Layer]:
    """The layers of one clip; one that a transition leads away from stays until that is over."""
    clip, media = span.clip, span.media
    if span.kind == "global" and media.kind == "missing":
        why = f": {media.error}" if media.error else ""
        now.tell(Notice("error", f"{span.path}.{source_of(clip)[1]}", f"{shown_url(span.url)} cannot be used{why}",
                        "Give a MediaURL that can be read", "missing-media"))
        return
    end = min(max(span.end_ns, until.get(span.path, 0)), now.end_ns)
    if end <= span.start_ns or (media.kind == "audio" or (media.kind == "video" and not media.has_video)):
        return
    if is_too_large(media, now.limits):
        now.tell(Notice("error", span.path, f"{shown_url(span.url)} is {media.width_px}x{media.height_px}, more than "
                        f"{now.limits.max_picture_px} px", "Make it smaller, or raise the limit", "picture-too-large"))
        return
    default: Default = "natural" if span.kind == "global" else "fit"
    made = picture(now.scene, clip, span.path, media.shown_px, default, (span.start_ns, min(span.end_ns, now.end_ns)))
    if any(layer.captions for layer in made) and span.kind != "live" and not (span.kind == "video" and media.has_audio):
        now.tell(Notice("warning", span.path, f"{shown_url(span.url)} has no sound", "AI_ASR has nothing to caption",
                        "no-sound"))
        made = [replace(layer, captions=None) for layer in made]
    moves = media.kind == "video" and span.kind in ("image", "global")
    kind = "video" if moves else "image" if span.kind in ("image", "global") else span.kind
    for layer in made:
        if not _fits(now, layer):
            return
        if layer.kind == "color":
            yield replace(layer, end_ns=end)
        else:
            yield replace(layer, kind=cast(Any, kind), url=span.url, end_ns=end, in_ns=span.in_ns, speed=span.speed,
                          out_ns=span.out_ns, loop=moves)


def _fits(now: _Settling, layer: Layer) -> bool:
    wide, high = layer.box.width_px, layer.box.height_px
    if wide * high <= now.limits.max_picture_px:
        return True
    now.tell(Notice("error", layer.path, f"The clip would be {wide}x{high} px large", "Give a smaller Width and Height",
                    "picture-too-large"))
    return False


def _images(now: _Settling, clips: Sequence[ImageTrackClip | None], path: str) -> Iterator[Layer]:
    """The pictures of an image track: above every video track, over the whole output unless placed."""
    for index, clip in enumerate(clips):
        url, name = source_of(clip) if clip else ("", "")
        if clip is None or not url:
            continue
        where = f"{path}.ImageTrackClips[{index}]"
        media = now.facts.of(url)
        if media.kind == "missing" or is_too_large(media, now.limits):
            why = media.error or "it is larger than the limit"
            now.tell(Notice("error", f"{where}.{name}", f"{shown_url(url)} cannot be used: {why}",
                            "Give an image that can be read", "missing-media"))
            continue
        start = max(ns(clip.TimelineIn), 0) if clip.TimelineIn is not None else 0
        end = now.end_ns
        if clip.TimelineOut is not None:
            end = min(ns(clip.TimelineOut), end)
        elif clip.Duration is not None:
            end = min(start + ns(clip.Duration), end)
        if end <= start:
            continue
        made = picture(now.scene, clip, where, media.shown_px, "natural", (start, end))
        moves = media.kind == "video"
        if all(_fits(now, layer) for layer in made):
            yield from (layer if layer.kind == "color" else
                        replace(layer, url=url, kind="video" if moves else "image", loop=moves) for layer in made)


def _effect_cues(now: _Settling, span: Span[VideoTrackClip]) -> Iterator[Cue]:
    for index, effect in clip_effects(span.clip):
        if isinstance(effect, TextEffect) and effect.Content:
            canvas, scale = now.canvases.of_clip(span.media.shown_px)
            yield effect_cue(effect, f"{span.path}.Effects[{index}]", (span.start_ns, min(span.end_ns, now.end_ns)),
                             now.end_ns, canvas, scale, now.size, now.tell)


def _kept(cues: Sequence[Cue], end: int) -> tuple[Cue, ...]:
    """Cut at the end of the programme what reaches past it; drop what is never seen."""
    cut = (cue if cue.end_ns <= end else replace(cue, end_ns=end) for cue in cues)
    return tuple(cue for cue in cut if cue.end_ns > cue.start_ns)


def _drawn(joined: Sequence[Transition], layers: Sequence[Layer]) -> tuple[Transition, ...]:
    """The transitions of which both sides are there to be seen."""
    there = {layer.id for layer in layers}
    return tuple(one for one in joined if one.from_id in there and one.to_id in there)
