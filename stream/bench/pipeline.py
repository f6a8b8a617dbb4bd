"""pipeline: `cuelight live` as a child process between our publisher and receiver, for benches and the demo."""

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from stream.errors import MediaError

HOST = "127.0.0.1"
IN_KEY, OUT_KEY = "CUELIGHT_BENCH_IN", "CUELIGHT_BENCH_OUT"
READY_S = 30.0


def free_port() -> int:
    """Return a port of this machine that was free just now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def child(arguments: Sequence[str], env: Mapping[str, str], log: Path | None) -> AsyncIterator[Any]:
    """Run `python ARGUMENTS` until the block ends; its messages go to `log`, its standard output to us.

    A child that still runs when the block is left is told to end (SIGTERM), and killed 10 s later.
    """
    with (log or Path(os.devnull)).open("wb") as messages:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *arguments, env={**os.environ, **env}, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=messages)
        try:
            yield process
        finally:
            await _end(process)


async def _end(process: Any) -> None:
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):  # it ended by itself just now
        process.terminate()
    try:
        async with asyncio.timeout(10):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


async def listening(process: Any, port: int, log: Path) -> None:
    """Return when `process` accepts connections on `port`; MediaError with its last words when it ended or is too slow.

    Looks at the listening sockets in /proc instead of connecting: a connection would be a visitor to turn away.
    """
    loop = asyncio.get_running_loop()
    end_s = loop.time() + READY_S
    while not is_listening(port):
        if process.returncode is not None or loop.time() > end_s:
            raise MediaError(f"cuelight live did not come up: {last_words(log)}", f"See {log}")
        await asyncio.sleep(0.02)


def is_listening(port: int) -> bool:
    """Whether a socket listens on TCP `port` (state 0A in /proc/net/tcp and tcp6; proc(5)). True without /proc."""
    tables = [Path("/proc/net/tcp"), Path("/proc/net/tcp6")]
    if not tables[0].exists():
        return True
    for table in tables:
        if table.exists():
            for line in table.read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                    return True
    return False


def last_words(log: Path) -> str:
    """Return the last line that is not empty of `log`, or that there is none."""
    lines = [line for line in log.read_text("utf-8", "replace").splitlines() if line.strip()] if log.exists() else []
    return lines[-1].strip() if lines else "it said nothing"


def read_json(path: Path) -> dict[str, Any]:
    """Return the JSON object in `path`; MediaError when there is none."""
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise MediaError(f"{path.name} was not written", "See the log beside it") from error
    if not isinstance(value, dict):
        raise MediaError(f"{path.name} holds no object", "See the log beside it")
    return value
