"""show: `cuelight live`: a live source or a live Timeline in, captions and a new background on it, out and recorded."""

import asyncio
import importlib
import signal
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stream.clock import LiveClock, Signal
from stream.door import Door
from stream.errors import CuelightError, MediaError, OptionError
from stream.live.asked import LiveOptions, check_target, engines_wanted, rename, source_of
from stream.live.delay import MOST_S, AutoDelay, first_delay_s
from stream.live.report import Board, report
from stream.media import NS, Packet
from stream.metrics import Metrics
from stream.plugins import load
from stream.recording.folder import Recording, keep_copy, new_folder
from stream.run.gather import facts_to_json, gather, local_path, open_images
from stream.run.inputs import Input, Parts
from stream.run.shelf import Shelf
from stream.run.supervise import attempt, first_error, words_of
from stream.run.times import SessionTimes
from stream.secrecy import hidden_in, veiled
from stream.sources import Door as AnyDoor
from stream.sources import SourceContext
from stream.timeline.facts import Facts, MediaFacts, shown_url
from stream.timeline.program import Program
from stream.timeline.resolve import resolve
from stream.timeline.starters import expand_secrets
from stream.worker import ThreadWorker

if TYPE_CHECKING:
    from stream.render.text import Typesetter
    from stream.run.loading import Engines
    from stream.run.session import Session

SOUND_PATIENCE_NS = NS // 5
HEAVY = ("stream.run.loading", "stream.live.wiring", "stream.recording.finish")


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended: its report as plain JSON values, where its recording lies, and what failed."""

    report: dict[str, Any]
    folder: Path | None
    failure: str = ""


async def run_live(options: LiveOptions, tell: Callable[[str], None], board: Board) -> Result:
    """Run live until the source ends, `for_s` is over or SIGINT/SIGTERM comes; every file is finished."""
    live = Live(options, tell, board)
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, live.stop)
    try:
        return await live.run()
    except BaseExceptionGroup as group:
        raise live.hushed(first_error(group)) from None
    finally:
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(name)


class Live:
    """One live run, put together step by step as its source becomes known."""

    def __init__(self, options: LiveOptions, tell: Callable[[str], None], board: Board,
                 door: AnyDoor | None = None) -> None:
        self.options, self.board, self._tell_operator = options, board, tell
        self.wanted = engines_wanted(options.document)
        delay_s = first_delay_s(self.wanted.hearing) if options.delay_s is None else options.delay_s
        self.clock = LiveClock(round(delay_s * NS))
        self.delay = AutoDelay(self.clock, self.tell) if options.delay_s is None and self.wanted.hearing else None
        self.parts = Parts(self.clock, Metrics(), ThreadWorker, Signal(), self.tell, self.clock.now_ns)
        self.door: AnyDoor = door or Door()
        self.stopped, self.started = asyncio.Event(), datetime.now().astimezone()
        self.session: Session | None = None
        self.recording: Recording | None = None
        self.url = source_of(options.document)
        self.failure = ""
        self._loop, self._thread = asyncio.get_running_loop(), threading.get_ident()
        self._hidden = hidden_in((self.url, *options.to, options.caption_audio), options.env)
        self.main = self.input("main", self.url, options.source_options, leads=True)

    def stop(self) -> None:
        """Finish: called by a signal, a timer or the operator."""
        self.stopped.set()
        self.main.known.set()
        if self.session is not None:
            self.session.stop()

    def tell(self, line: str) -> None:
        """Tell the operator one line, and the journal. Any thread may; no key or token is said."""
        if threading.get_ident() != self._thread:
            self._loop.call_soon_threadsafe(self.tell, line)
            return
        line = veiled(line, self._hidden)
        self._tell_operator(line)
        if self.recording is not None:
            self.recording.event(line)

    def hushed(self, error: BaseException) -> BaseException:
        """Return `error` without keys and tokens in its words."""
        if isinstance(error, CuelightError):
            return type(error)(veiled(error.message, self._hidden), veiled(error.remedy, self._hidden))
        return error

    def now_ns(self) -> int:
        return self.clock.now_ns()

    def input(self, name: str, url: str, options: Mapping[str, str], *, leads: bool) -> Input:
        """Return an input that reads `url` (unexpanded) in this run's time."""
        shelf = Shelf(self.parts.changed, exact=False, wants_matte=False)
        longest_ns = self.clock.delay_ns if self.delay is None else round(MOST_S * NS)
        return Input(name, partial(self._open, url, options), SessionTimes(self.clock, defines_zero=leads), self.parts,
                     shelf, longest_ns, leads=leads)

    def _open(self, url: str, options: Mapping[str, str]) -> AsyncIterator[Packet]:
        expanded = expand_secrets(url, self.options.env).strip().removeprefix("live+")
        scheme = expanded.split(":", 1)[0] if "://" in expanded else "file"
        given = dict(options)
        if scheme in ("file", "http", "https"):
            given.setdefault("realtime", "1")
        plugin: Any = load("stream.sources", scheme)
        packets: AsyncIterator[Packet] = plugin.read(
            expanded, given, SourceContext(make_worker=ThreadWorker, tell=self.tell, door=self.door))
        return packets

    async def run(self) -> Result:
        """Wait for the source, show until it ends, finish the files."""
        options = self.options
        for target in options.to:
            check_target(expand_secrets(target, options.env))
        await asyncio.to_thread(self.wanted.check)
        if options.record is None:
            await self._run_tasks()
            return Result(self._report(), None, self.failure)
        folder = await asyncio.to_thread(new_folder, options.record, options.show, self.started)
        recording = self.recording = Recording(folder, self.parts)
        self.main.admit = partial(recording.admit, "main")
        writing = asyncio.create_task(recording.run(), name="record")
        try:
            await self._run_tasks()
        finally:
            await self._finish(recording, writing)
        return Result(self._report(), folder, self.failure)

    async def _finish(self, recording: Recording, writing: "asyncio.Task[None]") -> None:
        """End the recording, then write what is made of it. Whatever fails here is told: the show is over."""
        recording.close()
        await writing
        recording.end()
        if not recording.begun or self.session is None or not self.session.begun:
            return
        from stream.recording.finish import finish

        error = await attempt(partial(asyncio.to_thread, finish, recording.folder, self._report()))
        if error is not None:
            self.failure = f"the recording's Timelines cannot be written: {words_of(error)}"
            self.tell(f"ALARM {self.failure}; `cuelight finish {recording.folder}` tries again")

    def _report(self) -> dict[str, Any]:
        return report(self.main, self.session, self.parts.metrics, self.board)

    async def _run_tasks(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            side = [tasks.create_task(self._read(), name="read-main"),
                    tasks.create_task(self.board.run(self), name="board"),
                    tasks.create_task(self._end_after(self.options.for_s), name="for")]
            loading = tasks.create_task(self._load(), name="load")
            try:
                await self._show(loading)
            finally:
                for task in [*side, loading]:
                    task.cancel()

    async def _read(self) -> None:
        """Read the source. If it fails in the middle of the show, that is the show's end: every file is finished."""
        error = await attempt(self.main.run_read)
        if error is None:
            return
        if self.session is None or not self.session.begun:
            raise error
        self.failure = veiled(f"the input has failed: {words_of(error)}", self._hidden)
        self.tell(self.failure)

    async def _end_after(self, seconds: float) -> None:
        if not seconds:
            return
        while self.session is None or not self.session.begun:
            await asyncio.sleep(0.05)
        await asyncio.sleep(seconds)
        self.stop()

    async def _load(self) -> "tuple[Engines, Typesetter]":
        """Load engines, fonts and kernels in a thread, while the door is open already: it takes seconds."""
        wanted = self.wanted
        worker = ThreadWorker("load")
        try:
            for name in HEAVY:
                await worker.run(importlib.import_module, name)
            from stream.run.loading import load_engines, open_typesetter

            typesetter = await worker.run(open_typesetter, self.tell)
            hearing = wanted.hearing
            asked = {} if hearing is None else {"asr": hearing.engine, "second": hearing.second,
                                                "language": hearing.language, "translator": hearing.translator}
            engines = partial(load_engines, hearing is not None, bool(wanted.model), matte_model=wanted.model,
                              provider=self.options.provider, **asked)
            return await worker.run(engines), typesetter
        finally:
            worker.close()

    async def _known(self) -> bool:
        """Wait until the source's pictures (or only its sound) are known; False when it ends or we stop first."""
        main, watch = self.main, self.main.watch
        while not self.stopped.is_set():
            waited_ns = self.now_ns() - main.began_ns if main.began_ns else 0
            if watch.video is not None and watch.rate() is not None and (
                    watch.audio is not None or waited_ns > SOUND_PATIENCE_NS):
                return True
            if watch.video is None and main.began_ns:
                return True
            if watch.ended:
                return False
            await main.known.wait(0.1)
        return False

    async def _show(self, loading: "asyncio.Task[tuple[Engines, Typesetter]]") -> None:
        if not await self._known():
            if not self.stopped.is_set():
                raise MediaError(f"{shown_url(self.url)} ended before its first picture",
                                 "Check that the publisher sends pictures with key frames, or sound")
            return
        self.tell(f"receiving {self._described()}")
        program, facts = await asyncio.to_thread(self._resolve)
        engines, typesetter = await loading
        from stream.live.wiring import Wires, assemble
        from stream.run.loading import warm_up

        images = await asyncio.to_thread(open_images, program, self.options.media_root)
        worker = ThreadWorker("warm")
        try:
            await worker.run(warm_up, program, typesetter)
        finally:
            worker.close()
        session = self.session = assemble(Wires(
            program=program, clock=self.clock, parts=self.parts, main=self.main, url=self.url, engines=engines,
            typesetter=typesetter, images=images, recording=self.recording, options=self.options, open=self.input,
            started=self.started, delay=self.delay))
        if self.delay is not None:
            self.tell(f"the delay begins at {self.clock.delay_ns / NS:.1f} s")
        if self.recording is not None:
            try:
                value, kept = self._kept(program, self.recording)
            except OSError as error:
                self.recording.fail(error)
            else:
                known = {kept.get(url, url): fact for url, fact in facts.media.items()}
                self.recording.begin(program, value, facts_to_json(Facts(known)), self.options.show)
        if self.stopped.is_set():
            session.stop()
        await session.run()

    def _described(self) -> str:
        watch = self.main.watch
        video = "no picture" if watch.video is None else replace(watch.video, rate=watch.rate()).describe()
        return f"{video} + {'no sound' if watch.audio is None else watch.audio.describe()}"

    def _resolve(self) -> tuple[Program, Facts]:
        watch, options, video = self.main.watch, self.options, self.main.watch.video
        live = MediaFacts("live", video.width_px if video else 1280, video.height_px if video else 720,
                          rate=watch.rate() if video else Fraction(30), has_video=True,
                          has_audio=True)  # what is not there yet may still come
        facts = gather(options.document, options.media_root, {self.url: live})
        program = resolve(options.document, facts, size=options.size, rate=options.rate)
        for notice in program.notices:
            if notice.severity == "error":
                raise OptionError(f"{notice.path}: {notice.message}", notice.remedy)
            if notice.severity == "warning":
                self.tell(f"note: {notice.path}: {notice.message}")
        return program, facts

    def _kept(self, program: Program, recording: Recording) -> tuple[dict[str, Any], dict[str, str]]:
        """The document as recorded, its stills copied beside it, and which file each still became."""
        kept: dict[str, str] = {}
        for layer in program.layers:
            if layer.kind == "image" and layer.url not in kept:
                path = Path(local_path(layer.url, self.options.media_root))
                kept[layer.url] = keep_copy(recording.folder, path)
        kept[self.url] = shown_url(self.url)
        value = rename(self.options.document.value, kept)
        return value, kept
