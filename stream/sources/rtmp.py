"""rtmp: play a stream from an RTMP or RTMPS server by our own client, connecting again when it breaks."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass

from stream.dial import dial
from stream.errors import CuelightError, RefusedError
from stream.media import Packet
from stream.options import decode
from stream.protocols.rtmp import parse_url
from stream.sources import SourceContext
from stream.sources._again import again


@dataclass(frozen=True, slots=True)
class Options:
    """`reconnect_s`: how long to try again; `connect_s`: until the server must have agreed.

    `idle_s`: so long without data is a break. `insecure`: do not check the certificate (rtmps).
    """

    reconnect_s: float = 30.0
    connect_s: float = 5.0
    idle_s: float = 10.0
    insecure: bool = False


async def read(url: str, options: Mapping[str, str], context: SourceContext) -> AsyncIterator[Packet]:
    """Yield the packets of rtmp[s]://host[:port]/app/KEY; `connection` grows by one each time it is connected anew.

    Breaks and "stream not found" are tried again for `reconnect_s`: then it ends, or, when nothing ever
    came, raises the last error. Any other refusal is a RefusedError at once.
    """
    address = parse_url(url)
    wanted = decode(Options, options, address.scheme)

    async def play(connection: int) -> AsyncGenerator[Packet, None]:
        async with dial(address, "play", connect_s=wanted.connect_s, insecure=wanted.insecure,
                        connection=connection) as line:
            context.tell(f"playing {address.shown}")
            line.watch(wanted.idle_s)
            async for packet in line.inbox:
                yield packet
            if line.failure is not None:
                raise line.failure

    async with aclosing(again(play, wanted.reconnect_s, _refused, context.tell)) as packets:
        async for packet in packets:
            yield packet


def _refused(error: CuelightError) -> bool:
    """Whether the server will not have us; a stream that is not there may yet come."""
    return isinstance(error, RefusedError) and "StreamNotFound" not in error.message
