"""chain: everything that is done to one sound between its decoder and the mix, sample by sample at its time."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from stream.media import NS, SAMPLE_RATE_HZ, AudioFrame
from stream.sound.fade import Gain
from stream.timeline.program import Sound, SoundEffect

Block = NDArray[np.float32]
GAP = 10 * SAMPLE_RATE_HZ
"""A hole in the source up to this long is filled with silence; at a longer one everything begins anew."""
ROUNDED = 2
"""Times in ns put neighbouring frames so many samples apart, or one over the other."""


class Stage(Protocol):
    """One change of a stream of stereo blocks: in all, as many samples come out as went in (Stretch apart)."""

    def feed(self, block: Block) -> Block: ...
    def flush(self) -> Block: ...


def chain(sound: Sound, frames: Iterable[AudioFrame]) -> Iterator[AudioFrame]:
    """Yield `frames` (see Chain) as `sound` has them."""
    changed = Chain(sound)
    for frame in frames:
        yield from changed.feed(frame)
    yield from changed.flush()


class Chain:
    """One sound's speed and effects at work. Synchronous; one thread at a time.

    Frames come at their source's own pace, source time `in_ns` at `start_ns`; what lies before is cut off, and
    what comes out, at session time, ends where the sound ends. It does not depend on how frames are cut.
    """

    def __init__(self, sound: Sound) -> None:
        self._sound = sound
        self._begin, self._stop = _sample(sound.start_ns), _sample(min(sound.end_ns, 1 << 60))
        self._source = self._out = self._begin
        self._stages: Sequence[Stage] = _stages(sound, self._begin)

    def feed(self, frame: AudioFrame) -> list[AudioFrame]:
        """Take `frame` (stereo, 48 kHz); return what is complete."""
        start, samples = _sample(frame.pts_ns), frame.samples
        if abs(start - self._source) <= ROUNDED and self._source > self._begin:
            start = self._source
        out: list[AudioFrame] = []
        if start > self._source + GAP:
            out += self._restart(start)
        if start > self._source:
            out += self._run(np.zeros((2, start - self._source), np.float32))
        samples = samples[:, self._source - start:]
        return out + self._run(samples) if samples.shape[1] else out

    def flush(self) -> list[AudioFrame]:
        """Return the rest."""
        out: list[AudioFrame] = []
        for index, stage in enumerate(self._stages):
            out += self._give(_through(self._stages[index + 1:], stage.flush()))
        return out

    def _run(self, block: Block) -> list[AudioFrame]:
        self._source += block.shape[1]
        return self._give(_through(self._stages, block))

    def _restart(self, start: int) -> list[AudioFrame]:
        out = self.flush()
        self._source = start
        self._out = self._begin + round((start - self._begin) / self._sound.speed)
        self._stages = _stages(self._sound, self._out)
        return out

    def _give(self, block: Block) -> list[AudioFrame]:
        first, self._out = self._out, self._out + block.shape[1]
        block = block[:, :max(self._stop - first, 0)]
        return [AudioFrame(block, first * NS // SAMPLE_RATE_HZ)] if block.shape[1] else []


class Within:
    """A stage at work from sample `start` until `stop` only; `at` is the number of the first that comes."""

    def __init__(self, make: Callable[[], Stage], start: int, stop: int, at: int) -> None:
        self._make, self._start, self._stop, self._at = make, start, stop, at
        self._stage: Stage | None = None

    def feed(self, block: Block) -> Block:
        """Return what is complete of `block` and what came before."""
        first, self._at = self._at, self._at + block.shape[1]
        before = min(max(self._start - first, 0), block.shape[1])
        inside = min(max(self._stop - first, 0), block.shape[1])
        parts = [block[:, :before]]
        if inside > before:
            self._stage = self._stage or self._make()
            parts.append(self._stage.feed(block[:, before:inside]))
        if inside < block.shape[1]:
            parts += [self.flush(), block[:, max(inside, before):]]
        return np.concatenate(parts, axis=1)

    def flush(self) -> Block:
        """Return the rest of what is inside."""
        stage, self._stage = self._stage, None
        return stage.flush() if stage else np.zeros((2, 0), np.float32)


class Level:
    """Loudness brought to its target: one gain, then a limiter at the true peak allowed."""

    def __init__(self, gain_db: float, true_peak_dbtp: float) -> None:
        from stream.sound.limit import DELAY, Limiter

        self._gain = np.float32(10 ** (gain_db / 20))
        self._limiter, self._skip = Limiter(true_peak_dbtp), DELAY

    def feed(self, block: Block) -> Block:
        """Return what is complete: the limiter looks ahead."""
        out = self._limiter.feed(block * self._gain)
        skipped = min(self._skip, out.shape[1])
        self._skip -= skipped
        return out[:, skipped:]

    def flush(self) -> Block:
        """Return the rest."""
        return self._limiter.flush()[:, self._skip:]


def _stages(sound: Sound, at: int) -> list[Stage]:
    """The stages of `sound`, of which the first output sample is number `at`."""
    stages: list[Stage] = []
    if sound.speed != 1.0:
        from stream.sound.stretch import Stretch

        stages.append(Stretch(sound.speed))
    return stages + [stage for effect in sound.effects for stage in _stage(effect, at)]


def _stage(effect: SoundEffect, at: int) -> Iterator[Stage]:
    start, stop = _sample(effect.start_ns), _sample(min(effect.end_ns, 1 << 60))
    params = dict(effect.params)
    if effect.name in ("fade_in", "fade_out", "volume"):
        yield Gain(effect, at)
    elif effect.name == "loudnorm" and "gain_db" in params:  # not measured (live): left as it is
        gain_db, peak_dbtp = float(params["gain_db"]), float(params.get("true_peak", -2.0))
        yield Within(lambda: Level(gain_db, peak_dbtp), start, stop, at)
    elif effect.name in ("denoise", "equalize"):
        from stream.sound import filters

        make = filters.denoise if effect.name == "denoise" else filters.equalize
        yield Within(lambda: make(effect), start, stop, at)


def _through(stages: Sequence[Stage], block: Block) -> Block:
    for stage in stages:
        block = stage.feed(block)
    return block


def _sample(pts_ns: int) -> int:
    return (pts_ns * SAMPLE_RATE_HZ + NS // 2) // NS


MAX_GAIN_DB = 30.0


def settle(sound: Sound, frames: Callable[[], Iterable[AudioFrame]]) -> Sound:
    """Return `sound` with what its effects must know beforehand: its noise floor, the gain to its target loudness.

    `frames` gives its source's sound anew each time, as Chain takes it. Loudness is measured as it is after the
    effects before; at most MAX_GAIN_DB are added, and silence stays silent.
    """
    effects = list(sound.effects)
    for index, effect in enumerate(effects):
        if effect.name not in ("denoise", "loudnorm"):
            continue
        from stream.sound.loudness import Meter

        meter = Meter()
        for frame in chain(replace(sound, effects=tuple(effects[:index])), frames()):
            meter.feed(frame.samples)
        if effect.name == "denoise":
            measured = ("noise_db", meter.noise_db())
        else:
            target = float(dict(effect.params).get("loudness", -24.0))
            gain_db = target - meter.integrated_lufs()
            measured = ("gain_db", gain_db if gain_db < MAX_GAIN_DB else MAX_GAIN_DB if np.isfinite(gain_db) else 0.0)
        if np.isfinite(measured[1]):
            effects[index] = replace(effect, params=(*effect.params, measured))
    return replace(sound, effects=tuple(effects))
