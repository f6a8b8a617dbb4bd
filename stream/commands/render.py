"""render: `cuelight render`: a Timeline, or a recording, to a file, with a progress bar."""

import asyncio
import json
import signal
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from stream.codecs.formats import format_of
from stream.commands import media_root_of, rate_of, read_document, size_of
from stream.commands.batch import each_row, variables_of
from stream.errors import DocumentError, OptionError
from stream.media import NS
from stream.recording.finish import AS_AIRED, finish, read_run
from stream.recording.replay import Verdict, replay_session
from stream.run.gather import gather
from stream.run.inputs import Parts
from stream.run.outputs import Outgoing
from stream.run.session import Session
from stream.run.supervise import first_error
from stream.timeline.program import Program
from stream.timeline.resolve import resolve
from stream.timeline.schema import Document
from stream.timeline.template import names
from stream.vod.draft import halved
from stream.vod.fidelity import differences
from stream.vod.prepare import prepare
from stream.vod.produce import Order, quality_of
from stream.vod.show import vod_session

MakeOutputs = Callable[[Program], Callable[[Parts], Sequence[Outgoing]]]


def run(args: Namespace) -> int:
    path = Path(args.timeline)
    if args.csv:
        for one in each_row(args, names(read_document(str(path)).value)):
            run(one)
        return 0
    if path.is_dir():
        if not (path / AS_AIRED).exists():
            finish(path)
        path = path / AS_AIRED
    document = read_document(str(path), variables_of(args))
    order = order_of(args, document)
    began_s = time.monotonic()
    order.prepare()
    try:
        session, verdict = open_session(args, document, path, order.outputs, draft=order.draft,
                                        pictures=bool(order.format.video))
        session.painter.alpha = order.quality.alpha
        asyncio.run(run_session(session))
        files = order.deliver()
    finally:
        order.discard()
    _conclude(args, session, verdict, files, time.monotonic() - began_s)
    return 0


def order_of(args: Namespace, document: Document) -> Order:
    """Return what is to be made: the command line counts before the document."""
    out, replays = Path(args.out), document.notes.Mode == "AsAired"
    quality = quality_of(document, format_of(out), say)
    quality = replace(quality, codec=args.codec or quality.codec, alpha=args.alpha or quality.alpha)
    if quality.alpha and replays:
        raise OptionError("a replay shows what was aired, and that was not transparent", "Render polished.json instead")
    cover_at = document.produce.CoverConfig.StartTime if document.produce.CoverConfig else None
    cover = Path(args.cover) if args.cover else None
    if cover is None and cover_at is not None and format_of(out).video:
        cover = out.with_suffix(".jpg")
    return Order(out, quality, args.preset, args.draft, args.threads, cover, float(cover_at or 0),
                 has_audio=True if replays else None, closed=args.cc == "608")


def open_session(args: Namespace, document: Document, path: Path, outputs: MakeOutputs | None, *,
                 draft: bool = False, pictures: bool = True) -> tuple[Session, Verdict | None]:
    """Return the Session that renders `document` to `outputs` (or nowhere), and a Verdict if it is a replay.

    A `draft` is half as large; without `pictures` only the sound is made.
    """
    if document.notes.Mode == "AsAired":
        replayed = read_run(path.parent)
        if size_of(args) or rate_of(args) or draft:
            raise OptionError("a replay has the size and rate it was aired with", "Render polished.json for another")
        aired = resolve(document, gather(document, path.parent, {}), size=replayed.size, rate=replayed.program.rate)
        verdict = Verdict()
        opened = outputs(replayed.program.with_cues(aired.cues)) if outputs else _nowhere
        session = replay_session(replayed, aired.cues, opened, quietly, verdict)
        return limit(session, args), verdict
    vod = prepare(document, media_root_of(args, str(path)), say, size=size_of(args), rate=rate_of(args),
                  ims_bgr=args.ims_bgr)
    if not vod.program.tick_count():
        raise DocumentError("this Timeline shows nothing: its length is zero", "Give a clip a Duration or TimelineOut")
    if draft:
        vod = replace(vod, program=halved(vod.program))
    if not pictures:
        vod = replace(vod, program=replace(vod.program, layers=(), cues=(), transitions=(), looks=()))
    session = vod_session(vod, outputs(vod.program) if outputs else _nowhere, from_ns=round(args.from_s * NS),
                          to_ns=round(args.to_s * NS) if args.to_s else 1 << 62)
    return _some(session), None


def _nowhere(_: Parts) -> Sequence[Outgoing]:
    return ()


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
    columns = (TextColumn("rendering"), BarColumn(), TextColumn("{task.percentage:3.0f}% {task.fields[speed]}"),
               TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not (show and console.is_terminal)) as bar:
        task = bar.add_task("render", total=ticks, speed="")
        loop = asyncio.get_running_loop()
        began_s = loop.time()

        def ticked(tick: int) -> None:
            done = tick + 1 - session.first_tick
            bar.update(task, completed=done, speed=f"{done / max(loop.time() - began_s, 0.001):.0f} fps")

        if not bar.disable:
            session.on_tick = ticked
        running = asyncio.create_task(session.run(), name="session")
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, running.cancel)
        try:
            await running
        except asyncio.CancelledError:
            raise KeyboardInterrupt from None
        except BaseExceptionGroup as group:
            raise first_error(group) from None


def _conclude(args: Namespace, session: Session, verdict: Verdict | None, files: Sequence[Path],
              seconds: float) -> None:
    """Say what was made and what of it differs from what the document asks; write --report."""
    ticks = session.next_tick - session.first_tick
    different = differences(session.program)
    found = {"ticks": ticks, "seconds": round(seconds, 3), "fps": round(ticks / seconds, 2),
             "files": [{"path": str(file), "bytes": file.stat().st_size} for file in files],
             "differences": [asdict(one) for one in different], "metrics": session.parts.metrics.summary()}
    say(f"{files[-1]}: {ticks} pictures in {seconds:.1f} s ({ticks / seconds:.0f} fps)")
    if different:
        say(f"{len(different)} thing{'s' * (len(different) > 1)} shown otherwise than the document asks:")
        for one in different:
            say(f"  {one.line()}")
    if verdict is not None:
        found["equal"] = verdict.equal
        if verdict.equal != verdict.ticks:
            say(f"note: {verdict.ticks - verdict.equal} of {verdict.ticks} pictures differ from those aired")
    if args.report:
        Path(args.report).write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def say(line: str) -> None:
    """Print one line to standard error."""
    print(line, file=sys.stderr)


def quietly(_: str) -> None:
    """Say nothing: a replay's notes were told when it was live."""
