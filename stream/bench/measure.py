"""measure: what a process costs: cores by thread name, and memory, read from /proc (Linux)."""

import asyncio
import os
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stream.errors import MediaError
from stream.media import NS

PERIOD_S = 0.5


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process used over `seconds`: cores (CPU s per s), the same by thread name, and resident memory."""

    seconds: float
    cores: float
    by_thread: dict[str, float]
    rss_mb: float
    rss_peak_mb: float
    threads: int

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"seconds": round(self.seconds, 3), "cores": round(self.cores, 4),
                "by_thread": {name: round(cores, 4) for name, cores in self.by_thread.items()},
                "rss_mb": round(self.rss_mb, 1), "rss_peak_mb": round(self.rss_peak_mb, 1), "threads": self.threads}


def thread_times(pid: int) -> dict[int, tuple[str, int]]:
    """Return, for each thread id of `pid`, its name and its time on a CPU so far in ns.

    From /proc/PID/task/TID/comm and schedstat (first field; Documentation/scheduler/sched-stats.rst).
    MediaError when the process is gone or this system has no such files.
    """
    found = {}
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            try:
                found[int(task.name)] = ((task / "comm").read_text().strip(),
                                         int((task / "schedstat").read_text().split()[0]))
            except (FileNotFoundError, ProcessLookupError):
                continue  # the thread ended while we looked
    except OSError as error:
        raise MediaError(f"process {pid} cannot be measured: {error.strerror}",
                         "It has ended, or this is not Linux") from error
    return found


def rss_mb(pid: int) -> float:
    """Return the resident memory of `pid` in MB (10^6 bytes), from VmRSS in /proc/PID/status."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024 / 1e6
    except OSError as error:
        raise MediaError(f"process {pid} cannot be measured: {error.strerror}", "It has ended") from error
    raise MediaError(f"process {pid} has no memory of its own", "It has ended")


def busy_s() -> float:
    """Return how long the machine's processors have worked so far, all together, in s (first line of /proc/stat).

    Idle and waiting for disks do not count, nor do guests (they are part of user time). MediaError without /proc.
    """
    try:
        spent = [int(n) for n in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    except OSError as error:
        raise MediaError("this machine's load cannot be measured", "This is not Linux") from error
    return (sum(spent) - spent[3] - spent[4]) / os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Meter:
    """Adds up what one process uses from look to look; threads that end in between lose less than one period."""

    pid: int
    _spent_ns: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _last: dict[int, tuple[str, int]] = field(default_factory=dict)
    _began_s: float = 0.0
    _looked_s: float = 0.0
    _rss: list[float] = field(default_factory=list)

    def look(self, now_s: float) -> None:
        """Read the counters at loop time `now_s`; MediaError when the process is gone."""
        times, rss = thread_times(self.pid), rss_mb(self.pid)
        if not self._rss:
            self._began_s = now_s
        else:
            for tid, (name, spent_ns) in times.items():
                before = self._last.get(tid)
                self._spent_ns[name] += spent_ns - before[1] if before is not None else spent_ns
        self._last, self._looked_s = times, now_s
        self._rss.append(rss)

    def usage(self) -> Usage:
        """Return what was used between the first and the last look; MediaError when there were not two."""
        seconds = self._looked_s - self._began_s
        if seconds <= 0:
            raise MediaError(f"process {self.pid} was not measured long enough", "Measure for at least a second")
        by_thread = {name: ns / NS / seconds for name, ns in
                     sorted(self._spent_ns.items(), key=lambda item: -item[1]) if ns / NS / seconds >= 0.0005}
        return Usage(seconds, sum(self._spent_ns.values()) / NS / seconds, by_thread, self._rss[-1], max(self._rss),
                     len(self._last))


async def measure(pid: int, seconds: float) -> Usage:
    """Return what `pid` uses over `seconds`, or until it ends if that comes first."""
    meter, loop = Meter(pid), asyncio.get_running_loop()
    end_s = loop.time() + seconds
    meter.look(loop.time())
    while (left_s := end_s - loop.time()) > 0:
        await asyncio.sleep(min(PERIOD_S, left_s))
        try:
            meter.look(loop.time())
        except MediaError:
            break
    return meter.usage()
