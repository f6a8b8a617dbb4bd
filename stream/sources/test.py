"""test: a moving picture with a bar code of its time and number, speech with known words, and clicks on flashes.

`test:` or `test://?size=1280x720&rate=30&seconds=60&speech=1&clicks=1&realtime=1`. It carries what
`stream/marks` draws, encoded here as H.264 and AAC, so that whatever comes out at the other end says
when it went in. The same options always give the same picture and sound.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from stream.errors import OptionError
from stream.marks import barcode, scene
from stream.marks.barcode import Place
from stream.media import NS, SAMPLE_RATE_HZ, AudioFrame, Packet

if TYPE_CHECKING:
    from stream.sources import SourceContext

_REMEDY = "Write for example test://?size=1280x720&rate=30&seconds=60&speech=1&clicks=1&realtime=1"


@dataclass(frozen=True, slots=True)
class Options:
    """What a test URL may say.

    `seconds` 0 goes on for ever. `stamp` says what the bar code's time counts from: "media" from the
    stream's start, "clock" from the zero of this machine's monotonic clock (the time at which the
    picture is due, so a receiver on the same machine reads latency directly). `code` is where the bar
    code lies: x, y, width, height as ratios of the picture. `realtime` 0 runs as fast as it can.
    """

    size: tuple[int, int] = (1280, 720)
    rate: Fraction = Fraction(30)
    seconds: float = 0.0
    speech: bool = True
    clicks: bool = True
    realtime: bool = True
    video: bool = True
    audio: bool = True
    stamp: str = "media"
    code: Place = barcode.TOP
    kbps: int = 4000


def parse(url: str, options: Mapping[str, str]) -> Options:
    """Return what `url` and `options` ask for; OptionError names what is unknown or impossible."""
    parts = urlsplit(url)
    if parts.netloc or parts.path.strip("/"):
        raise OptionError(f"test: {parts.netloc + parts.path!r} means nothing here", _REMEDY)
    asked = {**dict(parse_qsl(parts.query, keep_blank_values=True)), **options}
    values: dict[str, Any] = {}
    known = [f.name for f in fields(Options)]
    for key, text in asked.items():
        if key not in known:
            near = get_close_matches(key, known, 3) or known
            raise OptionError(f"test: there is no option {key!r}", f"There are: {', '.join(near)}")
        try:
            values[key] = _PARSERS[key](text)
        except (ValueError, ZeroDivisionError) as error:
            raise OptionError(f"test: {key}={text!r} cannot be used: {error}", _REMEDY) from error
    wanted = Options(**values)
    if not (wanted.video or wanted.audio):
        raise OptionError("test: neither picture nor sound is left", "Leave out video=0 or audio=0")
    return wanted


def _flag(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError("it is 1 or 0")
    return text == "1"


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    size = int(width), int(height)
    if not all(64 <= n <= 4096 and n % 2 == 0 for n in size):
        raise ValueError("a size is WIDTHxHEIGHT, even, from 64 to 4096")
    return size


def _between(low: float, high: float) -> Callable[[str], Fraction]:
    def parse_number(text: str) -> Fraction:
        value = Fraction(text)
        if not low <= value <= high:
            raise ValueError(f"it is from {low:g} to {high:g}")
        return value
    return parse_number


def _stamp(text: str) -> str:
    if text not in ("media", "clock"):
        raise ValueError("it is media or clock")
    return text


def _place(text: str) -> Place:
    x, y, width, height = (float(n) for n in text.split(","))
    if min(x, y) < 0 or min(width, height) <= 0 or x + width > 1 or y + height > 1:
        raise ValueError("it is x,y,width,height as ratios inside the picture")
    return Place(x, y, width, height)


_PARSERS: dict[str, Callable[[str], object]] = {
    "size": _size, "rate": _between(1, 240), "seconds": lambda text: float(_between(0, 86400)(text)), "speech": _flag,
    "clicks": _flag, "realtime": _flag, "video": _flag, "audio": _flag, "stamp": _stamp, "code": _place,
    "kbps": lambda text: int(_between(50, 100_000)(text)),
}


class Maker:
    """Makes the stream's packets, one picture's worth at a time. Synchronous; one thread at a time."""

    def __init__(self, wanted: Options, zero_ns: int) -> None:
        from stream.codecs.encode import AudioEncoder, Rendition, VideoEncoder

        self._wanted, self._zero_ns = wanted, zero_ns if wanted.stamp == "clock" else 0
        width, height = wanted.size
        rendition = Rendition(width_px=width, height_px=height, rate=wanted.rate, preset="ultrafast",
                              video_bitrate=wanted.kbps * 1000)
        self._picture = scene.Picture(width, height)
        self._sound = scene.Sound(wanted.rate, speech=wanted.speech, clicks=wanted.clicks)
        self._video = VideoEncoder(rendition) if wanted.video else None
        self._audio = AudioEncoder(rendition) if wanted.audio else None
        self._sample = 0

    def make(self, frame: int) -> list[Packet]:
        """Return the packets that are complete when picture `frame` is taken: it, and the sound before it."""
        out = self._hear(frame)
        if self._video is not None:
            rate = self._wanted.rate
            picture = self._picture.draw(frame, rate, flash=scene.flashes(frame, rate))
            scene.mark(picture, frame, rate, self._wanted.code, zero_ns=self._zero_ns)
            out += self._video.encode(picture)
        return self._tracks(out)

    def finish(self, frames: int) -> list[Packet]:
        """Return what is left: the sound until where picture `frames` would be, and what the encoders hold."""
        out = self._hear(frames)
        for encoder in (self._video, self._audio):
            if encoder is not None:
                out += encoder.flush()
        return self._tracks(out)

    def _hear(self, frame: int) -> list[Packet]:
        end = frame * SAMPLE_RATE_HZ * self._wanted.rate.denominator // self._wanted.rate.numerator
        start, self._sample = self._sample, end
        if self._audio is None or end == start:
            return []
        sound = AudioFrame(self._sound.samples(start, end - start), start * NS // SAMPLE_RATE_HZ)
        return list(self._audio.encode(sound))

    @staticmethod
    def _tracks(packets: list[Packet]) -> list[Packet]:
        numbered = [replace(p, track=0 if p.setup.kind == "video" else 1) for p in packets]
        return sorted(numbered, key=lambda p: p.dts_ns)


async def read(url: str, options: Mapping[str, str], context: "SourceContext") -> AsyncIterator[Packet]:
    """Yield the test stream's packets, each track's in decoding order, when due. OptionError for a wrong URL."""
    wanted = parse(url, options)
    loop = asyncio.get_running_loop()
    worker = context.make_worker("test source")
    try:
        start_s = loop.time()
        maker = await worker.run(Maker, wanted, round(start_s * NS))
        made = 0
        async with aclosing(_frames(wanted, start_s)) as frames:
            async for frame in frames:
                for packet in await worker.run(maker.make, frame):
                    yield packet
                made = frame + 1
        for packet in await worker.run(maker.finish, made):
            yield packet
    finally:
        worker.close()


async def _frames(wanted: Options, start_s: float) -> AsyncGenerator[int, None]:
    """Yield picture numbers, each at its time after `start_s`."""
    loop = asyncio.get_running_loop()
    end_ns = round(wanted.seconds * NS)
    frame = 0
    while not end_ns or scene.time_ns(frame, wanted.rate) < end_ns:
        if wanted.realtime:
            await asyncio.sleep(max(0.0, start_s + scene.time_ns(frame, wanted.rate) / NS - loop.time()))
        yield frame
        frame += 1
