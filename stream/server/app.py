"""app: the server put together: what it holds, and the application that answers."""

import importlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from stream.door import Door as RtmpDoor
from stream.errors import MediaError
from stream.rtc.ingest import RtcDoor
from stream.server import problems
from stream.server.auth import Auth
from stream.server.config import Config
from stream.server.gate import Gate
from stream.server.health import Counts
from stream.server.limits import Buckets, Limits
from stream.server.sessions import Sessions
from stream.server.store import Store
from stream.sources import Door

ROUTERS = ("health", "api", "recordings", "webrtc")
"""Modules of this room with `router(server) -> APIRouter`, in the order in which they are asked."""


@dataclass(slots=True)
class Server:
    """What the routes work with. `opening` and `closing` are awaited when the application starts and ends.

    `rtc` is the WebRTC side (None where it is not wired). Parts that have work of their own append to `opening` and
    `closing` in their `router(server)`; closing goes the other way round.
    """

    config: Config
    store: Store
    auth: Auth
    gate: Gate
    sessions: Sessions
    door: Door
    counts: Counts
    rtc: Any = None
    opening: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    closing: list[Callable[[], Awaitable[None]]] = field(default_factory=list)


def open_server(config: Config) -> Server:
    """Make the data folder and return the Server that works in it; OptionError or MediaError when that cannot be."""
    config.check()
    try:
        config.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        for folder in (config.media, config.recordings, config.out):
            folder.mkdir(exist_ok=True)
    except OSError as error:
        raise MediaError(f"the folder {config.data} cannot be used: {error.strerror}",
                         "Choose another --data") from error
    store, door = Store(config.data / "cuelight.db"), RtcDoor(RtmpDoor(), time.monotonic_ns)
    auth = Auth(store, config.auth, config.origins)
    gate = Gate.of(config)
    sessions = Sessions(config, store, gate, door)
    server = Server(config, store, auth, gate, sessions, door, Counts(sessions))
    server.opening.append(sessions.open)
    server.closing.append(sessions.close)
    return server


def make_app(server: Server) -> FastAPI:
    """Return the application of `server`. The pages it serves load nothing from elsewhere."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.callback(server.store.close)
            for close in server.closing:
                stack.push_async_callback(close)
            for begin in server.opening:
                await begin()
            yield

    app = FastAPI(title="Cuelight", version="1", description=DESCRIPTION, docs_url=None, redoc_url=None,
                  openapi_url="/openapi.json", lifespan=lifespan, redirect_slashes=False)
    app.state.server = server
    problems.install(app)
    for name in ROUTERS:
        module: Any = importlib.import_module(f"stream.server.{name}")
        app.include_router(module.router(server))
    config = server.config
    if config.origins:
        app.add_middleware(CORSMiddleware, allow_origins=list(config.origins), max_age=600,
                           allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
                           allow_headers=["Authorization", "Content-Type", "If-Match", "If-None-Match"],
                           expose_headers=["Location", "Link", "ETag", "Retry-After"])
    app.add_middleware(Limits, body_limit=config.body_limit, buckets=Buckets(config.posts_per_s, config.posts_burst),
                       counted=server.counts.request)
    return app


DESCRIPTION = """Captions and a new background for live programmes: sessions, recordings, and what is on air.

Send `Authorization: Bearer TOKEN`. Roles: an operator may do everything, a publisher send a session its picture and
sound, a viewer watch. What goes wrong is told as problem JSON (`application/problem+json`): `detail` and `remedy`."""
