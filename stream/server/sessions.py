"""sessions: the live runs of the server, by id: made from plans, run in the server's own loop, remembered."""

import asyncio
import logging
import secrets
from collections import deque
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from stream.errors import CuelightError, OptionError
from stream.live.asked import LiveOptions
from stream.live.report import Board, report
from stream.live.show import Live, Result
from stream.run.supervise import attempt, first_error, words_of
from stream.server.config import Config
from stream.server.gate import Gate
from stream.server.logs import SESSION
from stream.server.plans import Plan, merged, options_of
from stream.server.problems import ProblemError
from stream.server.rehearsal import Check, Heard, checklist
from stream.server.store import PresetRow, RecordingRow, SessionRow, Store, now
from stream.sources import Door
from stream.timeline.facts import shown_url

KEPT_LINES = 200
MOST_RUNNING = 16
END_S = 30.0
"""A run that is told to stop has so long to finish its files."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What makes a run a rehearsal: what is noted of it, and the outputs that stay closed."""

    heard: Heard
    to: tuple[str, ...]


@dataclass(slots=True)
class Run:
    """One session while it runs. `lines` are what an operator was told, with the time of day; `status` the newest."""

    id: str
    live: Live
    began: str = field(default_factory=now)
    lines: deque[tuple[str, str]] = field(default_factory=lambda: deque(maxlen=KEPT_LINES))
    status: str = ""
    task: "asyncio.Task[None] | None" = None
    stopping: bool = False
    rehearsed: Rehearsed | None = None

    @property
    def state(self) -> str:
        """waiting (for its source), live or stopping."""
        if self.stopping or self.live.stopped.is_set():
            return "stopping"
        session = self.live.session
        return "live" if session is not None and session.begun else "waiting"

    @property
    def recording(self) -> str:
        """The id of the recording being made; "" for none."""
        return self.live.recording.folder.name if self.live.recording is not None else ""

    def report(self) -> dict[str, Any]:
        """Return how it does, as plain JSON values: input, outputs, metrics, alarms."""
        return report(self.live.main, self.live.session, self.live.parts.metrics, self.live.board)


@dataclass(slots=True)
class Sessions:
    """Every session of one server. All calls come from the loop that the server runs in."""

    config: Config
    store: Store
    gate: Gate
    door: Door
    opened: bool = False
    _runs: dict[str, Run] = field(default_factory=dict)

    async def open(self) -> None:
        """Take up what a former server left: what ran is marked, and started again where its plan says so."""
        for folder in sorted(self.config.recordings.iterdir()):
            if (folder / "journal.jsonl").is_file():
                self.store.add(RecordingRow(folder.name, self._session_of(folder.name), folder.name))
        self.opened = True
        for row in self.store.all(SessionRow):
            if row.state in ("ready", "ended", "failed"):
                continue
            self.store.change(SessionRow, row.id, state="failed", failure="the server ended while it ran")
            if self.plan(row.plan).resume:
                error = await attempt(partial(self.start, row.id))
                if error is not None:
                    self.store.change(SessionRow, row.id, failure=words_of(error))

    async def close(self) -> None:
        """Stop every run; their files are finished. What was to be resumed will be, by the next server."""
        self.opened, runs = False, self.running()
        async with asyncio.TaskGroup() as tasks:
            for run in runs:
                tasks.create_task(self._end(run), name=f"stop-{run.id}")
        for run in runs:
            row = self.store.get(SessionRow, run.id)
            if row is not None and row.state == "ended" and self.plan(row.plan).resume:
                self.store.change(SessionRow, run.id, state="running")

    def running(self) -> list[Run]:
        return list(self._runs.values())

    def run(self, key: str) -> Run:
        """Return the run of a session; ProblemError 404 for none, 409 while it does not run."""
        found = self._runs.get(key)
        if found is None:
            self.row(key)
            raise ProblemError(409, f"The session {key} does not run", "Start it first")
        return found

    def row(self, key: str) -> SessionRow:
        """Return a session's row; ProblemError 404 when there is none."""
        row = self.store.get(SessionRow, key)
        if row is None:
            raise ProblemError(404, "There is no such session", "GET /api/sessions lists them")
        return row

    async def create(self, plan: dict[str, Any], key: str = "", *, start: bool = True) -> SessionRow:
        """Keep a session made of `plan` (checked, and through the gate), and start it; ProblemError 409 if it is there.

        A plan that cannot be run is not kept.
        """
        key = key or f"session-{secrets.token_hex(4)}"
        await self._options(plan, key)
        if not self.store.add(SessionRow(key, plan)):
            raise ProblemError(409, f"There is a session {key} already", "Choose another id, or delete it first")
        if start:
            try:
                await self.start(key)
            except BaseException:
                self.store.remove(SessionRow, key)
                raise
        return self.row(key)

    async def replan(self, key: str, plan: dict[str, Any]) -> SessionRow:
        """Give a session another plan (checked, and through the gate), for its next run."""
        self.row(key)
        await self._options(plan, key)
        self.store.change(SessionRow, key, plan=plan)
        return self.row(key)

    async def rehearse(self, key: str) -> Run:
        """Run a session with its outputs closed and nothing recorded; `start` then ends that and goes on air."""
        return await self.start(key, rehearsal=True)

    async def checks(self, key: str) -> list[Check]:
        """Return the checklist of a rehearsal; ProblemError 409 while there is none."""
        run = self.run(key)
        if run.rehearsed is None:
            raise ProblemError(409, f"The session {key} is not being rehearsed", "POST …/rehearse first")
        return await checklist(run.live, run.rehearsed.heard, run.rehearsed.to, self.config)

    async def start(self, key: str, *, rehearsal: bool = False) -> Run:
        """Run a session in a task of its own (ending its rehearsal first); ProblemError 409 when it runs already."""
        row = self.row(key)
        options: LiveOptions = await self._options(row.plan, key)
        if not rehearsal and (before := self._runs.get(key)) is not None and before.rehearsed is not None:
            await self._end(before)
        if not self.opened:
            raise ProblemError(409, "The server is ending", "Wait until it is back")
        if key in self._runs:
            raise ProblemError(409, f"The session {key} runs already", "Stop it first")
        if len(self._runs) >= MOST_RUNNING:
            raise ProblemError(409, f"{MOST_RUNNING} sessions run already", "Stop one of them first")
        lines: deque[tuple[str, str]] = deque(maxlen=KEPT_LINES)

        def tell(line: str) -> None:
            lines.append((now(), line))
            log.info("%s", line)

        def status(line: str) -> None:
            run.status = line

        closed = replace(options, to=(), record=None) if rehearsal else options
        run = Run(key, Live(closed, tell, Board(tell, status), door=self.door), lines=lines)
        if rehearsal:
            run.rehearsed = Rehearsed(Heard(), options.to)
            run.live.main.admit = run.rehearsed.heard.admit
        self._runs[key] = run
        self.store.change(SessionRow, key, state="running", failure="", recording="")
        run.task = asyncio.create_task(self._work(run), name=f"session-{key}")
        return run

    async def stop(self, key: str) -> SessionRow:
        """End a session's run and wait until its files are finished. Done again, it changes nothing."""
        run = self._runs.get(key)
        if run is not None:
            await self._end(run)
        return self.row(key)

    async def delete(self, key: str) -> None:
        """Stop a session and forget it; its recordings stay."""
        await self.stop(key)
        self.store.remove(SessionRow, key)

    async def _options(self, plan: dict[str, Any], key: str) -> LiveOptions:
        asked: Plan = self.plan(plan)
        return await options_of(asked, key, self.config, self.gate)

    def plan(self, plan: dict[str, Any]) -> Plan:
        """Return `plan` with what its preset says; OptionError when there is no such preset."""
        preset: dict[str, Any] = {}
        if name := plan.get("preset"):
            row = self.store.get(PresetRow, name)
            if row is None:
                raise OptionError(f"there is no preset {name}", "GET /api/presets lists them")
            preset = row.plan
        return merged(plan, preset)

    async def _work(self, run: Run) -> None:
        SESSION.set(run.id)
        results: list[Result] = []

        async def show() -> None:
            results.append(await run.live.run())

        failure = "cancelled"
        try:
            async with asyncio.TaskGroup() as tasks:
                listening = run.rehearsed and tasks.create_task(run.rehearsed.heard.listen(run.live), name="listen")
                error = await attempt(show)
                if listening:
                    listening.cancel()
            failure = _words(run.live, error) if error is not None else results[0].failure
        finally:
            del self._runs[run.id]
            recording = run.recording if run.live.recording and run.live.recording.begun else ""
            if recording:
                self.store.put(RecordingRow(recording, run.id, recording, run.began))
            self.store.change(SessionRow, run.id, state="failed" if failure else "ended", failure=failure,
                              recording=recording)
            log.info("ended%s", f": {failure}" if failure else "")

    async def _end(self, run: Run) -> None:
        run.stopping = True
        run.live.stop()
        if run.task is None:
            return
        done, _ = await asyncio.wait({run.task}, timeout=END_S)
        if not done:
            log.warning("%s did not end in %.0f s and is cut off", run.id, END_S)
            run.task.cancel()
            await asyncio.wait({run.task}, timeout=END_S)

    def _session_of(self, folder: str) -> str:
        """Return the session whose recording a folder is by its name."""
        return next((row.id for row in self.store.all(SessionRow)
                     if folder.startswith(f"{row.id}-") and folder[len(row.id) + 1:len(row.id) + 5].isdigit()), "")


def _words(live: Live, error: BaseException) -> str:
    """Return what `error` says, without keys and tokens."""
    hushed = live.hushed(first_error(error) if isinstance(error, BaseExceptionGroup) else error)
    return str(hushed) if isinstance(hushed, CuelightError) else words_of(hushed)


def shown_plan(value: Any) -> Any:
    """Return a plan (any JSON value) as it may be shown: no key in a URL."""
    if isinstance(value, dict):
        return {name: shown_plan(item) for name, item in value.items()}
    if isinstance(value, list):
        return [shown_plan(item) for item in value]
    return shown_url(value) if isinstance(value, str) and "://" in value else value
