"""render: `cuelight render`: a Timeline, or a recording, to a file, with a progress bar."""

import asyncio
import json
import signal
import sys
from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from stream.commands import media_root_of, presets_of, rate_of, read_document, size_of
from stream.encode import rendition_for
from stream.errors import DocumentError, OptionError
from stream.finish import AS_AIRED, finish, read_run
from stream.gather import gather
from stream.inputs import Parts
from stream.media import NS
from stream.outputs import Output
from stream.replay import Verdict, replay_session
from stream.session import Session
from stream.supervise import first_error
from stream.timeline.program import Program
from stream.timeline.resolve import resolve
from stream.timeline.schema import Document
from stream.vod import prepare, vod_session


def run(args: Namespace) -> int:
    path = Path(args.timeline)
    if path.is_dir():
        if not (path / AS_AIRED).exists():
            finish(path)
        path = path / AS_AIRED
    out = Path(args.out)
    if out.exists():
        raise OptionError(f"{out} exists already", "Choose another name: nothing is overwritten")
    part = out.with_name(f".{out.stem}.part{out.suffix}")
    part.unlink(missing_ok=True)
    document = read_document(str(path))
    try:
        session, verdict = open_session(args, document, path, part)
        asyncio.run(run_session(session))
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    found = {"ticks": session.next_tick - session.first_tick, "metrics": session.parts.metrics.summary()}
    if verdict is not None:
        found["equal"] = verdict.equal
        if verdict.equal != verdict.ticks:
            print(f"note: {verdict.ticks - verdict.equal} of {verdict.ticks} pictures differ from those aired",
                  file=sys.stderr)
    if args.report:
        Path(args.report).write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 0


def open_session(args: Namespace, document: Document, path: Path, out: Path | None) -> tuple[Session, Verdict | None]:
    """Return the Session that renders `document` to `out` (or nowhere), and a Verdict if it is a replay."""
    platform, preset = presets_of(args.preset, "youtube", "veryfast")

    def outputs(program: Program) -> Callable[[Parts], list[Output]]:
        def make(parts: Parts) -> list[Output]:
            if out is None:
                return []
            rendition = replace(rendition_for(program.width_px, program.height_px, program.rate, platform, preset),
                                filler=False)
            output = Output(rendition, parts, fatal=True)
            output.add(str(out), out.name, {})
            return [output]
        return make

    if document.notes.Mode == "AsAired":
        replayed = read_run(path.parent)
        if size_of(args) or rate_of(args):
            raise OptionError("a replay has the size and rate it was aired with", "Render polished.json for another")
        aired = resolve(document, gather(document, path.parent, {}), size=replayed.size, rate=replayed.program.rate)
        verdict = Verdict()
        session = replay_session(replayed, aired.cues, outputs(replayed.program), quietly, verdict)
        return limit(session, args), verdict
    vod = prepare(document, media_root_of(args, str(path)), say, size=size_of(args), rate=rate_of(args))
    if not vod.program.tick_count():
        raise DocumentError("this Timeline shows nothing: its length is zero", "Give a clip a Duration or TimelineOut")
    session = vod_session(vod, outputs(vod.program), from_ns=round(args.from_s * NS),
                          to_ns=round(args.to_s * NS) if args.to_s else 1 << 62)
    return _some(session), None


def limit(session: Session, args: Namespace) -> Session:
    """Keep to --from and --to."""
    rate = session.program.rate
    if args.to_s:
        session.last_tick = min(session.last_tick, round(args.to_s * rate) - 1)
    session.first_tick = max(session.first_tick, round(args.from_s * rate))
    return _some(session)


def _some(session: Session) -> Session:
    if session.first_tick > session.last_tick:
        raise OptionError("there is nothing between --from and --to", "The Timeline lies elsewhere")
    return session


async def run_session(session: Session, *, show: bool = True) -> None:
    """Run an offline session to its end, with a progress bar on a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    ticks = session.last_tick + 1 - session.first_tick
    with Progress(TextColumn("rendering"), BarColumn(), TextColumn("{task.percentage:3.0f}% {task.fields[speed]}"),
                  TimeRemainingColumn(), console=console, disable=not (show and console.is_terminal)) as bar:
        task = bar.add_task("render", total=ticks, speed="")
        session.on_tick = lambda tick: bar.update(task, completed=tick + 1 - session.first_tick)
        loop = asyncio.get_running_loop()
        running = asyncio.create_task(session.run(), name="session")
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, running.cancel)
        try:
            await running
        except asyncio.CancelledError:
            raise KeyboardInterrupt from None
        except BaseExceptionGroup as group:
            raise first_error(group) from None


def say(line: str) -> None:
    """Print one line to standard error."""
    print(line, file=sys.stderr)


def quietly(_: str) -> None:
    """Say nothing: a replay's notes were told when it was live."""
