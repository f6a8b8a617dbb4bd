"""hearing: one programme's sound to words: recognised, settled, and handed to what shows them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from models.asr import Hypothesis, Recognizer, RecognizerStream, StreamOptions, Word
from stream.captions.commit import Committer
from stream.captions.notes import Notes
from stream.captions.page import shifted
from stream.captions.wording import Rewording
from stream.channel import Channel
from stream.codecs.decode import Resampler16k
from stream.media import NS, AudioFrame
from stream.run.airing import Airing
from stream.run.backlog import Backlog
from stream.run.inputs import Parts
from stream.run.rereading import Rereader
from stream.run.tongue import Tongue
from stream.timeline.program_captions import Policy
from stream.worker import Worker

GAP_NS = 60_000_000
LONGEST_GAP_NS = 2 * NS
STALL_S = 0.7
CLEAR_S = 0.4
KEPT_SKIPS = 1000
Heard = tuple[Committer, Hypothesis, int]
"""Who settles its words, a hypothesis, and how many of its words stay as they are whatever follows."""


def _untold(start_ns: int, end_ns: int) -> None:
    return


@dataclass(slots=True)
class Hearing:
    """Live captions of one sound: `airing` shows its words, `note` takes final ones, `skipped` what was left out.

    Words are placed in session time by counting samples from the first one heard. What the channel had to drop,
    or what a recognizer slower than speech leaves out, is counted and told as a range of session time; later words
    keep their time. `frames` holds sound, and the session time of each new connection: there the sentence ends and
    the captions clear. `rewording` changes an engine's words before any is settled. `tongue` keeps captions of another
    language than the engine's off the picture, `rereader` has a second engine read finished segments again, `notes`
    shows where there is music and nobody speaks.
    """

    recognizer: Recognizer
    options: StreamOptions
    airing: Airing
    parts: Parts
    note: Callable[[tuple[Word, ...]], None]
    policy: Policy = "stable"
    rewording: Rewording | None = None
    skipped: Callable[[int, int], None] = _untold
    tongue: Tongue | None = None
    rereader: Rereader | None = None
    notes: Notes | None = None
    frames: "Channel[AudioFrame | int]" = field(init=False)
    speaking: bool = False
    speech_since_ns: int = 0
    last_skip_ns: int = -(1 << 62)
    skips: list[tuple[int, int]] = field(default_factory=list)
    _stream: RecognizerStream | None = None
    _resampler: Resampler16k = field(init=False)
    _committer: Committer = field(init=False)
    _backlog: Backlog = field(default_factory=Backlog)
    _base_ns: int = 0
    _fed: int = 0
    _dropped: int = 0
    _begun: tuple[int, int] = (-1, -1)  # connection's base and segment whose first word was seen
    _tail: tuple[Word, ...] = ()
    _withholding: bool = False

    def __post_init__(self) -> None:
        self.frames = Channel(400, self.parts.clock.policy("gap"))
        self._resampler, self._committer = Resampler16k(), Committer(self.policy)

    @property
    def last_cue_ns(self) -> int:
        """Session time at which a word was last put on the picture."""
        return self.airing.last_ns

    @property
    def last_text(self) -> str:
        """The newest caption."""
        return self.airing.last_text

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
            await self._put((), ())
            while True:
                wait_s = (STALL_S, CLEAR_S, None)[stalls]
                try:
                    first = await asyncio.wait_for(self.frames.get(), wait_s)
                except TimeoutError:
                    stalls += 1
                    await self._take(await worker.run(self._finish))
                    if wait_s == CLEAR_S:
                        await self.airing.clear(self.airing.next_ns())
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
            kept, left_out = self._admit(heard)
            if left_out is not None:
                await self._take(await worker.run(self._finish))
            await self._take(await worker.run(self._feed, kept))
        if item is not None:
            await self._take(await worker.run(self._finish))
            await self.airing.clear(max(item, self.airing.next_ns()))
            if self.tongue is not None:
                self.tongue.renew()

    def _admit(self, heard: list[AudioFrame]) -> tuple[list[AudioFrame], tuple[int, int] | None]:
        """Return what is heard of what waits, and what is left out; tell what is, and what the channel dropped."""
        if self.frames.dropped > self._dropped:
            self._dropped = self.frames.dropped
            self._skip(self._heard_ns(), heard[0].pts_ns)
        if self.frames.policy == "wait":
            return heard, None
        kept, left_out = self._backlog.admit(heard)
        if left_out is not None:
            self._skip(*left_out)
        return kept, left_out

    def _skip(self, start_ns: int, end_ns: int) -> None:
        if not self._fed or end_ns <= start_ns:
            return
        self.last_skip_ns = self.parts.clock.session_ns()
        self.parts.metrics.count("skipped_ms", (end_ns - start_ns) // 1_000_000)
        if len(self.skips) < KEPT_SKIPS:
            self.skips.append((start_ns, end_ns))
        self.skipped(start_ns, end_ns)

    def _heard_ns(self) -> int:
        """Session time up to which the open stream has heard."""
        return self._base_ns + self._fed * NS // self.recognizer.sample_rate_hz

    def beside(self) -> list[tuple[str, Callable[[], Awaitable[None]]]]:
        """Return what runs beside it and may fail alone, by name, until `end_beside`."""
        runs: list[tuple[str, Callable[[], Awaitable[None]]]] = []
        if self.tongue is not None:
            runs.append(("language alarm", self.tongue.run))
        if self.rereader is not None:
            runs.append(("second engine", self.rereader.run))
        return runs

    def end_beside(self) -> None:
        """The sound is over: what runs beside it ends soon."""
        for part in (self.tongue, self.rereader):
            if part is not None:
                part.close()

    def close(self) -> None:
        """Let the thread that draws go; what the second engine has not read yet is left to a later pass."""
        if self.rereader is not None:
            self.rereader.give_up()
        self.airing.close()

    def _feed(self, frames: list[AudioFrame]) -> list[Heard]:
        out: list[Heard] = []
        waiting: list[NDArray[np.float32]] = []  # what has queued up is read once, not step by step
        for frame in frames:
            gap_ns = frame.pts_ns - self._heard_ns()
            if self._stream is None or gap_ns < -GAP_NS or gap_ns > LONGEST_GAP_NS:
                out += self._read(waiting)
                out += self._finish()
                self._open(frame.pts_ns)
            elif gap_ns > GAP_NS:
                self._count(waiting, np.zeros(gap_ns * self.recognizer.sample_rate_hz // NS, np.float32))
            self._count(waiting, self._resampler.feed(frame))
        return [*out, *self._read(waiting)]

    def _count(self, waiting: list[NDArray[np.float32]], samples: NDArray[np.float32]) -> None:
        if self.rereader is not None:
            self.rereader.hear(samples, self._heard_ns())
        if self.tongue is not None:
            self.tongue.hear(samples, self._stream is not None and self._stream.speaking)
        if self.notes is not None:
            self.notes.hear(samples, self._heard_ns())
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
        self._resampler, self._committer = Resampler16k(), Committer(self.policy)
        self._base_ns, self._fed = pts_ns, 0

    def _finish(self) -> list[Heard]:
        if self._stream is None:
            return []
        stream, self._stream = self._stream, None
        return [self._placed(h) for h in stream.finish()]

    def _placed(self, hypothesis: Hypothesis) -> Heard:
        words, safe = shifted(hypothesis.words, self._base_ns), len(hypothesis.words)
        if self.rewording is not None:
            reworded = self.rewording.apply(words)
            words, safe = reworded.words, reworded.safe
        audio_end_ns = hypothesis.audio_end_ns + self._base_ns
        return self._committer, replace(hypothesis, words=words, audio_end_ns=audio_end_ns), safe

    async def _take(self, heard: list[Heard]) -> None:
        now = self.parts.clock.session_ns()
        speaking = self._stream is not None and self._stream.speaking
        if speaking and not self.speaking:
            self.speech_since_ns = now
        self.speaking = speaking
        for committer, hypothesis, safe in heard:
            self.parts.metrics.sample("hearing_lag_s", (now - hypothesis.audio_end_ns) / NS)
            words = committer.push(hypothesis, safe)
            if await self._withheld(hypothesis):
                continue
            if hypothesis.final and hypothesis.words:
                self.note(hypothesis.words)
                if self.rereader is not None:
                    self.rereader.finished(hypothesis.words)
            for word in words:
                self.parts.metrics.sample("word_latency_s", (now - word.end_ns) / NS)
            self.parts.metrics.count("words", len(words))
            if words or (self.airing.show_tail and committer.tail != self._tail):
                seen = await self._put(words, committer.tail)
                if seen and (self._base_ns, hypothesis.segment) != self._begun:
                    self._begun = self._base_ns, hypothesis.segment
                    self.parts.metrics.sample("first_word_latency_s", (now - seen[0].end_ns) / NS)
        played = self.notes.take() if self.notes is not None else None
        if played is not None and not speaking:
            self.note((played,))
            await self._put((played,), ())

    async def _withheld(self, hypothesis: Hypothesis) -> bool:
        """Whether its words are kept off the picture; what was there before goes, what was said is marked."""
        if self.tongue is None:
            return False
        self.tongue.push(hypothesis)
        self.tongue.look()
        if not self.tongue.withholds:
            self._withholding = False
            return False
        if not self._withholding:
            self._withholding = True
            await self.airing.clear(self.airing.next_ns())
        if hypothesis.final and hypothesis.words:
            self.skipped(hypothesis.words[0].start_ns, hypothesis.words[-1].end_ns)
        return True

    async def _put(self, words: Sequence[Word], tail: tuple[Word, ...]) -> list[Word]:
        """Hand on what is settled and what is not; return the words that were put on the picture."""
        self._tail = tail
        return [seen.word for seen in (await self.airing.say(words, tail)).seen]
