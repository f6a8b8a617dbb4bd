"""sounds: one clip's sound as stretches of equal gain, and as repetitions."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from stream.timeline.program import FOREVER_NS, Notice, Sound
from stream.timeline.scalars import ns
from stream.timeline.schema_effects import VolumeEffect
from stream.timeline.spans import Span, Tell

MAX_REPEATS = 10_000


def repeated(sound: Sound, span: Span[Any], tell: Tell) -> Iterator[Sound]:
    """Yield `sound`, or when it loops over a part of its source only, each repetition of that part."""
    whole_source = span.in_ns == 0 and span.length_ns == span.media.duration_ns
    if not sound.loop or whole_source:
        yield sound
        return
    start_ns, count = sound.start_ns, 0
    while start_ns < sound.end_ns:
        if count == MAX_REPEATS:
            tell(Notice("warning", f"{span.path}.LoopMode", f"The sound would repeat more than {MAX_REPEATS} times",
                        "It falls silent after that", "out-of-range"))
            return
        end_ns = min(start_ns + span.length_ns, sound.end_ns)
        yield replace(sound, id=f"{sound.id}~{count}", start_ns=start_ns, end_ns=end_ns, loop=False)
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
        if not sound.loop:
            edges |= {edge for start, end, _ in ranged for edge in (start, end)
                      if sound.start_ns < edge < sound.end_ns}
        cuts = sorted(edges)
        for start, end in pairwise(cuts):
            gain = 1.0
            for from_ns, to_ns, factor in ranged:
                gain *= factor if from_ns <= start < to_ns else 1.0
            name = sound.id if len(cuts) == 2 else f"{sound.id}@{start}"
            yield replace(sound, id=name, start_ns=start, end_ns=end, gain=gain,
                          in_ns=sound.in_ns + round((start - sound.start_ns) * sound.speed))
