"""worker: one named thread for one part's heavy work, awaited from the event loop."""

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Protocol, TypeVar, cast

R = TypeVar("R")
_Job = tuple[asyncio.AbstractEventLoop, "asyncio.Future[Any]", Callable[[], Any]]


class Worker(Protocol):
    """Runs synchronous work for one part, in order, off the event loop."""

    async def run(self, work: Callable[..., R], *args: object) -> R: ...

    def close(self) -> None: ...


BEHIND = {"asr": 3, "record": 2, "segment": 1}


def step_behind(name: str) -> None:
    """Lower this thread's priority if its part is one of BEHIND."""
    nice = BEHIND.get(name.partition("-")[0], 0)
    if nice and sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), nice)


class ThreadWorker:
    """A Worker with a thread of its own; the name is what profilers and `ps -L` show.

    Parts that may be late without harm (`BEHIND`) yield the processor to those that may not (Linux only).
    """

    def __init__(self, name: str) -> None:
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    async def run(self, work: Callable[..., R], *args: object) -> R:
        """Run `work(*args)` in the thread and return its result or raise its error."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Any] = loop.create_future()
        self._jobs.put((loop, done, lambda: work(*args)))
        return cast(R, await done)

    def close(self) -> None:
        """Let the thread end after the work it has; does not wait for it."""
        self._jobs.put(None)

    def _serve(self) -> None:
        step_behind(self._thread.name)
        with suppress(OSError):  # only Linux lets a thread name itself so; Python does it by itself from 3.14 on
            Path(f"/proc/self/task/{threading.get_native_id()}/comm").write_text(self._thread.name[:15])
        while (job := self._jobs.get()) is not None:
            loop, done, work = job
            result, error = None, None
            try:
                result = work()
            except BaseException as caught:
                error = caught
            try:
                loop.call_soon_threadsafe(_settle, done, result, error)
            except RuntimeError:  # the loop has closed: nobody waits for the answer any more
                return


def _settle(done: "asyncio.Future[Any]", result: object, error: BaseException | None) -> None:
    if done.cancelled():
        return
    if error is not None:
        done.set_exception(error)
    else:
        done.set_result(result)


class InlineWorker:
    """A Worker without a thread, for the virtual loop: work takes `lag_s` of loop time."""

    def __init__(self, lag_s: float = 0.0) -> None:
        self.lag_s = lag_s

    async def run(self, work: Callable[..., R], *args: object) -> R:
        result = work(*args)
        if self.lag_s:
            await asyncio.sleep(self.lag_s)
        return result

    def close(self) -> None:
        return


MakeWorker = Callable[[str], Worker]
