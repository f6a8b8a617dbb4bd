"""The demo's checks: they tell good from bad; its clip is what it says it is."""

import asyncio
import json
from pathlib import Path

import pytest

from stream.bench import demo_summary as summary
from stream.bench.demo_summary import CLIP, check_captions, check_live, pictures_in, spoken_in, word_errors
from stream.bench.pipeline import child, free_port, is_listening, last_words, read_json
from stream.bench.prepare import DEMO
from stream.codecs.demux import Demuxer
from stream.errors import MediaError
from support import run_real


def srt(text: str) -> str:
    return "".join(f"{n}\n00:00:0{n},000 --> 00:00:0{n},900\n{line}\n\n" for n, line in enumerate(text.split("|"), 1))


def test_the_clip_is_what_a_publisher_sends() -> None:
    demuxer = Demuxer(str(CLIP))
    packets = list(demuxer.packets())
    demuxer.close()
    video = [p for p in packets if p.setup.kind == "video"]
    assert [s.describe() for s in demuxer.setups] == ["1280x720@30 H.264", "AAC 48 kHz"]
    assert 20 * 30 <= len(video) <= 30 * 30 and CLIP.stat().st_size <= 3_000_000
    assert all(p.pts_ns == p.dts_ns for p in video)
    assert [i for i, p in enumerate(video) if p.is_key] == list(range(0, len(video), 60))


def test_the_demos_parts_are_there_and_small() -> None:
    assert (DEMO / "beach.jpg").stat().st_size <= 150_000
    script = (DEMO / "script.txt").read_text().lower()
    assert 55 <= len(script.split()) <= 70
    assert all(word in script for word in (DEMO / "highlights.txt").read_text().split())
    assert "NASA" in (DEMO / "NOTICE").read_text()


@pytest.mark.parametrize(("heard", "errors"), [("a b c d", 0), ("a c d", 1), ("a x c d", 1), ("a b b c d", 1), ("", 4)])
def test_word_errors_are_the_fewest_changes(heard: str, errors: int) -> None:
    assert word_errors(["a", "b", "c", "d"], heard.split()) == errors


def test_captions_are_read_without_numbers_times_and_tags(tmp_path: Path) -> None:
    (tmp_path / "captions.srt").write_text(srt("Hello, <b>and</b> welcome|to <font color=#fff>this</font>\nroom"))
    assert spoken_in(tmp_path / "captions.srt") == "Hello, and welcome to this room"


@pytest.mark.parametrize(("keep", "good"), [(1.0, True), (0.5, False), (0.0, False)])
def test_captions_that_miss_the_script_fail(tmp_path: Path, keep: float, good: bool) -> None:
    words = summary.SCRIPT.read_text().split()
    (tmp_path / "captions.srt").write_text(srt(" ".join(words[:int(len(words) * keep)])))
    check, script, heard = check_captions(tmp_path)
    assert check.good is good and script == words and len(heard) == int(len(words) * keep)


def test_a_report_is_compared_with_what_the_files_hold(tmp_path: Path) -> None:
    (tmp_path / "out.mp4").symlink_to(CLIP)
    published = pictures_in(CLIP)[0]
    spread = {"p50": 40.0, "p95": 60.0}
    metrics = {"frames_out": published, "latency_ms": spread, "word_latency_s": spread, "drops.encode": 2}
    (tmp_path / "report.json").write_text(json.dumps({"metrics": metrics}))
    checks = {c.name: c for c in check_live(tmp_path, published, 100)}
    assert all(c.good for c in checks.values())
    assert checks["frames published / shown / dropped"].found == f"{published} / {published} / 2"
    checks = {c.name: c for c in check_live(tmp_path, 3, 100)}
    assert [c.name for c in checks.values() if not c.good] == ["second receiver (RTMP)"]


def test_a_report_that_was_not_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"report\.json was not written"):
        read_json(tmp_path / "report.json")
    (tmp_path / "report.json").write_text("[1]")
    with pytest.raises(MediaError, match="no object"):
        read_json(tmp_path / "report.json")


def test_a_child_is_ended_with_its_block_and_its_last_words_are_kept(tmp_path: Path) -> None:
    log = tmp_path / "log"
    code = ("import sys, time; print('oh no\\n\\n', file=sys.stderr, flush=True); print('to us', flush=True);"
            "time.sleep(60)")

    async def run() -> tuple[bytes, int | None]:
        async with child(["-c", code], {}, log) as process:
            line = await process.stdout.readline()
        return line, process.returncode

    line, code_ended = run_real(run())
    assert (line, code_ended) == (b"to us\n", -15) and last_words(log) == "oh no"


def test_a_listening_port_is_seen_without_connecting() -> None:
    async def run() -> tuple[bool, bool]:
        port = free_port()
        server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", port)
        async with server:
            during = is_listening(port)
        return during, is_listening(port)

    assert run_real(run()) == (True, False)
