"""rtmp: play a stream from an RTMP or RTMPS server by our own client, connecting again when it breaks."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from stream.dial import dial
from stream.errors import CuelightError, RefusedError
from stream.media import Packet
from stream.options import decode
from stream.protocols.rtmp import parse_url
from stream.sources import SourceContext

AGAIN_S = 0.5


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
    loop = asyncio.get_running_loop()
    connection, seen_s, reason = 0, loop.time(), ""
    while True:
        came = False
        try:
            async with dial(address, "play", connect_s=wanted.connect_s, insecure=wanted.insecure,
                            connection=connection) as line:
                context.tell(f"playing {address.shown}")
                line.watch(wanted.idle_s)
                async for packet in line.inbox:
                    came = True
                    yield packet
                if line.failure is not None:
                    raise line.failure
        except CuelightError as error:
            if isinstance(error, RefusedError) and "StreamNotFound" not in error.message:
                raise
            if came:
                connection, seen_s = connection + 1, loop.time()
            if loop.time() - seen_s + AGAIN_S > wanted.reconnect_s:
                if not connection:
                    raise
                context.tell(f"{error.message}: the input ends")
                return
            if error.message != reason:
                reason = error.message
                context.tell(f"{reason}; trying again for {wanted.reconnect_s:g} s")
        await asyncio.sleep(AGAIN_S)
