"""Who may do what: tokens with roles, kept as hashes, some for one session alone; none of them in a log."""

import json
import logging
from io import StringIO
from pathlib import Path
from typing import Annotated

import pytest
from fastapi import Depends, WebSocket
from server_rig import PLAN, Rig, serving

from stream.server import logs
from stream.server.app import make_app
from stream.server.auth import Caller, require
from stream.server.logs import redacted
from stream.server.problems import TYPE
from support import run_real

QUERY = require("viewer", query=True)


async def keep(rig: Rig, key: str) -> None:
    made = await rig.client.post("/api/sessions", json={"id": key, "plan": PLAN, "start": False})
    assert made.status_code == 201, made.text


def test_without_a_token_with_a_wrong_one_and_with_too_small_a_role_nothing_is_told(tmp_path: Path) -> None:
    async def go() -> None:
        async with serving(tmp_path) as rig:
            await keep(rig, "one")
            for said in ("", "Bearer cl_wrong", "Basic YTpi", f"Bearer {rig.token}x", "Bearer \u00ff"):
                raw = {b"Authorization": said.encode("latin-1")}
                for url in ("/api/sessions", "/api/tokens", "/api/recordings", "/metrics", "/api/sessions/one",
                            f"/api/sessions?token={rig.token}"):
                    got = await rig.client.get(url, headers=raw)
                    assert got.status_code == 401 and got.headers["content-type"] == TYPE, url
                    assert got.headers["www-authenticate"] == "Bearer"
            for role in ("viewer", "publisher"):
                got = await rig.client.get("/api/sessions", headers=rig.to(role))
                assert got.status_code == 403 and "operator" in got.json()["detail"]
                assert (await rig.client.get("/api/sessions/one", headers=rig.to(role))).status_code == 200

    run_real(go())


def test_a_token_for_one_session_opens_that_one_alone_and_tells_no_plan(tmp_path: Path) -> None:
    async def go() -> None:
        async with serving(tmp_path) as rig:
            await keep(rig, "one")
            await keep(rig, "two")
            made = await rig.client.post("/api/tokens", json={"role": "viewer", "session": "one", "label": "obs"})
            headers = {"Authorization": f"Bearer {made.json()['token']}"}
            seen = await rig.client.get("/api/sessions/one", headers=headers)
            assert seen.status_code == 200 and seen.json()["plan"] == {} and seen.json()["lines"] == []
            for url in ("/api/sessions/two", "/metrics"):
                assert (await rig.client.get(url, headers=headers)).status_code == 403
            assert (await rig.client.delete(f"/api/tokens/{made.json()['id']}")).status_code == 204
            assert (await rig.client.get("/api/sessions/one", headers=headers)).status_code == 401

    run_real(go())


def test_a_session_that_is_forgotten_takes_its_tokens_along(tmp_path: Path) -> None:
    async def go() -> None:
        async with serving(tmp_path) as rig:
            await keep(rig, "one")
            headers = rig.to("viewer", "one")
            assert (await rig.client.delete("/api/sessions/one")).status_code == 204
            await keep(rig, "one")
            assert (await rig.client.get("/api/sessions/one", headers=headers)).status_code == 401

    run_real(go())


def test_a_token_is_told_once_and_never_kept(tmp_path: Path) -> None:
    async def go() -> None:
        async with serving(tmp_path) as rig:
            secret = (await rig.client.post("/api/tokens", json={"role": "operator"})).json()["token"]
            listed = await rig.client.get("/api/tokens")
            assert len(secret) > 40 and secret not in listed.text and all(t["token"] is None for t in listed.json())
            for path in tmp_path.iterdir():
                assert not path.is_file() or secret.encode() not in path.read_bytes()

    run_real(go())


def test_the_last_operators_token_cannot_be_revoked(tmp_path: Path) -> None:
    async def go() -> None:
        async with serving(tmp_path) as rig:
            only = (await rig.client.get("/api/tokens")).json()[0]["id"]
            assert (await rig.client.delete(f"/api/tokens/{only}")).status_code == 409
            assert (await rig.client.post("/api/tokens", json={"role": "operator", "session": "x"})).status_code == 422
            assert (await rig.client.post("/api/tokens", json={"role": "viewer", "session": "x"})).status_code == 404

    run_real(go())


def test_without_auth_only_this_machine_and_no_other_sites_page_may_call(tmp_path: Path) -> None:
    async def go() -> None:
        async with serving(tmp_path, auth=False, origins=("https://studio.test",)) as rig:
            assert (await rig.client.get("/api/sessions")).status_code == 200
            for host in ("evil.test", "192.168.1.2:8787", "127.0.0.1.evil.test", ""):
                assert (await rig.client.get("/api/sessions", headers={"Host": host})).status_code == 403
            for origin, status in (("https://evil.test", 403), ("null", 403), ("https://studio.test", 200),
                                   ("http://localhost:8787", 200)):
                got = await rig.client.post("/api/sessions", headers={"Origin": origin},
                                            json={"plan": PLAN, "start": False})
                assert got.status_code == {403: 403, 200: 201}[status], origin

    run_real(go())


@pytest.mark.parametrize("line", [
    "GET /overlay/one?token=hush-hush&x=1", "rtmp://user:hush-hush@host/live", "Authorization: Bearer hush-hush",
    "srt://h:1?passphrase=hush-hush", "the key cl_hush-hushAAAAAAAAAAAAAAAAAAAA"])
def test_secrets_are_taken_out_of_every_line(line: str) -> None:
    assert "hush" not in redacted(line) and "…" in redacted(line)


def test_a_log_line_is_json_with_its_session() -> None:
    out = StringIO()
    logs.install(out)
    token = logs.SESSION.set("one")
    try:
        logging.getLogger("stream.server.x").info("says %s", "rtmp://a:secret@b/")
    finally:
        logs.SESSION.reset(token)
        for name in ("stream", "uvicorn.error"):
            log = logging.getLogger(name)
            log.handlers, log.propagate, log.level = [], True, logging.NOTSET
    line = json.loads(out.getvalue())
    assert line["session"] == "one" and line["level"] == "info" and "secret" not in out.getvalue()


def test_a_websocket_without_a_token_is_turned_away_before_it_opens(tmp_path: Path) -> None:
    async def go() -> None:
        async with serving(tmp_path) as rig:
            app, sent = make_app(rig.server), list[dict[str, object]]()

            @app.websocket("/listen/{session}")
            async def listen(websocket: WebSocket, caller: Annotated[Caller, Depends(QUERY)]) -> None:
                await websocket.accept()
                await websocket.close()

            async def receive() -> dict[str, object]:
                return {"type": "websocket.connect"}

            async def send(message: object) -> None:
                assert isinstance(message, dict)
                sent.append(message)

            async def call(query: str, *extensions: str) -> list[dict[str, object]]:
                sent.clear()
                await app({"type": "websocket", "path": "/listen/one", "headers": [], "query_string": query.encode(),
                           "extensions": {name: {} for name in extensions}, "scheme": "ws", "subprotocols": []},
                          receive, send)
                return sent

            assert [m["type"] for m in await call("token=cl_wrong")] == ["websocket.close"]
            denied = await call("token=cl_wrong", "websocket.http.response")
            assert denied[0]["type"] == "websocket.http.response.start" and denied[0]["status"] == 401
            assert {message["type"] for message in denied[1:]} == {"websocket.http.response.body"}
            secret = rig.server.auth.issue("viewer", session="one")[1]
            assert (await call(f"token={secret}"))[0]["type"] == "websocket.accept"
            other = rig.server.auth.issue("viewer", session="two")[1]
            assert [m["type"] for m in await call(f"token={other}")] == ["websocket.close"]

    run_real(go())
