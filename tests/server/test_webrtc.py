"""WHIP and WHEP over HTTP: what RFC 9725 demands of a server, and what bad callers get."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack
from server_rig import Rig, serving

from stream.rtc.peer import Reach, accept, offer, open_peer, preferences
from support import run_real

SDP = {"Content-Type": "application/sdp"}
TRICKLE = "application/trickle-ice-sdpfrag"
PLAN = {"source": "whip://show", "captions": False, "encoder": "ultrafast", "platform": "lan", "size": "320x180",
        "fps": "15", "record": False}
HERE = Reach(only_loopback=True)


@asynccontextmanager
async def a_show(data: Path, **members: Any) -> AsyncIterator[Rig]:
    """A server with the session `show`, which waits for its publisher."""
    async with serving(data, **members) as rig:
        await rig.server.sessions.create(dict(PLAN), "show")
        async with asyncio.timeout(10):
            while "show" not in rig.server.rtc.door._listeners:
                await asyncio.sleep(0.02)
        yield rig
    async with asyncio.timeout(5):  # aiortc's own tasks notice the end a moment later
        while any(f"{library}/" in repr(task) for task in asyncio.all_tasks() for library in ("/aiortc", "/aioice")):
            await asyncio.sleep(0.01)


@asynccontextmanager
async def sending(*, profile: str = "42e01f") -> AsyncIterator[tuple[Any, str]]:
    pc = open_peer()
    pc.addTransceiver(VideoStreamTrack(), "sendonly").setCodecPreferences(
        [c for c in preferences("video") if c.parameters.get("profile-level-id") == profile])
    pc.addTransceiver(AudioStreamTrack(), "sendonly").setCodecPreferences(preferences("audio"))
    try:
        yield pc, await offer(pc, HERE)
    finally:
        await pc.close()


def is_problem(got: httpx.Response, status: int) -> None:
    assert got.status_code == status, got.text
    assert got.headers["content-type"] == "application/problem+json" and got.json()["status"] == status


def test_an_offer_is_answered_as_the_rfc_says(tmp_path: Path) -> None:
    async def go() -> None:
        async with a_show(tmp_path, ice_servers=("stun:stun.example.net",)) as rig, sending() as (pc, said):
            got = await rig.client.post("/whip/show", content=said, headers=SDP | rig.to("publisher", "show"))
            assert got.status_code == 201 and got.headers["content-type"].startswith("application/sdp")
            where = got.headers["location"]
            assert where.startswith("/whip/show/") and len(where.rpartition("/")[2]) >= 32
            assert got.headers["link"] == '<stun:stun.example.net>; rel="ice-server"'
            assert "a=candidate:" in got.text and "a=end-of-candidates" in got.text and "a=recvonly" in got.text
            await accept(pc, got.text)
            async with sending() as (_, again):
                is_problem(await rig.client.post("/whip/show", content=again, headers=SDP), 409)
            tag = {"If-Match": got.headers["etag"], "Content-Type": TRICKLE}
            ufrag = next(line for line in said.splitlines() if line.startswith("a=ice-ufrag:"))
            more = f"{ufrag}\r\na=mid:0\r\na=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n"
            assert (await rig.client.patch(where, content=more, headers=tag)).status_code == 204
            for changed, status in (({"If-Match": '"x"'}, 412), ({"If-Match": "*"}, 422), ({"If-Match": ""}, 428),
                                    ({"Content-Type": "text/plain"}, 415)):
                is_problem(await rig.client.patch(where, content=more, headers=tag | changed), status)
            is_problem(await rig.client.patch(where, content="a=ice-ufrag:new\r\n", headers=tag), 422)
            is_problem(await rig.client.patch(where, content="a=candidate:1 x\r\n", headers=tag), 400)
            for method in ("GET", "PUT", "POST"):
                is_problem(await rig.client.request(method, where), 405)
            is_problem(await rig.client.delete(where.replace("/whip/", "/whep/")), 404)
            is_problem(await rig.client.delete(where, headers=rig.to("viewer")), 403)
            assert (await rig.client.delete(where)).status_code == 200
            is_problem(await rig.client.delete(where), 404)
            assert not rig.server.rtc.peers

    run_real(go())


def test_endpoints_say_what_they_take_and_refuse_the_rest(tmp_path: Path) -> None:
    async def go() -> None:
        async with a_show(tmp_path) as rig, sending() as (_, said):
            client, nobody = rig.client, {"Authorization": ""}
            got = await client.options("/whip/show", headers=nobody)
            assert got.status_code == 204 and got.headers["accept-post"] == "application/sdp"
            for method in ("GET", "PUT", "DELETE", "PATCH"):
                got = await client.request(method, "/whip/show")
                is_problem(got, 405)
                assert "POST" in got.headers["allow"]
            post: Any = client.post
            is_problem(await post("/whip/show", content=said, headers=SDP | nobody), 401)
            is_problem(await post("/whip/show", content=said, headers=SDP | rig.to("viewer")), 403)
            is_problem(await post("/whip/show", content=said, headers=SDP | rig.to("publisher", "other")), 403)
            is_problem(await post("/whip/none", content=said, headers=SDP), 404)
            is_problem(await post("/whip/..%2fshow", content=said, headers=SDP), 405)
            is_problem(await post("/whip/show", content=said), 415)
            is_problem(await post("/whip/show", content="v=0\r\n" * 20_000, headers=SDP), 413)
            is_problem(await post("/whip/show", content=b"\xff\xfe", headers=SDP), 400)
            is_problem(await post("/whep/show", content=said, headers=SDP), 409)
            for broken in ("", "hello", said[:200], said.replace("a=ice-ufrag", "a=x")):
                is_problem(await post("/whip/show", content=broken, headers=SDP), 400)
            for useless in (said.replace("H264/90000", "H266/90000"), said.replace("sendonly", "recvonly"),
                            said + said[said.index("m="):]):
                is_problem(await post("/whip/show", content=useless, headers=SDP), 422)
            assert not rig.server.rtc.peers
            assert (await post("/whip/show", content=said, headers=SDP)).status_code == 201

    run_real(go())


@pytest.mark.parametrize("profile", ["42e01f", "42001f", "4d001f", "64001f", "640c1f"])
def test_every_profile_of_h264_is_taken(profile: str, tmp_path: Path) -> None:
    async def go() -> None:
        async with a_show(tmp_path) as rig, sending(profile=profile) as (_, said):
            got = await rig.client.post("/whip/show", content=said, headers=SDP)
            assert got.status_code == 201 and f"profile-level-id={profile}" in got.text

    run_real(go())


def test_offers_in_haste_are_held_off(tmp_path: Path) -> None:
    async def go() -> None:
        async with a_show(tmp_path, posts_per_s=1.0, posts_burst=5) as rig:
            got = [await rig.client.post("/whip/show", content="x", headers=SDP) for _ in range(30)]
            assert {answer.status_code for answer in got} == {400, 429}
            assert int(got[-1].headers["retry-after"]) >= 1

    run_real(go())
