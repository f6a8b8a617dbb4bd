"""whip: packets from WebRTC publishers (browsers, OBS) that the server lets in by WHIP, one after another."""

from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from stream.errors import OptionError
from stream.media import Packet
from stream.options import decode
from stream.rtc.ingest import WHIP_APP, RtcDoor
from stream.sources import ListenSpec, SourceContext
from stream.sources._listening import published


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
    spec = ListenSpec("", 0, WHIP_APP, name, idle_s=wanted.idle_s)
    async with aclosing(published(spec, f"/whip/{name}", wanted.first_s, wanted.reconnect_s, context)) as packets:
        async for packet in packets:
            yield packet
