"""speak: a script said aloud: phrase by phrase, with its pauses to the sample, and when each sentence is heard."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from models.tts import Saying, SilentError, Voice
from stream.errors import ModelError
from stream.media import NS, SAMPLE_RATE_HZ
from stream.voicing.effects import CHILD_PITCH, changed
from stream.voicing.manner import Manner
from stream.voicing.script import Phrase, Script, Sentence, Step
from stream.voicing.ssml import Pause
from stream.voicing.voices import Choice

Samples = NDArray[np.float32]
Hear = Callable[[str], Samples | None]
"""Gives the sound of a URL, mono at 48 kHz; None where it may not or cannot be had."""
TAIL_NS, SWITCH_NS = NS // 5, NS // 25
"""The silence after the last word, and between two voices in one sentence."""
MOST_SAMPLES = 3 * 3600 * SAMPLE_RATE_HZ
_TOGETHER = 200
_EDGE_S, _SILENT_DB, _FRAME = 0.01, -45.0, 120


@dataclass(frozen=True, slots=True)
class Said:
    """A text as it sounds: mono samples at 48 kHz, and (caption, start, end) of each sentence that is shown."""

    samples: Samples
    sentences: tuple[tuple[str, int, int], ...]
    left_out: tuple[str, ...] = ()

    @property
    def duration_ns(self) -> int:
        return len(self.samples) * NS // SAMPLE_RATE_HZ


@dataclass(slots=True)
class _Tape:
    """What has been said so far, and how long it is to be silent before the next."""

    manner: Manner
    pieces: list[Samples] = field(default_factory=list)
    at: int = 0
    usual_ns: int = 0
    asked_ns: int | None = None
    left_out: list[str] = field(default_factory=list)

    def add(self, samples: Samples) -> tuple[int, int]:
        """Lay `samples` down after the pause that is due; return where they begin and end, in samples."""
        natural_ns = round(self.usual_ns / self.manner.speed)
        gap = _samples(natural_ns if self.asked_ns is None else self.asked_ns)
        if self.at + gap + len(samples) > MOST_SAMPLES:
            raise ModelError("The text takes more than three hours to say", "Cut it into several clips")
        self.pieces += [np.zeros(gap, np.float32), samples]
        self.asked_ns, self.usual_ns = None, SWITCH_NS
        self.at += gap + len(samples)
        return self.at - len(samples), self.at


def speak(script: Script, cast: Mapping[str, Choice], voices: Mapping[Choice, Voice], manner: Manner,
          hear: Hear = lambda _: None) -> Said:
    """Return `script` said by the voices that `cast` gives each language.

    Breaks last exactly as long as the text says, whatever the speed; the pauses between clauses and sentences
    go with the speed. A phrase that its voice has no sound for is left out (`left_out`); ModelError when that is all.
    """
    tape = _Tape(manner)
    shown: list[tuple[str, int, int]] = []
    spoken = False
    for sentence in script.sentences:
        heard = _said(sentence, tape, cast, voices, hear)
        if heard:
            spoken = True
            if sentence.caption:
                shown.append((sentence.caption, heard[0] * NS // SAMPLE_RATE_HZ, heard[1] * NS // SAMPLE_RATE_HZ))
            tape.usual_ns = sentence.pause_ns
    if not spoken:
        raise ModelError("There is nothing in the text that a voice could say", "Write words")
    tape.usual_ns = TAIL_NS
    tape.add(np.zeros(0, np.float32))
    samples = np.concatenate(tape.pieces)
    return Said(_mixed(changed(samples, manner.effect, manner.effect_value), manner, hear), tuple(shown),
                tuple(tape.left_out))


def _said(sentence: Sentence, tape: _Tape, cast: Mapping[str, Choice], voices: Mapping[Choice, Voice],
          hear: Hear) -> tuple[int, int] | None:
    """Lay one sentence down; return where its words begin and end. None when it has none."""
    bounds: tuple[int, int] | None = None
    for step in _together(sentence, cast):
        if isinstance(step, Pause):
            tape.asked_ns = (tape.asked_ns or 0) + step.length_ns
        elif isinstance(step, Phrase):
            choice = cast.get(step.language)
            samples = _phrase(step, voices[choice], tape.manner) if choice else None
            if samples is None:
                tape.left_out.append(step.text.strip())
                continue
            first, end = tape.add(samples)
            bounds = (bounds[0] if bounds else first, end)
        else:
            sound = hear(step.url)
            if sound is not None:
                tape.add(sound)
    return bounds


def _together(sentence: Sentence, cast: Mapping[str, Choice]) -> list[Step]:
    """The steps, neighbouring phrases of one voice said in one breath."""
    steps: list[Step] = []
    for step in sentence.steps:
        last = steps[-1] if steps else None
        if (isinstance(step, Phrase) and isinstance(last, Phrase) and last.language != step.language
                and cast.get(step.language) is not None and cast.get(last.language) == cast.get(step.language)
                and len(last.text) + len(step.text) <= _TOGETHER):
            wide = "zh" if "zh" in (last.language, step.language) else last.language
            steps[-1] = Phrase((*last.parts, *step.parts), wide)
        else:
            steps.append(step)
    return steps


def _phrase(phrase: Phrase, voice: Voice, manner: Manner) -> Samples | None:
    """One phrase at 48 kHz, as fast and as high as asked; None where the voice has no sound for it."""
    pitch = manner.pitch * (CHILD_PITCH if manner.effect == "lolita" else 1.0)
    try:
        samples = voice.say(Saying(phrase.parts, phrase.language, manner.speed, pitch))
    except SilentError:
        return None
    return resampled(tight(samples, voice.sample_rate_hz), SAMPLE_RATE_HZ / voice.sample_rate_hz)


def tight(samples: Samples, rate_hz: int) -> Samples:
    """Return `samples` without the silence around them but 10 ms, so that a pause is as long as it says."""
    frames = samples[:len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME)
    power = np.square(frames, dtype=np.float64).mean(axis=1)
    if not len(power) or power.max() <= 0:
        return samples
    loud = np.flatnonzero(power > power.max() * 10 ** (_SILENT_DB / 10))
    kept = round(rate_hz * _EDGE_S)
    out = samples[max(loud[0] * _FRAME - kept, 0):(loud[-1] + 1) * _FRAME + kept].copy()
    fade = min(kept // 2, len(out) // 2)
    ramp = np.linspace(0, 1, fade, dtype=np.float32)
    out[:fade] *= ramp
    out[len(out) - fade:] *= ramp[::-1]
    return out


def resampled(samples: Samples, ratio: float) -> Samples:
    """Return `samples` at `ratio` times their rate, through one Fourier transform: nothing is delayed or lost."""
    count = len(samples)
    wanted = round(count * ratio)
    if not count or wanted == count:
        return samples
    simple = Fraction(ratio).limit_denominator(1000)
    unit = 2 * _smooth(-(-(count + 64) // (2 * simple.denominator)))  # what Fourier transforms are quick with
    size, made = simple.denominator * unit, simple.numerator * unit
    spectrum = np.fft.rfft(samples, size)[:made // 2 + 1]
    out: Samples = (np.fft.irfft(spectrum, made) * (made / size))[:wanted].astype(np.float32)
    return out


def _smooth(least: int) -> int:
    """The first number from `least` on that has no prime factor above 5."""
    number = least
    while True:
        rest = number
        for factor in (2, 3, 5):
            while rest % factor == 0:
                rest //= factor
        if rest == 1:
            return number
        number += 1


def _mixed(samples: Samples, manner: Manner, hear: Hear) -> Samples:
    """The voice at its volume over its music, held below full scale."""
    out = samples * np.float32(manner.gain)
    music = hear(manner.music) if manner.music else None
    if music is not None and len(music):
        out += np.resize(music, len(out)) * np.float32(manner.music_gain)
    if float(np.abs(out).max(initial=0.0)) > 0.98:
        from stream.sound.limit import DELAY, Limiter

        limiter = Limiter(-0.5)
        both = np.stack([out, out])
        out = np.concatenate([limiter.feed(both), limiter.flush()], axis=1)[0, DELAY:DELAY + len(samples)]
    return out


def _samples(length_ns: int) -> int:
    return (length_ns * SAMPLE_RATE_HZ + NS // 2) // NS
