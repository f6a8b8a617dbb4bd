"""tongue: the alarm that somebody speaks a language the engine does not: then its captions are kept off the picture."""

from collections import deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.asr import Hypothesis
from models.asr._language import primary
from models.asr._steadiness import Steadiness
from stream.channel import Channel
from stream.run.inputs import Parts

Samples = NDArray[np.float32]
Detect = Callable[[Samples], Mapping[str, float]]
"""The speech of some seconds (mono, 16 kHz) to the probability of each language."""

RATE_HZ = 16_000
FIRST_LOOK_S, NEXT_LOOKS_S, SEEN_S = 2.5, 5.0, 5.0
"""Speech before the first look and between looks, and how much of the newest is looked at: 0.1 s of work each time."""
FOREIGN, SURE = 0.1, 0.5
"""Less than this for all the engine's languages together, and more than that for another: it is another."""
DOUBTFUL = 0.35
"""Less than this for the engine's languages: look again soon."""
OURS = 0.5
UNSTEADY, STEADY = 0.6, 0.3
"""So much taken back from reading to reading is no language the engine knows; so little is."""
UNKNOWN = "another language"


@dataclass(slots=True)
class Tongue:
    """Watches one hearing's language. `spoken` is the one it is now, where that is none of the engine's, else "".

    With `detect` (Whisper's ear, where its weights are here) the sound itself tells, in a thread of its own; without,
    it is told by how little an engine's successive readings agree. `withholds` is whether captions are kept back:
    not where the operator set the language, who then knows better.
    """

    languages: Collection[str]
    parts: Parts
    detect: Detect | None = None
    given: str = ""
    spoken: str = ""
    _steadiness: Steadiness = field(default_factory=Steadiness)
    _speech: "deque[Samples]" = field(default_factory=deque)
    _kept: int = 0  # samples in `_speech`
    _new: int = 0  # samples of speech since the last look
    _next_look: int = round(FIRST_LOOK_S * RATE_HZ)
    _looks: "Channel[Samples]" = field(default_factory=lambda: Channel(1, "newest"))

    @property
    def withholds(self) -> bool:
        return bool(self.spoken) and not self.given

    @property
    def alarm(self) -> str:
        """What the operator is told while it lasts; empty where there is nothing to tell."""
        if not self.spoken:
            return ""
        knows = ", ".join(sorted(self.languages)[:5])
        done = "shown all the same, as the language was given" if self.given else "kept off the picture"
        return f"{self.spoken} is spoken, and the engine knows {knows}: its captions are {done}"

    def hear(self, samples: Samples, speaking: bool) -> None:
        """Take in what the engine hears (mono, 16 kHz) and whether that is speech; never waits, any thread may."""
        if self.detect is None or not speaking:
            return
        self._speech.append(samples)
        self._kept += len(samples)
        self._new += len(samples)
        while self._kept - len(self._speech[0]) >= SEEN_S * RATE_HZ:
            self._kept -= len(self._speech.popleft())

    def push(self, hypothesis: Hypothesis) -> None:
        """Take in what the engine made of it. From the event loop, as `look`."""
        if self.detect is not None:
            return
        self._steadiness.push(hypothesis)
        back = self._steadiness.taken_back
        if back is not None and back >= UNSTEADY:
            self._say(UNKNOWN)
        elif back is not None and back <= STEADY:
            self._say("")

    def look(self) -> None:
        """Hand the newest speech to the ear, if enough of it is new."""
        if self._new < self._next_look:
            return
        self._new, self._next_look = 0, round(NEXT_LOOKS_S * RATE_HZ)
        self._looks.offer(np.concatenate(list(self._speech)))

    def renew(self) -> None:
        """Another connection, perhaps another speaker: what was heard before says nothing."""
        self._speech.clear()
        self._steadiness.forget()
        self._kept = self._new = 0
        self._next_look = round(FIRST_LOOK_S * RATE_HZ)

    def close(self) -> None:
        """No more sound: `run` ends."""
        self._looks.close()

    async def run(self) -> None:
        """Listen to what `look` hands over, until `close`."""
        if self.detect is None:
            return
        worker = self.parts.make_worker("asr-language")
        try:
            async for samples in self._looks:
                self._judge(await worker.run(self.detect, samples))
        finally:
            worker.close()

    def _judge(self, chances: Mapping[str, float]) -> None:
        ours = {primary(language) for language in self.languages}
        known = sum(chance for code, chance in chances.items() if code in ours)
        best = max(chances, key=lambda code: chances[code])
        if known < FOREIGN and best not in ours and chances[best] >= SURE:
            self._say(best)
        elif known >= OURS:
            self._say("")
        if known < DOUBTFUL or self.spoken:
            self._next_look = round(FIRST_LOOK_S * RATE_HZ)

    def _say(self, language: str) -> None:
        if language and not self.spoken:
            self.parts.metrics.count("language_alarms")
        self.spoken = language
