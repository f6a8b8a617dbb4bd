"""ear: what is said in a stretch of a file: recognised, or recalled; and its samples as an engine takes them."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.asr import Recognizer, StreamOptions, Word
from models.asr._language import primary
from stream.codecs.decode import Resampler16k
from stream.media import NS, SAMPLE_RATE_HZ, AudioFrame
from stream.run.gather import local_path
from stream.run.loading import load_detector, load_recognizer
from stream.run.tongue import FOREIGN, SURE
from stream.timeline.facts import shown_url
from stream.timeline.program import Sound
from stream.vod.recall import Heard, Recall, key_of
from stream.vod.sound import source_frames
from stream.vod.speech import recognise

NEAR = SAMPLE_RATE_HZ // 50
"""Frames that lie so few samples apart, or one over the other, follow each other."""
LISTENED_NS = 8 * NS
"""So much from the first word on tells the language."""


@dataclass(slots=True)
class Ear:
    """Hears files with any engine; each engine is loaded once, when something new is to be heard."""

    media_root: Path | None
    tell: Callable[[str], None]
    recall: Recall = field(default_factory=Recall)
    _engines: dict[str, Recognizer] = field(default_factory=dict)
    _told: set[str] = field(default_factory=set)

    def words(self, url: str, in_ns: int, length_ns: int, engine: str, options: StreamOptions) -> tuple[Word, ...]:
        """Return what is said in `length_ns` of `url` from `in_ns` on, times from there on.

        ModelError when the engine cannot be had, MediaError when the file cannot be read.
        """
        address = local_path(url, self.media_root)
        key = key_of(address, in_ns, length_ns, engine, options)
        if key is None:
            key = repr((address, in_ns, length_ns, engine, options))
        found = self.recall.get(key)
        if found is None:
            found = self._heard(address, in_ns, length_ns, engine, options)
            self.recall.put(key, found)
        if found.told and found.told not in self._told:
            self._told.add(found.told)
            self.tell(f"note: {shown_url(url)}: {found.told}")
        return found.words

    def _heard(self, address: str, in_ns: int, length_ns: int, engine: str, options: StreamOptions) -> Heard:
        """Recognise it. What is said in a language that the engine does not know is told, and not made words of."""
        if engine not in self._engines:
            self._engines[engine] = load_recognizer(engine, options.language)
        recognizer = self._engines[engine]
        heard = recognise(blocks(address, in_ns, length_ns), recognizer, options)
        words = tuple(word for hypothesis in heard for word in hypothesis.words if word.start_ns < length_ns)
        detect = load_detector(recognizer) if words and not options.language and not options.translate else None
        if detect is None:
            return Heard(words)
        begin_ns = words[0].start_ns
        some = np.concatenate(list(blocks(address, in_ns + begin_ns, min(length_ns - begin_ns, LISTENED_NS))))
        spoken = foreign(detect(some), recognizer.languages)
        if not spoken:
            return Heard(words)
        return Heard((), f"{spoken} is spoken; the engine {engine} knows {', '.join(sorted(recognizer.languages))}: "
                         "nothing is captioned: choose another engine (whisper), or give the language")

    def samples(self, url: str, in_ns: int, length_ns: int) -> NDArray[np.float32]:
        """Return the same stretch as mono samples at 16 kHz."""
        parts = list(blocks(local_path(url, self.media_root), in_ns, length_ns))
        return np.concatenate([np.zeros(0, np.float32), *parts])


def foreign(likely: Mapping[str, float], languages: Collection[str]) -> str:
    """Return the language that is spoken if it is surely none of `languages`, else ""."""
    own = {primary(language) for language in languages}
    ours = sum(share for language, share in likely.items() if primary(language) in own)
    best = max(likely, key=lambda language: likely[language], default="")
    return best if best and ours < FOREIGN and likely[best] > SURE and primary(best) not in own else ""


def blocks(address: str, in_ns: int, length_ns: int) -> Iterator[NDArray[np.float32]]:
    """Yield `length_ns` of the file at `address` from `in_ns` on, mono at 16 kHz; holes in it are silence."""
    resampler, at, end = Resampler16k(), 0, length_ns * SAMPLE_RATE_HZ // NS
    for frame in source_frames(address, Sound("", address, 0, length_ns, in_ns)):
        first = (frame.pts_ns * SAMPLE_RATE_HZ + NS // 2) // NS
        while first - at > NEAR and at < end:
            hole = min(first - at, SAMPLE_RATE_HZ, end - at)
            yield resampler.feed(AudioFrame(np.zeros((2, hole), np.float32), at * NS // SAMPLE_RATE_HZ))
            at += hole
        skipped = at - first if at - first > NEAR or at == 0 else 0
        samples = frame.samples[:, max(skipped, 0):][:, :max(end - at, 0)]
        if samples.shape[1]:
            yield resampler.feed(AudioFrame(samples, at * NS // SAMPLE_RATE_HZ))
            at += samples.shape[1]
    yield resampler.flush()
