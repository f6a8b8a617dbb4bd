"""Measuring a process: what a thread spent is found under its name."""

import asyncio
import os
import subprocess
import sys
import time

import pytest

from stream.bench.measure import Meter, measure, rss_mb, thread_times
from stream.errors import MediaError
from stream.worker import ThreadWorker
from support import run_real


def spin(cpu_s: float) -> float:
    """Work until the thread has spent `cpu_s`; return what it spent."""
    began_s = time.thread_time()
    while time.thread_time() - began_s < cpu_s:
        pass
    return time.thread_time() - began_s


def test_a_threads_work_is_found_under_its_name() -> None:
    async def run() -> tuple[float, float, float]:
        worker, meter, loop = ThreadWorker("spinning"), Meter(os.getpid()), asyncio.get_running_loop()
        await worker.run(spin, 0.0)
        meter.look(loop.time())
        spent_s = await worker.run(spin, 0.15)
        meter.look(loop.time())
        worker.close()
        usage = meter.usage()
        return spent_s, usage.by_thread["spinning"] * usage.seconds, usage.cores * usage.seconds

    spent_s, found_s, all_s = run_real(run())
    assert found_s == pytest.approx(spent_s, abs=0.02)
    assert all_s >= found_s


def test_another_process_is_measured_until_it_ends() -> None:
    child = subprocess.Popen([sys.executable, "-c", "b = bytearray(50_000_000); import time; time.sleep(0.9)"])
    try:
        usage = run_real(measure(child.pid, 20))
    finally:
        child.wait(20)
    assert 0.4 < usage.seconds < 20 and usage.rss_peak_mb > 40
    assert set(usage.to_json()) == {"seconds", "cores", "by_thread", "rss_mb", "rss_peak_mb", "threads"}


def test_a_process_that_is_gone_is_an_error() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait(20)
    for look in (thread_times, rss_mb):
        with pytest.raises(MediaError, match="cannot be measured"):
            look(child.pid)


def test_one_look_is_no_measurement() -> None:
    meter = Meter(os.getpid())
    meter.look(1.0)
    with pytest.raises(MediaError, match="long enough"):
        meter.usage()
