"""captions: what is said in a live programme, put on its picture: engine, words, pages and sound wired together."""

import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from models.asr import StreamOptions, Word
from models.asr._language import MANY
from models.vad import silero
from stream.captions.highlight import highlighter_for
from stream.captions.notes import Notes
from stream.captions.page import Pager
from stream.captions.wording import Rewording
from stream.errors import OptionError
from stream.media import NS, AudioFrame
from stream.run.airing import Airing
from stream.run.hearing import Hearing
from stream.run.rasters import Rasters
from stream.run.rereading import Rereader
from stream.run.second_lane import HeardLane, TranslatedLane, in_lane, second_pager
from stream.run.session import Session
from stream.run.times import Unmoved
from stream.run.tongue import Tongue
from stream.timeline.program import CaptionSpec, Program

if TYPE_CHECKING:
    from stream.live.wiring import Wires


def make_pager(spec: CaptionSpec, program: Program, rasters: Rasters, languages: Collection[str] = ()) -> Pager:
    """Return the pager for one caption style on this canvas; `languages` are those that the engine speaks."""
    return Pager(spec, rasters.measure(spec.style), program.width_px, highlighter_for(spec, languages))


def caption_spec(program: Program) -> CaptionSpec | None:
    """Return how the programme is captioned: as its first captioned layer or sound asks."""
    specs = [layer.captions for layer in program.layers] + [sound.captions for sound in program.sounds]
    return next((spec for spec in specs if spec is not None and not spec.said), None)


def caption(w: "Wires", session: Session, rasters: Rasters) -> None:
    """Give `session` the hearing that its Program asks for, if there is an engine."""
    spec = caption_spec(w.program)
    if spec is None or w.engines.recognizer is None:
        return
    asked = spec.hearing
    pager = make_pager(spec, w.program, rasters, w.engines.recognizer.languages)
    airing = Airing(pager, w.parts, session.next_ns, rasters.draw, session.show,
                    show_tail=asked.policy == "eager", tick_ns=lambda at_ns: tick_from(w.program, at_ns),
                    noticed=w.delay.noticed if w.delay is not None else None)
    options = StreamOptions(language=asked.language, vocabulary=asked.wording.vocabulary,
                            timed=w.delay is not None or w.clock.delay_ns > 0)
    only = next(iter(w.engines.recognizer.languages)) if len(w.engines.recognizer.languages) == 1 else ""
    hearing = session.hearing = Hearing(w.engines.recognizer, options, airing, w.parts,
                                        w.recording.heard if w.recording is not None else _ignore,
                                        policy=asked.policy,
                                        rewording=Rewording(asked.wording, asked.language or only))
    hearing.tongue, hearing.rereader = _tongue(w, asked.language), _rereader(w, hearing)
    hearing.notes = Notes(silero.load())
    if w.recording is not None:
        hearing.skipped = w.recording.skipped
    also = _second(w, session, rasters, spec, hearing) if asked.translate else None
    _listen(w, session, hearing, also)


def _second(w: "Wires", session: Session, rasters: Rasters, spec: CaptionSpec, first: Hearing) -> Hearing | None:
    """Give `session` captions in a second language; return the hearing that makes them, if it is one of its own."""
    asked, recording, recognizer = spec.hearing, w.recording, w.engines.recognizer
    lane = asked.translate
    airing = Airing(second_pager(spec, w.program, rasters), w.parts, session.next_ns, rasters.draw,
                    in_lane(session.show, lane), tick_ns=lambda at_ns: tick_from(w.program, at_ns), measured=False)
    note = partial(recording.heard, lane=lane) if recording is not None else _ignore
    wording = Rewording(replace(asked.wording, vocabulary=(), replacements=()), lane)
    if w.engines.translator is not None:
        translated = TranslatedLane(w.engines.translator, asked.language, lane, airing, w.parts, note, wording)
        before = first.note

        def heard(words: tuple[Word, ...]) -> None:
            before(words)
            if any(map(str.isalnum, "".join(word.text for word in words))):  # a note needs no translation
                translated.heard(words)

        first.note, session.second = heard, translated
        return None
    if recognizer is None:
        return None
    options = StreamOptions(language=asked.language, step_s=math.inf, translate=True)
    hearing = Hearing(recognizer, options, airing, w.parts, note, policy="final", rewording=wording)
    session.second = HeardLane(hearing)
    return hearing


def _tongue(w: "Wires", language: str) -> Tongue | None:
    """Return what watches the language, for an engine that knows only some."""
    engine = w.engines.recognizer
    if engine is None or not 0 < len(engine.languages) < MANY:
        return None
    return Tongue(engine.languages, w.parts, w.engines.detect, language)


def _rereader(w: "Wires", hearing: Hearing) -> Rereader | None:
    """Return what has the second engine read what the first has heard, where there is one and words are kept."""
    if w.engines.second is None or w.recording is None:
        return None
    recording = w.recording
    return Rereader(w.engines.second, hearing.options, w.parts,
                    lambda words, span_ns: recording.heard(words, instead_ns=span_ns), recording.unread,
                    hearing.rewording)


def tick_from(program: Program, at_ns: int) -> int:
    """Return the time of the first tick that shows what is due at `at_ns`."""
    tick = -(-at_ns * program.rate.numerator // (NS * program.rate.denominator))
    while program.tick_ns(tick) < at_ns:
        tick += 1
    return program.tick_ns(tick)


def _listen(w: "Wires", session: Session, first: Hearing, second: Hearing | None) -> None:
    """Which sound is captioned: the programme's, one side of it, another track of its source, or another source."""
    hearing = first if second is None else Both(first, second)
    where = w.options.caption_audio
    w.main.renewed = hearing.renew
    if where in ("", "left", "right"):
        side = ("left", "right").index(where) if where else -1
        w.main.hear = hearing.hear if side < 0 else lambda frame: hearing.hear(one_side(frame, side))
        return
    if where.startswith("track:"):
        if not where[6:].isdigit():
            raise OptionError(f"--caption-audio {where}: a track is a number", "For example track:1")
        if "://" not in w.url:
            other = w.open("captions", w.url, {"audio_track": where[6:]}, leads=False)
        else:
            other = w.open("captions", w.url, {}, leads=False)
            other.times = Unmoved()
            w.main.side_tracks[int(where[6:])] = other
            session.reading |= {"captions"}
    else:
        other = w.open("captions", where, {}, leads=False)
    other.wants_video, other.hear, other.renewed = False, hearing.hear, hearing.renew
    session.others.append(other)


@dataclass(frozen=True, slots=True)
class Both:
    """One sound for two hearings."""

    first: Hearing
    second: Hearing

    def hear(self, frame: AudioFrame) -> None:
        """Take sound in; never waits."""
        self.first.hear(frame)
        self.second.hear(frame)

    def renew(self) -> None:
        """The input was connected anew. Never waits."""
        self.first.renew()
        self.second.renew()


def one_side(frame: AudioFrame, side: int) -> AudioFrame:
    """Return one channel of `frame`, on both sides."""
    return replace(frame, samples=frame.samples[side:side + 1].repeat(2, axis=0))


def _ignore(_: tuple[Word, ...]) -> None:
    return
