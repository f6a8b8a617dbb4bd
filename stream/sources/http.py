"""http: packets from a file or stream on a web server, through FFmpeg."""

from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from typing import TYPE_CHECKING

from stream.codecs.play import parse, play
from stream.media import Packet

if TYPE_CHECKING:
    from stream.sources import SourceContext


async def read(url: str, options: Mapping[str, str], context: "SourceContext") -> AsyncIterator[Packet]:
    """Yield the packets of `url`; takes the options of a file. MediaError after 10 s of silence."""
    async with aclosing(play(url, parse(options), context.make_worker, timeout_s=10.0)) as packets:
        async for packet in packets:
            yield packet
