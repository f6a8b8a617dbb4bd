"""limits: what every request passes first: how large, how often, and what is written of it."""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from stream.server.auth import digest_of
from stream.server.problems import ProblemError, answer

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

KEPT_CALLERS = 4096
SAFE = ("GET", "HEAD", "OPTIONS")
HEADERS = ((b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer"))
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Buckets:
    """So many requests a second and caller, and as many at once as `burst`; the longest silent are forgotten."""

    per_s: float
    burst: int
    now_s: Callable[[], float] = time.monotonic
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def wait_s(self, caller: str) -> float:
        """Take one; return 0, or the seconds until there is one again."""
        now = self.now_s()
        left, then = self._left.pop(caller, (float(self.burst), now))
        left = min(float(self.burst), left + (now - then) * self.per_s)
        allowed = left >= 1
        self._left[caller] = (left - 1 if allowed else left, now)
        while len(self._left) > KEPT_CALLERS:
            self._left.popitem(last=False)
        return 0.0 if allowed else (1 - left) / self.per_s


@dataclass(slots=True)
class Limits:
    """An ASGI application around another. `counted` hears the method, route and status of every answer."""

    app: "ASGIApp"
    body_limit: int
    buckets: Buckets
    counted: Callable[[str, str, int], None]

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        method, status, received, started = scope["method"], 0, 0, False
        headers = dict(scope["headers"])

        async def measured() -> "Message":
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.body_limit:
                raise HTTPException(413, _too_large(self.body_limit).detail, {"Connection": "close"})
            return message

        async def noted(message: "Message") -> None:
            nonlocal status, started
            if message["type"] == "http.response.start":
                status, started = message["status"], True
                message = {**message, "headers": [*message.get("headers", ()), *HEADERS]}
            await send(message)

        try:
            self._check(method, headers, scope)
            await self.app(scope, measured, noted)
        except ProblemError as error:
            if started:
                raise
            await answer(error.status, error.detail, error.remedy, error.headers)(scope, receive, noted)
        finally:
            route = getattr(scope.get("route"), "path", "")
            self.counted(method, route, status)
            log.info("%s %s %d", method, scope["path"], status)

    def _check(self, method: str, headers: dict[bytes, bytes], scope: "Scope") -> None:
        """Raise ProblemError for a body that says it is too large, and for callers in too much of a hurry."""
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or len(length) > 18 or int(length) > self.body_limit:
            raise _too_large(self.body_limit)
        if method in SAFE:
            return
        token = headers.get(b"authorization", b"").decode("latin-1")
        address = str((scope.get("client") or ("",))[0])
        wait_s = max(self.buckets.wait_s(key) for key in {f"@{address}", digest_of(token) if token else f"@{address}"})
        if wait_s:
            raise ProblemError(429, "Too many requests", "Wait as long as Retry-After says",
                               {"Retry-After": str(int(wait_s) + 1)})


def _too_large(limit: int) -> ProblemError:
    return ProblemError(413, f"The body is larger than {limit} bytes", "Send less, or raise body_limit",
                        {"Connection": "close"})
