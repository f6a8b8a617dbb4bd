"""resolve: a document and the facts of its media as a Program: every time in ns, every box in px."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, cast

from stream.timeline.facts import Facts, shown_url
from stream.timeline.layout import Default, Region, crop_box, place
from stream.timeline.looks import Size, caption_look
from stream.timeline.output import end_ns, is_too_large, output_rate, output_size
from stream.timeline.program import (
    FOREVER_NS,
    CaptionSpec,
    Color,
    Cue,
    Fallback,
    Layer,
    MatteSpec,
    Notice,
    Program,
    Sound,
    WordStyle,
)
from stream.timeline.reading import Limits
from stream.timeline.review import review
from stream.timeline.scalars import ns
from stream.timeline.schema import Document, source_of
from stream.timeline.schema_effects import (
    BackgroundEffect,
    CaptionEffect,
    CropEffect,
    Effect,
    MatteEffect,
    TextEffect,
    VolumeEffect,
)
from stream.timeline.schema_tracks import AudioTrackClip, ImageTrackClip, Trimmed, VideoTrackClip
from stream.timeline.sounds import gains, repeated
from stream.timeline.spans import Span, Tell, audio_spans, video_spans
from stream.timeline.texts import Canvases, banner_cues, effect_cue
from stream.timeline.vocabulary import ADAPT_MODES, FALLBACKS, TRACK_TYPES, canonical

HIGHLIGHT = WordStyle(color=Color(0xF6, 0xDD, 0x14))
_FILLS = ("Blur", "Color")


@dataclass(slots=True)
class _Settling:
    """One document being settled."""

    document: Document
    facts: Facts
    limits: Limits
    bgr: bool
    size: tuple[int, int] = (0, 0)
    end_ns: int = 0
    scale: Size = (1.0, 1.0)
    canvases: Canvases | None = None
    notices: list[Notice] = field(default_factory=list)

    @property
    def tell(self) -> Tell:
        return self.notices.append


def resolve(document: Document, facts: Facts, *, size: tuple[int, int] | None = None, rate: Fraction | None = None,
            limits: Limits | None = None, ims_bgr: bool = False) -> Program:
    """Return the Program that `document` is, with every notice `check` gives.

    `size` and `rate` overrule the document's. `ims_bgr` reads HighlightingStyle colours in the byte order that
    the vendor's own renders show (BGR). Never raises: what cannot be settled is left out with a Notice.
    """
    now = _Settling(document, facts, limits or Limits(), ims_bgr)
    timeline, root = document.timeline, document.root
    tracks = [(index, track) for index, track in enumerate(timeline.VideoTracks or [])
              if track and not track.Disabled and canonical(track.Type, TRACK_TYPES) != "Effect"]
    video = [(bool(track.MainTrack), list(video_spans(
        track.VideoTrackClips or [], f"{root}.VideoTracks[{index}]", facts, now.tell))) for index, track in tracks]
    audio = [(bool(track.MainTrack), list(audio_spans(
        track.AudioTrackClips or [], f"{root}.AudioTracks[{index}]", facts, now.tell)))
        for index, track in enumerate(timeline.AudioTracks or []) if track and not track.Disabled]
    shown = [span for _, spans in video for span in spans]
    now.size = output_size(document, shown, size, now.limits, now.tell)
    main_video = next((spans for is_main, spans in video if is_main and spans), None)
    now.end_ns = end_ns(document, shown, audio, main_video)
    now.canvases = Canvases.of(document, now.size, shown, now.tell)
    now.scale = now.canvases.clip_scale
    layers = [layer for span in shown for layer in _layer(now, span)]
    layers += [layer for index, track in enumerate(timeline.ImageTracks or []) if track and not track.Disabled
               for layer in _images(now, track.ImageTrackClips or [], f"{root}.ImageTracks[{index}]")]
    heard = [sound for span in shown for sound in _own_sound(now, span)]
    heard += [sound for _, spans in audio for span in spans for sound in _sound(now, span)]
    cues = [cue for span in shown for cue in _effect_cues(now, span)]
    cues += banner_cues(document, now.canvases, now.end_ns, now.tell)
    return Program(*now.size, output_rate(document, shown, rate, now.tell), now.end_ns, tuple(layers), tuple(heard),
                   _kept(cues, now.end_ns), notices=(*review(document), *now.notices))


def _effects(clip: VideoTrackClip | AudioTrackClip | ImageTrackClip) -> Iterator[tuple[int, Effect]]:
    return ((index, effect) for index, effect in enumerate(clip.Effects or []) if effect)


def _layer(now: _Settling, span: Span[VideoTrackClip]) -> Iterator[Layer]:
    clip, media = span.clip, span.media
    if span.kind == "global" and media.kind == "missing":
        why = f": {media.error}" if media.error else ""
        now.tell(Notice("error", f"{span.path}.{source_of(clip)[1]}", f"{shown_url(span.url)} cannot be used{why}",
                        "Give a MediaURL that can be read", "missing-media"))
        return
    end = min(span.end_ns, now.end_ns)
    if end <= span.start_ns or (media.kind == "audio" or (media.kind == "video" and not media.has_video)):
        return
    if is_too_large(media, now.limits):
        now.tell(Notice("error", span.path, f"{shown_url(span.url)} is {media.width_px}x{media.height_px}, more than "
                        f"{now.limits.max_picture_px} px", "Make it smaller, or raise the limit", "picture-too-large"))
        return
    default: Default = "natural" if span.kind == "global" else "fit"
    layer = _picture(now, clip, span.path, media.shown_px, default)
    if not _fits(now, layer):
        return
    yield replace(layer, kind="image" if span.kind in ("image", "global") else cast(Any, span.kind), url=span.url,
                  start_ns=span.start_ns, end_ns=end, in_ns=span.in_ns, speed=span.speed)


def _picture(now: _Settling, clip: VideoTrackClip | ImageTrackClip, path: str, source: tuple[int, int],
             default: Default) -> Layer:
    """The layer of one clip as far as its look goes."""
    crop = None
    fill: Any = ""
    radius, matte, captions = 0.1, None, None
    for index, effect in _effects(clip):
        where = f"{path}.Effects[{index}]"
        if isinstance(effect, CropEffect):
            crop = crop_box(Region(effect.X, effect.Y, effect.Width, effect.Height), source)
            if crop is None and source[0]:
                now.tell(Notice("warning", where, "The Crop leaves nothing", "It is not applied", "out-of-range"))
        elif isinstance(effect, BackgroundEffect):
            fill = effect.Color or Color(0, 0, 0) if canonical(effect.SubType, _FILLS) == "Color" else "blur"
            radius = min(max(effect.Radius or 0.1, 0.01), 1.0)
        elif isinstance(effect, MatteEffect):
            matte = _matte(now, effect)
        elif isinstance(effect, CaptionEffect):
            captions = _captions(now, effect, source)
    region = Region(clip.X, clip.Y, clip.Width, clip.Height).scaled(*now.scale)
    box, crop = place(region, canonical(clip.AdaptMode, ADAPT_MODES) or "Fill", source, crop, now.size, default)
    opacity = 1.0 if clip.Opacity is None else min(max(clip.Opacity, 0.0), 1.0)
    return Layer(path, "image", "", 0, 0, box, crop=crop, opacity=opacity, fill=fill, fill_radius=radius, matte=matte,
                 captions=captions, path=path, source_px=source)


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
        layer = _picture(now, clip, where, media.shown_px, "natural")
        if end > start and _fits(now, layer):
            yield replace(layer, url=url, start_ns=start, end_ns=end)


def _matte(now: _Settling, effect: MatteEffect) -> MatteSpec:
    notes = now.document.notes
    fallback = cast(Fallback, canonical(notes.Fallback, FALLBACKS) or "background")
    return MatteSpec(fallback, notes.Model or "selfie", effect.Thres)


def _captions(now: _Settling, effect: CaptionEffect, source: tuple[int, int]) -> CaptionSpec:
    assert now.canvases is not None
    canvas, scale = now.canvases.of_clip(source)
    style = caption_look(effect, canvas, scale, bgr=now.bgr)
    words = tuple(word for word in now.document.notes.HighlightWords or [] if word)
    if effect.NeedHighlighting and style.highlight == WordStyle():
        style = replace(style, highlight=HIGHLIGHT)
    return CaptionSpec(style, bool(effect.NeedHighlighting), words)


def _own_sound(now: _Settling, span: Span[VideoTrackClip]) -> Iterator[Sound]:
    """The sound of a video or live clip. Its captions are the layer's, so that a muted clip still has them."""
    if span.kind == "live" or (span.kind == "video" and span.media.has_audio):
        yield from (sound for sound in _pieces(now, span) if sound.gain > 0)


def _sound(now: _Settling, span: Span[AudioTrackClip]) -> Iterator[Sound]:
    captions = [_captions(now, effect, (0, 0)) for _, effect in _effects(span.clip)
                if isinstance(effect, CaptionEffect)]
    if span.media.kind != "live" and not span.media.has_audio:
        now.tell(Notice("warning", span.path, f"{shown_url(span.url)} has no sound", "It is left out", "no-sound"))
        return
    for sound in _pieces(now, span):
        yield replace(sound, captions=captions[-1] if captions else None)


def _pieces(now: _Settling, span: Span[Any]) -> Iterator[Sound]:
    """One Sound for each stretch of equal gain, and for each repetition where LoopMode repeats a part."""
    clip: Trimmed = span.clip
    end = min(span.end_ns, now.end_ns)
    if end <= span.start_ns:
        return
    if span.speed != 1.0:
        now.tell(Notice("warning", f"{span.path}.Speed", "Sound at another speed is valid but not rendered yet",
                        "The picture runs at it; the sound is left out", "not-rendered"))
        return
    volumes = [effect for _, effect in _effects(cast(VideoTrackClip, clip)) if isinstance(effect, VolumeEffect)]
    whole = Sound(span.path, span.url, span.start_ns, end, span.in_ns, span.speed, path=span.path)
    if isinstance(clip, AudioTrackClip) and clip.LoopMode and 0 < span.length_ns < FOREVER_NS:
        whole = replace(whole, loop=span.length_ns < end - span.start_ns)
    yield from gains(repeated(whole, span, now.tell), volumes, span.start_ns)


def _effect_cues(now: _Settling, span: Span[VideoTrackClip]) -> Iterator[Cue]:
    assert now.canvases is not None
    for index, effect in _effects(span.clip):
        if isinstance(effect, TextEffect) and effect.Content:
            canvas, scale = now.canvases.of_clip(span.media.shown_px)
            yield effect_cue(effect, f"{span.path}.Effects[{index}]", (span.start_ns, span.end_ns), canvas, scale,
                             now.tell)


def _kept(cues: Sequence[Cue], end: int) -> tuple[Cue, ...]:
    """Cut at the end of the programme what reaches past it; drop what is never seen."""
    cut = (cue if cue.end_ns <= end else replace(cue, end_ns=end) for cue in cues)
    return tuple(cue for cue in cut if cue.end_ns > cue.start_ns)
