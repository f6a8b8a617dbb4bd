"""publish: sends a file at its own pace without touching its packets, as a camera's encoder would.

    python -m stream.bench.publish FILE URL

Prints one JSON line: {"zero_ns": …} is the loop's (monotonic) time at which the file's time zero is sent, so
that whoever reads the bar codes back knows each picture's latency.
"""

import argparse
import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any, cast

from stream.door import Door
from stream.errors import CuelightError, MediaError
from stream.media import NS, Packet, Setup
from stream.plugins import load
from stream.sinks import SinkContext
from stream.sources import SourceContext, file
from stream.timeline.starters import expand_secrets
from stream.worker import MakeWorker, ThreadWorker

START_S = 0.2


async def paced(packets: AsyncIterator[Packet], start_s: float) -> AsyncIterator[Packet]:
    """Yield each packet when loop time `start_s` + its decoding time has come."""
    loop = asyncio.get_running_loop()
    async for packet in packets:
        await asyncio.sleep(max(0.0, start_s + packet.dts_ns / NS - loop.time()))
        yield packet


async def publish(path: Path, url: str, began: Callable[[int], None], *, wait_s: float = 0.0,
                  make_worker: MakeWorker = ThreadWorker) -> int:
    """Send the file at `path` to `url` in real time; return how many packets went out.

    `began` is told the loop time in ns at which the file's time zero is sent, just before anything is. A
    server that is not up yet is tried again for `wait_s`. Raises MediaError and RefusedError as the sink does.
    """
    source = SourceContext(make_worker, lambda line: None, Door())
    sink: Any = load("stream.sinks", url.split(":", 1)[0])
    setups = await _setups(path, source)
    loop, sent = asyncio.get_running_loop(), 0

    async def counted() -> AsyncIterator[Packet]:
        nonlocal sent
        start_s = loop.time() + START_S
        began(round(start_s * NS))
        async with aclosing(cast(Any, file.read(str(path), {}, source))) as packets:
            async for packet in paced(packets, start_s):
                sent += 1
                yield packet

    give_up_s = loop.time() + wait_s
    while True:
        try:
            async with aclosing(cast(Any, counted())) as packets:
                await sink.write(url, setups, packets, {}, SinkContext(make_worker))
            return sent
        except MediaError:
            if sent or loop.time() >= give_up_s:
                raise
            await asyncio.sleep(0.2)


async def _setups(path: Path, context: SourceContext) -> list[Setup]:
    """Return the set-ups of the tracks that the first packets of `path` belong to."""
    found: list[Setup] = []
    async with aclosing(cast(Any, file.read(str(path), {}, context))) as packets:
        async for packet in packets:
            if packet.setup not in found:
                found.append(packet.setup)
            if len(found) == 2 or packet.dts_ns > NS:
                break
    if not found:
        raise MediaError(f"{path} has no packets", "Name a video file")
    return found


def _say_zero(zero_ns: int) -> None:
    print(json.dumps({"zero_ns": zero_ns}), flush=True)


def main(argv: Sequence[str] | None = None) -> int:
    """Publish from the command line."""
    parser = argparse.ArgumentParser(prog="python -m stream.bench.publish", description="Send a file as a live stream.")
    parser.add_argument("file", type=Path)
    parser.add_argument("url", help="where to: rtmp://host:port/app/${KEY}; ${KEY} is taken from the environment")
    parser.add_argument("--wait", type=float, default=0.0, metavar="S", help="try so long to connect")
    asked = parser.parse_args(argv)
    try:
        asyncio.run(publish(asked.file, expand_secrets(asked.url), _say_zero, wait_s=asked.wait))
    except CuelightError as error:
        parser.exit(1, f"{error}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
