"""health: is the server alive, is it ready, and its numbers for Prometheus."""

import shutil
from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from stream.server.auth import require
from stream.server.problems import RESPONSES
from stream.server.sessions import Sessions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client.metrics_core import Metric

    from stream.server.app import Server

FREE_BYTES = 200 << 20
"""With less room than this for recordings the server is not ready."""
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Counts:
    """The numbers of one server, in a registry of its own."""

    def __init__(self, sessions: Sessions) -> None:
        self.registry = CollectorRegistry()
        self._sessions = sessions
        self._requests = Counter("cuelight_requests", "Answers given", ("method", "route", "status"),
                                 registry=self.registry)
        self.registry.register(self)

    def request(self, method: str, route: str, status: int) -> None:
        """Count an answer; `route` is the template of the path, so that callers cannot invent new ones."""
        known = method if method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") else "other"
        self._requests.labels(known, route or "none", str(status)).inc()

    def describe(self) -> "list[Metric]":
        """Return no names beforehand: they come with the first sessions."""
        return []

    def collect(self) -> "Iterator[Metric]":
        """Yield how every running session does."""
        running = self._sessions.running()
        yield GaugeMetricFamily("cuelight_sessions_running", "Sessions that run", len(running))
        counters = CounterMetricFamily("cuelight_session", "What the sessions count", labels=("session", "what"))
        series = GaugeMetricFamily("cuelight_session_series", "Newest values of the sessions' series",
                                   labels=("session", "what", "quantile"))
        for run in running:
            for name, value in run.live.parts.metrics.summary().items():
                if isinstance(value, dict):
                    for quantile, percent in (("0.5", "p50"), ("0.95", "p95")):
                        series.add_metric((run.id, name, quantile), value[percent])
                elif isinstance(value, int):
                    counters.add_metric((run.id, name), value)
        yield counters
        yield series


def router(server: "Server") -> APIRouter:
    """Return the routes a supervisor asks. Health tells nothing that is worth hiding, and needs no token."""
    routes = APIRouter(tags=["health"], responses={429: RESPONSES[429]})

    @routes.get("/healthz")
    async def healthz() -> dict[str, str]:
        """Answer: the process lives."""
        return {"status": "ok"}

    @routes.get("/readyz", responses={503: {"description": "Not ready: says why"}})
    async def readyz() -> Response:
        """Say whether sessions can be started: the database answers and there is room to record."""
        missing = []
        if not server.sessions.opened:
            missing.append("the server is starting or ending")
        if shutil.disk_usage(server.config.recordings).free < FREE_BYTES:
            missing.append("the disk is full")
        return JSONResponse({"status": "not ready" if missing else "ready", "missing": missing},
                            503 if missing else 200)

    @routes.get("/metrics", response_class=PlainTextResponse, dependencies=[Depends(require("viewer"))],
                responses={status: RESPONSES[status] for status in (401, 403)})
    async def metrics() -> Response:
        """Return the numbers of the server and its sessions, for Prometheus (any token of this server may read)."""
        return Response(generate_latest(server.counts.registry), media_type=METRICS_TYPE)

    return routes
