"""server_rig: a server in a test: its data in a temporary folder, asked through ASGI without a socket."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from stream.server.app import Server, make_app, open_server
from stream.server.config import Config

TEST = "test://?size=320x180&rate=15&speech=0&seconds=600"
PLAN: dict[str, Any] = {"source": TEST, "captions": False, "encoder": "ultrafast", "platform": "lan"}


@dataclass(frozen=True, slots=True)
class Rig:
    """A server and a client of it that has an operator's token."""

    server: Server
    client: httpx.AsyncClient
    token: str

    def to(self, role: Any, session: str = "") -> dict[str, str]:
        """Headers with a new token."""
        return {"Authorization": f"Bearer {self.server.auth.issue(role, session=session)[1]}"}


async def no_host(host: str) -> list[str]:
    """Every name is one public address: tests ask no name server."""
    return {"localhost": ["127.0.0.1"]}.get(host, [host if host[0].isdigit() else "93.184.215.14"])


@asynccontextmanager
async def serving(data: Path, *, allow: Sequence[str] = (), **members: Any) -> AsyncIterator[Rig]:
    """Open a server on `data`; at the end its sessions end and it closes."""
    config = replace(Config(data=data, allow=tuple(allow), posts_per_s=1000.0, posts_burst=1000), **members)
    server = open_server(config)
    server.gate = server.sessions.gate = replace(server.gate, look_up=no_host)
    app = make_app(server)
    token = server.auth.issue("operator", "test")[1]
    headers = {"Authorization": f"Bearer {token}"} if config.auth else {}
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers) as client:
            yield Rig(server, client, token)
