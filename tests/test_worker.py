"""test_worker: one thread per part, work in order, results and errors where they are awaited."""

import asyncio
import gc
import threading
import time
import weakref

import pytest

from stream.worker import InlineWorker, ThreadWorker
from support import run_real, run_virtual


def test_work_runs_in_the_named_thread_in_the_order_it_was_given() -> None:
    async def run() -> list[tuple[int, str]]:
        worker = ThreadWorker("decode main")
        try:
            return await asyncio.gather(*(worker.run(lambda i: (i, threading.current_thread().name), i)
                                          for i in range(50)))
        finally:
            worker.close()
    assert run_real(run()) == [(i, "decode main") for i in range(50)]


def test_an_error_in_the_work_is_raised_where_it_is_awaited_and_the_thread_goes_on() -> None:
    def fail() -> None:
        raise KeyError("lost")

    async def run() -> str:
        worker = ThreadWorker("fails")
        with pytest.raises(KeyError, match="lost"):
            await worker.run(fail)
        try:
            return await worker.run(str.upper, "still here")
        finally:
            worker.close()
    assert run_real(run()) == "STILL HERE"


def test_the_loop_goes_on_while_the_work_is_done() -> None:
    async def run() -> None:
        worker, release = ThreadWorker("slow"), threading.Event()
        task = asyncio.create_task(worker.run(release.wait, 20.0))
        for _ in range(5):
            await asyncio.sleep(0)
        assert not task.done()
        release.set()
        assert await task is True
        worker.close()
    run_real(run())


def test_a_caller_that_was_cancelled_does_not_hurt_the_work_after_it() -> None:
    async def run() -> int:
        worker, release = ThreadWorker("cancelled"), threading.Event()
        first = asyncio.create_task(worker.run(release.wait, 20.0))
        await asyncio.sleep(0)
        first.cancel()
        release.set()
        result = await worker.run(lambda: 7)
        assert first.cancelled()
        worker.close()
        return result
    assert run_real(run()) == 7


def _alive(name: str) -> bool:
    return any(t.name == name for t in threading.enumerate())


def _wait_until_gone(name: str) -> bool:
    for _ in range(500):
        if not _alive(name):
            return True
        time.sleep(0.01)
    return False


def test_closing_lets_the_thread_end_after_the_work_it_has() -> None:
    async def run() -> int:
        worker = ThreadWorker("closing")
        assert _alive("closing")
        last = asyncio.create_task(worker.run(lambda: 3))
        await asyncio.sleep(0)
        worker.close()
        return await last
    assert run_real(run()) == 3
    assert _wait_until_gone("closing")


def test_a_thread_whose_loop_has_closed_ends_by_itself() -> None:
    release = threading.Event()

    async def run() -> None:
        task = asyncio.create_task(ThreadWorker("orphan").run(release.wait, 20.0))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    run_real(run())
    assert _alive("orphan")
    release.set()
    assert _wait_until_gone("orphan")


def test_results_are_not_kept_alive_by_the_thread() -> None:
    made: list[weakref.ref[object]] = []

    class Big:
        def __init__(self) -> None:
            made.append(weakref.ref(self))

    async def run() -> bool:
        worker = ThreadWorker("keeps nothing")
        await worker.run(Big)
        await worker.run(int)
        worker.close()
        gc.collect()
        return made[0]() is None
    assert run_real(run())


def test_an_inline_worker_takes_loop_time_and_no_thread() -> None:
    async def run() -> tuple[str, float]:
        worker = InlineWorker(lag_s=2.5)
        name = await worker.run(lambda: threading.current_thread().name)
        worker.close()
        return name, asyncio.get_running_loop().time()
    assert run_virtual(run()) == (threading.current_thread().name, pytest.approx(2.5))
