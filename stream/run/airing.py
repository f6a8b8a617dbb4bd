"""airing: one lane of captions: words to cues, drawn ahead of their tick, then shown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from models.asr import Word
from stream.captions.page import Pager
from stream.captions.tail import Seen, Spread, TailPager
from stream.media import NS
from stream.run.inputs import Parts
from stream.timeline.program import Cue
from stream.worker import Worker


@dataclass(slots=True)
class Airing:
    """Captions going on the picture: `draw` makes a cue's pixels, `show` shows it from its start on.

    `next_ns` is the time of the next tick that can still be changed, `tick_ns` that of the tick which shows what
    is due at a time. With `show_tail`, words that are not settled are shown as well. `noticed` hears of each
    word as it is put on: the word, and when it is seen. Of what is not `measured` no figures are taken.
    """

    pager: Pager
    parts: Parts
    next_ns: Callable[[], int]
    draw: Callable[[Cue], object]
    show: Callable[[Cue], None]
    show_tail: bool = False
    tick_ns: Callable[[int], int] = int
    noticed: Callable[[Word, int], None] | None = None
    measured: bool = True
    last_ns: int = 0
    last_text: str = ""
    _pages: TailPager = field(init=False)
    _worker: Worker = field(init=False)

    def __post_init__(self) -> None:
        self._pages = TailPager(self.pager)
        self._worker = self.parts.make_worker("text")

    async def say(self, words: Sequence[Word], tail: Sequence[Word] = ()) -> Spread:
        """Show `words` (session ns), and `tail` behind as far as it is shown; return what that changed."""
        spread = await self._worker.run(partial(self._pages.say, words, self.next_ns(), tail,
                                                show_tail=self.show_tail))
        await self._air(spread.cues)
        if self.measured:
            self._measure(spread)
        return spread

    async def clear(self, at_ns: int) -> None:
        """Take the captions off the picture at `at_ns`."""
        await self._air(await self._worker.run(self._pages.clear, at_ns))

    def close(self) -> None:
        """Let the thread that draws go."""
        self._worker.close()

    async def _air(self, cues: list[Cue]) -> None:
        """Draw each cue ahead of its tick, then show it, at the earliest at the next tick."""
        for cue in cues:
            await self._worker.run(self.draw, cue)
            self.show(replace(cue, start_ns=max(cue.start_ns, self.next_ns())))
            self.last_text = cue.text

    def _measure(self, spread: Spread) -> None:
        """Count what was seen and taken back; `word_offset_s` is how long after it was spoken a word is seen."""
        metrics, aired_ns = self.parts.metrics, self.next_ns()
        if spread.erased:
            metrics.count("words_erased", spread.erased)
        if spread.seen:
            self.last_ns = self.parts.clock.session_ns()
        for seen in spread.seen:
            metrics.sample("word_offset_s", (self._seen_ns(seen, aired_ns) - seen.word.start_ns) / NS)
            if self.noticed:
                self.noticed(seen.word, aired_ns)

    def _seen_ns(self, seen: Seen, aired_ns: int) -> int:
        return self.tick_ns(max(seen.at_ns, aired_ns))
