"""Sessions over HTTP: made, looked at, stopped, started again, forgotten."""

import asyncio
from pathlib import Path
from typing import Any

from server_rig import PLAN, Rig, serving

from support import run_real


async def until(rig: Rig, session: str, *states: str) -> dict[str, Any]:
    """Wait until a session is in one of `states`."""
    for _ in range(600):
        told: dict[str, Any] = (await rig.client.get(f"/api/sessions/{session}")).json()
        if told["state"] in states:
            return told
        await asyncio.sleep(0.05)
    raise AssertionError(f"{session} is {told['state']}: {told}")


def test_a_session_is_made_goes_live_is_stopped_and_its_recording_is_whole(tmp_path: Path) -> None:
    async def go() -> None:
        async with serving(tmp_path) as rig:
            made = await rig.client.post("/api/sessions", json={"id": "one", "plan": {**PLAN, "to": ["one.mp4"]}})
            assert made.status_code == 201, made.text
            assert made.headers["location"] == "/api/sessions/one"
            await until(rig, "one", "live")
            stopped = await rig.client.post("/api/sessions/one/stop")
            assert stopped.json()["state"] == "ended", stopped.text
            folder = tmp_path / "recordings" / stopped.json()["recording"]
            assert (folder / "as-aired.json").exists() and (tmp_path / "out" / "one.mp4").stat().st_size > 1000

    run_real(go())
