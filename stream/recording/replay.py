"""replay: a recorded run shown again, tick by tick as its journal says; the proof that it comes out the same."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from stream.clock import OfflineClock, Signal
from stream.codecs.decode import VideoDecoder
from stream.errors import MediaError
from stream.media import Matte, Packet, Setup, VideoFrame
from stream.metrics import Metrics
from stream.recording.finish import Run
from stream.recording.folder import mattes_name
from stream.recording.mattes import matte_files, read_mattes
from stream.recording.record import read_segments
from stream.run.gather import open_images
from stream.run.inputs import Input, Parts
from stream.run.loading import open_typesetter, warm_up
from stream.run.mixer import Mixer, live_lanes
from stream.run.outputs import Outgoing
from stream.run.painter import Painter
from stream.run.rasters import Rasters
from stream.run.session import Session, live_layers
from stream.run.shelf import Shelf, Shot
from stream.run.times import Unmoved
from stream.timeline.cuetrack import CueTrack
from stream.timeline.journal import NOTHING, ShownTick
from stream.timeline.program import Cue
from stream.worker import MakeWorker, ThreadWorker


class Past:
    """The pictures and mattes of one recorded input, by number, in the order in which they were shown."""

    def __init__(self, folder: Path, name: str, layer: str) -> None:
        self._frames = _frames(folder, name)
        self._mattes = (m for file in matte_files(folder, mattes_name(layer)) for m in read_mattes(file))
        self._kept: dict[int, VideoFrame] = {}
        self._matte: Matte | None = None

    def shot(self, frame: int, matte: int) -> Shot:
        """Return what was shown; numbers never fall. MediaError when the recording does not hold it."""
        return Shot(None if frame == NOTHING else self._frame(frame), None if matte == NOTHING else self._cut(matte))

    def _frame(self, number: int) -> VideoFrame:
        while number not in self._kept:
            found = next(self._frames, None)
            if found is None:
                raise MediaError(f"the recording does not hold picture {number}", "It was cut short; render less of it")
            self._kept[found.index] = found
        for passed in [n for n in self._kept if self._kept[n].pts_ns < self._kept[number].pts_ns]:
            del self._kept[passed]
        return self._kept[number]

    def _cut(self, number: int) -> Matte:
        if self._matte is None or number != self._matte.index:
            alpha = next(self._mattes, None)
            if alpha is None:
                raise MediaError(f"the recording does not hold the matte of picture {number}", "It was cut short")
            self._matte = Matte(alpha, number)
        return self._matte


def _frames(folder: Path, name: str) -> Iterator[VideoFrame]:
    """Decode a recording as it was decoded live: a decoder for each set-up, flushed for each connection.

    Pictures are numbered as they came.
    """
    decoder: VideoDecoder | None = None
    setup: Setup | None = None
    connection, number = -1, 0
    for packet in read_segments(folder, name):
        if packet.setup.kind != "video":
            continue
        if decoder is not None and (packet.setup is not setup or packet.connection != connection):
            yield from decoder.flush()
        if packet.setup is not setup:
            setup, decoder = packet.setup, VideoDecoder(packet.setup)
        connection = packet.connection
        if decoder is not None:
            yield from decoder.decode(packet, number)
        number += 1
    if decoder is not None:
        yield from decoder.flush()


@dataclass(slots=True)
class Verdict:
    """How a replay compared: ticks shown, ticks whose picture is the same, the first that is not."""

    ticks: int = 0
    equal: int = 0
    first_difference: int = -1
    differing: list[int] = field(default_factory=list)


def replay_session(run: Run, cues: tuple[Cue, ...], outputs: Callable[[Parts], Sequence[Outgoing]],
                   tell: Callable[[str], None], verdict: Verdict, *, sound: bool = True,
                   make_worker: MakeWorker = ThreadWorker) -> Session:
    """Return a Session that shows `run` again with `cues`, comparing each tick's hash into `verdict`."""
    changed = Signal()
    parts = Parts(OfflineClock(), Metrics(), make_worker, changed, tell, lambda: 0)
    program = run.program
    worker = make_worker("decode")
    pasts = {layer.id: Past(run.folder, "main", layer.id) for layer in live_layers(program)}
    ticks = {tick.tick: tick for tick in run.journal.ticks}
    typesetter = open_typesetter(tell)
    warm_up(program, typesetter)
    painter = Painter(program, Rasters(typesetter, program), open_images(program, run.folder))

    async def pick(tick: int) -> Mapping[str, Shot] | None:
        shown = ticks[tick].shown
        try:
            return {name: await worker.run(past.shot, *shown.get(name, (NOTHING, NOTHING)))
                    for name, past in pasts.items()}
        except MediaError as error:
            if run.journal.ended:
                raise
            tell(f"{error.message}: the run was cut off before it was written; all before it is there")
            return None

    def compare(shown: ShownTick, _: Mapping[str, Shot]) -> None:
        verdict.ticks += 1
        if shown.picture_hash == ticks[shown.tick].picture_hash:
            verdict.equal += 1
            return
        verdict.differing.append(shown.tick)
        if verdict.first_difference < 0:
            verdict.first_difference = shown.tick

    session = Session(program, parts.clock, parts, painter, outputs(parts), track=CueTrack(cues), log=compare,
                      pick=pick, shows=frozenset(ticks), first_tick=min(ticks, default=0),
                      last_tick=max(ticks, default=-1))
    if sound:
        _sound(session, run, parts)
    return session


def _sound(session: Session, run: Run, parts: Parts) -> None:
    live = {layer.url for layer in live_layers(run.program)}
    sounds = [s for s in run.program.sounds if s.url in live]
    if not sounds:
        return
    mixer = session.mixer = Mixer(parts.metrics, parts.changed.set, run.program.ducking)
    mixer.start(run.program.tick_ns(session.first_tick))
    play, played = live_lanes(mixer, sounds)
    one = Input("sound", partial(_packets, run.folder), Unmoved(), parts,
                Shelf(parts.changed, exact=True, wants_matte=False), wants_video=False)
    one.play, one.played = play, played
    one.room = lambda: all(mixer.room(s) for s in sounds)
    session.inputs["sound"] = one


async def _packets(folder: Path) -> AsyncIterator[Packet]:
    for packet in read_segments(folder, "main"):
        if packet.setup.kind == "audio":
            yield packet
