"""Bad requests get the right status and problem JSON, and cost little; good ones go on meanwhile."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from server_rig import PLAN, Rig, serving

from stream.server.limits import KEPT_CALLERS, Buckets
from stream.server.problems import TYPE
from support import run_real

JSON = {"Content-Type": "application/json"}
PLANS: list[tuple[dict[str, Any], int]] = [
    ({}, 422), ({"source": "test:", "timeline": {}}, 422), ({"source": "test:", "to": ["/etc/x.mp4"]}, 403),
    ({"source": "/etc/passwd"}, 403), ({"source": "nowhere.mp4"}, 409), ({"source": "http://127.0.0.1/a"}, 403),
    ({"source": "gopher://public.test/"}, 403), ({"source": "test:", "fps": "0"}, 422),
    ({"source": "test:", "fps": "1/0"}, 422), ({"source": "test:", "delay_s": 61}, 422),
    ({"source": "test:", "delay_s": -1}, 422), ({"source": "test:", "background": "/etc/passwd"}, 403),
    ({"source": "test:", "caption_audio": "http://10.0.0.1/x"}, 403), ({"source": "test:", "preset": "none"}, 422),
    ({"source": "test:", "engine": "vosk:/etc"}, 403), ({"source": "test:", "unknown": 1}, 422),
    ({"source": "test:", "to": ["http"] * 21}, 422), ({"timeline": {"VideoTracks": []}}, 422),
    ({"timeline": {"VideoTracks": [{"VideoTrackClips": [{"MediaURL": "test://"}, {"MediaURL": "file:///etc/passwd"}]}]}},
     403), ({"source": "rtmp-listen://0.0.0.0:22/live/x"}, 403), ({"source": "test:", "language": "../.."}, 422),
    ({"source": "rtmp-listen://0.0.0.0:1935/live/${HOME}"}, 422)]


def is_problem(got: httpx.Response, status: int) -> None:
    assert got.status_code == status, got.text
    assert got.headers["content-type"] == TYPE
    body = got.json()
    assert body["status"] == status and body["title"]
    assert "Traceback" not in got.text and 'File "' not in got.text


@pytest.mark.parametrize(("plan", "status"), PLANS)
def test_a_plan_that_cannot_be_is_refused_and_not_kept(tmp_path: Path, plan: dict[str, Any], status: int) -> None:
    async def go() -> None:
        async with serving(tmp_path) as rig:
            is_problem(await rig.client.post("/api/sessions", json={"id": "bad", "plan": plan}), status)
            assert (await rig.client.get("/api/sessions")).json() == []
            assert not rig.server.sessions.running()

    run_real(go())


@pytest.mark.parametrize("key", ["..", "%2e%2e", "..%2f..%2fetc", "a/../b", "A", "a b", "%00", "a" * 60, "-a", "é"])
def test_path_tricks_in_ids_find_nothing(tmp_path: Path, key: str) -> None:
    async def go() -> None:
        async with serving(tmp_path) as rig:
            (tmp_path / "recordings" / "r1").mkdir()
            (tmp_path / "recordings" / "r1" / "journal.jsonl").touch()
            (tmp_path / "recordings" / "r1" / "out.json").symlink_to(tmp_path / "cuelight.db")
            for url in (f"/api/sessions/{key}", f"/api/recordings/{key}", f"/api/recordings/r1/files/{key}",
                        f"/api/recordings/{key}/files/cuelight.db", "/api/recordings/r1/files/out.json",
                        "/api/recordings/r1/files/..%2f..%2fcuelight.db"):
                got = await rig.client.get(url)
                assert got.status_code in (404, 405, 422) or got.url.path.rstrip("/") in (
                    "/api/sessions", "/api/recordings", "/api/recordings/r1", "/api", "/api/recordings/r1/files"), url
                assert b"SQLite" not in got.content

    run_real(go())


def test_what_is_not_there_is_404_and_what_does_not_run_409(tmp_path: Path) -> None:
    async def go() -> None:
        async with serving(tmp_path) as rig:
            c = rig.client
            for method, url in (("GET", "/api/sessions/none"), ("DELETE", "/api/sessions/none"), ("GET", "/nothing"),
                                ("POST", "/api/sessions/none/start"), ("POST", "/api/sessions/none/stop"),
                                ("DELETE", "/api/presets/none"), ("DELETE", "/api/tokens/none"),
                                ("GET", "/api/recordings/none"), ("DELETE", "/api/recordings/none")):
                is_problem(await c.request(method, url), 404)
            is_problem(await c.request("PATCH", "/api/sessions"), 405)
            for body in (b"", b"{", b"[]", b'{"plan": 1}', b"\xff\xfe", b"[" * 50_000,
                         b'{"plan":{"source":"\\ud800"}}'):
                got = await c.post("/api/sessions", content=body, headers=JSON)
                is_problem(got, 422 if got.status_code != 400 else 400)

    run_real(go())


def test_ten_thousand_rapid_posts_are_mostly_told_to_wait_and_reading_goes_on(tmp_path: Path) -> None:
    async def go() -> None:
        async with serving(tmp_path, posts_per_s=20.0, posts_burst=60) as rig:
            seen: dict[int, int] = {}
            for _ in range(100):
                for got in await asyncio.gather(*(rig.client.post("/api/tokens", json={}) for _ in range(100))):
                    seen[got.status_code] = seen.get(got.status_code, 0) + 1
                    assert got.status_code == 422 or int(got.headers["retry-after"]) >= 1
                assert (await rig.client.get("/healthz")).status_code == 200
            assert seen.keys() == {422, 429} and seen[429] > 8_000 and sum(seen.values()) == 10_000

    run_real(go())


def test_buckets_fill_again_with_time_and_remember_few_callers() -> None:
    now = [0.0]
    buckets = Buckets(2.0, 3, lambda: now[0])
    assert [buckets.wait_s("a") for _ in range(4)] == [0.0, 0.0, 0.0, 0.5] and buckets.wait_s("b") == 0.0
    now[0] += 0.5
    assert buckets.wait_s("a") == 0.0 and buckets.wait_s("a") > 0
    for number in range(2 * KEPT_CALLERS):
        buckets.wait_s(str(number))
    assert len(buckets._left) == KEPT_CALLERS


def test_a_giant_body_is_refused_by_its_length_and_where_it_tells_none_by_counting(tmp_path: Path) -> None:
    read = [0]

    async def endless() -> AsyncIterator[bytes]:
        while read[0] < 100:
            read[0] += 1
            yield b" " * 100_000

    async def go() -> None:
        async with serving(tmp_path, body_limit=1_000_000) as rig:
            is_problem(await rig.client.post("/api/sessions", content=b" " * 1_000_001), 413)
            is_problem(await rig.client.post("/api/sessions", headers={"Content-Length": "9" * 30}), 413)
            got = await rig.client.post("/api/sessions", content=endless(), headers=JSON)
            is_problem(got, 413)
            deep = json.dumps({"id": "deep", "plan": {**PLAN, "vocabulary": ["x" * 201]}})
            is_problem(await rig.client.post("/api/sessions", content=deep), 422)
            assert len((await rig.client.post("/api/sessions", content=deep)).content) < 10_000

    run_real(go())


def test_other_sites_pages_may_call_only_where_allowed(tmp_path: Path) -> None:
    async def ask(rig: Rig, origin: str) -> httpx.Response:
        return await rig.client.options("/api/sessions", headers={
            "Origin": origin, "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization, content-type"})

    async def go() -> None:
        async with serving(tmp_path / "a", origins=("https://studio.test",)) as rig:
            good, bad = await ask(rig, "https://studio.test"), await ask(rig, "https://evil.test")
            assert good.status_code == 200 and good.headers["access-control-allow-origin"] == "https://studio.test"
            assert "access-control-allow-origin" not in bad.headers
        async with serving(tmp_path / "b") as rig:
            assert "access-control-allow-origin" not in (await ask(rig, "https://studio.test")).headers

    (tmp_path / "a").mkdir()
    run_real(go())


def test_an_error_of_our_own_is_answered_without_its_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("the-inside")

    async def go() -> None:
        async with serving(tmp_path) as rig:
            monkeypatch.setattr(type(rig.server.sessions), "row", broken)
            got = await rig.client.get("/api/sessions/one")
            is_problem(got, 500)
            assert "the-inside" not in got.text

    run_real(go())
