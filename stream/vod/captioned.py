"""captioned: what is said in a Program as captions at the times it is said: heard, aligned or read aloud; paged."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from models.align import Aligner
from models.asr import StreamOptions, Word
from stream.captions.highlight import Highlighter, highlighter_for
from stream.captions.lines import Measure
from stream.captions.polish import settle
from stream.captions.wording import Rewording
from stream.errors import ModelError
from stream.run.loading import open_typesetter
from stream.run.rasters import Rasters
from stream.timeline.program import NS, CaptionSpec, Cue, Program
from stream.timeline.second import second_spec
from stream.timeline.speech import sentences
from stream.timeline.spoken import told
from stream.vod.aligning import aligned, spread, tokens
from stream.vod.ear import Ear
from stream.vod.talks import Talk, talks
from stream.vod.translating import Translating

VOICE, BREATH_NS = 0.5, NS // 5
"""How sure the voice detector must be, and how short a pause is none."""


@dataclass(slots=True)
class Captioner:
    """Makes the captions of one Program; what it hears with is shared by all of its sounds."""

    program: Program
    ear: Ear
    _rasters: Rasters | None = field(default=None)
    _translating: Translating = field(init=False)

    def __post_init__(self) -> None:
        self._translating = Translating(self.program, self.ear)

    def cues(self) -> tuple[Cue, ...]:
        """Return the captions of everything that is to be captioned, in order of time.

        ModelError when an engine cannot be had, MediaError when a sound cannot be read.
        """
        made = [(cue, talk) for talk in talks(self.program) for cue in self._of(talk)]
        specs = {cue.id: second_spec(talk.spec) if cue.lane else talk.spec for cue, talk in made}
        return tuple(part for cue in in_turn(made, self.program.end_ns) for part in told(cue, specs[cue.id]))

    def words(self, talk: Talk) -> tuple[Word, ...]:
        """Return the words of `talk` (one pass of it), at its sound's own pace and from its beginning."""
        spec, hearing = talk.spec, talk.spec.hearing
        if spec.said:
            said = [word for text, start_ns, end_ns in spec.said for word in spread(tokens(text), start_ns, end_ns)]
            said = [replace(w, start_ns=w.start_ns - talk.in_ns, end_ns=w.end_ns - talk.in_ns) for w in said]
            return self._aligned(talk, said, None) if spec.text else tuple(said)
        options = StreamOptions(hearing.language, vocabulary=hearing.wording.vocabulary)
        if not spec.text:
            engine = hearing.second or hearing.engine
            heard = self.ear.words(talk.url, talk.in_ns, talk.length_ns, engine, options)
            language = hearing.language or ("en" if engine == "moonshine" else "")
            return Rewording(hearing.wording, language).apply(heard).words
        return self._aligned(talk, self._heard_for(talk, options), _aligner() if _is_english(spec) else None)

    def _heard_for(self, talk: Talk, options: StreamOptions) -> Sequence[Word]:
        """What helps to align a text that is given: the words heard, if an engine speaks its language."""
        hearing = talk.spec.hearing
        engine = hearing.second or hearing.engine
        if not _is_english(talk.spec) and engine == "moonshine":
            engine = "whisper"
        try:
            return self.ear.words(talk.url, talk.in_ns, talk.length_ns, engine, options)
        except ModelError as error:
            self.ear.tell(f"note: the text given for {talk.id} is aligned without recognising anything: {error}")
            return ()

    def _aligned(self, talk: Talk, heard: Sequence[Word], aligner: Aligner | None) -> tuple[Word, ...]:
        @cache
        def samples() -> NDArray[np.float32]:
            return self.ear.samples(talk.url, talk.in_ns, talk.length_ns)

        def voiced() -> Sequence[tuple[int, int]]:
            return [(w.start_ns, w.end_ns) for w in heard] if talk.spec.said else _voiced(samples())

        return aligned(tokens(talk.spec.text), heard, talk.length_ns, voiced=cache(voiced), samples=samples,
                       align=aligner.align if aligner else None)

    def _of(self, talk: Talk) -> list[Cue]:
        heard = self.words(talk)
        parts = in_passes(talk, by_sentence(heard, talk.spec)) if talk.spec.said else [talk.spoken(heard)]
        words = [word for part in parts for word in part]
        if not words:
            return []
        highlighter = highlighter_for(talk.spec)
        pages = [page for number, part in enumerate(parts)
                 for page in self._paged(part, talk.spec, highlighter, introduced=number > 0)]
        first = [talk.spec.dressed(replace(page, id=f"{talk.id}~{page.id}")) for page in _numbered(pages)]
        return [*first, *self._translating.pages(talk, words, self._measure)]

    def _measure(self, spec: CaptionSpec) -> Measure:
        if self._rasters is None:
            self._rasters = Rasters(open_typesetter(lambda _: None), self.program)
        return self._rasters.measure(spec.style)

    def _paged(self, words: Sequence[Word], spec: CaptionSpec, highlighter: Highlighter | None, *,
               introduced: bool) -> tuple[Cue, ...]:
        return settle(words, spec, self._measure(spec), self.program.width_px, highlighter=highlighter,
                      introduced=introduced)


def by_sentence(words: Sequence[Word], spec: CaptionSpec) -> list[Sequence[Word]]:
    """Return `words`, all of them, in the sentences of what is read aloud."""
    parts: list[Sequence[Word]] = []
    at = 0
    for text in sentences(spec.text) if spec.text else [text for text, _, _ in spec.said]:
        length = len(tokens(text))
        parts.append(words[at:at + length])
        at += length
    return [*parts, words[at:]]


def in_passes(talk: Talk, parts: Sequence[Sequence[Word]]) -> list[Sequence[Word]]:
    """Return `parts` of what `talk` says when they are said: those inside its In and Out, each pass anew."""
    out: list[Sequence[Word]] = []
    for part in parts:
        inside = [word for word in part if word.end_ns > 0 and word.start_ns < talk.length_ns]
        said = talk.spoken(inside)
        out += [said[at:at + len(inside)] for at in range(0, len(said), len(inside) or 1)]
    return sorted(out, key=lambda part: part[0].start_ns)


def in_turn(cues: Sequence[tuple[Cue, Talk]], end_ns: int) -> tuple[Cue, ...]:
    """Return `cues`, each with what it is from, in order of time; all end at `end_ns`.

    A caption makes way for the next of the same talk; one that is held past the end of its sound, to be read, for any
    other in its place.
    """
    last: dict[object, tuple[int, Talk]] = {}
    out: list[Cue] = []
    for cue, talk in sorted(cues, key=lambda one: one[0].start_ns):
        place = (cue.lane, cue.style.align, cue.style.x_px, cue.style.y_px)
        before, other = last.get(place, (-1, talk))
        if before >= 0 and out[before].end_ns > cue.start_ns:
            free_ns = cue.start_ns if other is talk else max(cue.start_ns, other.end_ns)
            out[before] = replace(out[before], end_ns=min(out[before].end_ns, free_ns))
        last[place] = len(out), talk
        out.append(replace(cue, end_ns=min(cue.end_ns, end_ns)))
    return tuple(cue for cue in out if cue.end_ns > cue.start_ns)


def _numbered(pages: Sequence[Cue]) -> list[Cue]:
    """`pages` with ids of their own: revisions of one page (they follow each other) keep one."""
    out: list[Cue] = []
    number, last = 0, ("", -1)
    for page in pages:
        if not (page.id == last[0] and page.revision > last[1]):
            number += 1
        last = (page.id, page.revision)
        out.append(replace(page, id=f"c{number}"))
    return out


def _is_english(spec: CaptionSpec) -> bool:
    """Whether a given text is English, as far as it is known: said so, or Latin letters and nothing said."""
    if spec.hearing.language:
        return spec.hearing.language.lower().startswith("en")
    letters = [c for c in spec.text if c.isalpha()]
    return bool(letters) and sum(c.isascii() for c in letters) >= 0.9 * len(letters)


@cache
def _aligner() -> Aligner:
    return Aligner()


def _voiced(samples: NDArray[np.float32]) -> Sequence[tuple[int, int]]:
    """When somebody speaks in `samples` (16 kHz), in ns; nowhere where the detector is not installed."""
    from models.vad import silero

    try:
        detector = silero.load()
    except ModelError:
        return ()
    stream, size = detector.open(), detector.window_samples
    out: list[tuple[int, int]] = []
    for first in range(0, len(samples) - size + 1, size):
        if stream.probability(samples[first:first + size]) >= VOICE:
            start_ns, end_ns = (n * NS // detector.sample_rate_hz for n in (first, first + size))
            if out and start_ns - out[-1][1] <= BREATH_NS:
                out[-1] = (out[-1][0], end_ns)
            else:
                out.append((start_ns, end_ns))
    return out


def speech_cues(program: Program, ear: Ear) -> tuple[Cue, ...]:
    """Return the captions of all that is said in `program`."""
    return Captioner(program, ear).cues()

