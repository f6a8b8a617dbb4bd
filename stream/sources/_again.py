"""_again: a source that connects to somebody, connected again when it breaks."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from stream.errors import CuelightError
from stream.media import Packet

AGAIN_S = 0.5


async def again(play: Callable[[int], AsyncGenerator[Packet, None]], reconnect_s: float,
                is_final: Callable[[CuelightError], bool], tell: Callable[[str], None]) -> AsyncGenerator[Packet, None]:
    """Yield the packets of `play(connection)`, over and over; `connection` grows once a connection has brought some.

    After a break it is tried again for `reconnect_s`: then it ends, or, when nothing ever came, raises the last
    error. An error that `is_final` is raised at once.
    """
    loop = asyncio.get_running_loop()
    connection, seen_s, said = 0, loop.time(), ""
    while True:
        came = False
        try:
            async with aclosing(play(connection)) as packets:
                async for packet in packets:
                    came = True
                    yield packet
        except CuelightError as error:
            if is_final(error):
                raise
            if came:
                connection, seen_s = connection + 1, loop.time()
            if loop.time() - seen_s + AGAIN_S > reconnect_s:
                if not connection:
                    raise
                tell(f"{error.message}: the input ends")
                return
            if error.message != said:
                said = error.message
                tell(f"{said}; trying again for {reconnect_s:g} s")
        await asyncio.sleep(AGAIN_S)
