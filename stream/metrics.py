"""metrics: counts and times taken where things happen, read by the status line, reports and benches."""

import math
import threading
from collections import defaultdict, deque
from dataclasses import dataclass, field


@dataclass(slots=True)
class Series:
    """The last `size` samples of one quantity, and how many there were in all."""

    size: int = 4096
    count: int = 0
    total: float = 0.0
    samples: deque[float] = field(default_factory=deque)

    def add(self, value: float) -> None:
        self.count += 1
        self.total += value
        self.samples.append(value)
        if len(self.samples) > self.size:
            self.samples.popleft()

    def percentile(self, p: float) -> float:
        """Return the p-th percentile (0 to 100) of the samples kept; NaN when there are none."""
        return percentile(list(self.samples), p)


def percentile(values: list[float], p: float) -> float:
    """Return the p-th percentile (0 to 100), linear between ranks; NaN for no values."""
    if not values:
        return math.nan
    ordered = sorted(values)
    at = (len(ordered) - 1) * p / 100
    low = math.floor(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


class Metrics:
    """Named counters and series of one session. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.counters: dict[str, int] = defaultdict(int)
        self.series: dict[str, Series] = defaultdict(Series)

    def count(self, name: str, by: int = 1) -> None:
        with self._lock:
            self.counters[name] += by

    def sample(self, name: str, value: float) -> None:
        with self._lock:
            self.series[name].add(value)

    def summary(self) -> dict[str, object]:
        """Return counters, and p50/p95/p99/max of each series, as plain JSON values."""
        with self._lock:
            out: dict[str, object] = dict(sorted(self.counters.items()))
            for name, series in sorted(self.series.items()):
                if series.count:
                    values = list(series.samples)
                    out[name] = {"count": series.count, "p50": percentile(values, 50), "p95": percentile(values, 95),
                                 "p99": percentile(values, 99), "max": max(values)}
            return out
