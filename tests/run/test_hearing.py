"""Sound to captions: in time whatever was lost, cleared when the speaker is gone, never holding anything up."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import numpy as np
import pytest
from live_rig import Talker, Talking

from models.asr import Hypothesis, StreamOptions, Word
from stream.captions.page import Pager
from stream.clock import LiveClock, Signal
from stream.media import NS, AudioFrame
from stream.metrics import Metrics
from stream.run.airing import Airing
from stream.run.hearing import Hearing
from stream.run.inputs import Parts
from stream.run.supervise import supervise
from stream.timeline.cuetrack import CueTrack
from stream.timeline.program import CaptionSpec, Cue, TextStyle
from stream.timeline.program_captions import Policy
from stream.worker import InlineWorker
from support import run_virtual

SPEC = CaptionSpec(TextStyle(font="Noto Sans", size_px=20))


class Stage:
    """A Hearing, what it shows and what it notes."""

    def __init__(self, recognizer: Any = None, *, lag_s: float = 0.0, policy: Policy = "stable") -> None:
        self.clock, self.metrics, self.track = LiveClock(), Metrics(), CueTrack()
        self.clock.arrived(0)
        self.noted: list[Word] = []
        self.drawn: list[Cue] = []
        parts = Parts(self.clock, self.metrics, lambda name: InlineWorker(lag_s if name == "asr" else 0), Signal(),
                      lambda line: None, self.clock.now_ns)
        pager = Pager(SPEC, lambda line: 10.0 * sum(len(run.text) for run in line), 640)
        airing = Airing(pager, parts, self.clock.session_ns, self.drawn.append, self._show,
                        show_tail=policy == "eager")
        self.hearing = Hearing(recognizer or Talker(), StreamOptions(), airing, parts, self.noted.extend, policy)

    def _show(self, cue: Cue) -> None:
        self.track.show(cue)

    def text(self) -> str:
        return " ".join(cue.text.replace("\n", " ") for cue in self.track.at(self.clock.session_ns()))

    async def hear(self, seconds: float, *, at_s: float | None = None) -> None:
        """Send sound for so long, at its pace; `at_s` is its time if it is not now."""
        first = self.clock.session_ns() if at_s is None else round(at_s * NS)
        for number in range(round(seconds * 50)):
            self.hearing.hear(AudioFrame(np.zeros((2, 960), np.float32), first + number * NS // 50))
            await asyncio.sleep(0.02)


def staged(play: Callable[[Stage], Coroutine[Any, Any, Any]], recognizer: Any = None, *, lag_s: float = 0.0) -> Stage:
    async def go() -> Stage:
        stage = Stage(recognizer, lag_s=lag_s)
        task = asyncio.create_task(stage.hearing.run(), name="hear")
        await play(stage)
        stage.hearing.frames.close()
        await task
        stage.hearing.close()
        return stage

    return run_virtual(go())


def test_words_are_shown_as_they_are_agreed_on() -> None:
    async def play(stage: Stage) -> None:
        await stage.hear(3.1)
        assert "word0" in stage.text() or "word1" in stage.text()

    stage = staged(play)
    assert [w.text for w in stage.noted] == [f"word{n}" for n in range(6)]


def test_each_cue_is_drawn_before_it_is_shown() -> None:
    stage = staged(lambda stage: stage.hear(3))
    assert {cue.lines for cue in stage.track.cues} <= {cue.lines for cue in stage.drawn}


def test_words_keep_their_time_over_a_gap_in_the_sound() -> None:
    async def play(stage: Stage) -> None:
        await stage.hear(2.1)
        await asyncio.sleep(0.3)
        await stage.hear(2.1)

    stage = staged(play)
    last = max(word.end_ns for word in stage.noted)
    assert last == pytest.approx(4.5 * NS, abs=NS // 4)
    assert len(stage.noted) == 9  # the gap was heard as silence, in one sentence


def test_a_stall_ends_the_sentence_and_then_clears_the_captions() -> None:
    async def play(stage: Stage) -> None:
        await stage.hear(2.1)
        await asyncio.sleep(0.75)
        assert [w.text for w in stage.noted] == ["word0", "word1", "word2", "word3"]
        assert stage.text()
        await asyncio.sleep(0.5)
        assert not stage.text()
        await asyncio.sleep(60)
        await stage.hear(1.1)

    stage = staged(play)
    assert [w.text for w in stage.noted][4:] == ["word0", "word1"]
    assert stage.noted[-1].end_ns > 60 * NS


def test_a_new_connection_clears_at_once_and_begins_a_new_sentence() -> None:
    async def play(stage: Stage) -> None:
        await stage.hear(2.1)
        assert stage.text()
        stage.hearing.renew()
        await asyncio.sleep(0.001)
        assert not stage.text()
        await stage.hear(1.1)

    assert [w.text for w in staged(play).noted] == ["word0", "word1", "word2", "word3", "word0", "word1"]


def test_sound_that_jumps_back_begins_a_new_sentence() -> None:
    async def play(stage: Stage) -> None:
        await stage.hear(1.1)
        await stage.hear(1.1, at_s=0.2)

    assert [w.text for w in staged(play).noted] == ["word0", "word1"] * 2


def test_a_recognizer_that_cannot_keep_up_loses_sound_that_is_counted_and_stays_in_time() -> None:
    async def play(stage: Stage) -> None:
        await stage.hear(60)

    stage = staged(play, lag_s=20.0)
    assert stage.metrics.counters["drops.recognizer"] > 100
    assert len(stage.hearing.frames) <= 400
    assert max(word.end_ns for word in stage.noted) > 55 * NS


class Breaking:
    """A recognizer whose second feed raises what its library raises; its next stream works."""

    sample_rate_hz, opened = 16_000, 0

    def open(self, options: StreamOptions) -> Any:
        self.opened += 1
        return Broken() if self.opened == 1 else Talking()


class Broken:
    speaking = True

    def feed(self, samples: np.ndarray) -> list[Hypothesis]:
        raise RuntimeError("sherpa is confused")

    def finish(self) -> list[Hypothesis]:
        raise RuntimeError("sherpa is confused")


def test_after_an_engines_failure_captions_come_back_with_a_new_stream() -> None:
    async def go() -> tuple[Stage, list[str]]:
        stage, told = Stage(Breaking()), list[str]()
        task = asyncio.create_task(supervise("captions", stage.hearing.run, told.append), name="hear")
        await stage.hear(4)
        stage.hearing.frames.close()
        await task
        return stage, told

    stage, told = run_virtual(go())
    assert len(told) == 1 and "RuntimeError: sherpa is confused" in told[0]
    assert len(stage.noted) >= 5
