"""A run's folder: nothing is overwritten, nothing recorded makes the show wait, a failure is told once."""

import asyncio
import errno
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from live_rig import Person, paced, run_script, stretch

from stream.clock import LiveClock, Signal
from stream.errors import MediaError
from stream.media import Matte, new_frame
from stream.metrics import Metrics
from stream.recording.folder import JOURNAL, Recording, free_path, keep_copy, new_folder
from stream.recording.record import PacketRecorder, read_segments
from stream.run.inputs import Parts
from stream.run.shelf import Shot
from stream.timeline.journal import JournalWriter, ShownTick
from stream.timeline.program import Program
from stream.worker import InlineWorker
from support import run_virtual

WHEN = datetime(2026, 1, 2)
PROGRAM = Program(320, 180, 30, 0)  # type: ignore[arg-type]


def recording(folder: Path, told: list[str], metrics: Metrics | None = None) -> Recording:
    clock = LiveClock()
    return Recording(folder, Parts(clock, metrics or Metrics(), lambda name: InlineWorker(), Signal(), told.append,
                                   lambda: 0))


def full_disk(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_each_run_gets_a_folder_of_its_own(tmp_path: Path) -> None:
    names = [new_folder(tmp_path / "rec", "show", WHEN).name for _ in range(3)]
    assert names == ["show-2026-01-02-1", "show-2026-01-02-2", "show-2026-01-02-3"]


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MediaError, match="--record"):
        new_folder(tmp_path / "file" / "rec", "show", WHEN)


def test_a_name_that_is_taken_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("mine")
    assert free_path(tmp_path / "a.mp4").name == "a-2.mp4"
    (tmp_path / "a-2.mp4").write_text("")
    assert free_path(tmp_path / "a.mp4").name == "a-3.mp4"
    (tmp_path / "in").mkdir()
    assert [keep_copy(tmp_path / "in", tmp_path / "a.mp4") for _ in range(2)] == ["a.mp4", "a-2.mp4"]
    assert (tmp_path / "a.mp4").read_text() == "mine"


def test_an_existing_journal_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / JOURNAL).write_text("mine")
    with pytest.raises(MediaError):
        recording(tmp_path, [])
    assert (tmp_path / JOURNAL).read_text() == "mine"


def test_what_was_admitted_comes_back_exactly(tmp_path: Path) -> None:
    packets = stretch(3)

    async def go() -> None:
        kept = recording(tmp_path, [])
        for number, packet in enumerate(packets):
            kept.admit("main", packet, number)
        kept.close()
        await kept.run()
        kept.end()

    run_virtual(go())
    back = list(read_segments(tmp_path, "main"))
    assert [(p.data, p.pts_ns, p.dts_ns) for p in back] == [(p.data, p.pts_ns, p.dts_ns) for p in packets]


def test_a_matte_is_kept_each_time_another_one_is_used_and_never_twice_in_a_row(tmp_path: Path) -> None:
    used = [0, 0, 2, 3, 1, 1, 4]  # pictures with B-frames are numbered out of order

    async def go() -> list[int]:
        kept, written = recording(tmp_path, []), list[int]()
        for tick, number in enumerate(used):
            shot = Shot(new_frame(16, 16), Matte(np.zeros((2, 2), np.uint8), number))
            kept.tick(ShownTick(tick, {"a": (number, number)}, 0), {"a": shot})
        while (item := kept._items.take_nowait()) is not None:
            assert item.matte is not None
            written.append(item.matte.index)
        kept.end()
        return written

    assert run_virtual(go()) == [0, 2, 3, 1, 4]


def test_a_disk_that_is_full_for_packets_stops_the_recording_and_says_so_once(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = PacketRecorder.write
    calls: Iterator[int] = iter(range(10_000))
    monkeypatch.setattr(PacketRecorder, "write",
                        lambda self, packet: full_disk() if next(calls) > 60 else written(self, packet))
    run = run_script(paced(stretch(4)), folder=tmp_path)
    assert len(run.between(1.0, 3.9)) >= 40, "the show stopped"
    alarms = [line for line in run.told if line.startswith("ALARM")]
    assert len(alarms) == 1 and "No space left" in alarms[0] and "the stream goes on" in alarms[0]
    assert run.metrics.counters["recording_failures"] == 1


@pytest.mark.parametrize("good_lines", [0, 1, 3])
def test_a_disk_that_is_full_for_the_journal_stops_the_recording_and_not_the_show(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, good_lines: int) -> None:
    line, calls = JournalWriter._line, iter(range(10_000))
    monkeypatch.setattr(JournalWriter, "_line",
                        lambda self, record: full_disk() if next(calls) >= good_lines else line(self, record))
    run = run_script(paced(stretch(4)), folder=tmp_path, background="#203040", segmenter=Person())
    assert len(run.between(1.0, 3.9)) >= 40
    assert len([told for told in run.told if told.startswith("ALARM")]) == 1


def test_an_error_nobody_foresaw_while_writing_is_the_recordings_own(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PacketRecorder, "write", lambda self, packet: 1 // 0)
    run = run_script(paced(stretch(2)), folder=tmp_path)
    assert any("ZeroDivisionError" in line for line in run.told)
    assert len(run.between(0.5, 1.9)) >= 20


def test_a_disk_that_is_too_slow_is_an_alarm_and_not_a_growing_queue(tmp_path: Path) -> None:
    told: list[str] = []

    async def go() -> None:
        kept = recording(tmp_path, told)
        for _ in range(5000):
            kept.admit("main", stretch(1)[0], 0)
        await kept.run()
        kept.end()

    run_virtual(go())
    assert len(told) == 1 and "too slow" in told[0]


def test_lines_told_before_the_show_are_in_the_journal_too(tmp_path: Path) -> None:
    async def go() -> None:
        kept = recording(tmp_path, [])
        kept.event("waiting")
        kept.begin(PROGRAM, {}, {}, "show")
        kept.event("begun")
        kept.end()
        await asyncio.sleep(0)

    run_virtual(go())
    lines = [json.loads(line) for line in (tmp_path / JOURNAL).read_text().splitlines()]
    assert [line["kind"] for line in lines] == ["run", "event", "event", "end"]
    assert [line["text"] for line in lines[1:3]] == ["waiting", "begun"]
