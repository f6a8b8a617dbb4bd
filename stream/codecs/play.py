"""play: a medium that FFmpeg opens as packets, as fast as taken or at its own pace."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from stream.codecs.demux import Demuxer, shown
from stream.media import NS, Packet
from stream.options import decode
from stream.worker import MakeWorker

_BATCH = 16


@dataclass(frozen=True, slots=True)
class Options:
    """What a file may be asked for. `realtime` gives packets at their pace; `loop` plays it so often, 0 for ever;
    `start` begins so many seconds in, at the key frame before; `audio_track` counts from 0, -1 takes the best."""

    realtime: bool = False
    loop: int = 1
    start: float = 0.0
    audio_track: int = -1


def parse(options: Mapping[str, str]) -> Options:
    """Return the options; OptionError names what is unknown or impossible."""
    return decode(Options, options, "file")


async def play(address: str, asked: Options, make_worker: MakeWorker, demuxer_options: Mapping[str, str] = {}, *,
               timeout_s: float | None = None, live: bool = False) -> AsyncGenerator[Packet, None]:
    """Yield the packets of what FFmpeg opens at `address`, in decoding order (a `live` medium: as they come).

    Repetitions follow each other without a gap. MediaError when it is absent, unreadable or silent for
    `timeout_s`, OptionError for a sound track it has not.
    """
    worker = make_worker(f"read {shown(address)[-40:]}")
    demuxer: Demuxer | None = None
    try:
        track = None if asked.audio_track < 0 else asked.audio_track
        demuxer = await worker.run(
            lambda: Demuxer(address, demuxer_options, track, timeout_s=timeout_s, live=live))
        packets = _repeated(demuxer, asked)
        origin: tuple[float, int] | None = None
        loop = asyncio.get_running_loop()
        while batch := await worker.run(_take, packets, 1 if live else _BATCH):
            for packet in batch:
                if asked.realtime:
                    origin = origin or (loop.time(), packet.dts_ns)
                    wait_s = origin[0] + (packet.dts_ns - origin[1]) / NS - loop.time()
                    if wait_s > 0:
                        await asyncio.sleep(wait_s)
                yield packet
    finally:
        if demuxer is not None:
            await worker.run(demuxer.close)
        worker.close()


def _take(packets: Iterator[Packet], count: int) -> list[Packet]:
    return list(islice(packets, count))


def _repeated(demuxer: Demuxer, asked: Options) -> Iterator[Packet]:
    """The medium's packets as often as asked, each pass's times after the one before."""
    start_ns, shift_ns, played = round(asked.start * NS), 0, 0
    last: dict[int, int] = {}
    while asked.loop == 0 or played < asked.loop:
        if start_ns or played:
            demuxer.seek(start_ns)
        begins: dict[int, int] = {}
        end_ns = 0
        for packet in demuxer.packets():
            begins[packet.track] = min(begins.get(packet.track, packet.pts_ns), packet.pts_ns)
            end_ns = max(end_ns, packet.pts_ns + packet.duration_ns)
            if packet.dts_ns + shift_ns <= last.get(packet.track, -(1 << 62)):
                continue
            last[packet.track] = packet.dts_ns + shift_ns
            yield packet if not shift_ns else replace(packet, pts_ns=packet.pts_ns + shift_ns,
                                                      dts_ns=packet.dts_ns + shift_ns)
        if not begins:
            return
        shift_ns += end_ns - begins[min(begins)]  # the picture's first: sound begins earlier by its priming
        played += 1
