"""support: what tests share: the virtual loop, programs that may be absent, media that may be absent."""

import asyncio
import importlib.metadata
import os
import selectors
import shutil
import socket
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import pytest

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent


def required() -> bool:
    """Whether everything a test may ask for must be there (CUELIGHT_REQUIRE_ALL=1)."""
    return os.environ.get("CUELIGHT_REQUIRE_ALL", "") not in ("", "0")


def _absent(what: str) -> NoReturn:
    if required():
        pytest.fail(f"{what}, and CUELIGHT_REQUIRE_ALL is set", pytrace=False)
    pytest.skip(what)


def require_program(name: str) -> str:
    """Return the path of program `name`; skip the test where it is absent, or fail if all is required."""
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin:/usr/local/sbin")
    return path or _absent(f"the program {name} is not installed")


def require_file(path: str) -> Path:
    """Return `path` (of something a system package installs); skip or fail as `require_program`."""
    return Path(path) if Path(path).exists() else _absent(f"{path} is not installed")


def require_weights(name: str) -> str:
    """Return `name`, an optional model's card; skip the test where it is not installed, or fail as above."""
    from models import weights

    missing = weights.missing(name)
    return _absent(missing) if missing else name


def require_package(name: str) -> Path:
    """Return the folder that holds the modules of the installed package `name`; skip or fail as `require_program`."""
    try:
        return Path(str(importlib.metadata.distribution(name).locate_file("")))
    except importlib.metadata.PackageNotFoundError:
        return _absent(f"the package {name} is not installed")


def shared_media() -> Path:
    """Return the folder of recorded test media; skip the test where there is none, required or not.

    It is $CUELIGHT_MEDIA, or a folder `media` beside this repository that holds speech/manifest.tsv.
    """
    given = os.environ.get("CUELIGHT_MEDIA")
    found = [Path(given)] if given else sorted(p.parents[1] for p in ROOT.parent.glob("*/media/speech/manifest.tsv"))
    if not found:
        pytest.skip("no recorded test media (set CUELIGHT_MEDIA)")
    if not found[0].is_dir():
        pytest.fail(f"CUELIGHT_MEDIA is {found[0]}, which is no folder", pytrace=False)
    return found[0]


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """Return a port of 127.0.0.1 that was free just now. Prefer binding port 0 where that is possible."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class _Jump(selectors.DefaultSelector):
    """A selector that never sleeps: where the loop would wait for a timer, it moves the loop's time there."""

    def __init__(self, limit_s: float) -> None:
        super().__init__()
        self.now_s, self.limit_s = 0.0, limit_s

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if timeout is None:  # only a thread or a socket could wake the loop: give it a moment of real time
            ready = super().select(1.0)
            if not ready:
                raise RuntimeError("deadlock: every task waits, and there is no timer left")
            return ready
        self.now_s += timeout
        if self.now_s > self.limit_s:
            raise RuntimeError(f"still running after {self.limit_s:g} s of loop time")
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time moves only from timer to timer, at no cost. It is for InlineWorkers, not threads."""

    def __init__(self, limit_s: float = 86_400.0) -> None:
        self._jump = _Jump(limit_s)
        super().__init__(self._jump)

    def time(self) -> float:
        return self._jump.now_s


async def _watched(work: Coroutine[Any, Any, T]) -> T:
    """Await `work`; a task that it leaves running is an error."""
    result = await work
    for _ in range(3):  # tasks that have been cancelled end now
        await asyncio.sleep(0)
    left = asyncio.all_tasks() - {asyncio.current_task()}
    assert not left, f"tasks left running: {sorted(t.get_name() for t in left)}"
    return result


def run_virtual(work: Coroutine[Any, Any, T], *, limit_s: float = 86_400.0) -> T:
    """Run `work` on a virtual loop: waiting costs nothing, time jumps to the next timer.

    Raises RuntimeError when nothing is left to wait for ("deadlock…") or after `limit_s` of loop
    time, AssertionError when `work` leaves tasks running.
    """
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(limit_s)) as runner:
        return runner.run(_watched(work))


def run_real(work: Coroutine[Any, Any, T], *, limit_s: float = 60.0) -> T:
    """Run `work` on an ordinary loop (sockets, threads), at most `limit_s`; no task may be left running."""
    with asyncio.Runner() as runner:
        return runner.run(_watched(asyncio.wait_for(work, limit_s)))
