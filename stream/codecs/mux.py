"""mux: packets into a container file as they are, no codec opened."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from stream.errors import MediaError
from stream.media import NS, SAMPLE_RATE_HZ, Packet, Setup

_TIME_BASE = Fraction(1, NS)


@dataclass(frozen=True, slots=True)
class Container:
    """A container format: FFmpeg's muxer name and options that make the file survive a kill."""

    muxer: str
    options: Mapping[str, str]


# Fragments are written whole at each key frame; delay_moov lets the header hold the edit list that
# hides encoder priming, so it appears with the first fragment. Microsecond ticks hold every stamp of
# a source counting milliseconds or microseconds exactly.
_KEPT = {"flush_packets": "1", "max_interleave_delta": "1000000"}
CONTAINERS = {
    ".mp4": Container("mp4", {"movflags": "frag_keyframe+delay_moov+default_base_moof", "movie_timescale": "1000000",
                              "video_track_timescale": "1000000", **_KEPT}),
    ".mkv": Container("matroska", {"cluster_time_limit": "1000", **_KEPT}),
    ".ts": Container("mpegts", _KEPT),
    ".flv": Container("flv", {"flvflags": "no_duration_filesize", **_KEPT}),
}
NUT = Container("nut", _KEPT)  # holds every codec as it came, Annex B too; few players know it


class Muxer:
    """One container file being written by stream copy. Synchronous; one thread at a time.

    The file is created anew (FileExistsError if it is there). Packets of a Setup that was not announced
    are a MediaError, as is a codec that the container cannot hold. Errors of the disk are OSErrors.
    """

    def __init__(self, path: Path, setups: Sequence[Setup], container: Container | None = None) -> None:
        import av

        container = container or CONTAINERS[path.suffix.lower()]
        options = dict(container.options)
        if container.muxer == "mp4" and not any(setup.kind == "video" for setup in setups):
            options["frag_duration"] = "1000000"
        path.open("xb").close()
        self.path = path
        self._file: Any = av.open(str(path), "w", format=container.muxer, container_options=options)
        try:
            self._streams = {id(setup): _add_stream(self._file, setup) for setup in setups}
            self._file.start_encoding()
        except (MediaError, av.FFmpegError) as error:
            path.unlink()
            raise error if isinstance(error, MediaError) else _refused(path, error) from error
        self._setups = tuple(setups)
        self._last = dict.fromkeys(self._streams, -(1 << 62))

    def write(self, packet: Packet, shift_ns: int = 0) -> None:
        """Write `packet`, its times moved by `shift_ns` and rounded to the container's ticks.

        Decoding times that stand still or step back are nudged on by a tick, since no container may hold them.
        """
        import av

        stream = self._streams.get(id(packet.setup))
        if stream is None:
            raise MediaError(f"{packet.setup.describe()} appeared after {self.path.name} was begun",
                             "Start a new file for it")
        tick = stream.time_base
        dts = max(_ticks(packet.dts_ns + shift_ns, tick), self._last[id(packet.setup)] + 1)
        self._last[id(packet.setup)] = dts
        encoded: Any = av.Packet(packet.data)
        encoded.time_base = tick
        encoded.dts, encoded.pts = dts, max(_ticks(packet.pts_ns + shift_ns, tick), dts)
        encoded.duration = _ticks(packet.duration_ns, tick)
        encoded.is_keyframe = packet.is_key
        encoded.stream = stream
        try:
            self._file.mux_one(encoded)
        except av.FFmpegError as error:
            raise _refused(self.path, error) from error

    def close(self) -> None:
        """Write what is held and the file's end."""
        import av

        try:
            self._file.close()
        except av.FFmpegError as error:
            raise _refused(self.path, error) from error


def _ticks(time_ns: int, tick: Fraction) -> int:
    """`time_ns` in units of `tick` seconds, rounded to the nearest."""
    unit = NS * tick.numerator
    return (2 * time_ns * tick.denominator + unit) // (2 * unit)


def _refused(path: Path, error: Exception) -> Exception:
    """A muxer's error as the disk's (OSError) or, where the packet was not to its liking, a MediaError."""
    if isinstance(error, OSError):
        return OSError(error.errno, error.strerror, str(path))
    return MediaError(f"{path.name} cannot hold what was sent: {error}", "Choose another suffix, .mkv takes most")


def mp4_extradata(setup: Setup) -> bytes:
    """Return the MP4 form (avcC, hvcC) of a setup whose extradata are Annex B headers, as FFmpeg's muxer makes it."""
    import av

    file = io.BytesIO()
    with av.open(file, "w", format="mp4", container_options={"movflags": "empty_moov"}) as out:
        _add_stream(out, setup)
        out.start_encoding()
    with av.open(io.BytesIO(file.getvalue())) as back:
        return bytes(back.streams[0].codec_context.extradata or b"")


def _add_stream(file: Any, setup: Setup) -> Any:
    """Add a stream for stream copy: made from a template, its codec context is described but never opened."""
    import av

    try:
        with av.open(io.BytesIO(), "w", format="matroska") as scratch:
            template = scratch.add_stream(_ENCODERS.get(setup.codec, setup.codec))
            stream = file.add_stream_from_template(template, opaque=True)
    except (av.FFmpegError, ValueError) as error:
        raise MediaError(f"{setup.describe()} does not fit into {file.format.name}",
                         "Choose another suffix, .mkv takes most") from error
    context = stream.codec_context
    context.extradata = setup.extradata or None
    if setup.kind == "video":
        context.width, context.height = setup.width_px or 16, setup.height_px or 16
        if setup.rate:
            context.framerate = setup.rate
    else:
        context.sample_rate = setup.sample_rate_hz or SAMPLE_RATE_HZ
        context.layout = layout_name(setup.channels)
    context.time_base = stream.time_base = _TIME_BASE
    return stream


_ENCODERS = {"opus": "libopus", "vorbis": "libvorbis", "mp3": "libmp3lame", "av1": "libsvtav1", "vp8": "libvpx",
             "vp9": "libvpx-vp9", "h264": "libx264", "hevc": "libx265"}


def layout_name(channels: int) -> str:
    """Return FFmpeg's name for the usual layout of so many channels (0 counts as stereo)."""
    names = {0: "stereo", 1: "mono", 2: "stereo", 3: "2.1", 4: "quad", 5: "5.0", 6: "5.1", 8: "7.1"}
    return names.get(channels, f"{channels}c")
