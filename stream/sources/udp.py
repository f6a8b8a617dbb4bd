"""udp: packets from an MPEG transport stream sent to a port of ours, as udp://0.0.0.0:5000."""

from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from typing import TYPE_CHECKING

from stream.codecs.play import Options, play
from stream.errors import OptionError
from stream.media import Packet

if TYPE_CHECKING:
    from stream.sources import SourceContext


async def read(url: str, options: Mapping[str, str], context: "SourceContext") -> AsyncIterator[Packet]:
    """Yield the stream's packets as they come. MediaError after 5 s of silence."""
    if options:
        raise OptionError(f"udp: takes no option {min(options)!r}", "Leave it out")
    ffmpeg = {"fflags": "nobuffer", "analyzeduration": "1000000"}
    async with aclosing(play(url, Options(), context.make_worker, ffmpeg, timeout_s=5.0, live=True)) as packets:
        async for packet in packets:
            yield packet
