"""session: one run: wires the parts, gives the ticks, starts the tasks; live and VOD differ in the clock alone."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from models.matting import Segmenter
from stream.clock import Clock
from stream.media import NS, VideoFrame
from stream.run.due import Due
from stream.run.feed import CueFeed
from stream.run.hearing import Hearing
from stream.run.inputs import Input, Parts
from stream.run.mixer import Mixer
from stream.run.outputs import Outgoing, Shown
from stream.run.painter import Painter, mask_id
from stream.run.second_lane import Lane
from stream.run.shelf import Shot
from stream.run.supervise import at_most, supervise
from stream.timeline.cuetrack import CueTrack
from stream.timeline.journal import NOTHING, ShownTick
from stream.timeline.program import Cue, Layer, Program
from stream.worker import Worker

Paint = Callable[[int, Mapping[str, Shot], Sequence[Cue]], tuple[VideoFrame, int]]
Pick = Callable[[int], Awaitable[Mapping[str, Shot] | None]]


@dataclass(frozen=True, slots=True)
class Coming:
    """An input that is opened by `open` when `start_ns` is near, and let go of when `end_ns` has passed."""

    key: str
    start_ns: int
    end_ns: int
    open: Callable[[], Input]
    segmenter: Segmenter | None = None


OPEN_AHEAD_NS = NS // 4
"""Sound is mixed a little ahead of its tick: what begins by then must be open."""


@dataclass(slots=True)
class Session:
    """A Program being shown. The tasks are born here; vital ones share one TaskGroup.

    `inputs` are by layer id; those named in `reading` are being read already. What is `coming` is among
    them only while it is needed: so a long programme of many clips holds few of them. `log` takes what each
    tick showed, `cued` each cue as it will be shown; `feed` has listeners to those of a live run. `pick` gives a
    tick's pictures where they are not taken from the inputs; None ends the run.
    """

    program: Program
    clock: Clock
    parts: Parts
    painter: Painter
    outputs: Sequence[Outgoing]
    inputs: dict[str, Input] = field(default_factory=dict)
    others: list[Input] = field(default_factory=list)
    coming: Sequence[Coming] = ()
    segmenters: dict[str, Segmenter] = field(default_factory=dict)
    mixer: Mixer | None = None
    hearing: Hearing | None = None
    second: Lane | None = None
    track: CueTrack = field(default_factory=CueTrack)
    feed: CueFeed = field(default_factory=CueFeed)
    log: Callable[[ShownTick, Mapping[str, Shot]], None] | None = None
    cued: Callable[[Cue], None] | None = None
    reading: frozenset[str] = frozenset()
    pick: Pick | None = None
    shows: frozenset[int] | None = None
    paint: Paint | None = None
    first_tick: int = 0
    last_tick: int = 1 << 60
    next_tick: int = 0
    begun: bool = False
    stopping: bool = False
    on_tick: Callable[[int], None] | None = None

    def stop(self) -> None:
        """End the run at the next tick, finishing every file."""
        self.stopping = True
        self.parts.changed.set()

    def next_ns(self) -> int:
        """Return the time of the next tick that is still open to change."""
        if not self.begun:
            return max(self.program.tick_ns(self.next_tick), self.clock.showing_ns())
        return self.program.tick_ns(self.next_tick)

    def show(self, cue: Cue) -> None:
        """Take in a cue, or a revision of one; the past does not change."""
        taken = self.track.show(cue)
        if self.cued:
            self.cued(taken)

    async def run(self) -> None:
        """Run to the end of the Program, of its leading input, or until `stop`."""
        sys.setswitchinterval(0.001)
        try:
            await self._run()
        finally:
            self.feed.close()

    async def _run(self) -> None:
        reading: list[asyncio.Task[None]] = []
        async with asyncio.TaskGroup() as tasks:
            for one in {id(one): one for one in [*self.inputs.values(), *self.others]}.values():
                reading += self._start_input(tasks, one)
            segments = [tasks.create_task(self._segment(name), name=f"segment-{name}") for name in self.segmenters]
            opener = tasks.create_task(self._open_coming(tasks), name="open")
            hearing = tasks.create_task(self._hear(), name="hear") if self.hearing else None
            beside = [tasks.create_task(supervise(name, run, self.parts.tell), name=name)
                      for name, run in (self.hearing.beside() if self.hearing else ())]
            second = tasks.create_task(self._translate(), name="second-lane") if self.second else None
            encoders = [(output, [tasks.create_task(output.run_video(), name="encode"),
                                  tasks.create_task(output.run_audio(), name="encode-audio")])
                        for output in self.outputs]
            try:
                await self._ticks(tasks)
            finally:
                self._let_go(1 << 63)
                for task in [*reading, *segments, opener]:
                    task.cancel()
                if hearing is not None and self.hearing is not None:
                    self.hearing.frames.close()
                for output in self.outputs:
                    output.close()
            for output, running in encoders:
                await asyncio.gather(*running)
                output.finish()
            if hearing is not None and self.hearing is not None:
                await at_most(hearing, 5.0)
                self.hearing.end_beside()
                for part in beside:
                    await at_most(part, 5.0)
                self.hearing.close()
            if second is not None and self.second is not None:
                self.second.end()
                await at_most(second, 5.0)
                self.second.close()
            for output in self.outputs:
                for outlet in output.outlets:
                    if outlet.task is not None:
                        await at_most(outlet.task, 10.0 if not output.fatal else None)

    def _start_input(self, tasks: asyncio.TaskGroup, one: Input) -> list[asyncio.Task[None]]:
        started = [] if one.name in self.reading else [tasks.create_task(self._read(one), name=f"read-{one.name}")]
        if one.wants_video:
            started.append(tasks.create_task(one.run_video(), name=f"decode-{one.name}"))
        else:
            one.shelf.end()
        if one.wants_audio:
            started.append(tasks.create_task(self._audio(one), name=f"audio-{one.name}"))
        return started

    async def _open_coming(self, tasks: asyncio.TaskGroup) -> None:
        """Open each input when it is near."""
        for one in sorted(self.coming, key=lambda one: one.start_ns):
            self._unopened_ns = one.start_ns
            await self.clock.near(one.start_ns)
            self.inputs[one.key] = opened = one.open()
            running = self._start_input(tasks, opened)
            if one.segmenter is not None:
                self.segmenters[one.key] = one.segmenter
                running.append(tasks.create_task(self._segment(one.key), name=f"segment-{one.key}"))
            self._running[one.key] = (one.end_ns, running)
        self._unopened_ns = 1 << 62
        self.parts.changed.set()

    def _let_go(self, pts_ns: int) -> None:
        """End the inputs that were over some time before `pts_ns`."""
        for key in [key for key, (end_ns, _) in self._running.items() if end_ns + OPEN_AHEAD_NS <= pts_ns]:
            for task in self._running.pop(key)[1]:
                task.cancel()
            self.inputs.pop(key, None)
            self.segmenters.pop(key, None)

    async def _read(self, one: Input) -> None:
        if one in self.others:
            try:
                await supervise(f"input {one.name}", one.read, self.parts.tell)
            finally:
                one.close()
        else:
            await one.run_read()

    async def _audio(self, one: Input) -> None:
        await one.run_audio()
        if one.hear is not None and self.hearing is not None:
            self.hearing.frames.close()

    async def _segment(self, name: str) -> None:
        one, segmenter = self.inputs[name], self.segmenters[name]

        async def run() -> None:
            await one.run_segment(segmenter.open(), segmenter.width_px, segmenter.height_px)

        def failed() -> None:
            self.parts.metrics.count("matte_failures")

        if self.clock.policy("newest") == "wait":  # a tick waits for its matte for ever
            await run()
        else:
            await supervise("matte", run, self.parts.tell, failed=failed)

    async def _hear(self) -> None:
        assert self.hearing is not None
        await supervise("captions", self.hearing.run, self.parts.tell)

    async def _translate(self) -> None:
        assert self.second is not None
        await supervise("captions in the second language", self.second.run, self.parts.tell)

    async def _ticks(self, tasks: asyncio.TaskGroup) -> None:
        worker = self.parts.make_worker("compose")
        metrics, tick = self.parts.metrics, self.first_tick
        try:
            while not self.stopping and tick <= self.last_tick:
                if self.shows is not None and tick not in self.shows:
                    tick += 1
                    continue
                pts_ns = self.program.tick_ns(tick)
                self.next_tick = tick
                if pts_ns >= self.program.end_ns or self._over(pts_ns):
                    break
                if not await self.clock.due(pts_ns, lambda t=pts_ns: self._ready(t), self.parts.changed):  # type: ignore[misc]
                    metrics.count("ticks_skipped" if self.begun else "ticks_before_begin")
                    tick += 1
                    if tick % 16 == 0:
                        await asyncio.sleep(0)
                    continue
                if self._over(pts_ns):
                    break
                shots = await self.pick(tick) if self.pick else self._take(pts_ns)
                if shots is None:
                    break
                if not self.begun:
                    self._begin(tasks, tick)
                await self._tick(worker, tick, pts_ns, shots)
                tick += 1
        finally:
            self.next_tick = tick
            worker.close()

    def _begin(self, tasks: asyncio.TaskGroup, tick: int) -> None:
        """The first tick is about to be shown: sound and sinks begin with it."""
        self.begun, self.first_tick = True, tick
        origin_ns = self.program.tick_ns(tick)
        if self.mixer is not None:
            self.mixer.start(origin_ns)
        for output in self.outputs:
            output.origin_ns = origin_ns
            for outlet in output.outlets:
                outlet.task = tasks.create_task(output.run_outlet(outlet), name=f"sink-{outlet.shown_url}")

    def _take(self, pts_ns: int) -> Mapping[str, Shot]:
        return {name: one.shelf.take(pts_ns) for name, one in self.inputs.items()}

    async def _tick(self, worker: Worker, tick: int, pts_ns: int, shots: Mapping[str, Shot]) -> None:
        metrics, now = self.parts.metrics, self.parts.now_ns
        cues = self.track.at(pts_ns)
        self.track.shown_ns = pts_ns
        self.next_tick = tick + 1
        began = now()
        frame, digest = await worker.run(self.paint or self.painter.paint, pts_ns, shots, cues)
        metrics.sample("compose_ms", (now() - began) / 1e6)
        metrics.count("ticks")
        shown = {name: (s.frame.index if s.frame else NOTHING, s.matte.index if s.matte else NOTHING)
                 for name, s in shots.items()}
        self._count(shots, pts_ns)
        if self.log:
            self.log(ShownTick(tick, shown, digest), shots)
        arrival = max((one.arrivals.get(shots[name].frame.index, 0)  # type: ignore[union-attr]
                       for name, one in self.inputs.items() if name in shots and shots[name].frame), default=0)
        for output in self.outputs:
            dropped = output.frames.dropped
            await output.frames.put(Shown(frame, tick, arrival if self._fresh(shots) else 0))
            if output.frames.dropped > dropped:
                metrics.count("drops.encode", output.frames.dropped - dropped)
        if self.mixer is not None:
            for sound in self.mixer.give(min(self.program.tick_ns(tick + 1), self.program.end_ns)):
                for output in self.outputs:
                    dropped = output.sound.dropped
                    await output.sound.put(sound)
                    if output.sound.dropped > dropped:
                        metrics.count("drops.sound", output.sound.dropped - dropped)
        self._let_go(pts_ns)
        self.feed.passed(pts_ns)
        if tick % 256 == 0:
            self.track.forget(pts_ns - 60 * NS)
        if self.on_tick:
            self.on_tick(tick)

    _seen: dict[str, int] = field(default_factory=dict)
    _running: dict[str, tuple[int, list[asyncio.Task[None]]]] = field(default_factory=dict)
    _unopened_ns: int = -1
    _layers: Due[Layer] = field(init=False)

    def __post_init__(self) -> None:
        self._layers = Due(self.program.layers)

    def _fresh(self, shots: Mapping[str, Shot]) -> bool:
        """Whether any input shows a frame that the tick before did not."""
        fresh = False
        for name, shot in shots.items():
            index = shot.frame.index if shot.frame else NOTHING
            fresh |= index != self._seen.get(name)
            self._seen[name] = index
        return fresh

    def _count(self, shots: Mapping[str, Shot], pts_ns: int) -> None:
        for layer in self._layers.at(pts_ns):
            shot = shots.get(layer.id)
            if shot is None or shot.frame is None:
                continue
            if shot.frame.index == self._seen.get(layer.id):
                self.parts.metrics.count("held")
            if layer.matte and shot.matte is None:
                self.parts.metrics.count("matte_missing")
            elif layer.matte and shot.matte is not None and shot.matte.index != shot.frame.index:
                self.parts.metrics.count("matte_older")

    def _ready(self, pts_ns: int) -> bool:
        if self.stopping:
            return True
        if self._unopened_ns <= pts_ns + OPEN_AHEAD_NS:
            return False
        for layer in self._layers.at(pts_ns):
            for name in (layer.id, mask_id(layer)) if layer.mask_url else (layer.id,):
                one = self.inputs.get(name)
                if one is not None and not one.shelf.ready(pts_ns):
                    return False
        if self.mixer is not None and self.clock.policy("drop_oldest") == "wait":
            return self.mixer.ready(self.program.tick_ns(self.next_tick + 1))
        return True

    def _over(self, pts_ns: int) -> bool:
        """Whether the input that leads has ended before `pts_ns`."""
        leads = [one for one in self.inputs.values() if one.leads]
        return bool(leads) and all(
            one.shelf.ended and one.watch.ended and pts_ns > one.shelf.newest_ns for one in leads)


def live_layers(program: Program) -> list[Layer]:
    """Return the layers that a live source feeds."""
    return [layer for layer in program.layers if layer.kind == "live"]
