"""Sessions over HTTP: made, rehearsed, looked at, stopped, started again, forgotten."""

import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from live_rig import stretch
from server_rig import PLAN, Rig, serving

from stream.media import AudioFrame
from stream.server.rehearsal import Heard, _keys, _level
from support import free_port, run_real

SECRET = "sk-verysecretkey"


async def until(rig: Rig, session: str, *states: str) -> dict[str, Any]:
    """Wait until a session is in one of `states`."""
    for _ in range(600):
        told: dict[str, Any] = (await rig.client.get(f"/api/sessions/{session}")).json()
        if told["state"] in states:
            return told
        await asyncio.sleep(0.05)
    raise AssertionError(f"{session} is {told['state']}: {told}")


async def ask(rig: Rig, method: str, url: str, status: int, **more: Any) -> Any:
    got = await rig.client.request(method, url, **more)
    assert got.status_code == status, got.text
    return got.json() if got.content else None


def test_a_session_is_made_goes_live_is_stopped_and_its_recording_is_whole(tmp_path: Path) -> None:
    async def go() -> None:
        async with serving(tmp_path) as rig:
            made = await rig.client.post("/api/sessions", json={"id": "one", "plan": {**PLAN, "to": ["one.mp4"]}})
            assert made.status_code == 201, made.text
            assert made.headers["location"] == "/api/sessions/one"
            await until(rig, "one", "live")
            stopped = await ask(rig, "POST", "/api/sessions/one/stop", 200)
            assert stopped["state"] == "ended"
            assert (await ask(rig, "POST", "/api/sessions/one/stop", 200)) == stopped
            folder = tmp_path / "recordings" / stopped["recording"]
            assert (folder / "as-aired.json").exists() and (tmp_path / "out" / "one.mp4").stat().st_size > 1000

    run_real(go())


def test_a_live_timeline_runs_as_plain_options_do_and_a_session_that_ends_by_itself_says_so(tmp_path: Path) -> None:
    timeline = {"VideoTracks": [{"VideoTrackClips": [{"MediaURL": "test://?size=320x180&rate=15&speech=0&seconds=1"}]}]}

    async def go() -> None:
        async with serving(tmp_path) as rig:
            plan = {"timeline": timeline, "encoder": "ultrafast", "record": False}
            key = (await ask(rig, "POST", "/api/sessions", 201, json={"plan": plan}))["id"]
            assert (await until(rig, key, "ended"))["failure"] == ""
            await ask(rig, "DELETE", f"/api/sessions/{key}", 204)
            assert await ask(rig, "GET", "/api/sessions", 200) == []

    run_real(go())


def test_a_run_that_fails_says_why_without_keys_and_others_go_on(tmp_path: Path) -> None:
    async def go() -> None:
        async with serving(tmp_path, allow=("127.0.0.1",)) as rig:
            await ask(rig, "POST", "/api/sessions", 201, json={"id": "good", "plan": PLAN})
            await until(rig, "good", "live")
            bad = {**PLAN, "source": f"rtmp://127.0.0.1:{free_port()}/live/{SECRET}"}
            await ask(rig, "POST", "/api/sessions", 201, json={"id": "bad", "plan": bad})
            told = await until(rig, "bad", "failed", "waiting")
            assert SECRET not in str(told) and "…" in told["plan"]["source"]
            listen = {**PLAN, "source": f"rtmp-listen://127.0.0.1:{free_port()}/live/{SECRET}"}
            await ask(rig, "POST", "/api/sessions", 201, json={"id": "listens", "plan": listen})
            assert SECRET not in str(await until(rig, "listens", "waiting"))
            assert SECRET not in str(await ask(rig, "GET", "/api/sessions", 200))
            await ask(rig, "POST", "/api/sessions/listens/stop", 200)
            assert (await until(rig, "good", "live"))["report"]["metrics"]["frames_out"] > 0

    run_real(go())


def test_two_sessions_share_one_port_each_with_its_key(tmp_path: Path) -> None:
    async def go() -> None:
        async with serving(tmp_path) as rig:
            port = free_port()
            for key in ("one", "two"):
                plan = {**PLAN, "source": f"rtmp-listen://127.0.0.1:{port}/live/{key}-{SECRET}"}
                await ask(rig, "POST", "/api/sessions", 201, json={"id": key, "plan": plan})
            await asyncio.sleep(0.3)
            for key in ("one", "two"):
                assert (await until(rig, key, "waiting", "failed"))["state"] == "waiting"

    run_real(go())


def test_a_preset_fills_the_gaps_of_a_plan_and_what_the_plan_says_wins(tmp_path: Path) -> None:
    async def go() -> None:
        async with serving(tmp_path) as rig:
            await ask(rig, "PUT", "/api/presets/show", 200, json={**PLAN, "speaker": "Ann", "for_s": 5})
            await ask(rig, "PUT", "/api/presets/other", 422, json={"preset": "show"})
            assert (await ask(rig, "GET", "/api/presets", 200))[0]["id"] == "show"
            await ask(rig, "POST", "/api/sessions", 201,
                      json={"id": "one", "start": False, "plan": {"preset": "show", "for_s": 6}})
            plan = rig.server.sessions.plan(rig.server.sessions.row("one").plan)
            assert (plan.speaker, plan.for_s, plan.captions) == ("Ann", 6, False)
            await ask(rig, "DELETE", "/api/presets/show", 204)
            await ask(rig, "POST", "/api/sessions/one/start", 422)

    run_real(go())


def test_a_rehearsal_opens_no_output_says_what_is_wrong_and_then_goes_on_air(tmp_path: Path) -> None:
    async def go() -> None:
        async with serving(tmp_path, allow=("127.0.0.1",)) as rig:
            there = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
            port = there.sockets[0].getsockname()[1]
            to = ["one.mp4", f"rtmp://127.0.0.1:{port}/live/{SECRET}", f"rtmp://127.0.0.1:{free_port()}/live/{SECRET}"]
            await ask(rig, "POST", "/api/sessions", 201,
                      json={"id": "one", "start": False, "plan": {**PLAN, "to": to}})
            await ask(rig, "GET", "/api/sessions/one/checklist", 409)
            assert (await ask(rig, "POST", "/api/sessions/one/rehearse", 200))["rehearsal"]
            seen = await until(rig, "one", "live")
            for _ in range(100):
                checks = {line["name"]: line for line in await ask(rig, "GET", "/api/sessions/one/checklist", 200)}
                if checks["key frames"]["state"] == "good":
                    break
                await asyncio.sleep(0.1)
            assert checks["source"]["state"] == checks["key frames"]["state"] == checks["captions"]["state"] == "good"
            files = [name for name in checks if name.startswith("output ")]
            assert [checks[name]["state"] for name in files] == ["good", "good", "bad"]
            assert SECRET not in str(checks) and seen["recording"] == "" and seen["report"]["outputs"] == []
            assert not list((tmp_path / "out").iterdir()) and not list((tmp_path / "recordings").iterdir())
            there.close()
            assert not (await ask(rig, "PUT", "/api/sessions/one/plan", 200, json=PLAN))["recording"]
            assert not (await ask(rig, "POST", "/api/sessions/one/start", 200))["rehearsal"]
            assert (await until(rig, "one", "live"))["recording"]
            await ask(rig, "POST", "/api/sessions/one/stop", 200)

    run_real(go())


@pytest.mark.parametrize(("level", "state", "says"), [
    (0.1, "good", "dB"), (0.005, "bad", "too quiet"), (0.9, "bad", "too loud"), (0.0, "waiting", "say something")])
def test_the_checklist_judges_loudness(level: float, state: str, says: str) -> None:
    heard = Heard()
    for number in range(40):
        heard.play(AudioFrame(np.full((2, 960), level, np.float32), number))
    check = _level(False, heard)
    assert check.state == state and says in check.says


def test_the_checklist_judges_how_far_key_frames_are_apart() -> None:
    heard = Heard()
    assert _keys(heard).state == "waiting"
    for packet in stretch(3.0):
        heard.admit(packet, 0)
    assert _keys(heard).state == "good"
    heard.last_ns += 6_000_000_000
    assert _keys(heard).state == "bad"
