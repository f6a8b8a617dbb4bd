"""A live run, whatever went wrong in it, replays to the pictures that were shown: hash by hash."""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from live_rig import Talker, Talking, replay

from models.asr import Hypothesis, StreamOptions, Word
from stream.clock import LiveClock, Signal
from stream.door import Door
from stream.live.delay import AutoDelay
from stream.live.wiring import Wires, assemble
from stream.media import NS, Packet, Setup
from stream.metrics import Metrics
from stream.recording.finish import aired_cues, finish, read_run
from stream.recording.folder import Recording
from stream.run.gather import facts_to_json
from stream.run.inputs import Input, Parts
from stream.run.loading import Engines, open_typesetter
from stream.run.shelf import Shelf
from stream.run.times import SessionTimes
from stream.sources import SourceContext, test
from stream.timeline.facts import Facts, MediaFacts
from stream.timeline.resolve import resolve
from stream.timeline.starters import live_document
from stream.worker import InlineWorker
from support import run_virtual

SECONDS = 4
URL = f"test://?size=384x288&rate=15&seconds={SECONDS}"
LONG = "test://?size=384x288&rate=10&seconds=12"


class Cutout:
    """A segmenter that keeps what is bright."""

    width_px, height_px, provider = 32, 24, "test"

    def open(self) -> "Cutout":
        return self

    def segment(self, rgb: np.ndarray) -> np.ndarray:
        return np.ascontiguousarray(rgb[..., 1].astype(np.float32) / 255)


def run_live(folder: Path, lags: dict[str, float], *, lose: float = 0.0, delay_s: float = 0.0,
             url: str = URL, policy: str = "stable", auto: bool = False, recognizer: Any = None) -> SimpleNamespace:
    """Run live on the virtual loop; `lags` are seconds that each part's work takes."""
    document = live_document(url, background="#2040a0", captions=True, notes={"Policy": policy})
    told: list[str] = []

    async def run() -> SimpleNamespace:
        clock = LiveClock(round(delay_s * NS))
        parts = Parts(clock, Metrics(), lambda name: InlineWorker(lags.get(name.split("-")[0], 0.0)), Signal(),
                      told.append, clock.now_ns)
        recording = Recording(folder, parts)
        main = Input("main", partial(packets, url, lose), SessionTimes(clock, defines_zero=True), parts,
                     Shelf(parts.changed, exact=False, wants_matte=False), clock.delay_ns, leads=True)
        main.admit = partial(recording.admit, "main")
        main.watch.video = Setup("video", "h264")
        facts = Facts({url: MediaFacts("live", 384, 288, rate=Fraction(15), has_video=True, has_audio=True)})
        program = resolve(document, facts)
        options = SimpleNamespace(to=(), show="t", platform="lan", preset="ultrafast", bitrate=0, caption_audio="",
                                  cc="", env={})
        session = assemble(Wires(program, clock, parts, main, url, Engines(recognizer or Talker(), Cutout()),
                                 open_typesetter(told.append), {}, recording, options, None, datetime.now(),
                                 AutoDelay(clock, told.append) if auto else None))
        session.reading = frozenset()
        recording.begin(program, document.value, facts_to_json(facts), "t")
        writing = asyncio.create_task(recording.run())
        await session.run()
        recording.close()
        await writing
        recording.end()
        return SimpleNamespace(metrics=parts.metrics, session=session, told=told, delay_ns=clock.delay_ns)

    return run_virtual(run())


class Reviser(Talker):
    """A recognizer that mishears each third time what is being said, and what follows."""

    def open(self, options: StreamOptions) -> Talking:
        return Revising()


class Revising(Talking):
    times = 0

    def feed(self, samples: np.ndarray) -> list[Hypothesis]:
        (heard,) = super().feed(samples)
        texts = (f"wrong{self.times}" if self.times % 3 == 0 else f"right{self.times // 3}", "and")
        self.times += 1
        end_ns = heard.audio_end_ns
        open_words = [Word(text, end_ns - NS // 10, end_ns - NS // 20) for text in texts]
        return [replace(heard, words=(*heard.words, *open_words))]


def context() -> SourceContext:
    return SourceContext(make_worker=lambda name: InlineWorker(), tell=lambda line: None, door=Door())


async def packets(url: str, lose: float) -> AsyncIterator[Packet]:
    chance = random.Random(5)
    async for packet in test.read(url, {}, context()):
        if not packet.is_key and chance.random() < lose:
            continue
        yield packet


@pytest.mark.parametrize(("lag_s", "url"), [(0.1, URL), (0.9, URL), (3.0, LONG)])
def test_replay_is_equal_however_late_the_words_come(tmp_path: Path, lag_s: float, url: str) -> None:
    live = run_live(tmp_path, {"asr": lag_s}, url=url)
    finish(tmp_path)
    verdict = replay(tmp_path)
    assert live.session.track.cues and live.metrics.counters["words"] > 2
    assert verdict.ticks > SECONDS * 15 * 0.8
    assert verdict.equal == verdict.ticks, verdict.differing


@pytest.mark.parametrize("policy", ["stable", "eager", "final"])
def test_replay_is_equal_whatever_is_revised(tmp_path: Path, policy: str) -> None:
    live = run_live(tmp_path, {"asr": 0.2}, policy=policy, recognizer=Reviser())
    assert (live.metrics.counters["words_erased"] > 2) == (policy == "eager")
    assert live.metrics.counters["words"] > 2
    finish(tmp_path)
    verdict = replay(tmp_path)
    assert verdict.equal == verdict.ticks > SECONDS * 15 * 0.8, verdict.differing


def test_replay_is_equal_while_the_delay_moves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stream.live.delay.WARM", 8)
    monkeypatch.setattr("stream.live.delay.EVERY", 4)
    live = run_live(tmp_path, {"asr": 0.4}, url=LONG, delay_s=0.3, auto=True)
    assert any("the delay goes to" in line for line in live.told)
    assert live.delay_ns > 0.33 * NS
    verdict = replay(tmp_path)
    assert verdict.equal == verdict.ticks > 100, verdict.differing


def test_replay_is_equal_with_late_mattes(tmp_path: Path) -> None:
    live = run_live(tmp_path, {"segment": 0.15})
    verdict = replay(tmp_path)
    assert live.metrics.counters["matte_older"] > 10
    assert verdict.equal == verdict.ticks > SECONDS * 15 * 0.8, verdict.differing


def test_replay_is_equal_after_packet_loss(tmp_path: Path) -> None:
    live = run_live(tmp_path, {}, lose=0.05)
    verdict = replay(tmp_path)
    assert live.metrics.counters["held"] > 5
    assert verdict.equal == verdict.ticks > SECONDS * 15 * 0.8, verdict.differing


def test_replay_is_equal_under_overload(tmp_path: Path) -> None:
    live = run_live(tmp_path, {"decode": 0.09, "segment": 0.2, "compose": 0.08})
    verdict = replay(tmp_path)
    assert live.metrics.counters["ticks_skipped"] > 5
    assert verdict.equal == verdict.ticks > 10, verdict.differing


def test_with_delay_words_are_on_the_picture_when_they_are_spoken(tmp_path: Path) -> None:
    run_live(tmp_path, {"asr": 0.2}, delay_s=2.0)
    cues = aired_cues(read_run(tmp_path))
    spoken = {f"word{n}": (n + 1) * NS // 2 - NS // 4 for n in range(8)}
    shown: dict[str, int] = {}
    for cue in cues:
        for word in cue.text.split():
            shown.setdefault(word, cue.start_ns)
    offsets = [abs(shown[word] - spoken[word]) for word in shown]
    assert len(offsets) >= 5
    assert max(offsets[:-1]) <= NS // 10, [o / NS for o in offsets]
    verdict = replay(tmp_path)
    assert verdict.equal == verdict.ticks > SECONDS * 15 * 0.7
