"""rtmp: push to an RTMP or RTMPS server, such as a streaming platform, by our own client."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from stream.dial import Line, dial
from stream.errors import MediaError
from stream.media import Packet, Setup
from stream.options import decode
from stream.protocols import flv_writer
from stream.protocols.rtmp import parse_url
from stream.sinks import SinkContext

PRIMING_NS = 50_000_000


@dataclass(frozen=True, slots=True)
class Options:
    """`connect_s`: until the server must have agreed; `stall_s`: without progress in sending, we give up.

    `insecure`: do not check the certificate (rtmps).
    """

    connect_s: float = 5.0
    stall_s: float = 10.0
    insecure: bool = False


async def write(url: str, setups: Sequence[Setup], packets: AsyncIterator[Packet], options: Mapping[str, str],
                context: SinkContext) -> None:
    """Publish `packets` (one video, one audio track at most) to rtmp[s]://host[:port]/app/KEY until they end.

    A receiver that does not read blocks this coroutine only; after `stall_s` it is a MediaError. A
    server that turns us away is a RefusedError with its own words. Every packet is shifted by the same
    time, so that none is negative and picture and sound keep their offset.
    """
    address = parse_url(url)
    wanted = decode(Options, options, address.scheme)
    if len({setup.kind for setup in setups}) < len(setups):
        raise MediaError("RTMP carries one picture and one sound", "Choose one track of each")
    async with dial(address, "publish", connect_s=wanted.connect_s, insecure=wanted.insecure) as line:
        context.tell(f"publishing to {address.shown}")
        line.send_metadata(flv_writer.metadata(setups))
        await _publish(line, packets, wanted.stall_s, context)
        await line.finish(wanted.stall_s)


async def _publish(line: Line, packets: AsyncIterator[Packet], stall_s: float, context: SinkContext) -> None:
    sent: dict[str, Setup] = {}
    shift_ns: int | None = None
    early = 0
    async for packet in packets:
        if shift_ns is None:
            shift_ns = max(PRIMING_NS - context.origin_ns, -packet.dts_ns)
        time_ms = flv_writer.time_ms(packet.dts_ns + shift_ns)
        if time_ms < 0:
            early += 1
            if early == 1:
                context.tell("left out sound from before the first picture")
            continue
        setup, kind = packet.setup, flv_writer.kind_of(packet.setup)
        if sent.get(setup.kind) != setup:
            sent[setup.kind] = setup
            if header := flv_writer.header(setup):
                line.send_media(kind, time_ms, header)
        line.send_media(kind, time_ms, flv_writer.body(packet))
        await line.drained(stall_s)
