"""`cuelight serve` as a program: a real port, a real session, an end that finishes files, a start that remembers."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import av
import httpx
import pytest
from server_rig import PLAN

from stream.cli import main
from support import ROOT, free_port


@dataclass(slots=True)
class Served:
    """A server that runs as a process of its own."""

    process: subprocess.Popen[str]
    client: httpx.Client
    lines: list[str] = field(default_factory=list)

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(40)

    def ask(self, method: str, path: str, status: int, **more: object) -> httpx.Response:
        got = self.client.request(method, path, **more)  # type: ignore[arg-type]
        assert got.status_code == status, got.text
        return got


@contextmanager
def served(data: Path, *flags: str) -> Iterator[Served]:
    """Run `cuelight serve`; wait until it answers."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "stream.cli", "serve", "--port", str(port), "--data", str(data), *flags], cwd=ROOT,
        stderr=subprocess.PIPE, text=True, env={**os.environ, "CUELIGHT_KEY": "abcdefgh"})
    assert process.stderr is not None
    errors, lines = process.stderr, list[str]()
    reading = Thread(target=lambda: lines.extend(iter(errors.readline, "")), daemon=True)
    reading.start()
    with process, httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=40) as client:
        try:
            for _ in range(600):
                assert process.poll() is None, "".join(lines)
                try:
                    if client.get("/readyz").status_code == 200:
                        break
                except httpx.TransportError:
                    time.sleep(0.05)
            yield Served(process, client, lines)
        finally:
            process.kill()
            reading.join(10)


def wait(server: Served, state: str) -> None:
    for _ in range(600):
        told = server.ask("GET", "/api/sessions/show", 200).json()
        if told["state"] == state:
            return
        time.sleep(0.05)
    raise AssertionError(told)


def test_a_session_is_run_the_server_ends_and_the_next_one_lists_what_it_left(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        said = "".join(server.lines)
        token = re.search(r"cl_[\w-]+", said)
        assert token is not None and f"http://127.0.0.1:{server.client.base_url.port}/" in said
        server.ask("GET", "/api/sessions", 401)
        server.client.headers["Authorization"] = f"Bearer {token[0]}"
        server.ask("PUT", "/api/presets/quick", 200, json={**PLAN, "to": ["show.mp4"]})
        server.ask("POST", "/api/sessions", 201, json={"id": "show", "plan": {"preset": "quick"}})
        server.ask("POST", "/api/sessions", 409, json={"id": "show", "plan": {"preset": "quick"}})
        wait(server, "live")
        server.ask("POST", "/api/sessions/show/start", 409)
        time.sleep(1.5)
        seen = server.ask("GET", "/api/sessions/show", 200).json()
        assert seen["report"]["outputs"][0]["packets"] > 0 and seen["lines"] and seen["recording"]
        assert server.ask("GET", f"/api/recordings/{seen['recording']}", 200).json()["running"]
        server.ask("DELETE", f"/api/recordings/{seen['recording']}", 409)
        numbers = server.ask("GET", "/metrics", 200).text
        assert "cuelight_sessions_running 1.0" in numbers and 'what="frames_out"' in numbers
        assert 'route="/api/sessions/{session}"' in numbers
        assert server.end() == 0  # while it is live
    said = "".join(server.lines[3:])
    assert token[0] not in said and '"session": "show"' in said
    with av.open(str(tmp_path / "out" / "show.mp4")) as film:
        assert sum(1 for _ in film.decode(video=0)) > 10

    with served(tmp_path) as server:
        assert "cl_" not in "".join(server.lines)
        server.client.headers["Authorization"] = f"Bearer {token[0]}"
        told = server.ask("GET", "/api/sessions", 200).json()
        assert [(one["id"], one["state"]) for one in told] == [("show", "ended")]
        recording = server.ask("GET", "/api/recordings", 200).json()[0]
        assert recording["session"] == "show" and recording["finished"] and not recording["running"]
        files = {file["name"] for file in server.ask("GET", f"/api/recordings/{recording['id']}", 200).json()["files"]}
        assert {"as-aired.json", "polished.json", "captions.vtt", "main-000.mp4"} <= files
        path = f"/api/recordings/{recording['id']}/files/main-000.mp4"
        whole = server.ask("GET", path, 200)
        part = server.ask("GET", path, 206, headers={"Range": "bytes=4-7"})
        assert part.content == whole.content[4:8] == b"ftyp" and whole.headers["content-type"] == "video/mp4"
        renamed = server.ask("PATCH", f"/api/recordings/{recording['id']}", 200, json={"title": "First"}).json()
        assert renamed["title"] == "First"
        server.ask("DELETE", f"/api/recordings/{recording['id']}", 204)
        assert server.ask("GET", "/api/recordings", 200).json() == [] and not any((tmp_path / "recordings").iterdir())
        assert server.end() == 0


def test_after_a_kill_the_session_is_marked_its_recording_can_be_finished_and_what_asks_for_it_runs_again(
        tmp_path: Path) -> None:
    with served(tmp_path, "--no-auth") as server:
        server.ask("POST", "/api/sessions", 201, json={"id": "show", "plan": PLAN})
        wait(server, "live")
        time.sleep(2.5)
        server.process.kill()
        server.process.wait(10)
    with served(tmp_path, "--no-auth") as server:
        told = server.ask("GET", "/api/sessions/show", 200).json()
        assert told["state"] == "failed" and "the server ended while it ran" in told["failure"]
        recording = server.ask("GET", "/api/recordings", 200).json()[0]
        assert recording["session"] == "show" and not recording["finished"]
        assert server.ask("POST", f"/api/recordings/{recording['id']}/finish", 200).json()["finished"]
        server.ask("PUT", "/api/sessions/show/plan", 200, json={**PLAN, "resume": True})
        server.ask("POST", "/api/sessions/show/start", 200)
        wait(server, "live")
        assert server.end() == 0
    with served(tmp_path, "--no-auth") as server:
        wait(server, "live")
        assert server.ask("POST", "/api/sessions/show/stop", 200).json()["state"] == "ended"
        assert server.end() == 0


@pytest.mark.parametrize(("flags", "said"), [
    (["--host", "0.0.0.0"], "in the clear"), (["--host", "0.0.0.0", "--no-auth"], "--no-auth lets them"),
    (["--allow", "/no/such"], "no such folder"), (["--tls-cert", "x"], "--tls-key"), (["--port", "99999"], "no port"),
    (["--config", "/no/such.toml"], "cannot be read")])
def test_what_must_not_start_says_why(tmp_path: Path, flags: list[str], said: str,
                                      capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--data", str(tmp_path / "d"), *flags]) == 1
    assert said in capsys.readouterr().err
