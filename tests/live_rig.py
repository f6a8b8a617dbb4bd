"""live_rig: a live run on the virtual loop, fed packet by packet at the moments a script says."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from models.asr import Hypothesis, StreamOptions, Word
from stream.clock import LiveClock, Signal
from stream.codecs.encode import AudioEncoder, Rendition, VideoEncoder
from stream.live.wiring import Wires, assemble
from stream.media import NS, AudioFrame, Packet, Setup, new_frame
from stream.metrics import Metrics
from stream.recording.finish import aired_cues, read_run
from stream.recording.folder import Recording
from stream.recording.replay import Verdict, replay_session
from stream.run.gather import facts_to_json
from stream.run.inputs import Input, Parts
from stream.run.loading import Engines, open_typesetter
from stream.run.session import Session
from stream.run.shelf import Shelf
from stream.run.times import SessionTimes
from stream.timeline.facts import Facts, MediaFacts
from stream.timeline.resolve import resolve
from stream.timeline.starters import live_document
from stream.worker import InlineWorker
from support import run_virtual

RATE, WIDTH, HEIGHT = 15, 320, 180
URL = "test://"
Script = Sequence[tuple[float, Packet]]


class Talker:
    """A recognizer that hears a word every half second of sound."""

    sample_rate_hz = 16_000
    languages = frozenset({"en"})

    def open(self, options: StreamOptions) -> "Talking":
        return Talking()


class Talking:
    speaking = True

    def __init__(self) -> None:
        self.heard, self.words = 0, []

    def feed(self, samples: np.ndarray) -> list[Hypothesis]:
        self.heard += len(samples)
        now_ns = self.heard * NS // 16_000
        while (len(self.words) + 1) * NS // 2 <= now_ns:
            end_ns = (len(self.words) + 1) * NS // 2
            self.words.append(Word(f"word{len(self.words)}", end_ns - NS // 4, end_ns))
        return [Hypothesis(0, tuple(self.words), False, now_ns)]

    def finish(self) -> list[Hypothesis]:
        return [Hypothesis(0, tuple(self.words), True, self.heard * NS // 16_000)]


class Person:
    """A segmenter for which everything is a person, until it fails after `works` pictures."""

    width_px, height_px, provider = 32, 24, "test"

    def __init__(self, works: int = 1 << 30) -> None:
        self.left = works

    def open(self) -> "Person":
        return self

    def segment(self, rgb: np.ndarray) -> np.ndarray:
        self.left -= 1
        if self.left < 0:
            raise RuntimeError("the engine is out of memory")
        return np.ones(rgb.shape[:2], np.float32)


@cache
def stretch(seconds: float, *, size: tuple[int, int] = (WIDTH, HEIGHT), luma: int = 120, first_s: float = 0.0,
            video: bool = True, audio: bool = True, connection: int = 0) -> tuple[Packet, ...]:
    """Encoded packets of a picture of one level with a moving mark, and of a tone, in decoding order."""
    rendition = Rendition(*size, Fraction(RATE), video_bitrate=300_000, gop_s=1.0, preset="ultrafast",
                          encoder="libx264")
    picture, sound, packets = VideoEncoder(rendition), AudioEncoder(rendition), []
    for number in range(round(seconds * RATE)):
        pts_ns = round(first_s * NS) + number * NS // RATE
        if video:
            frame = new_frame(*size, pts_ns=pts_ns)
            frame.y[:], frame.u[:], frame.v[:] = luma, 128, 128
            frame.y[:16, number % 16:number % 16 + 16] = 255 - luma
            packets += picture.encode(frame)
        if audio:
            packets += sound.encode(AudioFrame(tone(number * 3200, 3200), pts_ns))
    packets += (picture.flush() if video else []) + (sound.flush() if audio else [])
    return tuple(replace(p, connection=connection) for p in sorted(packets, key=lambda p: p.dts_ns))


def tone(first: int, count: int) -> np.ndarray:
    """48 kHz stereo samples from number `first` on: 440 Hz at a level of 0.25."""
    wave = 0.25 * np.sin(2 * np.pi * 440 / 48_000 * np.arange(first, first + count))
    return np.repeat(wave[None].astype(np.float32), 2, axis=0)


def paced(packets: Sequence[Packet], at_s: float = 0.0, *, burst_s: float = 0.0) -> Script:
    """Each packet at its own time from `at_s` on; the first `burst_s` of them all at once."""
    first_ns = min(p.dts_ns for p in packets)
    return [(at_s + max((p.dts_ns - first_ns) / NS - burst_s, 0.0), p) for p in packets]


async def scripted(script: Script) -> AsyncIterator[Packet]:
    loop = asyncio.get_running_loop()
    for at_s, packet in script:
        if at_s > loop.time():
            await asyncio.sleep(at_s - loop.time())
        yield packet


@dataclass(frozen=True, slots=True)
class Tick:
    """One tick as it was painted: when, its time in the programme, its mean luma, its captions and its pixels."""

    at_s: float
    pts_s: float
    luma: float
    text: str
    y: np.ndarray = field(repr=False)


@dataclass(slots=True)
class Run:
    """What a run left to look at."""

    session: Session
    main: Input
    metrics: Metrics
    told: list[str]
    ticks: list[Tick] = field(default_factory=list)
    sounds: list[AudioFrame] = field(default_factory=list)

    def between(self, first_s: float, last_s: float) -> list[Tick]:
        """The ticks painted from loop time `first_s` until `last_s`; there is one at least."""
        found = [tick for tick in self.ticks if first_s <= tick.at_s < last_s]
        assert found, f"no tick from {first_s} to {last_s} s"
        return found

    def level(self, first_s: float, last_s: float) -> float:
        """The root mean square of the programme's sound between two times of the programme."""
        heard = [f.samples for f in self.sounds if first_s * NS <= f.pts_ns < last_s * NS]
        assert heard, f"no sound from {first_s} to {last_s} s"
        return float(np.sqrt(np.mean(np.concatenate(heard, axis=1) ** 2)))


def run_script(script: Script, *, folder: Path | None = None, background: str = "", captions: bool = False,
               segmenter: Any = None, lags: Mapping[str, float] = {}, delay_s: float = 0.0, fallback: str = "",
               video: bool = True, prepare: Callable[[Run], None] = lambda run: None,
               notes: Mapping[str, Any] | None = None, recognizer: Any = None, translator: Any = None,
               to: tuple[str, ...] = (), cc: str = "") -> Run:
    """Run live over what `script` sends, on the virtual loop; `lags` are seconds that each part's work takes.

    `notes` say how speech becomes captions, as in a document's Cuelight.Captions.
    """
    document = live_document(URL, background=background, captions=captions, fallback=fallback, notes=notes)
    told: list[str] = []

    async def go() -> Run:
        clock = LiveClock(round(delay_s * NS))
        parts = Parts(clock, Metrics(), lambda name: InlineWorker(lags.get(name.split("-")[0], 0.0)), Signal(),
                      told.append, clock.now_ns)
        main = Input("main", partial(scripted, script), SessionTimes(clock, defines_zero=True), parts,
                     Shelf(parts.changed, exact=False, wants_matte=False), clock.delay_ns, leads=True)
        main.watch.video = Setup("video", "h264") if video else None
        facts = Facts({URL: MediaFacts("live", WIDTH, HEIGHT, rate=Fraction(RATE), has_video=True, has_audio=True)})
        program = resolve(document, facts)
        recording = None if folder is None else Recording(folder, parts)
        options = SimpleNamespace(to=to, show="t", platform="lan", preset="ultrafast", bitrate=0, caption_audio="",
                                  cc=cc, env={})
        engines = Engines(recognizer or Talker(), segmenter, translator)
        session = assemble(Wires(program, clock, parts, main, URL, engines,
                                 open_typesetter(told.append), {}, recording, options, None, datetime.now()))
        session.reading = frozenset()
        run = Run(session, main, parts.metrics, told)
        _watch(run)
        prepare(run)
        if recording is None:
            await session.run()
            return run
        main.admit = partial(recording.admit, "main")
        recording.begin(program, document.value, facts_to_json(facts), "t")
        writing = asyncio.create_task(recording.run(), name="record")
        await session.run()
        recording.close()
        await writing
        recording.end()
        return run

    return run_virtual(go(), limit_s=3600)


def _watch(run: Run) -> None:
    """Keep what is painted and mixed."""
    session, paint = run.session, run.session.painter.paint
    assert session.mixer is not None
    give = session.mixer.give

    def painting(pts_ns: int, shots: Any, cues: Any) -> Any:
        frame, digest = paint(pts_ns, shots, cues)
        text = " ".join(cue.text.replace("\n", " ") for cue in cues)
        at_s = asyncio.get_running_loop().time()
        run.ticks.append(Tick(at_s, pts_ns / NS, float(frame.y.mean()), text, frame.y[::4, ::4].copy()))
        return frame, digest

    def giving(until_ns: int) -> list[AudioFrame]:
        given = give(until_ns)
        run.sounds.extend(given)
        return given

    session.paint, session.mixer.give = painting, giving  # type: ignore[method-assign]


def replay(folder: Path) -> Verdict:
    """Replay what was recorded in `folder`, on the virtual loop."""
    run, verdict = read_run(folder), Verdict()
    session = replay_session(run, aired_cues(run), lambda _: [], lambda _: None, verdict,
                             make_worker=lambda name: InlineWorker())
    run_virtual(session.run())
    return verdict
