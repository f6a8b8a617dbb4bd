"""Sound to captions: in time whatever was lost, cleared when the speaker is gone, never holding anything up."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from live_rig import Talker, Talking

from models.asr import Hypothesis, StreamOptions, Word
from stream.captions.page import Pager
from stream.clock import LiveClock, Signal
from stream.media import NS, AudioFrame
from stream.metrics import Metrics, percentile
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

    def __init__(self, recognizer: Any = None, *, lag_s: float = 0.0, policy: Policy = "stable",
                 times: float = 0.0) -> None:
        self.clock, self.metrics, self.track = LiveClock(), Metrics(), CueTrack()
        self.clock.arrived(0)
        self.noted: list[Word] = []
        self.drawn: list[Cue] = []
        self.told: list[tuple[int, int]] = []
        self.asr = Slow(recognizer, times, lag_s)
        parts = Parts(self.clock, self.metrics, lambda name: self.asr if name == "asr" else InlineWorker(), Signal(),
                      lambda line: None, self.clock.now_ns)
        pager = Pager(SPEC, lambda line: 10.0 * sum(len(run.text) for run in line), 640)
        airing = Airing(pager, parts, self.clock.session_ns, self.drawn.append, self._show,
                        show_tail=policy == "eager")
        self.hearing = Hearing(recognizer or Talker(), StreamOptions(), airing, parts, self.noted.extend, policy,
                               skipped=lambda first_ns, last_ns: self.told.append((first_ns, last_ns)))

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


def staged(play: Callable[[Stage], Coroutine[Any, Any, Any]], recognizer: Any = None, *, lag_s: float = 0.0,
           policy: Policy = "stable", times: float = 0.0) -> Stage:
    async def go() -> Stage:
        stage = Stage(recognizer, lag_s=lag_s, policy=policy, times=times)
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


class Slow(InlineWorker):
    """A worker that needs `times` as long for what `talker` reads as that sounds."""

    def __init__(self, talker: Any, times: float, lag_s: float) -> None:
        super().__init__(lag_s)
        self.talker, self.times = talker, times

    async def run(self, work: Callable[..., Any], *args: object) -> Any:
        before = self.talker.read if self.times else 0
        result = await super().run(work, *args)
        if self.times:
            await asyncio.sleep(self.times * (self.talker.read - before) / 16_000)
        return result


class Counting(Talker):
    """A recognizer that counts the samples its streams have read."""

    read = 0

    def open(self, options: StreamOptions) -> Talking:
        counting = self

        class Stream(Talking):
            """Ends a sentence after ten words."""

            segment = 0

            def feed(self, samples: np.ndarray) -> list[Hypothesis]:
                counting.read += len(samples)
                out = []
                for hypothesis in super().feed(samples):
                    words, whole = hypothesis.words[10 * self.segment:], []
                    while len(words) >= 10:
                        whole.append(Hypothesis(self.segment, words[:10], True, hypothesis.audio_end_ns))
                        words, self.segment = words[10:], self.segment + 1
                    out += [*whole, replace(hypothesis, segment=self.segment, words=words)]
                return out

            def finish(self) -> list[Hypothesis]:
                (last,) = super().finish()
                return [replace(last, segment=self.segment, words=last.words[10 * self.segment:])]

        return Stream()


def lags(times: float, minutes: float) -> tuple[list[tuple[float, float]], Stage]:
    """When each word was put on, and how long after its end, with a recognizer `times` slower than speech."""
    found: list[tuple[float, float]] = []

    def noticed(word: Word, due_ns: int) -> None:
        found.append((due_ns / NS, (due_ns - word.end_ns) / NS))

    async def play(stage: Stage) -> None:
        stage.hearing.airing.noticed = noticed
        await stage.hear(60 * minutes)

    return found, staged(play, Counting(), times=times)


def test_a_recognizer_slower_than_speech_is_as_late_after_ten_minutes_as_after_one() -> None:
    found, stage = lags(1.3, 10)

    def late(first_s: float, last_s: float) -> list[float]:
        return [lag_s for at_s, lag_s in found if first_s <= at_s < last_s]

    assert max(late(540, 600)) <= max(late(0, 60)) < 6.5
    assert percentile(late(540, 600), 50) == pytest.approx(percentile(late(20, 80), 50), abs=0.5)
    assert isinstance(stage.hearing.recognizer, Counting)
    heard_s = stage.hearing.recognizer.read / 16_000
    skipped_s = stage.metrics.counters["skipped_ms"] / 1000
    assert heard_s + skipped_s == pytest.approx(600, abs=8)
    assert heard_s == pytest.approx(600 / 1.3, rel=0.1), "no more is left out than must be"


def test_what_is_left_out_is_told_as_ranges_in_which_no_word_lies() -> None:
    found, stage = lags(1.5, 3)
    skips = stage.hearing.skips
    assert len(skips) > 3 and stage.told == skips
    assert sum(last - first for first, last in skips) // 1_000_000 == pytest.approx(
        stage.metrics.counters["skipped_ms"], abs=len(skips))
    assert all(after[0] > before[1] for before, after in pairwise(skips))
    assert found and not any(first < word.start_ns and word.end_ns < last
                             for word in stage.noted for first, last in skips)


@pytest.mark.parametrize("times", [0.3, 0.95])
def test_a_recognizer_that_keeps_up_hears_everything(times: float) -> None:
    found, stage = lags(times, 2)
    assert stage.hearing.skips == [] and len(found) >= 238


def test_a_hiccup_is_made_up_for_by_reading_what_waits_at_once() -> None:
    talker = Counting()

    async def play(stage: Stage) -> None:
        await stage.hear(10)
        stage.hearing.recognizer, slow = talker, stage.asr
        slow.times = 40.0
        await stage.hear(0.2)
        slow.times = 0.3
        await stage.hear(20)

    stage = staged(play, talker, times=0.3)
    assert stage.hearing.skips == [] and len(stage.noted) >= 59


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
