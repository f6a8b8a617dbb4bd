"""The delay that words choose: long enough for 95 of a hundred, no longer, and never a jump."""

import asyncio
import random
from collections.abc import Sequence

import pytest

from models.asr import Word
from stream.captions.page import Pager
from stream.clock import LiveClock, Signal
from stream.live.delay import LEAST_S, MOST_S, AutoDelay, first_delay_s
from stream.media import NS
from stream.metrics import Metrics
from stream.run.airing import Airing
from stream.run.inputs import Parts
from stream.timeline.cuetrack import CueTrack
from stream.timeline.program import CaptionSpec, Cue, Hearing, TextStyle
from stream.worker import InlineWorker
from support import run_virtual

TICK_NS = NS // 30


def talk(seconds: float, needs_s: Sequence[float], seed: int = 3) -> list[tuple[Word, float]]:
    """Words three a second with pauses, and how long after its beginning each is settled."""
    chance, at_s = random.Random(seed), 1.0
    out: list[tuple[Word, float]] = []
    while at_s < seconds:
        length_s = chance.uniform(0.15, 0.45)
        word = Word(f"w{len(out)}", round(at_s * NS), round((at_s + length_s) * NS))
        out.append((word, at_s + max(length_s, chance.choice(needs_s))))
        at_s += length_s + (chance.uniform(0.3, 1.5) if len(out) % 12 == 0 else 0.02)
    return out


class Shown:
    """What a run with a delay left: each word's offset, the delay at each, what was told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.offsets_s: list[float] = []
        self.delays_s: list[float] = []


def run(words: Sequence[tuple[Word, float]], first_s: float) -> Shown:
    """Say `words` as they are settled, to a programme whose delay they choose, from `first_s` on."""
    shown = Shown()

    async def go() -> None:
        loop, clock, metrics = asyncio.get_running_loop(), LiveClock(round(first_s * NS)), Metrics()
        clock.arrived(0)
        parts = Parts(clock, metrics, lambda name: InlineWorker(), Signal(), lambda line: None, clock.now_ns)
        delay, track = AutoDelay(clock, shown.told.append), CueTrack()
        pager = Pager(CaptionSpec(TextStyle()), lambda line: 10.0 * sum(len(r.text) for r in line), 640)

        def show(cue: Cue) -> None:
            track.show(cue)

        def tick_from(at_ns: int) -> int:
            return -(-at_ns // TICK_NS) * TICK_NS

        airing = Airing(pager, parts, lambda: tick_from(clock.showing_ns() + 1), lambda cue: None,
                        show, tick_ns=tick_from, noticed=delay.noticed)
        known_s = 0.0
        for word, at_s in words:
            known_s = max(known_s, at_s)  # words are settled in order
            await asyncio.sleep(max(0.0, known_s - loop.time()))
            await airing.say([word])
            shown.offsets_s.append(metrics.series["word_offset_s"].samples[-1])
            shown.delays_s.append(clock.delay_ns / NS)
        airing.close()

    run_virtual(go(), limit_s=3600)
    return shown


LIKE_MOONSHINE = [0.6] * 5 + [0.8] * 25 + [0.95] * 30 + [1.1] * 20 + [1.3] * 13 + [1.5] * 4 + [2.2, 2.6, 3.0]


@pytest.mark.parametrize("first_s", [0.4, 1.8, 4.0])
def test_95_of_a_hundred_words_are_seen_as_they_are_spoken(first_s: float) -> None:
    shown = run(talk(900, LIKE_MOONSHINE), first_s)
    late = shown.offsets_s[len(shown.offsets_s) * 2 // 3:]
    in_time = sum(-0.15 <= offset <= 0.15 for offset in late) / len(late)
    assert len(late) > 300
    assert in_time >= 0.95, in_time
    assert min(shown.offsets_s) >= 0, "a word was seen before it was spoken"
    assert 1.2 < shown.delays_s[-1] < 2.6


def test_a_delay_that_is_right_is_left_alone() -> None:
    shown = run(talk(600, [0.7, 0.8, 0.9, 1.0, 1.2, 1.3]), 1.4)
    assert len(shown.delays_s) > 1000 and shown.told == []
    assert set(shown.delays_s) == {1.4}


def test_an_engine_that_becomes_slower_gets_a_longer_delay_and_then_is_in_time() -> None:
    words = talk(1200, LIKE_MOONSHINE)
    words = [(word, at_s + (1.5 if at_s > 300 else 0.0)) for word, at_s in words]
    shown = run(words, 1.6)
    assert shown.delays_s[-1] > 2.5
    late = shown.offsets_s[-300:]
    assert sum(abs(offset) <= 0.15 for offset in late) / len(late) >= 0.95
    assert "the delay goes to" in shown.told[-1]


def test_the_delay_stays_between_its_bounds() -> None:
    assert run(talk(700, [20.0]), 2.0).told[-1].startswith(f"the delay goes to {MOST_S}")
    assert run(talk(700, [0.0]), 0.4).delays_s[-1] >= LEAST_S


def test_what_is_known_of_an_engine_is_where_the_delay_begins() -> None:
    assert first_delay_s(None) == 0
    assert first_delay_s(Hearing(policy="eager")) < first_delay_s(Hearing()) < first_delay_s(Hearing(policy="final"))
    assert first_delay_s(Hearing("whisper:/models/large")) > first_delay_s(Hearing())
