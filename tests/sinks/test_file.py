"""test_file: files that others play, with sound and picture together, also after a kill and on a full disk."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from made import RATE, click_and_flash, each, setups_of

from stream.errors import MediaError, OptionError
from stream.media import NS, Packet
from stream.sinks import SinkContext
from stream.sinks.file import path_of, write
from stream.worker import ThreadWorker
from support import ROOT, require_program, run_real

CONTEXT = SinkContext(ThreadWorker)


def save(path: Path | str, packets: list[Packet], context: SinkContext = CONTEXT) -> None:
    run_real(write(str(path), setups_of(packets), each(packets), {}, context))


def shift(packets: list[Packet], by_ns: int) -> list[Packet]:
    return [replace(p, pts_ns=p.pts_ns + by_ns, dts_ns=p.dts_ns + by_ns) for p in packets]


def probed(path: Path) -> dict[str, dict[str, Any]]:
    """What ffprobe says of each stream, by kind."""
    command = [require_program("ffprobe"), "-v", "error", "-show_streams", "-of", "json", str(path)]
    streams = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["streams"]
    return {stream["codec_type"]: stream for stream in streams}


def flash_and_click(path: Path) -> tuple[float, float]:
    """When the white picture and the click are, as the ffmpeg program decodes the file (its start becomes 0)."""
    raw = path.with_suffix(".nut")
    subprocess.run([require_program("ffmpeg"), "-v", "error", "-y", "-i", str(path), "-c:v", "rawvideo", "-fps_mode",
                    "passthrough", "-enc_time_base:v", "1:90000", "-c:a", "pcm_f32le", str(raw)], check=True)
    flash, click, heard = -1.0, -1.0, 0
    with av.open(str(raw)) as file:
        for frame in file.decode():
            if isinstance(frame, av.VideoFrame) and flash < 0 and frame.to_ndarray()[40, 80] > 128:
                flash = float(frame.time)
            if isinstance(frame, av.AudioFrame) and click < 0:
                loud = np.abs(frame.to_ndarray().reshape(-1, 2)[:, 0]) > 0.3
                click = float(frame.time) + int(np.argmax(loud)) / 48_000 if loud.any() else -1.0
                heard += frame.samples
    assert heard
    return flash, click


@pytest.mark.parametrize(("suffix", "codec"), [("mp4", "aac"), ("mp4", "opus"), ("mkv", "aac"), ("mkv", "opus"),
                                               ("ts", "aac"), ("flv", "aac")])
def test_a_click_and_a_flash_stay_together_in_every_container(suffix: str, codec: str, tmp_path: Path) -> None:
    path = tmp_path / f"x.{suffix}"
    save(path, click_and_flash(2, codec))
    flash, click = flash_and_click(path)
    assert click > 0 and abs(click - flash) <= 0.005


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts", "flv"])
def test_other_programs_see_the_streams_as_they_are(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"x.{suffix}"
    packets = click_and_flash(2)
    save(path, packets)
    streams = probed(path)
    video, audio = streams["video"], streams["audio"]
    assert (video["codec_name"], video["width"], video["height"]) == ("h264", 160, 96)
    assert video["profile"] == "Constrained Baseline" and video["color_space"] == "bt709"
    assert (audio["codec_name"], audio["sample_rate"], audio["channels"]) == ("aac", "48000", 2)
    with av.open(str(path)) as file:
        assert sum(1 for _ in file.decode(video=0)) == 2 * RATE
    check = subprocess.run([require_program("ffmpeg"), "-v", "error", "-i", str(path), "-f", "null", "-"],
                           capture_output=True, text=True, check=True)
    assert check.stderr == ""


def test_session_time_becomes_zero_at_the_origin(tmp_path: Path) -> None:
    path, origin_ns = tmp_path / "x.mp4", 3_725 * NS + 123_456_789
    save(path, shift(click_and_flash(2), origin_ns), replace(CONTEXT, origin_ns=origin_ns))
    streams = probed(path)
    assert float(streams["video"]["start_time"]) == 0.0
    assert float(streams["audio"]["start_time"]) == pytest.approx(-1024 / 48_000, abs=1e-4)
    with av.open(str(path)) as file:
        assert next(float(f.time) for f in file.decode(video=0) if f.to_ndarray()[40, 80] > 128) == 1.0


def test_an_existing_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "x.mp4"
    path.write_text("mine")
    with pytest.raises(OptionError, match=r"is there already.*another name"):
        save(path, click_and_flash(1))
    assert path.read_text() == "mine"


@pytest.mark.parametrize("name", ["x", "x.avi", "x.jpg"])
def test_a_name_that_says_no_container_is_an_option_error(name: str, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"\.mp4 \.mkv"):
        save(tmp_path / name, click_and_flash(1))
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_option_is_named(tmp_path: Path) -> None:
    packets = click_and_flash(1)
    with pytest.raises(OptionError, match="fsat"):
        run_real(write(str(tmp_path / "x.mp4"), setups_of(packets), each(packets), {"fsat": "1"}, CONTEXT))


def test_a_folder_that_is_not_there_is_a_media_error(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="cannot be written"):
        save(tmp_path / "no" / "x.mp4", click_and_flash(1))


def test_a_codec_the_container_refuses_is_a_media_error_and_leaves_no_file(tmp_path: Path) -> None:
    video = [p for p in click_and_flash(1) if p.setup.kind == "video"][:1]
    setup = replace(video[0].setup, codec="vp8", extradata=b"")
    with pytest.raises(MediaError, match=r"does not fit.*mkv"):
        save(tmp_path / "x.mp4", [replace(video[0], setup=setup)])
    assert list(tmp_path.iterdir()) == []


def test_a_setup_nobody_announced_is_a_media_error(tmp_path: Path) -> None:
    packets = click_and_flash(1)
    with pytest.raises(MediaError, match="appeared after"):
        run_real(write(str(tmp_path / "x.mp4"), setups_of(packets)[:1], each(packets), {}, CONTEXT))


@pytest.mark.parametrize("name", ["with space.mp4", "プログラム.mkv"])
def test_file_urls_name_paths(name: str, tmp_path: Path) -> None:
    url = (tmp_path / name).as_uri()
    assert path_of(url) == tmp_path / name
    save(url, click_and_flash(1))
    assert (tmp_path / name).stat().st_size > 1000


@pytest.mark.parametrize("kind", ["video", "audio"])
def test_a_single_track_is_enough(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "x.mp4"
    save(path, [p for p in click_and_flash(2) if p.setup.kind == kind])
    assert set(probed(path)) == {kind}


def test_being_cancelled_leaves_a_file_that_plays(tmp_path: Path) -> None:
    path, packets = tmp_path / "x.mp4", click_and_flash(2)

    async def endless() -> AsyncIterator[Packet]:
        for packet in packets:
            yield packet
        await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        run_real(write(str(path), setups_of(packets), endless(), {}, CONTEXT), limit_s=1.0)
    assert float(probed(path)["video"]["duration"]) == pytest.approx(2.0, abs=0.05)


def test_stamps_that_stand_still_do_not_stop_the_file(tmp_path: Path) -> None:
    packets = click_and_flash(1)
    packets[5:8] = [replace(p, pts_ns=packets[4].pts_ns, dts_ns=packets[4].dts_ns) for p in packets[5:8]]
    for suffix in ("mp4", "mkv", "ts", "flv"):
        save(tmp_path / f"x.{suffix}", packets)


CHILD = """
import sys, time, resource
sys.path[:0] = [{root!r}, {tests!r}]
from made import click_and_flash, setups_of
from support import run_real
from stream.sinks import SinkContext
from stream.sinks.file import write
from stream.worker import ThreadWorker
packets = click_and_flash(6)
async def slowly():
    for number, packet in enumerate(packets):
        if number == {stop}:
            print("ready", flush=True)
            time.sleep(60)
        yield packet
if {limit}:
    resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
try:
    run_real(write({path!r}, setups_of(packets), slowly(), {{}}, SinkContext(ThreadWorker)))
except Exception as error:
    print(type(error).__name__, error, flush=True)
"""


def child(path: Path, stop: int = -1, limit: int = 0) -> "subprocess.Popen[str]":
    code = CHILD.format(root=str(ROOT), tests=str(ROOT / "tests"), path=str(path), stop=stop, limit=limit)
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts", "flv"])
def test_after_a_kill_the_file_plays_up_to_its_last_gop(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"x.{suffix}"
    with child(path, stop=300) as process:  # 300 packets: 3.9 s
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        deadline = time.monotonic() + 2
        while time.monotonic() < deadline and path.stat().st_size < 2000:
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
    ffmpeg = subprocess.run([require_program("ffmpeg"), "-v", "error", "-i", str(path), "-f", "null", "-"],
                            capture_output=True, check=True)
    assert ffmpeg.returncode == 0
    with av.open(str(path)) as file:
        assert sum(1 for _ in file.decode(video=0)) >= 2 * RATE


def test_a_full_disk_is_one_media_error(tmp_path: Path) -> None:
    with child(tmp_path / "x.mp4", limit=6000) as process:
        assert process.stdout is not None
        said = process.stdout.read()
    assert said.startswith("MediaError") and "cannot be written" in said and "Free some space" in said
