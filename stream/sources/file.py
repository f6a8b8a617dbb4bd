"""file: packets from anything FFmpeg opens (mp4, mkv, ts, flv, mov …), as fast as taken or like a camera."""

from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from stream.codecs.play import parse, play
from stream.errors import MediaError
from stream.media import Packet

if TYPE_CHECKING:
    from stream.sources import SourceContext


async def read(url: str, options: Mapping[str, str], context: "SourceContext") -> AsyncIterator[Packet]:
    """Yield the packets of the file at `url` (a path or file:///path) in decoding order, on the file's own clock.

    Repetitions follow each other without a gap. MediaError when it is absent or unreadable.
    """
    asked = parse(options)
    path = unquote(urlsplit(url).path) if url.startswith("file:") else url
    if not Path(path).exists():
        raise MediaError(f"{path} is not there", "Check the path")
    async with aclosing(play(path, asked, context.make_worker)) as packets:
        async for packet in packets:
            yield packet
