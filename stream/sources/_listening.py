"""_listening: the packets of publishers that come to us, one after another, by whatever protocol."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

from stream.media import Packet
from stream.sources import ListenSpec, Publisher, SourceContext


async def published(spec: ListenSpec, where: str, first_s: float, reconnect_s: float,
                    context: SourceContext) -> AsyncGenerator[Packet, None]:
    """Yield the packets of every publisher that `spec` lets in; `where` is what may be said of the place.

    The first may come at any time, or within `first_s`; it ends when none came back within `reconnect_s`.
    """
    async with context.door.listen(spec) as publishers:
        context.tell(f"waiting for a publisher on {where}")
        publisher = await _next(publishers, first_s or None)
        while publisher is not None:
            context.tell(f"publisher connected from {publisher.address}")
            async for packet in publisher:
                yield packet
            lost = f", {publisher.dropped} packets dropped" if publisher.dropped else ""
            context.tell(f"{publisher.ended}{lost}; waiting {reconnect_s:g} s for it to come back")
            publisher = await _next(publishers, reconnect_s)
        context.tell(f"no publisher on {where}: the input ends")


async def _next(publishers: AsyncIterator[Publisher], timeout_s: float | None) -> Publisher | None:
    """Return the next publisher, or None when none came within `timeout_s`."""
    try:
        async with asyncio.timeout(timeout_s):
            return await anext(publishers, None)
    except TimeoutError:
        return None
