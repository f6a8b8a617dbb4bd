"""tone: a quiet tone of a given length, `tone://<ns>`, where a voice will speak one day."""

from collections.abc import AsyncIterator, Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from stream.errors import OptionError
from stream.media import NS, SAMPLE_RATE_HZ, AudioFrame, Packet

if TYPE_CHECKING:
    from stream.sources import SourceContext

PITCH_HZ, LEVEL, EDGE_SAMPLES, BLOCK = 220, 0.1, 480, 4800


async def read(url: str, options: Mapping[str, str], context: "SourceContext") -> AsyncIterator[Packet]:
    """Yield the packets of a sine of 220 Hz, 20 dB below full scale, that begins and ends softly, as fast as taken."""
    from stream.codecs.encode import AudioEncoder, Rendition

    if options:
        raise OptionError(f"{url!r} takes no option", "Leave it out")
    worker = context.make_worker("tone")
    try:
        encoder = AudioEncoder(Rendition(2, 2, Fraction(25)))
        for frame in frames(url):
            for packet in await worker.run(encoder.encode, frame):
                yield packet
        for packet in await worker.run(encoder.flush):
            yield packet
    finally:
        worker.close()


def frames(url: str) -> Iterator[AudioFrame]:
    """Yield the tone that `url` stands for, a tenth of a second at a time. OptionError when it says no length."""
    digits = url.partition("://")[2]
    if not digits.isdigit():
        raise OptionError(f"{url!r} says no length", "Write tone:// and the length in nanoseconds")
    count = int(digits) * SAMPLE_RATE_HZ // NS
    for start in range(0, count, BLOCK):
        yield _block(start, min(start + BLOCK, count), count)


def _block(start: int, end: int, count: int) -> AudioFrame:
    at = np.arange(start, end)
    edge = np.minimum(np.minimum(at, count - at) / EDGE_SAMPLES, 1.0)
    mono = (LEVEL * edge * np.sin(2 * np.pi * PITCH_HZ * at / SAMPLE_RATE_HZ)).astype(np.float32)
    return AudioFrame(np.stack([mono, mono]), start * NS // SAMPLE_RATE_HZ)
