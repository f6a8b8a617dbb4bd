"""whep: play a stream from another WebRTC server by WHEP, connecting again when it breaks."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from stream.errors import MediaError, RefusedError
from stream.media import Packet
from stream.options import decode
from stream.rtc.client import endpoint, exchange, release
from stream.rtc.ingest import Intake
from stream.sources import SourceContext
from stream.sources._again import again


@dataclass(frozen=True, slots=True)
class Options:
    """`reconnect_s`: how long to try again; `connect_s`: until something must have come; `idle_s`: so long without
    data is a break. `insecure`: do not check the certificate (wheps).
    """

    reconnect_s: float = 30.0
    connect_s: float = 10.0
    idle_s: float = 10.0
    insecure: bool = False


async def read(url: str, options: Mapping[str, str], context: SourceContext) -> AsyncIterator[Packet]:
    """Yield the packets of whep[s]://[:TOKEN@]host/path (http, with the s https); `connection` counts from 0.

    Breaks are tried again for `reconnect_s`: then it ends, or, when nothing ever came, raises the last error. A
    refusal is a RefusedError at once.
    """
    wanted = decode(Options, options, urlsplit(url).scheme)

    async def play(connection: int) -> AsyncGenerator[Packet, None]:
        async with _played(url, wanted, context, connection) as intake:
            async for packet in intake:
                yield packet
        raise MediaError("the WebRTC stream broke off", "It is tried again")

    async with aclosing(again(play, wanted.reconnect_s, lambda error: isinstance(error, RefusedError),
                              context.tell)) as packets:
        async for packet in packets:
            yield packet


@asynccontextmanager
async def _played(url: str, wanted: Options, context: SourceContext, connection: int) -> AsyncIterator[Intake]:
    """A connection that receives; at its end the server is told."""
    from stream.rtc.peer import Reach, accept, codec_names, offer, open_peer, preferences, tap

    to, worker, pc = endpoint(url), context.make_worker("whep-http"), open_peer()
    intake, resource, watch = Intake(connection, time.monotonic_ns), "", None
    try:
        for kind in ("video", "audio"):
            pc.addTransceiver(kind, "recvonly").setCodecPreferences(preferences(kind))
        said, resource = await worker.run(exchange, to, await offer(pc, Reach(loopback=True)), wanted.insecure)
        await accept(pc, said)
        for transceiver in pc.getTransceivers():
            def heard(ntp: int, rtp: int, kind: str = transceiver.kind) -> None:
                intake.together.report(kind, ntp, rtp)

            if transceiver.currentDirection == "recvonly":
                assembler = intake.assembler(transceiver.kind, codec_names(transceiver._codecs))
                tap(transceiver.receiver, assembler, heard, intake.close)
        context.tell(f"playing from {to.shown}")
        watch = asyncio.create_task(_watched(intake, wanted), name="whep-idle")
        pc.on("connectionstatechange", lambda: intake.close() if pc.connectionState in ("failed", "closed") else None)
        yield intake
    finally:
        if watch is not None:
            watch.cancel()
        await pc.close()
        if resource:
            try:
                await worker.run(release, to, resource, wanted.insecure)
            except MediaError as error:
                context.tell(f"{error.message}: it was not told that playing ended")
        worker.close()


async def _watched(intake: Intake, wanted: Options) -> None:
    """Close `intake` when nothing has come for too long."""
    began_ns = intake.heard_ns
    while True:
        allowed_s = wanted.connect_s if intake.heard_ns == began_ns else wanted.idle_s
        if time.monotonic_ns() - intake.heard_ns > allowed_s * 1e9:
            intake.close()
            return
        await asyncio.sleep(0.25)
