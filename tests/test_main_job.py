"""The main job from outside: ffmpeg publishes, `cuelight live` works, nginx and ffmpeg take what comes out."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from support import ROOT, free_port, require_file, require_program

DEMO = ROOT / "deploy" / "demo"
KEY, OUT_KEY = "a-secret-in-key", "a-secret-out-key"
CLIP_S = 8


def cuelight(*arguments: str, env: dict[str, str] | None = None, **more: object) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-m", "stream.cli", *arguments], cwd=ROOT, text=True,
                            env={**os.environ, "CUE_IN": KEY, "CUE_OUT": OUT_KEY, **(env or {})},
                            stderr=subprocess.PIPE, stdout=subprocess.PIPE, **more)  # type: ignore[call-overload]


def done(*arguments: str) -> "subprocess.CompletedProcess[str]":
    process = cuelight(*arguments)
    out, err = process.communicate(timeout=120)
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


@contextmanager
def running(*arguments: str, **more: object) -> "Iterator[tuple[subprocess.Popen[str], list[str]]]":
    """Run `cuelight live`, waiting until it waits for its publisher; its lines so far."""
    process, lines = cuelight("live", *arguments, **more), []
    try:
        assert process.stderr is not None
        for line in process.stderr:
            lines.append(line)
            if "waiting for a publisher" in line:
                break
        yield process, lines
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=30)


def rest(process: "subprocess.Popen[str]", lines: list[str]) -> str:
    """Wait for the end; return all it said."""
    out, err = process.communicate(timeout=120)
    return "".join(lines) + err + out


@contextmanager
def nginx(folder: Path, applications: str) -> Iterator[int]:
    """Run nginx with its RTMP module and these applications; yields its port."""
    program, module = require_program("nginx"), require_file("/usr/lib/nginx/modules/ngx_rtmp_module.so")
    port = free_port()
    (folder / "nginx.conf").write_text(
        f"load_module {module};\ndaemon off;\nmaster_process off;\npid {folder}/nginx.pid;\n"
        f"error_log {folder}/nginx.log info;\nevents {{}}\n"
        f"rtmp {{ server {{ listen 127.0.0.1:{port}; access_log off; {applications} }} }}\n")
    process = subprocess.Popen([program, "-e", f"{folder}/nginx.log", "-p", str(folder), "-c", f"{folder}/nginx.conf"])
    try:
        until(lambda: any(line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A"
                          for line in Path("/proc/net/tcp").read_text().splitlines()[1:]))
        yield port
    finally:
        process.kill()
        process.wait(timeout=10)


def publish(url: str, *, seconds: float = CLIP_S, start: float = 0.0, extra: Sequence[str] = (),
            wait: bool = True) -> "subprocess.Popen[bytes]":
    command = [require_program("ffmpeg"), "-v", "error", "-re", "-ss", str(start), "-t", str(seconds), "-i",
               str(DEMO / "clip.mp4"), *(extra or ("-c", "copy")), "-f", "flv", url]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if wait:
        process.communicate(timeout=60)
    return process


def probe(path: Path) -> dict[str, dict[str, str]]:
    """What ffprobe says of a file's streams, by kind, every packet counted; ffmpeg must decode it without a word."""
    decoded = subprocess.run([require_program("ffmpeg"), "-v", "error", "-xerror", "-i", str(path), "-f", "null", "-"],
                             capture_output=True, text=True, check=False)
    assert (decoded.returncode, decoded.stderr) == (0, "")
    found = subprocess.run([require_program("ffprobe"), "-v", "error", "-count_packets", "-show_streams", "-of", "json",
                            str(path)], capture_output=True, check=True)
    return {s["codec_type"]: s for s in json.loads(found.stdout)["streams"]}


def source(port: int, reconnect_s: float = 1.0) -> list[str]:
    return [f"rtmp-listen://127.0.0.1:{port}/live/${{CUE_IN}}", "--option", f"reconnect_s={reconnect_s}"]


def until(true: Callable[[], bool], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """The pixel kernels are compiled, as set-up leaves them."""
    subprocess.run([sys.executable, "-c", "import stream.render.warm"], cwd=ROOT, check=True)


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One whole show: ffmpeg in, nginx and a file out, recorded. What was said is in said.txt."""
    folder = tmp_path_factory.mktemp("show")
    port = free_port()
    with nginx(folder, "application live { live on; }") as relay:
        pulled = folder / "pulled.flv"
        with running(*source(port), "--background", str(DEMO / "beach.jpg"), "--highlight", "beach,caption",
                     "--to", f"rtmp://127.0.0.1:{relay}/live/${{CUE_OUT}}", "--to", str(folder / "out.mp4"),
                     "--record", str(folder / "rec"), "--json", str(folder / "report.json")) as (live, lines):
            puller = subprocess.Popen(
                [require_program("ffmpeg"), "-v", "error", "-rw_timeout", "8000000", "-i",
                 f"rtmp://127.0.0.1:{relay}/live/{OUT_KEY}", "-c", "copy", str(pulled)], stdin=subprocess.PIPE)
            publish(f"rtmp://127.0.0.1:{port}/live/{KEY}")
            said = rest(live, lines)
            assert live.returncode == 0, said
            puller.communicate(b"q", timeout=20)
    (folder / "said.txt").write_text(said)
    return folder


def recording(show: Path) -> Path:
    return next((show / "rec").iterdir())


def test_the_operator_is_told_where_to_publish_and_what_is_received(show: Path) -> None:
    said = (show / "said.txt").read_text()
    assert re.search(r"Server: +rtmp://127\.0\.0\.1:\d+/live\n", said)
    assert re.search(r"Stream Key: +\S+", said)
    assert "waiting for a publisher" in said
    assert "receiving 1280x720@30 H.264 + AAC 48 kHz" in said


def test_ffprobe_accepts_every_file_written(show: Path) -> None:
    out = probe(show / "out.mp4")
    assert (out["video"]["codec_name"], out["video"]["width"], out["video"]["height"]) == ("h264", 1280, 720)
    assert out["video"]["profile"] == "Constrained Baseline" and out["video"]["has_b_frames"] == 0
    assert (out["audio"]["codec_name"], out["audio"]["sample_rate"]) == ("aac", "48000")
    assert int(out["video"]["nb_read_packets"]) > (CLIP_S - 3) * 30
    kept = probe(recording(show) / "main-000.mp4")
    assert int(kept["video"]["nb_read_packets"]) == CLIP_S * 30


def test_nginx_relays_what_we_push_and_ffmpeg_plays_it(show: Path) -> None:
    streams = {s: int(v["nb_read_packets"]) for s, v in probe(show / "pulled.flv").items()}
    assert streams["video"] > 60 and streams["audio"] > 60


def test_no_key_is_in_any_file_or_line_written(show: Path) -> None:
    texts = [path for path in show.rglob("*") if path.is_file() and path.name != "pulled.flv"
             and "nginx" not in str(path)]
    assert len(texts) > 8
    for path in texts:
        data = path.read_bytes()
        assert KEY.encode() not in data and OUT_KEY.encode() not in data, path


def test_captions_are_what_was_said(show: Path) -> None:
    heard = (recording(show) / "captions.srt").read_text().lower()
    assert "speaking from an" in heard.replace("\n", " ") and "beach" in heard
    timed = subprocess.run([require_program("ffprobe"), "-v", "error", "-show_entries", "packet=pts_time", "-of", "csv",
                            str(recording(show) / "captions.srt")], capture_output=True, text=True, check=True)
    assert timed.stdout.count("packet") >= 2


def test_verify_proves_every_picture(show: Path) -> None:
    proof = json.loads(done("verify", str(recording(show)), "--json").stdout)
    assert proof["same"] and proof["equal"] == proof["ticks"] > (CLIP_S - 3) * 30


def test_the_as_aired_timeline_renders_to_as_many_pictures(show: Path, tmp_path: Path) -> None:
    out, report = tmp_path / "aired.mp4", tmp_path / "r.json"
    rendered = done("render", str(recording(show) / "as-aired.json"), str(out), "--report", str(report),
                    "--preset", "ultrafast")
    assert rendered.returncode == 0, rendered.stderr
    found = json.loads(report.read_text())
    assert found["equal"] == json.loads((show / "report.json").read_text())["metrics"]["ticks"]
    assert int(probe(out)["video"]["nb_read_packets"]) == found["equal"]


def test_the_polished_timeline_is_plain_and_renders(show: Path, tmp_path: Path) -> None:
    polished = recording(show) / "polished.json"
    checked = done("check", str(polished), "--json")
    assert checked.returncode == 0, checked.stdout
    out = tmp_path / "polished.mp4"
    rendered = done("render", str(polished), str(out), "--to", "4", "--preset", "ultrafast")
    assert rendered.returncode == 0, rendered.stderr
    streams = probe(out)
    assert int(streams["video"]["nb_read_packets"]) == 120 and "audio" in streams
    assert done("frame", str(polished), "3", str(tmp_path / "p.png")).returncode == 0
    assert (tmp_path / "p.png").read_bytes().startswith(b"\x89PNG")


def test_nothing_is_overwritten(show: Path, tmp_path: Path) -> None:
    taken = tmp_path / "taken.mp4"
    taken.write_bytes(b"precious")
    refused = done("render", str(recording(show) / "as-aired.json"), str(taken))
    assert refused.returncode == 1 and "exists already" in refused.stderr
    assert taken.read_bytes() == b"precious"


def test_a_publisher_killed_comes_back_to_the_same_show(tmp_path: Path) -> None:
    port = free_port()
    url = f"rtmp://127.0.0.1:{port}/live/{KEY}"
    with running(*source(port, 3), "--to", str(tmp_path / "out.mp4"), "--record",
                 str(tmp_path / "rec")) as (live, lines):
        first = publish(url, seconds=20, wait=False)
        time.sleep(4)
        first.kill()
        first.communicate()
        time.sleep(1)
        publish(url, seconds=4, start=8)
        said = rest(live, lines)
    assert live.returncode == 0, said
    folder = next((tmp_path / "rec").iterdir())
    assert sorted(p.name for p in folder.glob("main-*.mp4")) == ["main-000.mp4", "main-001.mp4"]
    assert "no publisher" in said
    proof = json.loads(done("verify", str(folder), "--json").stdout)
    assert proof["same"], proof
    assert float(probe(tmp_path / "out.mp4")["video"]["duration"]) > 7


def test_a_wrong_key_is_refused_and_a_second_publisher_too(tmp_path: Path) -> None:
    port = free_port()
    with running(*source(port), "--no-captions", "--no-record", "--to", str(tmp_path / "out.mp4")) as (live, lines):
        wrong = publish(f"rtmp://127.0.0.1:{port}/live/wrong-key-zz", seconds=2)
        assert wrong.returncode != 0
        right = publish(f"rtmp://127.0.0.1:{port}/live/{KEY}", seconds=5, wait=False)
        time.sleep(2)
        assert publish(f"rtmp://127.0.0.1:{port}/live/{KEY}", seconds=2).returncode != 0
        right.communicate(timeout=30)
        said = rest(live, lines)
    assert live.returncode == 0 and right.returncode == 0
    assert "…zz" in said and "wrong-key" not in said
    assert probe(tmp_path / "out.mp4")["video"]["codec_name"] == "h264"


def test_a_port_that_is_taken_is_one_clear_line(tmp_path: Path) -> None:
    port = free_port()
    with running(*source(port), "--no-record"):
        second = done("live", *source(port), "--no-record")
    assert second.returncode == 1
    line = [text for text in second.stderr.splitlines() if text.startswith("cuelight:")]
    assert len(line) == 1 and str(port) in line[0]
    assert "Traceback" not in second.stderr


def test_ctrl_c_finishes_the_files(tmp_path: Path) -> None:
    port = free_port()
    with running(*source(port), "--to", str(tmp_path / "out.mp4"), "--record", str(tmp_path / "rec")) as (live, lines):
        publisher = publish(f"rtmp://127.0.0.1:{port}/live/{KEY}", seconds=20, wait=False)
        until(lambda: (tmp_path / "out.mp4").exists() and (tmp_path / "out.mp4").stat().st_size > 200_000)
        live.send_signal(signal.SIGINT)
        said = rest(live, lines)
        publisher.communicate(timeout=30)
    assert live.returncode == 0, said
    assert int(probe(tmp_path / "out.mp4")["video"]["nb_read_packets"]) > 10
    folder = next((tmp_path / "rec").iterdir())
    assert {"as-aired.json", "polished.json", "captions.srt", "captions.vtt", "report.json"} <= {
        p.name for p in folder.iterdir()}


def test_ctrl_c_while_waiting_ends_at_once(tmp_path: Path) -> None:
    with running(*source(free_port()), "--record", str(tmp_path / "rec")) as (live, lines):
        live.send_signal(signal.SIGINT)
        said = rest(live, lines)
    assert live.returncode == 0 and "Traceback" not in said, said


def test_what_a_kill_leaves_can_be_finished(tmp_path: Path) -> None:
    port = free_port()
    with running(*source(port), "--background", "blur", "--to", str(tmp_path / "out.mp4"), "--record",
                 str(tmp_path / "rec")) as (live, _):
        publisher = publish(f"rtmp://127.0.0.1:{port}/live/{KEY}", seconds=20, wait=False)
        until(lambda: (tmp_path / "out.mp4").exists() and (tmp_path / "out.mp4").stat().st_size > 2_000_000)
        live.kill()
        publisher.communicate(timeout=30)
    assert int(probe(tmp_path / "out.mp4")["video"]["nb_read_packets"]) >= 60
    folder = next((tmp_path / "rec").iterdir())
    assert done("finish", str(folder)).returncode == 0
    rendered = done("render", str(folder), str(tmp_path / "again.mp4"), "--to", "2", "--preset", "ultrafast")
    assert rendered.returncode == 0, rendered.stderr
    assert probe(tmp_path / "again.mp4")["video"]["codec_name"] == "h264"


@pytest.mark.parametrize("kind", ["audio", "video"])
def test_a_stream_of_one_kind_is_a_show_too(kind: str, tmp_path: Path) -> None:
    port = free_port()
    extra = ("-c", "copy", "-vn") if kind == "audio" else ("-c", "copy", "-an")
    with running(*source(port), "--to", str(tmp_path / "out.mp4"), "--no-record") as (live, lines):
        publish(f"rtmp://127.0.0.1:{port}/live/{KEY}", extra=extra)
        said = rest(live, lines)
    assert live.returncode == 0, said
    assert "no picture" in said if kind == "audio" else "no sound" in said
    streams = probe(tmp_path / "out.mp4")
    assert int(streams["video"]["nb_read_packets"]) > 60 and int(streams["audio"]["nb_read_packets"]) > 60


def test_a_disk_that_fills_up_ends_the_recording_and_not_the_show(tmp_path: Path) -> None:
    import resource

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))

    port = free_port()
    with nginx(tmp_path, "application live { live on; record video; record_path " + str(tmp_path) + "; }") as relay, \
            running(*source(port), "--no-captions", "--to", f"rtmp://127.0.0.1:{relay}/live/${{CUE_OUT}}", "--record",
                    str(tmp_path / "rec"), preexec_fn=small_files) as (live, lines):
        publish(f"rtmp://127.0.0.1:{port}/live/{KEY}", seconds=12)
        said = rest(live, lines)
    assert live.returncode == 0, said
    assert said.count("recording has stopped") == 1
    aired = next(tmp_path.glob("*.flv"))
    assert float(probe(aired)["video"].get("duration") or 9) > 8 or int(probe(aired)["video"]["nb_read_packets"]) > 240


def test_captions_of_sound_that_is_not_the_programmes(tmp_path: Path) -> None:
    silent = tmp_path / "silent.mp4"
    subprocess.run([require_program("ffmpeg"), "-v", "error", "-i", str(DEMO / "clip.mp4"), "-t", "9", "-an",
                    "-c", "copy", str(silent)], check=True)
    speech = ROOT / "stream" / "marks" / "assets" / "speech.opus"
    live = done("live", str(silent), "--caption-audio", str(speech), "--record", str(tmp_path / "rec"))
    assert live.returncode == 0, live.stderr
    heard = (next((tmp_path / "rec").iterdir()) / "captions.srt").read_text().lower().replace("\n", " ")
    assert "morning train" in heard


@pytest.mark.parametrize(("side", "heard"), [("left", True), ("right", False)])
def test_captions_of_one_side_of_the_sound(side: str, heard: bool, tmp_path: Path) -> None:
    half = tmp_path / "half.mp4"
    subprocess.run([require_program("ffmpeg"), "-v", "error", "-i", str(DEMO / "clip.mp4"), "-t", "6", "-c:v", "copy",
                    "-af", "pan=stereo|c0=c0|c1=0*c0", str(half)], check=True)
    live = done("live", str(half), "--caption-audio", side, "--record", str(tmp_path / "rec"))
    assert live.returncode == 0, live.stderr
    text = (next((tmp_path / "rec").iterdir()) / "captions.srt").read_text()
    assert ("welcome" in text) == heard, text
