"""However a run ends, its files are whole, its tasks are over, and what went wrong is one error a user can act on."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import av
import pytest
from live_rig import Run, paced, replay, run_script, stretch

from stream.errors import CuelightError, MediaError
from stream.live.asked import LiveOptions
from stream.live.report import Board
from stream.live.show import Result, run_live
from stream.media import Packet
from stream.recording.finish import finish, read_run
from stream.run.supervise import first_error
from stream.sources import SourceContext, test
from stream.timeline.starters import live_document
from support import free_port, run_real

TEST = "test://?size=320x180&rate=15&seconds={}&speech=0"
SECRET = "sk-verysecretkey"


def live(tmp_path: Path, url: str, *, stop_s: float = 0.0, to: tuple[str, ...] = (), for_s: float = 0.0,
         record: bool = True) -> tuple[Result, list[str]]:
    """Run `cuelight live` on `url` without engines; a SIGINT comes after `stop_s`."""
    told: list[str] = []
    options = LiveOptions(live_document(url, captions=False), to=to, record=tmp_path / "rec" if record else None,
                          for_s=for_s, preset="ultrafast", platform="lan", env={})

    async def go() -> Result:
        if stop_s:
            asyncio.get_running_loop().call_later(stop_s, os.kill, os.getpid(), signal.SIGINT)
        return await run_live(options, told.append, Board(told.append, told.append))

    return run_real(go(), limit_s=50), told


def folder_of(result: Result) -> Path:
    assert result.folder is not None
    return result.folder


def pictures(path: Path) -> int:
    with av.open(str(path)) as file:
        return sum(1 for _ in file.decode(video=0))


def test_a_source_that_ends_ends_the_run_with_every_file_whole(tmp_path: Path) -> None:
    result, _ = live(tmp_path, TEST.format(3), to=(str(tmp_path / "out.mp4"),))
    names = {path.name for path in folder_of(result).iterdir()}
    assert {"as-aired.json", "polished.json", "captions.srt", "captions.vtt", "report.json", "journal.jsonl",
            "main-000.mp4", "main-000.packets"} <= names
    run = read_run(folder_of(result))
    assert run.journal.ended and not result.failure
    assert pictures(tmp_path / "out.mp4") == len(run.journal.ticks) > 10
    json.dumps(result.report)


def test_an_interrupt_ends_the_run_at_the_next_tick_and_finishes_every_file(tmp_path: Path) -> None:
    result, _ = live(tmp_path, TEST.format(600), stop_s=4.0, to=(str(tmp_path / "out.mp4"),))
    run = read_run(folder_of(result))
    assert run.journal.ended and not result.failure
    assert pictures(tmp_path / "out.mp4") == len(run.journal.ticks) > 5
    assert (folder_of(result) / "as-aired.json").exists()


def test_an_interrupt_while_waiting_for_a_publisher_is_a_clean_end(tmp_path: Path) -> None:
    result, told = live(tmp_path, f"rtmp-listen://127.0.0.1:{free_port()}/live/{SECRET}", stop_s=0.5)
    assert not result.failure and any("waiting for a publisher" in line for line in told)
    assert SECRET not in "\n".join(told)


def test_a_length_is_counted_from_the_first_tick(tmp_path: Path) -> None:
    result, _ = live(tmp_path, TEST.format(600), for_s=1.0)
    assert 10 <= len(read_run(folder_of(result)).journal.ticks) <= 30


async def broken(url: str, options: Mapping[str, str], context: SourceContext) -> AsyncIterator[Packet]:
    """A source that breaks off after some pictures, naming its whole URL; before them where it is asked for none."""
    count = 0
    async for packet in test.read("test://?size=320x180&rate=15&speech=0", {"realtime": "1"}, context):
        count += 1
        if count > int(url.rpartition("-")[2]):
            context.tell(f"losing {url}")
            raise MediaError(f"{url} broke off", "Look at the publisher")
        yield packet


def test_a_source_that_breaks_off_mid_show_finishes_every_file_and_is_the_runs_failure(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from stream.sources import rtmp

    monkeypatch.setattr(rtmp, "read", broken)
    url = f"rtmp://127.0.0.1:1/live/{SECRET}-280"
    result, told = live(tmp_path, url, to=(str(tmp_path / "out.mp4"),))
    assert "broke off" in result.failure
    folder = folder_of(result)
    assert pictures(tmp_path / "out.mp4") > 10 and read_run(folder).journal.ended
    assert (folder / "as-aired.json").exists()
    said = "\n".join(told) + json.dumps(result.report) + result.failure
    said += "".join(path.read_text("utf-8", "replace") for path in folder.iterdir())
    assert "losing rtmp://127.0.0.1:1/live/…" in said and SECRET not in said


def test_a_source_that_breaks_off_before_its_first_picture_is_the_one_error(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from stream.sources import rtmp

    monkeypatch.setattr(rtmp, "read", broken)
    with pytest.raises(MediaError, match="broke off") as caught:
        live(tmp_path, f"rtmp://127.0.0.1:1/live/{SECRET}-0")
    assert SECRET not in str(caught.value)


def test_a_source_that_ends_before_its_first_picture_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from stream.sources import rtmp

    async def empty(url: str, options: Mapping[str, str], context: SourceContext) -> AsyncIterator[Packet]:
        for packet in ():
            yield packet

    monkeypatch.setattr(rtmp, "read", empty)
    with pytest.raises(MediaError, match="before its first picture"):
        live(tmp_path, "rtmp://127.0.0.1:1/live/key-0", record=False)


def test_a_vital_part_that_fails_ends_the_run_with_its_error() -> None:
    def break_encoder(run: Run) -> None:
        async def run_video() -> None:
            await asyncio.sleep(1.5)
            raise MediaError("the encoder broke", "Choose another")

        run.session.outputs = [Broken(run.session.outputs[0], run_video)]

    with pytest.raises(BaseExceptionGroup) as caught:
        run_script(paced(stretch(4)), prepare=break_encoder)
    error = first_error(caught.value)
    assert isinstance(error, CuelightError) and str(error) == "the encoder broke. Choose another"


class Broken:
    """An output whose encoder fails."""

    def __init__(self, output: Any, run_video: Any) -> None:
        self.output, self.run_video = output, run_video

    def __getattr__(self, name: str) -> Any:
        return getattr(self.output, name)


def test_stopping_before_the_first_tick_leaves_nothing_running(tmp_path: Path) -> None:
    run = run_script(paced(stretch(2)), prepare=lambda run: run.session.stop(), folder=tmp_path)
    assert run.ticks == [] and not run.session.begun


def test_the_last_cues_end_with_the_run_and_the_journal_says_where_that_is(tmp_path: Path) -> None:
    run_script(paced(stretch(4)), captions=True, folder=tmp_path)
    finish(tmp_path)
    journal = read_run(tmp_path).journal
    assert journal.ended and journal.end_tick == journal.ticks[-1].tick + 1
    aired = json.loads((tmp_path / "as-aired.json").read_text())
    ends = [float(clip["TimelineOut"]) for clip in aired["SubtitleTracks"][0]["SubtitleTrackClips"]]
    assert ends and max(ends) <= journal.end_tick / 15 + 1e-6


def test_what_a_kill_left_is_replayed_as_far_as_it_goes(tmp_path: Path) -> None:
    run_script(paced(stretch(6)), folder=tmp_path)
    journal, packets = tmp_path / "journal.jsonl", tmp_path / "main-000.packets"
    journal.write_text(journal.read_text().rpartition('{"kind":"end"')[0][:-9])
    lines = packets.read_text().splitlines(keepends=True)
    packets.write_text("".join(lines[:len(lines) // 2]))
    finish(tmp_path)
    verdict = replay(tmp_path)
    assert verdict.equal == verdict.ticks and 20 < verdict.ticks < 70


def test_a_whole_recording_that_lost_packets_is_no_proof(tmp_path: Path) -> None:
    run_script(paced(stretch(4)), folder=tmp_path)
    packets = tmp_path / "main-000.packets"
    lines = packets.read_text().splitlines(keepends=True)
    packets.write_text("".join(lines[:len(lines) // 2]))
    with pytest.raises(BaseExceptionGroup) as caught:
        replay(tmp_path)
    assert isinstance(first_error(caught.value), MediaError)
