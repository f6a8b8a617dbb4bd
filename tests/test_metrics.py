"""test_metrics: percentiles are right, and counting is safe from every thread."""

import json
import math
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.metrics import Metrics, Series, percentile

numbers = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50)


@given(numbers, st.floats(0, 100))
def test_a_percentile_is_the_one_numpy_gives(values: list[float], p: float) -> None:
    assert percentile(values, p) == pytest.approx(float(np.percentile(values, p)), rel=1e-9, abs=1e-6)


def test_no_samples_have_no_percentile() -> None:
    assert math.isnan(percentile([], 50)) and math.isnan(Series().percentile(95))


def test_a_series_keeps_the_last_samples_and_counts_all() -> None:
    series = Series(size=3)
    for value in (1, 2, 3, 4, 5):
        series.add(value)
    assert (list(series.samples), series.count, series.total) == ([3, 4, 5], 5, 15)
    assert series.percentile(50) == 4


def test_counts_from_many_threads_add_up() -> None:
    metrics = Metrics()

    def work() -> None:
        for i in range(2000):
            metrics.count("frames")
            metrics.sample("age_ms", i)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert metrics.counters["frames"] == 8000
    assert metrics.series["age_ms"].count == 8000


def test_the_summary_is_json_and_names_counts_and_percentiles() -> None:
    metrics = Metrics()
    metrics.count("dropped", 3)
    for value in range(101):
        metrics.sample("latency_ms", value)
    assert json.loads(json.dumps(metrics.summary())) == {
        "dropped": 3, "latency_ms": {"count": 101, "p50": 50, "p95": 95, "p99": 99, "max": 100}}
