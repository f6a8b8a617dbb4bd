"""srt: one clear line for srt:// URLs, which need a bridge."""

from collections.abc import AsyncIterator, Mapping

from stream.errors import MediaError
from stream.media import Packet
from stream.sources import SourceContext


async def read(url: str, options: Mapping[str, str], context: SourceContext) -> AsyncIterator[Packet]:
    """Raise MediaError naming the bridge to use: FFmpeg as packaged with PyAV has no SRT."""
    yield _first_packet()


def _first_packet() -> Packet:
    raise MediaError("srt: SRT is not read directly",
                     "Listen with rtmp-listen://0.0.0.0:1935/live/KEY and bridge with: "
                     "ffmpeg -i 'srt://…' -c copy -f flv rtmp://127.0.0.1:1935/live/KEY")
