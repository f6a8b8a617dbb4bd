"""show: a prepared Timeline as a session on the offline clock."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from models.matting import Segmenter
from stream.clock import OfflineClock, Signal
from stream.errors import OptionError
from stream.media import NS, Packet
from stream.metrics import Metrics
from stream.plugins import load
from stream.run.gather import Images, local_path
from stream.run.inputs import Input, Parts, Times
from stream.run.loading import load_segmenter, open_typesetter, warm_up
from stream.run.mixer import Mixer
from stream.run.outputs import Outgoing
from stream.run.painter import Painter, mask_id
from stream.run.rasters import Rasters
from stream.run.session import Coming, Session
from stream.run.shelf import Shelf
from stream.run.times import ClipTimes, Unmoved
from stream.sources import SourceContext
from stream.timeline.cuetrack import CueTrack
from stream.timeline.program import FOREVER_NS, Layer, Program, Sound
from stream.vod.prepare import Vod
from stream.vod.sound import Changed, Settled, looped, source_end_ns
from stream.worker import ThreadWorker


def vod_session(vod: Vod, outputs: Callable[[Parts], Sequence[Outgoing]], *, from_ns: int = 0,
                to_ns: int = 1 << 62) -> Session:
    """Return a Session that renders `vod` from `from_ns` to `to_ns`."""
    program = vod.program
    changed = Signal()
    parts = Parts(OfflineClock(), Metrics(), ThreadWorker, changed, vod.tell, lambda: 0)
    typesetter = open_typesetter(vod.tell)
    warm_up(program, typesetter)
    painter = Painter(program, Rasters(typesetter, program), Images(program, vod.media_root), hashes=False)
    mixer = Mixer(parts.metrics, changed.set, program.ducking)
    ticks = (_tick_at(program, from_ns), _tick_at(program, min(to_ns, program.end_ns)) - 1)
    begin_ns = program.tick_ns(ticks[0])
    mixer.start(begin_ns)
    return Session(program, parts.clock, parts, painter, outputs(parts), mixer=mixer, track=CueTrack(program.cues),
                   coming=list(_coming(vod, parts, mixer, from_ns, to_ns, begin_ns)), first_tick=ticks[0],
                   last_tick=ticks[1])


def _coming(vod: Vod, parts: Parts, mixer: Mixer, from_ns: int, to_ns: int, begin_ns: int) -> Iterator[Coming]:
    """Every clip with a source of its own that is seen or heard between `from_ns` and `to_ns`."""
    models: dict[str, Segmenter] = {}
    settled = Settled()
    for layer in vod.program.layers:
        if layer.kind == "video" and layer.end_ns > from_ns and layer.start_ns < to_ns:
            if layer.matte is not None and layer.matte.model not in models:
                models[layer.matte.model] = load_segmenter(layer.matte.model)
            yield Coming(layer.id, layer.start_ns, layer.end_ns, partial(_video, vod, layer, parts, begin_ns),
                         models[layer.matte.model] if layer.matte is not None else None)
        if layer.mask_url and layer.kind in ("video", "image") and layer.end_ns > from_ns and layer.start_ns < to_ns:
            mask = replace(layer, id=mask_id(layer), url=layer.mask_url, matte=None)
            yield Coming(mask.id, mask.start_ns, mask.end_ns, partial(_video, vod, mask, parts, begin_ns))
    for sound in vod.program.sounds:
        if sound.gain > 0 and sound.end_ns > from_ns and sound.start_ns < to_ns:
            yield Coming(f"a-{sound.id}", sound.start_ns, sound.end_ns,
                         partial(_audio, vod, sound, parts, mixer, begin_ns, settled))


def _tick_at(program: Program, pts_ns: int) -> int:
    """The first tick at or after `pts_ns`."""
    rate = program.rate
    return -(-pts_ns * rate.numerator // (NS * rate.denominator))


def _video(vod: Vod, layer: Layer, parts: Parts, begin_ns: int) -> Input:
    shelf = Shelf(parts.changed, exact=True, wants_matte=layer.matte is not None)
    times = ClipTimes(layer.start_ns, layer.in_ns, layer.speed)
    return Input(f"v-{layer.id}", partial(_read, vod, layer, parts), times, parts, shelf, wants_audio=False,
                 from_ns=max(layer.start_ns, begin_ns), until_ns=min(layer.end_ns, _held_ns(layer)))


def _held_ns(layer: Layer) -> int:
    """When the layer's source is at its Out point; its last picture is held from then on."""
    if layer.out_ns >= FOREVER_NS or layer.loop:
        return FOREVER_NS
    return layer.start_ns + round((layer.out_ns - layer.in_ns) / layer.speed)


def _audio(vod: Vod, sound: Sound, parts: Parts, mixer: Mixer, begin_ns: int, settled: Settled) -> Input:
    changed = sound.effects or sound.speed != 1.0
    shelf = Shelf(parts.changed, exact=True, wants_matte=False)
    where, from_ns = local_path(sound.url, vod.media_root), max(sound.start_ns, begin_ns)
    packets: Callable[[], AsyncIterator[Packet]] = partial(_read, vod, sound, parts)
    times: Times = ClipTimes(sound.start_ns, sound.in_ns, 1.0)
    if changed:  # from the beginning, so that a part sounds as it does in the whole
        from_ns = sound.start_ns
    if sound.loop_ns:
        packets, times = partial(looped, where, sound, from_ns, parts.make_worker), Unmoved()
    one = Input(f"a-{sound.id}", packets, times, parts, shelf, wants_video=False, from_ns=from_ns,
                until_ns=source_end_ns(sound))
    one.play, one.played = mixer.lane(sound), lambda: mixer.end(sound.id)
    one.room = lambda: mixer.room(sound)
    if changed:
        one.change = Changed(sound, where, settled)
    return one


def _read(vod: Vod, item: Layer | Sound, parts: Parts) -> AsyncIterator[Packet]:
    where = local_path(item.url, vod.media_root)
    scheme = where.split(":", 1)[0] if "://" in where else "file"
    plugin: Any = load("stream.sources", scheme)
    packets: AsyncIterator[Packet] = plugin.read(
        where, {"loop": "0"} if isinstance(item, Layer) and item.loop else {},
        SourceContext(make_worker=parts.make_worker, tell=vod.tell, door=_NoDoor()))
    return packets


class _NoDoor:
    """Rendering listens to nobody."""

    def listen(self, spec: object) -> Any:
        raise OptionError("a render listens to no publisher", "Use `cuelight live`")


