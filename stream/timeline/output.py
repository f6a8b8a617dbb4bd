"""output: how large the picture is, how many there are in a second, and when the programme ends."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from stream.timeline.facts import MediaFacts
from stream.timeline.program import FOREVER_NS, Notice
from stream.timeline.reading import Limits
from stream.timeline.scalars import ns
from stream.timeline.schema import Document
from stream.timeline.spans import Span, Tell
from stream.timeline.tracks import Tracks

Spans = Sequence[Span[Any]]
FALLBACK_SIZE, FALLBACK_RATE = (1920, 1080), Fraction(25)
MIN_RATE, MAX_RATE = Fraction(1), Fraction(240)


def output_size(document: Document, video: Spans, size: tuple[int, int] | None, limits: Limits,
                tell: Tell) -> tuple[int, int]:
    """Return the output's width and height, both even.

    `size`, else OutputMediaConfig, else the `Cuelight` object, else the largest width and the largest height
    of the videos and live inputs (of the images where there are none; of a GlobalImage last), else FECanvas,
    else 1920x1080, turned as Video.Orientation says. With only one of Width and Height given, the other
    follows the sources' aspect.
    """
    if size is not None:
        return _even(*size)
    natural = _natural(video) or _of(document.timeline.FECanvas) or FALLBACK_SIZE
    for config in (document.output, document.notes):
        wide, high = config.Width or 0, config.Height or 0
        if wide > 0 or high > 0:
            natural = (round(wide or high * natural[0] / natural[1]), round(high or wide * natural[1] / natural[0]))
            break
    else:
        natural = _oriented(natural, document)
    most = limits.max_side_px
    if max(natural) > most:
        tell(Notice("warning", document.root, f"The output would be {natural[0]}x{natural[1]}",
                    f"It is made to fit {most}x{most}; give OutputMediaConfig Width and Height", "too-large"))
        scale = most / max(natural)
        natural = (int(natural[0] * scale), int(natural[1] * scale))
    return _even(*natural)


def _oriented(size: tuple[int, int], document: Document) -> tuple[int, int]:
    """The size turned as OutputMediaConfig.Video.Orientation asks, if it does."""
    asked = (document.output.Video.Orientation or "").lower() if document.output.Video else ""
    lying, standing = (max(size), min(size)), (min(size), max(size))
    return {"horizontal": lying, "vertical": standing}.get(asked, size)


def _of(canvas: object) -> tuple[int, int] | None:
    wide, high = getattr(canvas, "Width", None) or 0, getattr(canvas, "Height", None) or 0
    return (round(wide), round(high)) if wide > 1 and high > 1 else None


def _natural(video: Spans) -> tuple[int, int] | None:
    for kinds in (("video", "live"), ("image",), ("global",)):
        sizes = [span.media.shown_px for span in video if span.kind in kinds and span.media.width_px > 0]
        if sizes:
            return max(wide for wide, _ in sizes), max(high for _, high in sizes)
    return None


def _even(width: int, height: int) -> tuple[int, int]:
    return max(width + width % 2, 2), max(height + height % 2, 2)


def output_rate(document: Document, video: Spans, rate: Fraction | None, tell: Tell) -> Fraction:
    """Return the pictures per second: `rate`, else our own note, else Fps, else the first video's, else 25."""
    if rate is not None:
        return rate
    asked = document.output.Video.Fps if document.output.Video else None
    for value in (_noted_rate(document.notes.Rate), None if asked is None else exact_rate(asked)):
        if value is not None and MIN_RATE <= value <= MAX_RATE:
            return value
        if value is not None:
            tell(Notice("warning", document.root, f"{float(value):g} pictures a second cannot be made",
                        "Give Fps from 1 to 240; the sources' rate is used", "out-of-range"))
    rates = (span.media.rate for span in video if span.kind in ("video", "live"))
    return next((found for found in rates if found is not None and MIN_RATE <= found <= MAX_RATE), FALLBACK_RATE)


def exact_rate(fps: float) -> Fraction:
    """Return `fps` exactly; 23.976, 29.97, 59.94 and their like are the broadcast rates n x 1000/1001."""
    near = round(fps * 1.001)
    broadcast = Fraction(near * 1000, 1001)
    if fps != round(fps) and near % 6 == 0 and abs(float(broadcast) - fps) < 0.01:
        return broadcast
    return Fraction(Decimal(str(fps))).limit_denominator(100_000)


def _noted_rate(text: str | None) -> Fraction | None:
    try:
        return Fraction(text) if text else None
    except (ValueError, ZeroDivisionError):
        return None


def end_ns(document: Document, tracks: Tracks) -> int:
    """Return when the programme ends: FOREVER_NS while a live input decides it.

    The main track's end, or a later TimelineOut that another track's clip gives; else the last end on the video
    tracks (else, without any, on the audio tracks); cut by MaxDuration. A document of GlobalImages alone lasts
    their Duration, or one picture.
    """
    video: Spans = tracks.shown
    decisive = [span for span in video if span.kind != "global"]
    others: Spans = decisive if video else tracks.heard
    if tracks.main is not None and tracks.main.end_ns > 0:
        explicit = (span.end_ns for span in others if span.clip.TimelineOut is not None)
        last = max([tracks.main.end_ns, *explicit])
    elif decisive or not video:
        last = max((span.end_ns for span in others), default=0)
    else:
        last = max(_alone_ns(span) for span in video)
    return min([last, *_maxima(document)])


def _alone_ns(span: Span[Any]) -> int:
    if span.end_ns < FOREVER_NS:
        return span.end_ns
    return span.start_ns + (1 if span.clip.Duration is None else max(ns(span.clip.Duration), 1))


def _maxima(document: Document) -> Iterable[int]:
    for value in (document.timeline.MaxDuration, document.output.MaxDuration):
        if value is not None and value > 0:
            yield ns(value)


def is_too_large(media: MediaFacts, limits: Limits) -> bool:
    """Return whether one picture of `media` is larger than `limits` allows."""
    return media.width_px * media.height_px > limits.max_picture_px
