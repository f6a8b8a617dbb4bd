"""filters: noise taken away and levels evened out, by FFmpeg's filters, every sample at its own time."""

from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stream.media import SAMPLE_RATE_HZ
from stream.timeline.program import SoundEffect

Block = NDArray[np.float32]
AFFTDN_DELAY = SAMPLE_RATE_HZ // 40
"""afftdn gives its sound this much late under the old times (FFmpeg 5 to 8)."""
BLOCK = 1024
NOISE_DB = -50.0
"""The noise a clip is taken to have that has not been measured, in dB of full scale."""
Spec = tuple[tuple[str, str], ...]


class Filters:
    """A chain of FFmpeg filters as a stage: as many samples come out as went in, none moved. `delay` is undone."""

    def __init__(self, spec: Spec, delay: int) -> None:
        self._spec, self._delay = spec, delay
        self._graph, self._source, self._sink = _graph(spec)
        self._taken, self._given, self._skip = 0, 0, delay

    def feed(self, block: Block) -> Block:
        """Take the next samples (2, n); return what is complete."""
        self._push(block)
        return self._count(self._pull())

    def flush(self) -> Block:
        """Return the rest."""
        wanted = self._taken - self._given
        if self._delay:
            self._push(np.zeros((2, self._delay), np.float32))
        self._source.push(None)
        rest = self._count(self._pull())[:, :wanted]
        return np.pad(rest, ((0, 0), (0, wanted - rest.shape[1])))

    def _push(self, block: Block) -> None:
        import av

        if not block.shape[1]:
            return
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE_HZ, self._taken, Fraction(1, SAMPLE_RATE_HZ)
        self._taken += block.shape[1]
        self._source.push(frame)

    def _pull(self) -> Block:
        import av

        parts: list[Block] = []
        while True:
            try:
                parts.append(self._sink.pull().to_ndarray())
            except (av.BlockingIOError, av.EOFError):
                break
        return np.concatenate(parts, axis=1) if parts else np.zeros((2, 0), np.float32)

    def _count(self, block: Block) -> Block:
        skipped = min(self._skip, block.shape[1])
        self._skip -= skipped
        self._given += block.shape[1] - skipped
        return block[:, skipped:]


def _graph(spec: Spec) -> tuple[Any, Any, Any]:
    from av.filter import Graph

    graph = Graph()
    graph.threads = 1
    source: Any = graph.add_abuffer(sample_rate=SAMPLE_RATE_HZ, format="fltp", layout="stereo",
                                    time_base=Fraction(1, SAMPLE_RATE_HZ))
    last = source
    out = ("aformat", f"sample_fmts=fltp:sample_rates={SAMPLE_RATE_HZ}:channel_layouts=stereo")
    even = ("asetnsamples", f"n={BLOCK}:p=0")  # some filters' rounding depends on where frames are cut
    for name, arguments in (even, *spec, out, ("abuffersink", "")):
        following = graph.add(name, arguments or None)
        last.link_to(following)
        last = following
    graph.configure()
    return graph, source, last


def denoise(effect: SoundEffect) -> Filters:
    """Return what takes away wind (mode 0), noise (1), reverb (2), blur (3) or music (4), as far as filters can.

    `noise_db`, where measured (`settle`), is the level of the clip's quietest moments.
    """
    params = dict(effect.params)
    floor_db = min(max(float(params.get("noise_db", NOISE_DB)) + 10, -80.0), -20.0)

    def spectral(reduction_db: int) -> tuple[str, str]:
        return "afftdn", f"nr={reduction_db}:nf={floor_db:.2f}"

    gate_db = min(floor_db + 12, -20.0)
    gate = f"threshold={10 ** (gate_db / 20):.6f}:ratio=3:range=0.1:attack=5:release=80:knee=6"
    modes: tuple[Spec, ...] = (
        (("highpass", "f=110"), ("highpass", "f=110"), spectral(10)),
        (("highpass", "f=50"), spectral(20)),
        (spectral(10), ("agate", gate)),
        (("highpass", "f=80"), spectral(10), ("equalizer", "f=250:t=q:w=1:g=-2"),
         ("equalizer", "f=3200:t=q:w=0.8:g=4")),
        (("stereotools", "slev=0.1"), ("highpass", "f=140"), ("lowpass", "f=7000"), spectral(20)),
    )
    return Filters(modes[min(max(round(float(params.get("mode", 1.0))), 0), 4)], AFFTDN_DELAY)


def equalize(effect: SoundEffect) -> Filters:
    """Return what evens levels out from the first moment on: FFmpeg's dynaudnorm.

    Quiet parts become up to `gain` times louder, peaks reach `peak`.
    """
    params = dict(effect.params)
    peak, gain = (float(params.get(key, otherwise)) for key, otherwise in (("peak", 0.95), ("gain", 10.0)))
    return Filters((("dynaudnorm", f"p={min(max(peak, 0.01), 1.0):.4f}:m={min(max(gain, 1.0), 100.0):.4f}:b=1"),), 0)
