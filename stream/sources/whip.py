"""whip: packets from WebRTC publishers (browsers, OBS) that the server lets in by WHIP, one after another."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from stream.errors import OptionError
from stream.media import Packet
from stream.options import decode
from stream.rtc.ingest import WHIP_APP, RtcDoor
from stream.sources import ListenSpec, Publisher, SourceContext


@dataclass(frozen=True, slots=True)
class Options:
    """`reconnect_s`: how long to wait for a publisher to come back; `first_s`: for the first one (0: for ever).

    `idle_s`: a publisher that sends nothing for so long has gone.
    """

    reconnect_s: float = 30.0
    first_s: float = 0.0
    idle_s: float = 15.0


async def read(url: str, options: Mapping[str, str], context: SourceContext) -> AsyncIterator[Packet]:
    """Yield the packets of every publisher to whip://NAME; `connection` counts them from 0.

    Ends when no publisher came back within `reconnect_s`. Raises OptionError outside of a server, and MediaError when
    another session waits for the same name.
    """
    parts = urlsplit(url)
    name = parts.netloc + parts.path.rstrip("/")
    wanted = decode(Options, {**dict(parse_qsl(parts.query, keep_blank_values=True)), **options}, "whip")
    if not name:
        raise OptionError("whip: a name is missing", "Write whip://NAME; publishers then send to /whip/NAME")
    if not isinstance(context.door, RtcDoor):
        raise OptionError("whip: WebRTC publishers come to a server", "Start it with cuelight serve")
    async with context.door.listen(ListenSpec("", 0, WHIP_APP, name, idle_s=wanted.idle_s)) as publishers:
        context.tell(f"waiting for a publisher on /whip/{name}")
        publisher = await _next(publishers, wanted.first_s or None)
        while publisher is not None:
            context.tell(f"publisher connected from {publisher.address}")
            async for packet in publisher:
                yield packet
            lost = f", {publisher.dropped} packets dropped" if publisher.dropped else ""
            context.tell(f"{publisher.ended}{lost}; waiting {wanted.reconnect_s:g} s for it to come back")
            publisher = await _next(publishers, wanted.reconnect_s)
        context.tell(f"no publisher on /whip/{name}: the input ends")


async def _next(publishers: AsyncIterator[Publisher], timeout_s: float | None) -> Publisher | None:
    """Return the next publisher, or None when none came within `timeout_s`."""
    try:
        async with asyncio.timeout(timeout_s):
            return await anext(publishers, None)
    except TimeoutError:
        return None
