"""A tone stands where a voice will speak: as long as asked, quiet, soft at both ends."""

import numpy as np
import pytest

from stream.codecs.decode import AudioDecoder
from stream.errors import OptionError
from stream.media import NS, Packet
from stream.sources import SourceContext, tone
from stream.worker import ThreadWorker
from support import run_real


async def packets(url: str) -> list[Packet]:
    context = SourceContext(make_worker=ThreadWorker, tell=print, door=None)  # type: ignore[arg-type]
    return [packet async for packet in tone.read(url, {}, context)]


def test_a_tone_lasts_as_long_as_its_url_says() -> None:
    found = run_real(packets("tone://1500000000"))
    decoder = AudioDecoder(found[0].setup)
    frames = [frame for packet in found for frame in decoder.decode(packet)]
    start = round(-frames[0].pts_ns * 48_000 / NS)
    mono = np.concatenate([frame.samples[0] for frame in frames])[start:]
    assert len(mono) == pytest.approx(72_000, abs=2048)
    assert 0.06 < float(np.sqrt(np.mean(mono[10_000:60_000] ** 2))) < 0.08
    assert abs(float(mono[:20].max())) < 0.02


@pytest.mark.parametrize("url", ["tone://", "tone://long", "tone://-3"])
def test_a_tone_without_a_length_is_an_error(url: str) -> None:
    with pytest.raises(OptionError):
        run_real(packets(url))
