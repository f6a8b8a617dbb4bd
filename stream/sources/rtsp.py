"""rtsp: packets from an IP camera, over TCP unless transport=udp."""

from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from typing import TYPE_CHECKING

from stream.codecs.play import Options, play
from stream.errors import OptionError
from stream.media import Packet

if TYPE_CHECKING:
    from stream.sources import SourceContext


async def read(url: str, options: Mapping[str, str], context: "SourceContext") -> AsyncIterator[Packet]:
    """Yield the camera's packets as they come. MediaError after 5 s of silence."""
    unknown = set(options) - {"transport"}
    transport = options.get("transport", "tcp")
    if unknown or transport not in ("tcp", "udp"):
        raise OptionError("rtsp: takes only transport=tcp or transport=udp", "Leave the rest out")
    ffmpeg = {"rtsp_transport": transport, "fflags": "nobuffer"}
    async with aclosing(play(url, Options(), context.make_worker, ffmpeg, timeout_s=5.0, live=True)) as packets:
        async for packet in packets:
            yield packet
