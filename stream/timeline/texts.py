"""texts: the captions a document gives itself: Text clips of subtitle tracks and Text effects on clips."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from stream.errors import DocumentError
from stream.timeline.content import parse
from stream.timeline.facts import shown_url
from stream.timeline.looks import Size, banner_style, caption_look, look
from stream.timeline.motions import moved
from stream.timeline.program import NS, Cue, Notice
from stream.timeline.review import not_rendered
from stream.timeline.scalars import is_ratio, ns
from stream.timeline.schema import Document
from stream.timeline.schema_effects import CaptionEffect, TextEffect
from stream.timeline.schema_text import TextLook
from stream.timeline.schema_tracks import CaptionAudioClip, CaptionVideoClip, SubtitleTrackClip
from stream.timeline.spans import Span, Tell
from stream.timeline.subtitles import read_cues
from stream.timeline.textclip import clip_to_cue
from stream.timeline.tracks import Interval
from stream.timeline.vocabulary import SUBTITLE_CLIP_TYPES, canonical

STANDARD = ((1920.0, 1080.0), (3840.0, 2160.0), (7680.0, 4320.0))


@dataclass(frozen=True, slots=True)
class Canvases:
    """The pictures that px values are meant for.

    FECanvas where the document has one. Without it the px of a subtitle track are the output's, those of
    text on a clip are px of the clip's material; and where such px fall outside that picture, the document was
    made for the smallest standard picture that holds them all (`assumed`), and all its text is scaled from there.
    """

    size: tuple[int, int]
    declared: Size | None = None
    assumed: Size | None = None

    @classmethod
    def of(cls, document: Document, size: tuple[int, int], spans: Sequence[Span[Any]], tell: Tell) -> "Canvases":
        """Return the canvases of `document` at an output of `size`."""
        fe = document.timeline.FECanvas
        if fe and fe.Width and fe.Height and fe.Width > 0 and fe.Height > 0:
            return cls(size, declared=(fe.Width, fe.Height))
        plain = cls(size)
        outside = next((found for found in _placed(document, plain, spans) if _is_outside(found[0], found[2])), None)
        if outside is None:
            return plain
        xs = [text.X or 0.0 for text, _, _ in _placed(document, plain, spans)]
        ys = [text.Y or 0.0 for text, _, _ in _placed(document, plain, spans)]
        upright = size[1] > size[0]
        pictures = [(high, wide) if upright else (wide, high) for wide, high in STANDARD]
        canvas = next((picture for picture in pictures if max(xs) < picture[0] and max(ys) < picture[1]), pictures[-1])
        tell(Notice("warning", outside[1], f"This text would stand outside the {size[0]}x{size[1]} picture",
                    f"It is taken to be meant for {canvas[0]:g}x{canvas[1]:g}; give FECanvas to say so",
                    "assumed-canvas"))
        return cls(size, assumed=canvas)

    @property
    def clip_scale(self) -> Size:
        """The output's size divided by the canvas that clip boxes are meant for."""
        return self._scale(self.declared or self.banner)

    @property
    def banner(self) -> Size:
        """The canvas of text on a subtitle track."""
        return self.declared or self.assumed or (float(self.size[0]), float(self.size[1]))

    def of_clip(self, source: tuple[int, int]) -> tuple[Size, Size]:
        """Return the canvas of text on a clip whose material is `source` px large, and its scale."""
        own = (float(source[0]), float(source[1])) if source[0] and source[1] else None
        canvas = self.declared or self.assumed or own or self.banner
        return canvas, self._scale(canvas)

    def _scale(self, canvas: Size) -> Size:
        return self.size[0] / canvas[0], self.size[1] / canvas[1]


def _placed(document: Document, canvases: Canvases, spans: Sequence[Span[Any]]) -> list[tuple[TextLook, str, Size]]:
    """Every text of the document with its path and the picture its px would be meant for."""
    found = [(clip, path, canvases.banner) for clip, path in banners(document, "Text", "Subtitle", "AI_ASR")
             if not (clip.Cuelight and clip.Cuelight.Width)]
    texts: list[tuple[TextLook, str, Size]] = list(found)
    for span in spans:
        for index, effect in enumerate(span.clip.Effects or []):
            if isinstance(effect, TextEffect | CaptionEffect):
                texts.append((effect, f"{span.path}.Effects[{index}]", canvases.of_clip(span.media.shown_px)[0]))
    for number, track in enumerate(document.timeline.AudioTracks or []):
        for place, clip in enumerate((track and track.AudioTrackClips) or []):
            path = f"{document.root}.AudioTracks[{number}].AudioTrackClips[{place}]"
            for index, effect in enumerate((clip and clip.Effects) or []):
                if isinstance(effect, CaptionEffect):
                    texts.append((effect, f"{path}.Effects[{index}]", canvases.banner))
            if isinstance(clip, CaptionAudioClip):
                texts.append((clip, path, canvases.banner))
    for number, lane in enumerate(document.timeline.VideoTracks or []):
        for place, shown in enumerate((lane and lane.VideoTrackClips) or []):
            if isinstance(shown, CaptionVideoClip):
                texts.append((shown, f"{document.root}.VideoTracks[{number}].VideoTrackClips[{place}]",
                              canvases.banner))
    return texts


def _is_outside(text: TextLook, canvas: Size) -> bool:
    return any(value is not None and not is_ratio(value) and value >= full
               for value, full in zip((text.X, text.Y), canvas, strict=True))


def banners(document: Document, *types: str) -> Iterator[tuple[SubtitleTrackClip, str]]:
    """Yield the clips of the subtitle tracks that are of one of `types`, with their JSON paths."""
    for number, track in enumerate(document.timeline.SubtitleTracks or []):
        if track is None or track.Disabled:
            continue
        for index, clip in enumerate(track.SubtitleTrackClips or []):
            if clip is not None and canonical(clip.Type, SUBTITLE_CLIP_TYPES) in types:
                yield clip, f"{document.root}.SubtitleTracks[{number}].SubtitleTrackClips[{index}]"


def banner_cues(document: Document, canvases: Canvases, end_ns: int, times: Mapping[str, Interval],
                files: Mapping[str, bytes], tell: Tell) -> Iterator[Cue]:
    """Yield the Text clips of the subtitle tracks as cues, and what the subtitle files in `files` hold.

    `times` are those of clips that take them from another.
    """
    for clip, path in banners(document, "Text", "Subtitle"):
        if path in times:
            clip = clip.model_copy(update={"TimelineIn": None, "TimelineOut": None, "Duration": None})
        elif clip.TimelineOut is None and clip.Duration is not None and clip.Duration > 0:
            clip = clip.model_copy(update={"TimelineOut": (clip.TimelineIn or 0) + clip.Duration})
        if clip.TimelineOut is not None and ns(clip.TimelineOut) > end_ns:  # an exit is seen before the end
            clip = clip.model_copy(update={"TimelineOut": Decimal(end_ns) / NS})
        span_ns = times.get(path, (0, end_ns))
        span_ns = (span_ns[0], min(span_ns[1], end_ns))
        if canonical(clip.Type, SUBTITLE_CLIP_TYPES) == "Subtitle":
            yield from _file_cues(clip, path, canvases, span_ns, files, tell)
            continue
        if not clip.Content and clip.Cuelight is None:
            tell(Notice("warning", path, "The text clip has no Content", "Nothing is shown", "empty-text"))
            continue
        _tell_codes(clip, path, tell)
        yield clip_to_cue(clip, canvases.size, span_ns, name=path, canvas=canvases.banner)


def _file_cues(clip: SubtitleTrackClip, path: str, canvases: Canvases, span_ns: Interval, files: Mapping[str, bytes],
               tell: Tell) -> Iterator[Cue]:
    """The cues of an external subtitle file, cut to the clip's TimelineIn and TimelineOut."""
    if not clip.FileURL:
        return
    data = files.get(clip.FileURL)
    if data is None:
        tell(Notice("error", f"{path}.FileURL", f"{shown_url(clip.FileURL)} cannot be read", "Give a subtitle file "
                    "(.srt, .ass, .vtt) that can be read", "missing-media"))
        return
    start_ns = span_ns[0] if clip.TimelineIn is None else max(ns(clip.TimelineIn), 0)
    stop_ns = span_ns[1] if clip.TimelineOut is None else ns(clip.TimelineOut)
    scale = (canvases.size[0] / canvases.banner[0], canvases.size[1] / canvases.banner[1])
    style = caption_look(clip, canvases.banner, scale)
    suffix = (clip.SubType or clip.FileURL.partition("?")[0].rpartition(".")[2]).lower().lstrip(".")

    def tell_line(notice: Notice) -> None:
        tell(replace(notice, path=f"{path}.FileURL", message=f"{notice.path}: {notice.message}"))

    try:
        cues = read_cues(data, suffix, style, canvases.size, (start_ns, stop_ns), tell_line)
    except DocumentError as error:
        tell(Notice("error", f"{path}.FileURL", error.message, error.remedy, "subtitle-file"))
        return
    yield from (replace(cue, id=f"{path}#{number}") for number, cue in enumerate(cues))


def effect_cue(effect: TextEffect, path: str, span_ns: Interval, last_ns: int, canvas: Size, scale: Size,
               size: tuple[int, int], tell: Tell) -> Cue:
    """Return the text that an effect puts over its clip, for the clip's span unless it says otherwise.

    It is gone at `last_ns`, the end of the programme.
    """
    _tell_codes(effect, path, tell)
    lines = parse(effect.Content or "")[0]
    start_ns = span_ns[0] if effect.TimelineIn is None else ns(effect.TimelineIn)
    end_ns = span_ns[1] if effect.TimelineOut is None else min(ns(effect.TimelineOut), last_ns)
    cue = Cue(path, start_ns, end_ns, lines, look(effect, canvas, banner_style(canvas), scale))
    return moved(cue, effect, canvas, size)


def _tell_codes(text: TextLook, path: str, tell: Tell) -> None:
    ignored = parse(text.Content or "")[1]
    if ignored:
        tell(not_rendered(f"{path}.Content", f"The inline code {', '.join(sorted(ignored))}",
                          "The text is shown without it"))
