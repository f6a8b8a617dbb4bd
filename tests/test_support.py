"""test_support: the virtual loop and the other shared functions do what tests rely on."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import pytest

from support import free_port, require_file, require_program, run_real, run_virtual, shared_media


def test_waiting_costs_nothing_and_time_jumps_from_timer_to_timer() -> None:
    async def run() -> list[float]:
        now = asyncio.get_running_loop().time
        times = []
        for pause_s in (3600, 0.5, 0):
            await asyncio.sleep(pause_s)
            times.append(now())
        return times
    assert run_virtual(run()) == pytest.approx([3600, 3600.5, 3600.5])


def test_timers_fire_in_order_whatever_they_wait_for() -> None:
    async def run() -> list[int]:
        out: list[int] = []

        async def wait(pause_s: int) -> None:
            await asyncio.sleep(pause_s)
            out.append(pause_s)
        async with asyncio.TaskGroup() as tasks:
            for pause_s in (5, 1, 4, 2, 3):
                tasks.create_task(wait(pause_s))
        return out
    assert run_virtual(run()) == [1, 2, 3, 4, 5]


def test_a_deadlock_is_an_error() -> None:
    async def run() -> None:
        await asyncio.get_running_loop().create_future()
    with pytest.raises(RuntimeError, match="deadlock"):
        run_virtual(run())


def test_running_for_ever_is_an_error() -> None:
    async def run() -> None:
        while True:
            await asyncio.sleep(60)
    with pytest.raises(RuntimeError, match="still running after 3600 s"):
        run_virtual(run(), limit_s=3600)


@pytest.mark.parametrize("runner", [run_virtual, run_real])
def test_a_task_left_running_is_an_error_that_names_it(runner: Callable[[Any], None]) -> None:
    kept = []

    async def run() -> None:
        kept.append(asyncio.create_task(asyncio.sleep(9), name="lost"))
    with pytest.raises(AssertionError, match="tasks left running: .'lost'"):
        runner(run())


def test_a_real_loop_is_ended_when_it_takes_too_long() -> None:
    with pytest.raises(TimeoutError):
        run_real(asyncio.sleep(30), limit_s=0.01)


def test_what_is_absent_is_skipped_or_fails_where_everything_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUELIGHT_REQUIRE_ALL", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no-such-program"):
        require_program("no-such-program")
    monkeypatch.setenv("CUELIGHT_REQUIRE_ALL", "1")
    with pytest.raises(pytest.fail.Exception, match="no-such-program"):
        require_program("no-such-program")
    with pytest.raises(pytest.fail.Exception, match="/no/such/file"):
        require_file("/no/such/file")
    assert require_program("sh").endswith("/sh")


def test_recorded_media_may_be_absent_even_then(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("CUELIGHT_REQUIRE_ALL", "1")
    monkeypatch.setenv("CUELIGHT_MEDIA", str(tmp_path))
    assert shared_media() == tmp_path
    monkeypatch.delenv("CUELIGHT_MEDIA")
    monkeypatch.setattr("support.ROOT", tmp_path)
    with pytest.raises(pytest.skip.Exception, match="CUELIGHT_MEDIA"):
        shared_media()


def test_a_free_port_can_be_bound() -> None:
    with socket.create_server(("127.0.0.1", free_port())):
        pass
