"""Two engines: the first is never slowed; what the second reads replaces it, what it cannot is marked."""

import asyncio
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from models.asr import Hypothesis, StreamOptions, Word
from stream.clock import LiveClock, Signal
from stream.media import NS
from stream.metrics import Metrics
from stream.run.inputs import Parts
from stream.run.rereading import CONTEXT_NS, WAITING, Rereader
from stream.timeline.journal import read
from stream.worker import InlineWorker
from support import run_virtual

RATE_HZ = 16_000


class Better:
    """An engine that hears a word for each second of what it is given, and keeps the sounds."""

    sample_rate_hz, languages = RATE_HZ, frozenset({"en"})

    def __init__(self, say: Callable[[int], str] = lambda n: f"better{n}") -> None:
        self.say, self.sounds, self.options = say, list[Any](), list[StreamOptions]()

    def open(self, options: StreamOptions) -> Any:
        self.options.append(options)
        return Reading(self)


class Reading:
    speaking = False

    def __init__(self, engine: Better) -> None:
        self.engine = engine

    def feed(self, samples: Any) -> list[Hypothesis]:
        self.engine.sounds.append(samples)
        return []

    def finish(self) -> list[Hypothesis]:
        texts = [self.engine.say(n) for n in range(len(self.engine.sounds[-1]) // RATE_HZ)]
        found = tuple(Word(t, n * NS, (n + 1) * NS, "engine") for n, t in enumerate(texts) if t)
        return [Hypothesis(0, found, True, 0)]


def words(start_s: float, count: int) -> tuple[Word, ...]:
    return tuple(Word(f"word{n}", round((start_s + n) * NS), round((start_s + n + 0.9) * NS)) for n in range(count))


class Stage:
    """A Rereader over ten minutes whose every sample is its second's number / 1000."""

    def __init__(self, engine: Any, *, lag_s: float = 0.0) -> None:
        clock, self.metrics = LiveClock(), Metrics()
        self.noted: list[tuple[list[str], tuple[int, int]]] = []
        self.missed: list[tuple[int, int]] = []
        parts = Parts(clock, self.metrics, lambda name: InlineWorker(lag_s), Signal(), lambda line: None, clock.now_ns)
        self.reader = Rereader(engine, StreamOptions("en", vocabulary=("Cuelight",)), parts,
                               lambda found, span: self.noted.append(([w.text for w in found], span)),
                               lambda a, b: self.missed.append((a, b)))

    def hear(self, second: int) -> None:
        self.reader.hear(np.full(RATE_HZ, second / 1000, np.float32), second * NS)


def played(stage: Stage, seconds: int, finished: dict[int, tuple[Word, ...]]) -> Stage:
    async def go() -> Stage:
        task = asyncio.create_task(stage.reader.run(), name="run")
        for second in range(seconds):
            stage.hear(second)
            if second in finished:
                stage.reader.finished(finished[second])
            await asyncio.sleep(1)
        stage.reader.close()
        await task
        return stage

    return run_virtual(go())


def test_a_finished_segment_is_read_again_with_what_was_heard_before_and_only_its_own_words_count() -> None:
    engine = Better()
    stage = played(Stage(engine), 50, {9: words(5, 3), 40: words(30, 4)})
    assert [span for _, span in stage.noted] == [(5 * NS, round(7.9 * NS)), (30 * NS, round(33.9 * NS))]
    assert [texts for texts, _ in stage.noted] == [["better5", "better6", "better7"],
                                                   ["better15", "better16", "better17", "better18"]]
    assert set(np.round(engine.sounds[0] * 1000)) == {0, 1, 2, 3, 4, 5, 6, 7, 8}
    assert len(engine.sounds[1]) == pytest.approx((CONTEXT_NS / NS + 4.5) * RATE_HZ, abs=2)
    assert engine.options[0].step_s == float("inf") and engine.options[0].vocabulary == ("Cuelight",)
    assert stage.metrics.counters["reread"] == 2 and not stage.missed


def test_a_segment_that_follows_closely_takes_no_word_of_the_one_before() -> None:
    stage = played(Stage(Better()), 12, {6: words(3, 2), 8: words(4.95, 2)})
    (first, _), (second, _) = stage.noted
    assert not set(first) & set(second)


def test_a_slow_engine_skips_segments_that_are_counted_and_marked() -> None:
    count = 40
    stage = played(Stage(Better(), lag_s=10.0), 4 * count + 4, {4 * n + 3: words(4 * n, 2) for n in range(count)})
    skipped = stage.metrics.counters["reread_skipped"]
    assert skipped == len(stage.missed) == len(stage.reader.skips) > 10
    assert len(stage.noted) + skipped == count
    read_again = {span for _, span in stage.noted}
    assert not read_again & set(stage.missed)
    assert len(stage.reader._sound) < 60


def test_what_waits_at_the_end_is_marked_too() -> None:
    stage = Stage(Better())
    stage.hear(0)
    for n in range(WAITING):
        stage.reader.finished(words(n, 1))
    stage.reader.give_up()
    assert len(stage.missed) == WAITING
    stage.reader.finished(words(20, 1))
    assert len(stage.missed) == WAITING


def test_a_second_engine_that_hears_nothing_or_endless_text_does_not_replace_the_first() -> None:
    for say in (lambda n: "", lambda n: "la la"):
        engine = Better(say)
        many = tuple(Word("so", 5 * NS + n, 5 * NS + n + 1) for n in range(9))
        assert played(Stage(engine), 12, {9: many}).noted == []


def test_sound_that_is_missing_is_silence() -> None:
    engine, stage = Better(), Stage(Better())
    stage.reader.engine = engine

    async def go() -> None:
        task = asyncio.create_task(stage.reader.run(), name="run")
        stage.hear(1)
        stage.hear(3)
        stage.reader.finished(words(1, 3))
        stage.reader.finished(words(100, 1))
        stage.reader.close()
        await task

    run_virtual(go())
    assert set(np.round(engine.sounds[0] * 1000)) == {0, 1, 3} and not engine.sounds[1].any()


def test_the_journal_puts_better_words_in_the_place_of_the_first_ones() -> None:
    def record(*texts: tuple[str, int], **more: Any) -> str:
        import json

        return json.dumps({"kind": "words", "words": [{"text": t, "start_ns": at, "end_ns": at + 1} for t, at in texts],
                           **more})

    journal = read(['{"kind": "run", "version": 1}', record(("a", 10), ("b", 20)), record(("c", 30), ("d", 40)),
                    record(("e", 50)), record(("C", 29), ("D", 41), instead_ns=[30, 41]),
                    '{"kind": "unread", "start_ns": 50, "end_ns": 51}'])
    assert [w["text"] for w in journal.words] == ["a", "b", "C", "D", "e"]
    assert journal.unread == [(50, 51)]
