"""file: packets to a file, stream copy; the suffix names the container (.mp4 .mkv .ts .flv)."""

from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from stream.codecs.mux import CONTAINERS, Muxer
from stream.errors import MediaError, OptionError
from stream.media import Packet, Setup
from stream.sinks import SinkContext


async def write(url: str, setups: Sequence[Setup], packets: AsyncIterator[Packet], options: Mapping[str, str],
                context: SinkContext) -> None:
    """Write `packets` to the file that `url` (a path or file:///path) names, until they end.

    .mp4 is fragmented, so what was written plays after a kill. Session time `context.origin_ns` becomes 0;
    sound may begin earlier by its encoder's priming: MP4 hides that by an edit list, the others move
    sound and picture later together. OptionError for an existing file or an unknown suffix or option,
    MediaError when the disk is full or the folder cannot be written.
    """
    if options:
        raise OptionError(f"A file takes no option {min(options)!r}", "Leave it out")
    path = path_of(url)
    if path.suffix.lower() not in CONTAINERS:
        raise OptionError(f"{path.name!r} does not say what kind of file to write",
                          f"End it in one of {' '.join(CONTAINERS)}")
    worker = context.make_worker(f"write {path.name}")
    muxer: Muxer | None = None
    try:
        muxer = await worker.run(Muxer, path, setups)
        async for packet in packets:
            await worker.run(muxer.write, packet, -context.origin_ns)
        await worker.run(muxer.close)
        muxer = None
    except FileExistsError as error:
        raise OptionError(f"{path} is there already and is not overwritten",
                          "Choose another name, or move it away") from error
    except OSError as error:
        raise MediaError(f"{path} cannot be written: {error.strerror or error}",
                         "Free some space, or choose another folder") from error
    finally:
        if muxer is not None:
            await worker.run(_abandon, muxer)
        worker.close()


def path_of(url: str) -> Path:
    """Return the path that a plain path or a file: URL names."""
    return Path(unquote(urlsplit(url).path)) if url.startswith("file:") else Path(url)


def _abandon(muxer: Muxer) -> None:
    """Close as much as can still be written; the error that matters was raised before."""
    try:
        muxer.close()
    except OSError:
        return
