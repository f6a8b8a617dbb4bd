"""talks: the stretches of sound in a Program that are to be captioned."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from models.asr import Word
from stream.timeline.program import FOREVER_NS, CaptionSpec, Layer, Program, Sound


@dataclass(frozen=True, slots=True)
class Talk:
    """One stretch of sound: `length_ns` of `url` from `in_ns` on, heard from `start_ns` at `speed` until `end_ns`.

    With `loop_ns` it is heard again and again, each pass so long.
    """

    id: str
    url: str
    spec: CaptionSpec
    start_ns: int
    end_ns: int
    in_ns: int
    length_ns: int
    speed: float = 1.0
    loop_ns: int = 0

    def spoken(self, words: Sequence[Word]) -> tuple[Word, ...]:
        """Return `words` (from `in_ns` on, at the sound's own pace) when they are heard in the programme."""
        out: list[Word] = []
        begin_ns = self.start_ns
        while begin_ns < self.end_ns:
            stop_ns = min(begin_ns + self.loop_ns, self.end_ns) if self.loop_ns else self.end_ns
            for word in words:
                start_ns = begin_ns + round(max(word.start_ns, 0) / self.speed)
                if start_ns < stop_ns:
                    end_ns = min(max(begin_ns + round(word.end_ns / self.speed), start_ns), stop_ns)
                    out.append(replace(word, start_ns=start_ns, end_ns=end_ns))
            if not self.loop_ns:
                break
            begin_ns = stop_ns
        return tuple(out)


def talks(program: Program) -> tuple[Talk, ...]:
    """Return what is to be captioned, in order of layers and sounds; pieces of one clip are one stretch."""
    found = [_of_layer(layer, layer.captions) for layer in program.layers if layer.captions and layer.kind == "video"]
    found += [_of_sound(sound, sound.captions) for sound in _joined(program.sounds) if sound.captions]
    return tuple(talk for talk in found if talk.length_ns > 0)


def _of_layer(layer: Layer, spec: CaptionSpec) -> Talk:
    length_ns = round((layer.end_ns - layer.start_ns) * layer.speed)
    if layer.out_ns < FOREVER_NS:
        length_ns = min(length_ns, layer.out_ns - layer.in_ns)
    end_ns = min(layer.end_ns, layer.start_ns + round(length_ns / layer.speed))
    return Talk(layer.id, layer.url, spec, layer.start_ns, end_ns, layer.in_ns, length_ns, layer.speed)


def _of_sound(sound: Sound, spec: CaptionSpec) -> Talk:
    pass_ns = min(sound.loop_ns or sound.end_ns, sound.end_ns - sound.start_ns)
    return Talk(sound.id, sound.url, spec, sound.start_ns, sound.end_ns, sound.in_ns, round(pass_ns * sound.speed),
                sound.speed, sound.loop_ns)


def _joined(sounds: Sequence[Sound]) -> Iterator[Sound]:
    """`sounds`, those that go on where the one before of the same clip ends joined to it (Volume cuts them)."""
    last: Sound | None = None
    for sound in sounds:
        if last is not None and _goes_on(last, sound):
            last = replace(last, end_ns=sound.end_ns)
            continue
        if last is not None:
            yield last
        last = sound
    if last is not None:
        yield last


def _goes_on(last: Sound, sound: Sound) -> bool:
    stopped_ns = last.in_ns + round((last.end_ns - last.start_ns) * last.speed)
    return ((last.path, last.url, last.end_ns, last.speed, last.loop_ns, sound.loop_ns)
            == (sound.path, sound.url, sound.start_ns, sound.speed, 0, 0) and abs(stopped_ns - sound.in_ns) <= 2)
