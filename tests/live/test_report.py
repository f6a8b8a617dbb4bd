"""What an operator sees: alarms that begin and end once, a status line, a report that is plain JSON."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from live_rig import RATE, Run, paced, run_script, stretch

from stream.live.report import Board, report
from stream.media import NS, Setup
from stream.metrics import Metrics
from stream.recording.finish import read_run
from stream.run.outputs import Output


def watched(script: Any, *, prepare: Any = lambda run: None, **options: Any) -> tuple[Run, list[str], list[str], Board]:
    """A run of `script` under a board that looks once a second; its alarms and status lines."""
    alarms: list[str] = []
    lines: list[str] = []
    board = Board(alarms.append, lines.append)

    def begin(run: Run) -> None:
        prepare(run)
        running = SimpleNamespace(main=run.main, session=run.session, now_ns=run.session.parts.now_ns)
        run.session.on_tick = lambda tick: board.look(running) if tick % RATE == RATE - 1 else None

    return run_script(script, prepare=begin, **options), alarms, lines, board


def test_a_run_in_which_nothing_happens_has_no_alarm() -> None:
    _, alarms, lines, _ = watched(paced(stretch(6)))
    assert alarms == []
    assert lines and "fps" in lines[-1] and "drops 0" in lines[-1]


def test_an_input_that_falls_silent_is_an_alarm_that_ends() -> None:
    _, alarms, _, board = watched([*paced(stretch(2)), *paced(stretch(4, connection=1), 9.0)])
    assert alarms == ["ALARM input is silent: no packet for 3 s (the picture is held)",
                      "over: input is silent: no packet for 3 s (the picture is held)"]
    assert board.alarms == ["input is silent: no packet for 3 s (the picture is held)"]


def test_an_input_without_sound_is_an_alarm() -> None:
    _, alarms, _, _ = watched(paced(stretch(8, audio=False)))
    assert alarms[:1] == ["ALARM no sound: the input sends none"]


class Mute:
    """A recognizer that hears speech and never finds a word."""

    sample_rate_hz, speaking = 16_000, True

    def open(self, options: Any) -> Any:
        return self

    def feed(self, samples: Any) -> list[Any]:
        return []

    def finish(self) -> list[Any]:
        return []


def test_speech_without_captions_is_an_alarm() -> None:
    def deaf(run: Run) -> None:
        assert run.session.hearing is not None
        run.session.hearing.recognizer = Mute()

    _, alarms, _, _ = watched(paced(stretch(12)), captions=True, prepare=deaf)
    assert alarms[:1] == ["ALARM speech heard, no caption for 8 s"]


def test_a_sink_that_failed_is_an_alarm_without_its_key() -> None:
    run, alarms, lines, _ = watched(paced(stretch(1.5)))
    output = run.session.outputs[0]
    assert isinstance(output, Output)
    outlet = output.add("rtmp://127.0.0.1:1/live/secretkey", "rtmp://127.0.0.1:1/live/…", {})
    outlet.state, outlet.failures = "failed", 3
    alarms.clear()
    board = Board(alarms.append, lines.append)
    for second in (1, 2):
        board.look(SimpleNamespace(main=run.main, session=run.session, now_ns=lambda s=second: s * NS))
    assert alarms == ["ALARM output rtmp://127.0.0.1:1/live/… is failed (3 failures, 0 packets dropped)"]
    assert "secretkey" not in lines[-1] + json.dumps(report(run.main, run.session, run.metrics, board))


def test_the_report_is_plain_json_and_counts_what_was_shown() -> None:
    run, _, _, board = watched(paced(stretch(4)))
    found = json.loads(json.dumps(report(run.main, run.session, run.metrics, board), allow_nan=False))
    assert found["input"]["frames_in"] == 60 and found["input"]["connections"] == 1
    assert found["program"]["size"] == [320, 180]
    assert found["metrics"]["ticks"] == len(run.ticks)
    assert found["metrics"]["latency_ms"]["p95"] <= 70


def test_a_report_before_anything_came_is_whole_too() -> None:
    main = SimpleNamespace(watch=SimpleNamespace(video=None, audio=Setup("audio", "aac", sample_rate_hz=48_000),
                                                 frames_in=0, connection=-1))
    found = report(main, None, Metrics(), Board(print, print))  # type: ignore[arg-type]
    assert found["input"] == {"video": None, "audio": "AAC 48 kHz", "frames_in": 0, "connections": 0}


def test_the_report_says_how_well_the_captions_were_in_time() -> None:
    run, _, lines, board = watched(paced(stretch(8)), captions=True, delay_s=1.5, lags={"asr": 0.2})
    found = json.loads(json.dumps(report(run.main, run.session, run.metrics, board)))["captions"]
    assert found["words"] > 8 and found["delay_s"] == 1.5
    assert found["in_time"] > 0.9 and 0 <= found["offset_s"]["p50"] <= 0.1
    assert (found["policy"], found["erased"], found["normalized_erasure"], found["skipped_s"]) == ("stable", 0, 0, [])
    assert "held 1.50 s" in lines[-1]


def test_speech_that_is_left_out_is_an_alarm_and_marked_in_the_recording_and_the_report(tmp_path: Path) -> None:
    run, alarms, _, board = watched(paced(stretch(30)), captions=True, lags={"asr": 9.5}, folder=tmp_path)
    assert run.metrics.counters["drops.recognizer"] > 0
    text = "the recognizer is slower than speech: some is left out, and marked in the recording"
    assert f"ALARM {text}" in alarms
    gaps = read_run(tmp_path).journal.gaps
    assert gaps and gaps == run.session.hearing.skips
    found = report(run.main, run.session, run.metrics, board)["captions"]["skipped_s"]
    assert found == [[first / NS, last / NS] for first, last in gaps]
