"""rehearsal: a run whose outputs stay closed, and the checklist of what would go wrong on air."""

import asyncio
import math
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal
from urllib.parse import urlsplit

import numpy as np

from stream.live.asked import check_target
from stream.live.show import Live
from stream.media import NS, AudioFrame, Packet
from stream.run.supervise import attempt, words_of
from stream.server.config import Config
from stream.timeline.facts import shown_url
from stream.timeline.starters import expand_secrets

LOUD_DB, QUIET_DB, CLIPS_DB = -9.0, -35.0, -0.5
"""Speech that a programme can use lies between; samples above CLIPS_DB are cut off somewhere."""
KEY_S = 4.0
"""Viewers of live platforms wait for a key frame: longer apart is too long."""
DISK_BYTES = 2 << 30
REACH_S = 3.0
PORTS = {"rtmp": 1935, "rtmps": 443, "http": 80, "https": 443, "whip": 443}
State = Literal["good", "bad", "waiting"]


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the checklist."""

    name: str
    state: State
    says: str


@dataclass(slots=True)
class Heard:
    """What a rehearsal takes note of while packets and sound pass: key frames, loudness."""

    first_ns: int = -1
    last_ns: int = 0
    keys_ns: list[int] = field(default_factory=list)
    peak: float = 0.0
    squares: float = 0.0
    blocks: int = 0

    def admit(self, packet: Packet, index: int) -> None:
        """Take a packet of the main input."""
        if packet.setup.kind != "video":
            return
        self.last_ns = packet.dts_ns
        self.first_ns = packet.dts_ns if self.first_ns < 0 else self.first_ns
        if packet.is_key and len(self.keys_ns) < 10_000:
            self.keys_ns.append(packet.dts_ns)

    def play(self, frame: AudioFrame) -> None:
        """Take sound: its peak, and the power of what is not silence."""
        if not frame.samples.size:
            return
        self.peak = max(self.peak, float(np.abs(frame.samples).max()))
        power = float(np.mean(np.square(frame.samples, dtype=np.float64)))
        if power > 1e-6:
            self.squares, self.blocks = self.squares + power, self.blocks + 1

    async def listen(self, live: Live) -> None:
        """Hear what `live` plays, from when it is put together on."""
        while live.session is None:
            await asyncio.sleep(0.05)
        play = live.main.play

        def both(frame: AudioFrame) -> None:
            self.play(frame)
            if play is not None:
                play(frame)

        live.main.play = both


async def checklist(live: Live, heard: Heard, to: Sequence[str], config: Config) -> list[Check]:
    """Return what is good and bad of a rehearsal; `to` are the outputs that are closed now."""
    begun = live.session is not None and live.session.begun
    return [_source(live), _keys(heard), _level(begun, heard), _language(live), _disk(config),
            *await asyncio.gather(*(_destination(live, url) for url in to))]


def _source(live: Live) -> Check:
    watch = live.main.watch
    if watch.connection < 0:
        return Check("source", "waiting", "nobody sends yet")
    if live.now_ns() - watch.last_packet_ns > 3 * NS:
        return Check("source", "bad", "it is silent: no packet for 3 s")
    video = watch.video.describe() if watch.video else "no picture"
    return Check("source", "good", f"{video} + {watch.audio.describe() if watch.audio else 'no sound'}")


def _keys(heard: Heard) -> Check:
    if heard.first_ns < 0:
        return Check("key frames", "waiting", "no picture has come yet")
    ends = [heard.first_ns, *heard.keys_ns, heard.last_ns]
    longest_s = max(b - a for a, b in pairwise(ends)) / NS
    if longest_s > KEY_S:
        return Check("key frames", "bad", f"{longest_s:.1f} s apart: set the sender's key frame interval to 2 s")
    if len(heard.keys_ns) < 2:
        return Check("key frames", "waiting", "there has been one so far")
    return Check("key frames", "good", f"at most {longest_s:.1f} s apart")


def _level(begun: bool, heard: Heard) -> Check:
    if heard.blocks < 20:
        return Check("sound", "bad" if begun else "waiting", "silence so far: say something")
    level_db, peak_db = 10 * math.log10(heard.squares / heard.blocks), 20 * math.log10(max(heard.peak, 1e-9))
    said = f"{level_db:.0f} dB on average, peaks at {peak_db:.0f} dB"
    if peak_db > CLIPS_DB or level_db > LOUD_DB:
        return Check("sound", "bad", f"{said}: too loud, turn the microphone down")
    if level_db < QUIET_DB:
        return Check("sound", "bad", f"{said}: too quiet, turn it up")
    return Check("sound", "good", said)


def _language(live: Live) -> Check:
    hearing = live.wanted.hearing
    if hearing is None:
        return Check("captions", "good", "not asked for")
    alarms = [text for text in live.board.alarms if "language" in text or "no caption" in text]
    if alarms:
        return Check("captions", "bad", alarms[-1])
    words = live.parts.metrics.counters["words"]
    tongue = hearing.language or "the engine's language"
    return Check("captions", "good" if words else "waiting", f"{hearing.engine} hears {tongue}: {words} words so far")


def _disk(config: Config) -> Check:
    free = shutil.disk_usage(config.recordings).free
    return Check("disk", "good" if free >= DISK_BYTES else "bad", f"{free / (1 << 30):.1f} GiB are free for recordings")


async def _destination(live: Live, url: str) -> Check:
    """Whether somebody listens at an output; nothing is sent."""
    name = f"output {shown_url(url)}"
    expanded = expand_secrets(url, live.options.env)
    parts = urlsplit(expanded)

    async def reach() -> None:
        check_target(expanded)
        if not parts.hostname or parts.scheme not in PORTS:
            return
        async with asyncio.timeout(REACH_S):
            _, writer = await asyncio.open_connection(parts.hostname, parts.port or PORTS[parts.scheme])
            writer.close()

    error = await attempt(reach)
    if isinstance(error, TimeoutError):
        return Check(name, "bad", f"nobody answers within {REACH_S:.0f} s")
    if error is not None:
        return Check(name, "bad", str(live.hushed(error)) if not isinstance(error, OSError) else
                     f"cannot be reached: {error.strerror or words_of(error)}")
    return Check(name, "good", "it answers" if parts.hostname else "it can be written")
