"""second_lane: captions in a second language: what was said, translated in a thread of its own, then shown."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from models.asr import Word
from models.mt import Translator
from stream.captions.page import PageOptions, Pager
from stream.captions.translate import sentences, translated
from stream.captions.wording import Rewording
from stream.channel import Channel
from stream.run.airing import Airing
from stream.run.hearing import Hearing
from stream.run.inputs import Parts
from stream.run.rasters import Rasters
from stream.timeline.program import CaptionSpec, Cue, Program
from stream.timeline.second import second_spec

PAGES = PageOptions(prefix="t", turn_max_s=6.0)
"""A sentence comes all at once: each of its pages stays as long as it takes to read."""
WAITING = 4
"""So many sentences wait for the translator; what it cannot follow is left out, oldest first, and counted."""
Show = Callable[[Cue], None]


class Lane(Protocol):
    """Captions in a second language, beside a session's first."""

    async def run(self) -> None: ...

    def end(self) -> None: ...

    def close(self) -> None: ...


def second_pager(spec: CaptionSpec, program: Program, rasters: Rasters) -> Pager:
    """Return the pager of the second language."""
    own = second_spec(spec)
    return Pager(own, rasters.measure(own.style), program.width_px, None, PAGES)


def in_lane(show: Show, lane: str) -> Show:
    """Return `show` for cues in the language `lane`."""
    return lambda cue: show(replace(cue, lane=lane))


@dataclass(slots=True)
class TranslatedLane:
    """What one hearing has finally heard, translated a sentence at a time; the first language never waits for it.

    Give it the final words with `heard`; `note` takes the translated ones, after `rewording`.
    """

    translator: Translator
    source: str
    target: str
    airing: Airing
    parts: Parts
    note: Callable[[tuple[Word, ...]], None]
    rewording: Rewording | None = None
    _sentences: "Channel[tuple[Word, ...]]" = field(init=False)

    def __post_init__(self) -> None:
        self._sentences = Channel(WAITING, self.parts.clock.policy("drop_oldest"))

    def heard(self, words: tuple[Word, ...]) -> None:
        """Take in the final words of a segment. Never waits."""
        dropped = self._sentences.dropped
        for sentence in sentences(words):
            self._sentences.offer(sentence)
        if self._sentences.dropped > dropped:
            self.parts.metrics.count("drops.translator", self._sentences.dropped - dropped)

    async def run(self) -> None:
        """Translate and show until `end`."""
        worker = self.parts.make_worker("translate")
        try:
            async for sentence in self._sentences:
                began_ns = self.parts.now_ns()
                words = await worker.run(self._translated, sentence)
                self.parts.metrics.sample("translate_ms", (self.parts.now_ns() - began_ns) / 1e6)
                if words:
                    self.note(words)
                    await self.airing.say([replace(word, start_ns=words[0].start_ns) for word in words])
        finally:
            worker.close()

    def _translated(self, sentence: tuple[Word, ...]) -> tuple[Word, ...]:
        words = translated(sentence, lambda text: self.translator.translate(text, self.source, self.target))
        return words if self.rewording is None else tuple(self.rewording.apply(words).words)

    def end(self) -> None:
        """No more words: `run` ends when what waits is translated."""
        self._sentences.close()

    def close(self) -> None:
        """Let the thread that draws go."""
        self.airing.close()


@dataclass(slots=True)
class HeardLane:
    """The same sound heard a second time by an engine that writes what it hears in another language."""

    hearing: Hearing

    async def run(self) -> None:
        """Hear until `end`."""
        await self.hearing.run()

    def end(self) -> None:
        """No more sound: `run` ends when what waits is heard."""
        self.hearing.frames.close()

    def close(self) -> None:
        """Let the thread that draws go."""
        self.hearing.close()
