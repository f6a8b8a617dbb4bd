"""hearing: one programme's sound to cues: recognised, committed, paged, drawn, then shown."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from models.asr import Hypothesis, Recognizer, RecognizerStream, StreamOptions, Word
from stream.captions.commit import Committer
from stream.captions.page import Pager
from stream.channel import Channel
from stream.codecs.decode import Resampler16k
from stream.media import NS, AudioFrame
from stream.run.inputs import Parts
from stream.timeline.program import Cue
from stream.worker import Worker

GAP_NS = 60_000_000
LONGEST_GAP_NS = 8 * NS
STALL_S = 0.7
CLEAR_S = 0.4
Heard = tuple[Committer, Hypothesis]


@dataclass(slots=True)
class Hearing:
    """Live captions of one sound: `draw` makes a cue's pixels, `show` shows it, `note` takes final words.

    Words are placed in session time by counting samples from the first one heard; what the
    channel had to drop is heard as silence, counted, so that later words keep their time. `frames` holds
    sound, and the session time of each new connection: there the sentence ends and the captions clear.
    """

    recognizer: Recognizer
    options: StreamOptions
    pager: Pager
    parts: Parts
    next_ns: Callable[[], int]
    draw: Callable[[Cue], object]
    show: Callable[[Cue], None]
    note: Callable[[tuple[Word, ...]], None]
    frames: "Channel[AudioFrame | int]" = field(init=False)
    speaking: bool = False
    speech_since_ns: int = 0
    last_cue_ns: int = 0
    last_text: str = ""
    _stream: RecognizerStream | None = None
    _resampler: Resampler16k = field(init=False)
    _committer: Committer = field(init=False)
    _text: Worker = field(init=False)
    _base_ns: int = 0
    _fed: int = 0

    def __post_init__(self) -> None:
        self.frames = Channel(400, self.parts.clock.policy("gap"))
        self._resampler, self._committer = Resampler16k(), Committer()
        self._text = self.parts.make_worker("text")

    def hear(self, frame: AudioFrame) -> None:
        """Take sound in; never waits."""
        dropped = self.frames.dropped
        self.frames.offer(frame)
        if self.frames.dropped > dropped:
            self.parts.metrics.count("drops.recognizer", self.frames.dropped - dropped)

    def renew(self) -> None:
        """The input was connected anew: what was said before is over. Never waits."""
        self.frames.offer(self.parts.clock.session_ns())

    async def run(self) -> None:
        """Recognise until the sound ends; a stall ends the sentence, then clears; so does a new connection."""
        worker = self.parts.make_worker("asr")
        self._stream, self.speaking = None, False  # after a failure the one before is not to be trusted
        stalls = 0
        try:
            while True:
                wait_s = (STALL_S, CLEAR_S, None)[stalls]
                try:
                    first = await asyncio.wait_for(self.frames.get(), wait_s)
                except TimeoutError:
                    stalls += 1
                    await self._take(await worker.run(self._finish))
                    if wait_s == CLEAR_S:
                        await self.clear(self.next_ns())
                    continue
                except StopAsyncIteration:
                    break
                stalls = 0
                await self._hear(worker, first)
            await self._take(await worker.run(self._finish))
        finally:
            worker.close()

    async def _hear(self, worker: Worker, first: AudioFrame | int) -> None:
        """Recognise `first` and all that waits behind it, up to a new connection."""
        heard: list[AudioFrame] = []
        item: AudioFrame | int | None = first
        while isinstance(item, AudioFrame):
            heard.append(item)
            item = self.frames.take_nowait()
        if heard:
            await self._take(await worker.run(self._feed, heard))
        if item is not None:
            await self._take(await worker.run(self._finish))
            await self.clear(max(item, self.next_ns()))

    async def clear(self, at_ns: int) -> None:
        """Take the captions off the picture at `at_ns`."""
        await self._air(await self._text.run(self.pager.clear, at_ns))

    def close(self) -> None:
        """Let the thread that draws go."""
        self._text.close()

    def _feed(self, frames: list[AudioFrame]) -> list[Heard]:
        out: list[Heard] = []
        waiting: list[NDArray[np.float32]] = []  # what has queued up is read once, not step by step
        for frame in frames:
            expected_ns = self._base_ns + self._fed * NS // self.recognizer.sample_rate_hz
            gap_ns = frame.pts_ns - expected_ns
            if self._stream is None or gap_ns < -GAP_NS or gap_ns > LONGEST_GAP_NS:
                out += self._read(waiting)
                out += self._finish()
                self._open(frame.pts_ns)
            elif gap_ns > GAP_NS:
                self._count(waiting, np.zeros(gap_ns * self.recognizer.sample_rate_hz // NS, np.float32))
            self._count(waiting, self._resampler.feed(frame))
        return [*out, *self._read(waiting)]

    def _count(self, waiting: list[NDArray[np.float32]], samples: NDArray[np.float32]) -> None:
        waiting.append(samples)
        self._fed += len(samples)

    def _read(self, waiting: list[NDArray[np.float32]]) -> list[Heard]:
        if self._stream is None or not waiting:
            return []
        samples = np.concatenate(waiting)
        waiting.clear()
        return [self._placed(h) for h in self._stream.feed(samples)]

    def _open(self, pts_ns: int) -> None:
        self._stream = self.recognizer.open(self.options)
        self._resampler, self._committer = Resampler16k(), Committer()
        self._base_ns, self._fed = pts_ns, 0

    def _finish(self) -> list[Heard]:
        if self._stream is None:
            return []
        stream, self._stream = self._stream, None
        return [self._placed(h) for h in stream.finish()]

    def _placed(self, hypothesis: Hypothesis) -> Heard:
        words = tuple(replace(w, start_ns=w.start_ns + self._base_ns, end_ns=w.end_ns + self._base_ns)
                      for w in hypothesis.words)
        return self._committer, replace(hypothesis, words=words,
                                        audio_end_ns=hypothesis.audio_end_ns + self._base_ns)

    async def _take(self, heard: list[Heard]) -> None:
        now = self.parts.clock.session_ns()
        speaking = self._stream is not None and self._stream.speaking
        if speaking and not self.speaking:
            self.speech_since_ns = now
        self.speaking = speaking
        for committer, hypothesis in heard:
            words = committer.push(hypothesis)
            if hypothesis.final and hypothesis.words:
                self.note(hypothesis.words)
            if words:
                await self._say(words, now)

    async def _say(self, words: tuple[Word, ...], now_ns: int) -> None:
        for word in words:
            self.parts.metrics.sample("word_latency_s", (now_ns - word.end_ns) / NS)
        self.parts.metrics.count("words", len(words))
        self.last_cue_ns = now_ns
        await self._air(await self._text.run(self.pager.say, words, self.next_ns()))

    async def _air(self, cues: list[Cue]) -> None:
        """Draw each cue ahead of its tick, then show it, at the earliest at the next tick."""
        for cue in cues:
            await self._text.run(self.draw, cue)
            self.show(replace(cue, start_ns=max(cue.start_ns, self.next_ns())))
            self.last_text = cue.text
