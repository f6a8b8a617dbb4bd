"""receiver: reads any output back and says what came: frames, latency, and how far sound is from picture.

    python -m stream.bench.receiver URL [--zero NS] [--skip S] [--for S] [--json FILE]

URL is whatever a source takes: a file (/dev/stdin for a pipe), rtmp://…, rtmp-listen://…. It needs
pictures with the bar code and sound with the clicks of `stream/marks`.
"""

import argparse
import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any, cast

from stream.bench.received import Received, Report
from stream.channel import Channel
from stream.door import Door
from stream.errors import CuelightError, MediaError
from stream.media import NS, Packet
from stream.plugins import load
from stream.run.supervise import first_error
from stream.sources import SourceContext
from stream.timeline.starters import expand_secrets
from stream.worker import MakeWorker, ThreadWorker

_DEPTH = 4096


async def receive(packets: AsyncIterator[Packet], make_worker: MakeWorker = ThreadWorker,
                  into: Received | None = None) -> Received:
    """Read `packets` to their end into `into` (a new Received without it); decoding never delays an arrival's stamp.

    When reading fails, what came until then is in `into`.
    """
    received = Received() if into is None else into
    waiting: Channel[tuple[Packet, int]] = Channel(_DEPTH, "wait")
    worker, loop = make_worker("receiver"), asyncio.get_running_loop()

    async def stamp() -> None:
        try:
            async for packet in packets:
                await waiting.put((packet, round(loop.time() * NS)))
        finally:
            waiting.close()

    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(stamp(), name="receive")
            async for packet, arrival_ns in waiting:
                await worker.run(received.take, packet, arrival_ns)
    except BaseExceptionGroup as group:
        raise first_error(group) from None
    finally:
        await worker.run(received.finish)
        worker.close()
    return received


def open_url(url: str, options: Mapping[str, str], door: Door) -> AsyncIterator[Packet]:
    """Return the packets of `url` through the source that its scheme names."""
    scheme = url.split(":", 1)[0] if ":" in url else "file"
    context = SourceContext(ThreadWorker, lambda line: None, door)
    plugin: Any = load("stream.sources", scheme)
    return cast(AsyncIterator[Packet], plugin.read(url, options, context))


async def receive_url(url: str, *, options: Mapping[str, str] = {}, door: Door | None = None,
                      for_s: float | None = None, into: Received | None = None) -> Received:
    """Receive `url` until it ends, or for `for_s`; a listener's stream ends a second after its publisher has gone."""
    given = dict(options)
    if url.startswith(("rtmp-listen:", "rtmps-listen:")):
        given.setdefault("reconnect_s", "1")
    received = Received() if into is None else into
    async with aclosing(cast(Any, open_url(url, given, door or Door()))) as packets:
        try:
            async with asyncio.timeout(for_s) as limit:
                await receive(packets, into=received)
        except TimeoutError:
            if not limit.expired():
                raise
    return received


def table(report: Report) -> str:
    """Return `report` as lines for people."""
    lines = [(f"frames received {report.received}, unread {report.unread}, lost {report.lost}, repeated"
              f" {report.repeated}, reordered {report.reordered}, over {report.seconds:.1f} s")]
    for name, s in (("latency", report.latency_ms), ("jitter", report.jitter_ms)):
        if s is not None:
            lines.append(f"{name} ms: p50 {s.p50:.1f}, p95 {s.p95:.1f}, p99 {s.p99:.1f}, max {s.max:.1f} (n {s.n})")
    if report.av is not None:
        lines.append(f"sound after picture ms: median {report.av.median_ms:+.2f}, at most {report.av.max_abs_ms:.2f},"
                     f" first {report.av.first_ms:+.2f}, last {report.av.last_ms:+.2f} (n {report.av.n})")
    else:
        lines.append(f"no click beside a flash ({report.flashes} flashes, {report.clicks} clicks)")
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Receive from the command line; print what came, and write it as JSON where asked."""
    parser = argparse.ArgumentParser(prog="python -m stream.bench.receiver", description="Read any output back.")
    parser.add_argument("url")
    parser.add_argument("--zero", type=int, metavar="NS", help="monotonic time at which coded time zero was sent")
    parser.add_argument("--skip", type=float, default=0.0, metavar="S", help="leave out the first S of coded time")
    parser.add_argument("--for", dest="for_s", type=float, metavar="S", help="stop after S")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here")
    asked = parser.parse_args(argv)
    received, failure = Received(), ""
    try:
        asyncio.run(receive_url(expand_secrets(asked.url), for_s=asked.for_s, into=received))
    except CuelightError as error:
        failure = str(error)
    try:
        report = received.report(asked.zero, asked.skip)
    except MediaError as error:
        parser.exit(1, f"{failure or error}\n")
    print(table(report))
    if asked.json:
        asked.json.write_text(json.dumps(report.to_json(), indent=1) + "\n", encoding="utf-8")
    if failure:
        parser.exit(1, f"it broke off: {failure}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
