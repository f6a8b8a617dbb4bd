"""sounds: what is heard of a clip: its stretches of equal gain, its repetitions, what is done to them."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from stream.timeline.facts import shown_url
from stream.timeline.filters import effect_items
from stream.timeline.program import (
    FOREVER_NS,
    NS,
    CaptionSpec,
    Ducking,
    Notice,
    Sound,
    SoundEffect,
    Transition,
    Value,
)
from stream.timeline.rendered import RENDERED
from stream.timeline.scalars import ns
from stream.timeline.schema import Document
from stream.timeline.schema_effects import (
    CaptionEffect,
    DenoiseEffect,
    Effect,
    LoudnessEffect,
    SoundFadeEffect,
    VolumeEffect,
)
from stream.timeline.schema_tracks import AudioTrackClip, VideoTrackClip
from stream.timeline.spans import Span, Tell, clip_effects
from stream.timeline.vocabulary import canonical

MAX_REPEATS = 10_000
AT_HAND_NS = 60 * NS
CURVES = ("exp", "tri")
FADES = ("In", "Out")
Effects = tuple[SoundEffect, ...]


def own_sounds(span: Span[VideoTrackClip], end_ns: int, joined: Sequence[Transition], tell: Tell) -> Iterator[Sound]:
    """Yield the sound of a video or live clip. Its captions are its layer's, so that a muted clip still has them.

    Where a transition lets it overlap its neighbour the sounds are faded into each other: `joined` are its own.
    """
    if span.kind == "live" or (span.kind == "video" and span.media.has_audio):
        fades = [SoundEffect("fade_out", one.start_ns, one.end_ns, (("curve", "tri"),)) for one in joined
                 if one.from_id == span.path and one.start_ns < span.heard_end_ns]
        fades += [SoundEffect("fade_in", one.start_ns, one.end_ns, (("curve", "tri"),)) for one in joined
                  if one.to_id == span.path]
        talks = _is_speech(span) or any(isinstance(effect, CaptionEffect) for _, effect in clip_effects(span.clip))
        for sound in _pieces(span, end_ns, tuple(fades), tell):
            if sound.gain > 0:
                yield replace(sound, role="speech" if talks else "")


def audio_sounds(span: Span[AudioTrackClip], end_ns: int, captions: CaptionSpec | None, is_last: bool,
                 tell: Tell) -> Iterator[Sound]:
    """Yield the sounds of a clip on an audio track; a muted one stays if it is to be captioned.

    The last one of its track (`is_last`) with LoopMode, and no end of its own, goes on to the end of the programme.
    """
    if is_last and span.clip.LoopMode and span.clip.TimelineOut is None and not span.clip.ReferenceClipId:
        span = replace(span, end_ns=max(span.end_ns, end_ns))
    if span.media.kind != "live" and not span.media.has_audio:
        tell(Notice("warning", span.path, f"{shown_url(span.url)} has no sound", "It is left out", "no-sound"))
        return
    for sound in _pieces(span, end_ns, (), tell):
        said = span.speech.sentences if span.speech else ()
        yield replace(sound, captions=captions and replace(captions, said=said),
                      role="speech" if span.speech or captions or _is_speech(span) else "music")


def _is_speech(span: Span[Any]) -> bool:
    return canonical(span.clip.Cuelight.Role if span.clip.Cuelight else None, ("speech",)) is not None


def _pieces(span: Span[Any], end_ns: int, fades: Effects, tell: Tell) -> Iterator[Sound]:
    """One Sound for each stretch of equal gain, and for each repetition where LoopMode repeats a part."""
    clip = span.clip
    loops = isinstance(clip, AudioTrackClip) and clip.LoopMode and 0 < span.length_ns < FOREVER_NS
    end = min(span.end_ns if loops else span.heard_end_ns, end_ns)
    if end <= span.start_ns:
        return
    if span.speed != 1.0 and "sound.Speed" not in RENDERED:
        tell(Notice("warning", f"{span.path}.Speed", "Sound at another speed is valid but not rendered yet",
                    "The picture runs at it; the sound is left out", "not-rendered"))
        return
    effects = tuple(effect for _, effect in clip_effects(clip))
    whole = Sound(span.path, span.url, span.start_ns, end, span.in_ns, span.speed, path=span.path,
                  effects=(*_effects(effects, span.start_ns, end), *fades))
    if loops and span.length_ns < end - span.start_ns:
        whole = replace(whole, loop_ns=span.length_ns)
    volumes = [effect for effect in effects if isinstance(effect, VolumeEffect)]
    if whole.effects or whole.loop_ns or span.speed != 1.0:  # what these do to a sound would begin anew at each cut
        yield from (_varied(sound, volumes, span.start_ns) for sound in repeated(whole, span, tell))
    else:
        yield from gains(repeated(whole, span, tell), volumes, span.start_ns)


def _varied(sound: Sound, volumes: Sequence[VolumeEffect], clip_start_ns: int) -> Sound:
    """`sound` in one piece: Volume with In or Out as an effect, between those on noise and on loudness."""
    gain, ranged = 1.0, []
    levelled = any(effect.name == "loudnorm" for effect in sound.effects)  # is measured after Volume
    for effect in volumes:
        factor = 1.0 if effect.Gain is None else min(max(effect.Gain, 0.0), 10.0)
        start = sound.start_ns if effect.In is None else max(clip_start_ns + ns(effect.In), sound.start_ns)
        end = sound.end_ns if effect.Out is None else min(clip_start_ns + ns(effect.Out), sound.end_ns)
        if (start, end) == (sound.start_ns, sound.end_ns) and not (levelled and factor):
            gain *= factor
        elif start < end:
            ranged.append(SoundEffect("volume", start, end, (("gain", factor),)))
    noise = sum(effect.name == "denoise" for effect in sound.effects)
    return replace(sound, gain=gain, effects=(*sound.effects[:noise], *ranged, *sound.effects[noise:]))


def _effects(effects: Sequence[Effect], start_ns: int, end_ns: int) -> Iterator[SoundEffect]:
    """What is done to a sound from `start_ns` to `end_ns`: noise first, loudness after that, fades last."""
    for effect in effects:
        if isinstance(effect, DenoiseEffect):
            mode = 1.0 if effect.Mode is None else effect.Mode
            yield SoundEffect("denoise", start_ns, end_ns, (("mode", float(min(max(round(mode), 0), 4))),))
    for effect in effects:
        if isinstance(effect, LoudnessEffect):
            given: tuple[tuple[str, Value], ...] = (
                ("loudness", -24.0 if effect.Loudness is None else min(max(effect.Loudness, -70.0), -5.0)),
                ("true_peak", -2.0 if effect.TruePeak is None else min(max(effect.TruePeak, -9.0), 0.0)))
            yield SoundEffect("loudnorm", start_ns, end_ns, given)
    for effect in effects:
        if isinstance(effect, SoundFadeEffect):
            yield from _fade(effect, start_ns, end_ns)


def _fade(effect: SoundFadeEffect, start_ns: int, end_ns: int) -> Iterator[SoundEffect]:
    length_ns = min(NS if effect.Duration is None else max(ns(effect.Duration), 0), end_ns - start_ns)
    way = canonical(effect.SubType, FADES)
    curve = (("curve", canonical(effect.Curve, CURVES) or "exp"),)
    if way == "In" and length_ns > 0:
        yield SoundEffect("fade_in", start_ns, start_ns + length_ns, curve)
    elif way == "Out" and length_ns > 0 and end_ns < FOREVER_NS:
        yield SoundEffect("fade_out", end_ns - length_ns, end_ns, curve)


LATER = {"loudnorm": "ALoudNorm", "equalize": "AEqualize"}
"""Effects that must know what is still to come, and what the dialect calls them."""


def told_live(sounds: Sequence[Sound], live: Collection[str], tell: Tell) -> None:
    """Tell which effects the `sounds` of `live` URLs go without."""
    left = dict.fromkeys((sound.path, LATER[effect.name]) for sound in sounds if sound.url in live
                         for effect in sound.effects if effect.name in LATER)
    for path, name in left:
        tell(Notice("warning", path, f"{name} must know what is still to come: a live sound goes without it",
                    "Render the recording, which has it", "not-rendered"))


def ducking(document: Document) -> Ducking | None:
    """Return how speech quietens music, where the document's own notes ask for that."""
    notes, usual = document.notes.Ducking, Ducking()
    if notes is None:
        return None
    return Ducking(usual.threshold_db if notes.Threshold is None else min(max(notes.Threshold, -90.0), 0.0),
                   usual.amount_db if notes.Amount is None else -min(abs(notes.Amount), 90.0),
                   usual.attack_ns if notes.Attack is None else min(max(ns(notes.Attack), 0), 10 * NS),
                   usual.release_ns if notes.Release is None else min(max(ns(notes.Release), 0), 60 * NS))


def evened(sounds: Sequence[Sound], document: Document, end_ns: int) -> tuple[Sound, ...]:
    """Return `sounds` with what AEqualize on the effect tracks does to them while it lasts."""
    items = []
    for item, _ in effect_items(document):
        if canonical(item.Type, ("AEqualize",)):
            start = 0 if item.TimelineIn is None else max(ns(item.TimelineIn), 0)
            stop = end_ns if item.TimelineOut is None else min(ns(item.TimelineOut), end_ns)
            if item.TimelineOut is None and item.Duration is not None:
                stop = min(start + ns(item.Duration), end_ns)
            peak, gain = getattr(item, "Peak", None), getattr(item, "Gain", None)
            if start < stop:
                items.append(SoundEffect("equalize", start, stop, (("peak", _bounded(peak, 0.95, 0.0, 1.0)),
                                                                   ("gain", _bounded(gain, 10.0, 1.0, 100.0)))))
    return tuple(_also(sound, [one for one in items if one.start_ns < sound.end_ns and one.end_ns > sound.start_ns])
                 for sound in sounds)


def _also(sound: Sound, more: Sequence[SoundEffect]) -> Sound:
    """`sound` with effects after all of its own, its gain among them."""
    if not more:
        return sound
    volume = SoundEffect("volume", sound.start_ns, sound.end_ns, (("gain", sound.gain),))
    return replace(sound, gain=1.0, effects=(*sound.effects, *((volume,) if sound.gain != 1.0 else ()), *more))


def _bounded(value: Any, otherwise: float, low: float, high: float) -> float:
    return min(max(float(value), low), high) if isinstance(value, int | float) else otherwise


def repeated(sound: Sound, span: Span[Any], tell: Tell) -> Iterator[Sound]:
    """Yield `sound`, or when it loops over more than can be kept at hand each repetition."""
    if not sound.loop_ns or (sound.loop_ns * sound.speed <= AT_HAND_NS and not span.speech):
        yield sound
        return
    start_ns, count = sound.start_ns, 0
    while start_ns < sound.end_ns:
        if count == MAX_REPEATS:
            tell(Notice("warning", f"{span.path}.LoopMode", f"The sound would repeat more than {MAX_REPEATS} times",
                        "It falls silent after that", "out-of-range"))
            return
        end_ns = min(start_ns + span.length_ns, sound.end_ns)
        yield replace(sound, id=f"{sound.id}~{count}", start_ns=start_ns, end_ns=end_ns, loop_ns=0)
        start_ns, count = end_ns, count + 1


def gains(sounds: Iterable[Sound], volumes: Sequence[VolumeEffect], clip_start_ns: int) -> Iterator[Sound]:
    """Yield `sounds` cut where a Volume effect with In or Out begins or ends; several effects multiply.

    In and Out count from the start of the clip.
    """
    ranged = [(0 if effect.In is None else clip_start_ns + ns(effect.In),
               FOREVER_NS if effect.Out is None else clip_start_ns + ns(effect.Out),
               1.0 if effect.Gain is None else min(max(effect.Gain, 0.0), 10.0)) for effect in volumes]
    for sound in sounds:
        edges = {sound.start_ns, sound.end_ns}
        edges |= {edge for start, end, _ in ranged for edge in (start, end) if sound.start_ns < edge < sound.end_ns}
        cuts = sorted(edges)
        for start, end in pairwise(cuts):
            gain = 1.0
            for from_ns, to_ns, factor in ranged:
                gain *= factor if from_ns <= start < to_ns else 1.0
            name = sound.id if len(cuts) == 2 else f"{sound.id}@{start}"
            yield replace(sound, id=name, start_ns=start, end_ns=end, gain=gain,
                          in_ns=sound.in_ns + round((start - sound.start_ns) * sound.speed))
