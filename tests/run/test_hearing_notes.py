"""Music without speech shows a note, live: on the picture, in the words that are kept."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from live_rig import Talker

from models.asr import StreamOptions, Word
from models.asr._music import RATE_HZ
from models.vad import silero
from stream.captions.notes import Notes
from stream.captions.page import Pager
from stream.clock import LiveClock, Signal
from stream.media import NS, AudioFrame
from stream.metrics import Metrics
from stream.run.airing import Airing
from stream.run.hearing import Hearing
from stream.run.inputs import Parts
from stream.timeline.program import CaptionSpec, Cue, TextStyle
from stream.worker import InlineWorker
from support import run_virtual


@dataclass
class Deaf:
    """An engine that hears nothing."""

    speaking: bool = False
    sample_rate_hz: int = RATE_HZ
    languages: frozenset[str] = field(default_factory=frozenset)

    def open(self, _: StreamOptions) -> "Deaf":
        return self

    def feed(self, _: Any) -> list[Any]:
        return []

    def finish(self) -> list[Any]:
        return []


def played(recognizer: Any, seconds: float) -> tuple[list[Cue], list[Word]]:
    """Return what is shown and noted of a drum."""
    cues, noted = list[Cue](), list[Word]()

    async def go() -> None:
        clock = LiveClock()
        clock.arrived(0)
        parts = Parts(clock, Metrics(), lambda name: InlineWorker(), Signal(), lambda line: None, clock.now_ns)
        pager = Pager(CaptionSpec(TextStyle()), lambda line: 10.0 * sum(len(run.text) for run in line), 640)
        airing = Airing(pager, parts, clock.session_ns, lambda cue: None, cues.append)
        hearing = Hearing(recognizer, StreamOptions(), airing, parts, noted.extend, notes=Notes(silero.load()))
        task = asyncio.create_task(hearing.run(), name="hear")
        time = np.arange(12_000) / 48_000
        beat = (np.sin(2 * np.pi * 180 * time) * np.exp(-12 * time) * 0.4).astype(np.float32)
        for number in range(round(seconds * 4)):
            hearing.hear(AudioFrame(np.stack([beat, beat]), number * NS // 4))
            await asyncio.sleep(0.25)
        hearing.frames.close()
        await task
        hearing.close()

    run_virtual(go())
    return cues, noted


def test_music_shows_a_note_after_three_seconds_for_three_and_it_is_kept() -> None:
    cues, noted = played(Deaf(), 6)
    assert [cue.text for cue in cues] == ["♪"]
    assert 2.9 * NS < cues[0].start_ns < 4 * NS and cues[0].end_ns - cues[0].start_ns == 3 * NS
    assert [word.text for word in noted] == ["♪"]


def test_while_an_engine_hears_speech_no_note_is_shown() -> None:
    cues, _ = played(Talker(), 6)
    assert cues and not any("♪" in cue.text for cue in cues)
