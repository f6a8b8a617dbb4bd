"""report: what an operator sees of a live run: the status line, the alarms, and the report at its end."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from stream.media import NS
from stream.metrics import Metrics, percentile
from stream.run.inputs import Input

if TYPE_CHECKING:
    from stream.run.outputs import Outgoing
    from stream.run.session import Session

SILENT_S = 3.0
UNCAPTIONED_S = 8.0
SKIPPED_S = 15.0
IN_TIME_S = 0.15
"""A word that is seen so long before or after it is spoken is in time."""
KEPT_ALARMS = 1000


class Running(Protocol):
    """What the board looks at."""

    main: Input
    session: "Session | None"

    def now_ns(self) -> int: ...


class Board:
    """Looks at a run once a second: alarms when they begin and end, and a status line."""

    def __init__(self, alarm: Callable[[str], None], status: Callable[[str], None]) -> None:
        self._alarm, self._status = alarm, status
        self._raised: dict[str, str] = {}
        self._before: tuple[int, int, int] | None = None
        self.alarms: list[str] = []

    async def run(self, running: Running) -> None:
        """Look once a second until cancelled."""
        while True:
            await asyncio.sleep(1.0)
            self.look(running)

    def look(self, running: Running) -> None:
        """Raise and end alarms; show the status line."""
        session, now = running.session, running.now_ns()
        found = dict(_input_alarms(running.main, now))
        if session is not None and session.begun:
            found |= _caption_alarms(session) | _sink_alarms(session.outputs)
            if self._before is not None:  # rates need two looks
                self._status(self._line(running.main, session, now, self._before))
            self._before = (now, running.main.watch.frames_in, session.parts.metrics.counters["frames_out"])
        for key, text in found.items():
            if key not in self._raised:
                if len(self.alarms) < KEPT_ALARMS:
                    self.alarms.append(text)
                self._alarm(f"ALARM {text}")
        for key in self._raised.keys() - found.keys():
            self._alarm(f"over: {self._raised[key]}")
        self._raised = found

    def _line(self, main: Input, session: "Session", now: int, before: tuple[int, int, int]) -> str:
        metrics = session.parts.metrics
        frames_in, out = main.watch.frames_in, metrics.counters["frames_out"]
        then, was_in, was_out = before
        seconds = max((now - then) / NS, 1e-3)
        latency = percentile(list(metrics.series["latency_ms"].samples)[-90:], 50)
        drops = {name: n for name, n in metrics.counters.items() if n and (name.startswith("drops.")
                                                                          or name == "ticks_skipped")}
        text = session.hearing.last_text.replace("\n", " / ") if session.hearing else ""
        sinks = " ".join(f"[{o.shown_url}: {o.state}]" for output in session.outputs for o in output.outlets)
        held_s = session.clock.delay_ns / NS
        return (f"in {(frames_in - was_in) / seconds:4.1f} fps  out {(out - was_out) / seconds:4.1f} fps  "
                f"latency {latency:3.0f} ms{f' (held {held_s:.2f} s)' if held_s else ''}  drops {drops or 0}  {sinks}  "
                f"{text}")


def _input_alarms(main: Input, now: int) -> list[tuple[str, str]]:
    watch = main.watch
    if watch.connection < 0 or watch.ended:
        return []
    if now - watch.last_packet_ns > SILENT_S * NS:
        return [("input", "input is silent: no packet for 3 s (the picture is held)")]
    if now - max(watch.last_audio_ns, main.began_ns) > SILENT_S * NS and main.wants_audio:
        return [("sound", "no sound: the input sends none" if watch.audio is None else
                 "no sound: the input has sent none for 3 s")]
    return []


def _caption_alarms(session: "Session") -> dict[str, str]:
    hearing = session.hearing
    if hearing is None:
        return {}
    now, found = session.clock.session_ns(), {}
    if hearing.tongue is not None and hearing.tongue.alarm:
        found["language"] = hearing.tongue.alarm
    elif hearing.speaking and now - max(hearing.speech_since_ns, hearing.last_cue_ns) > UNCAPTIONED_S * NS:
        found["captions"] = "speech heard, no caption for 8 s"
    if now - hearing.last_skip_ns < SKIPPED_S * NS:
        found["skipped"] = "the recognizer is slower than speech: some is left out, and marked in the recording"
    return found


def _sink_alarms(outputs: "Sequence[Outgoing]") -> dict[str, str]:
    return {o.shown_url: f"output {o.shown_url} is {o.state} ({o.failures} failures, "
                         f"{o.packets.dropped} packets dropped)"
            for output in outputs for o in output.outlets if o.state in ("failed", "given up")}


def report(main: Input, session: "Session | None", metrics: Metrics, board: Board) -> dict[str, Any]:
    """Return the run as plain JSON values: inputs, outputs, metrics, alarms."""
    watch = main.watch
    out: dict[str, Any] = {
        "input": {"video": watch.video.describe() if watch.video else None,
                  "audio": watch.audio.describe() if watch.audio else None, "frames_in": watch.frames_in,
                  "connections": watch.connection + 1},
        "metrics": metrics.summary(), "alarms": board.alarms}
    if session is not None:
        program = session.program
        if session.hearing is not None:
            out["captions"] = _captions(session, metrics)
        out["program"] = {"size": [program.width_px, program.height_px], "rate": str(program.rate),
                          "first_tick": session.first_tick, "next_tick": session.next_tick}
        out["outputs"] = [{"url": o.shown_url, "state": o.state, "packets": o.sent, "dropped": o.packets.dropped,
                           "failures": o.failures} for output in session.outputs for o in output.outlets]
    return out


def _captions(session: "Session", metrics: Metrics) -> dict[str, Any]:
    """Return how the captions did: how well in time, how much taken back, what was not heard; times in seconds."""
    assert session.hearing is not None
    offsets = list(metrics.series["word_offset_s"].samples)
    words, erased = metrics.counters["words"], metrics.counters["words_erased"]
    return {"policy": session.hearing.policy, "words": words,
            "delay_s": session.clock.delay_ns / NS,
            "erased": erased, "normalized_erasure": erased / words if words else 0.0,
            "offset_s": {f"p{p}": percentile(offsets, p) for p in (5, 50, 95)} if offsets else None,
            "in_time": sum(abs(offset) <= IN_TIME_S for offset in offsets) / len(offsets) if offsets else None,
            "language_alarms": metrics.counters["language_alarms"],
            "reread": metrics.counters["reread"], "reread_skipped": metrics.counters["reread_skipped"],
            "skipped_s": [[start_ns / NS, end_ns / NS] for start_ns, end_ns in session.hearing.skips]}
