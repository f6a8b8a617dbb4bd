"""demux: packets out of anything FFmpeg opens, H.264, HEVC and AAC in the form MP4 gives them."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import chain, islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from stream.codecs.mux import mp4_extradata
from stream.errors import MediaError, OptionError
from stream.media import NS, Packet, Setup
from stream.media.animation import film, moves
from stream.protocols import adts, h264

_UNDATED = 32
_PATIENCE_NS = NS  # how far one track may lead while another is silent
_EARLY_NS = NS // 4  # less is what encoders add in front of sound
_WIDEST_PX = 16_384
_ROTATED = ("mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm")


class Demuxer:
    """One opened medium: its best video and a sound track. Synchronous; one thread at a time.

    `audio_track` counts the sound tracks from 0; None takes the one FFmpeg likes best. Raises MediaError
    when the medium cannot be opened or holds neither picture nor sound, OptionError for a track it has not.
    A medium whose clock begins well before 0 is moved, so that it begins at 0.
    """

    def __init__(self, address: str, options: Mapping[str, str] = {}, audio_track: int | None = None, *,
                 timeout_s: float | None = None, live: bool = False) -> None:
        self.name, self._live = shown(address), live
        self._file = _open(address, options, timeout_s)
        self._streams = _choose(self._file, self.name, audio_track)
        self._tracks = [_Track(stream, number) for number, stream in enumerate(self._streams)]
        self._early: list[Any] = []
        start_ns = (self._file.start_time or 0) * 1000
        self._shift_ns = -start_ns if start_ns < -_EARLY_NS and not live else 0
        if self._file.format.name == "mp3":  # FFmpeg counts the encoder's delay, where the file tells it, as time
            for track in self._tracks:
                track.early_ns = to_ns(track.stream.start_time or 0, track.stream.time_base)
        if self._file.format.name in _ROTATED:
            self._find_rotation()
        self.setups = [track.setup for track in self._tracks]

    def packets(self) -> Iterator[Packet]:
        """Yield every packet, in order of decoding time over all tracks (a live medium: as they come)."""
        yield from self._read() if self._live else _in_order(self._read(), len(self._tracks))

    def seek(self, start_ns: int) -> None:
        """Go to the last key frame at or before `start_ns`, on the medium's own clock."""
        import av

        try:
            self._file.seek((start_ns - self._shift_ns) // 1000, backward=True)
        except av.FFmpegError as error:
            raise MediaError(f"{self.name} cannot be started in the middle", "Leave out start=") from error
        self._early = []

    @property
    def duration_ns(self) -> int:
        """How long it is from 0 on, by its container or else by its tracks; 0 when neither says."""
        if self._file.duration:
            return (int(self._file.duration) + min(0, self._file.start_time or 0)) * 1000 + self._shift_ns
        return max((to_ns(s.duration, s.time_base) for s in self._streams if s.duration and s.time_base), default=0)

    @property
    def is_image(self) -> bool:
        """Whether FFmpeg opened it as a still picture."""
        name = str(self._file.format.name)
        return name.endswith("_pipe") or name == "image2" or (name == "gif" and self._is_single())

    def close(self) -> None:
        """Close the file or connection; no packet can be read afterwards."""
        self._file.close()

    def _read(self) -> Iterator[Packet]:
        import av

        by_stream = {stream.index: track for stream, track in zip(self._streams, self._tracks, strict=True)}
        early, self._early = self._early, []
        try:
            for raw in chain(early, self._file.demux(self._streams)):
                yield from self._moved(by_stream[raw.stream.index].packets(raw))
            for track in self._tracks:
                yield from self._moved(track.rest())
        except av.FFmpegError as error:
            raise MediaError(f"{self.name} broke off: {error.strerror}", "Check the file or the connection") from error

    def _moved(self, packets: Iterator[Packet]) -> Iterator[Packet]:
        shift_ns = self._shift_ns
        if not shift_ns:
            return packets
        return (replace(p, pts_ns=p.pts_ns + shift_ns, dts_ns=p.dts_ns + shift_ns) for p in packets)

    def _is_single(self) -> bool:
        """Whether there is no second packet."""
        if len(self._early) < 2:
            self._early += islice(self._file.demux(self._streams), 2 - len(self._early))
        return sum(1 for raw in self._early if raw.size) < 2

    def _find_rotation(self) -> None:
        """Decode one picture: only FFmpeg's frames say how a phone was held."""
        import av

        for track in self._tracks:
            if track.setup.kind != "video":
                continue
            try:
                picture = self._first_picture(track.stream)
            except av.FFmpegError:
                picture = None
            if picture is not None and picture.rotation:
                track.setup = replace(track.setup, rotation_deg=-picture.rotation % 360)

    def _first_picture(self, stream: Any) -> Any:
        for raw in self._file.demux(self._streams):
            self._early.append(raw)
            if raw.stream.index == stream.index:
                for picture in stream.codec_context.decode(raw):
                    return picture
            if len(self._early) > 200:
                break
        return None


class _Track:
    """One stream's packets, brought into MP4's form (length prefixes, no ADTS headers)."""

    def __init__(self, stream: Any, number: int) -> None:
        self.stream, self.number, self.early_ns = stream, number, 0
        self.setup, self._convert = _normal(_setup_of(stream))
        self._undated: list[Packet] = []
        self._waiting = self.setup.codec == "aac" and not self.setup.extradata

    def packets(self, raw: Any) -> Iterator[Packet]:
        """Yield what `raw` completes. Packets without a decoding time (Matroska's first) wait for one that has it."""
        data = bytes(raw)
        if not data or (raw.pts is None and raw.dts is None):
            return
        if self._waiting:
            self._take_config(data)
        if self._convert == "adts" and adts.is_adts(data):
            data = adts.strip(data)
        elif self._convert == "annexb":
            data = length_prefixed(data)
        time_base = raw.time_base
        pts_ns = to_ns(raw.dts if raw.pts is None else raw.pts, time_base) - self.early_ns
        dts_ns = to_ns(raw.pts if raw.dts is None else raw.dts, time_base) - self.early_ns
        self._undated.append(Packet(self.setup, pts_ns, dts_ns, raw.is_keyframe, data,
                                    to_ns(raw.duration or 0, time_base), self.number))
        if raw.dts is not None or len(self._undated) > _UNDATED:
            yield from self.rest(dts_ns)

    def rest(self, last_dts_ns: int | None = None) -> Iterator[Packet]:
        """Yield what waits, decoding times counted back from the last one's."""
        waiting, self._undated = self._undated, []
        dts_ns = last_dts_ns if last_dts_ns is not None or not waiting else waiting[-1].pts_ns
        dated: list[Packet] = []
        for packet in reversed(waiting):
            dts_ns = packet.dts_ns if dts_ns is None else min(dts_ns, packet.pts_ns)
            dated.append(packet if packet.dts_ns == dts_ns else replace(packet, dts_ns=dts_ns))
            dts_ns -= max(packet.duration_ns, 1)
        yield from reversed(dated)

    def _take_config(self, data: bytes) -> None:
        self._waiting = False
        if adts.is_adts(data):
            self._convert = "adts"
            self.setup = replace(self.setup, extradata=adts.config_of(data))


def to_ns(ticks: int, time_base: Fraction) -> int:
    """Return `ticks` of `time_base` in ns, rounded to the nearest."""
    return (ticks * time_base.numerator * NS * 2 + time_base.denominator) // (2 * time_base.denominator)


def length_prefixed(annexb: bytes) -> bytes:
    """Return an Annex B packet (H.264 or HEVC) with 4-byte lengths, every unit kept."""
    return b"".join(len(unit).to_bytes(4, "big") + unit for unit in h264.split_annexb(annexb))


def _open(address: str, options: Mapping[str, str], timeout_s: float | None) -> Any:
    import av

    try:
        animated = _animated(address)
        return av.open(address if animated is None else film(animated), "r", options=dict(options), timeout=timeout_s)
    except FileNotFoundError as error:
        raise MediaError(f"{shown(address)} is not there", "Check the path") from error
    except av.FFmpegError as error:
        raise MediaError(f"{shown(address)} cannot be opened: {error.strerror}",
                         "Check that it is a video or sound that ffprobe can read") from error


def _animated(address: str) -> bytes | None:
    """The bytes of an animated WebP, which FFmpeg cannot decode; None for all else and for what is no local file."""
    path = Path(address)
    if "://" in address or not path.is_file():
        return None
    with path.open("rb") as file:
        start = file.read(32)
        return start + file.read() if moves(start) else None


def shown(address: str) -> str:
    """Return `address` as it may be logged: without user, password and query, which may be secrets."""
    if "://" not in address:
        return address
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _choose(file: Any, name: str, audio_track: int | None) -> list[Any]:
    import av

    videos = [s for s in file.streams.video if not s.disposition & av.stream.Disposition.attached_pic]
    best = file.streams.best("video")
    chosen = [best] if best in videos else videos[:1]
    if audio_track is None:
        sound = file.streams.best("audio")
        chosen += [] if sound is None else [sound]
    elif audio_track < len(file.streams.audio):
        chosen.append(file.streams.audio[audio_track])
    else:
        raise OptionError(f"{name} has no sound track {audio_track}",
                          f"It has {len(file.streams.audio)}, counted from 0")
    chosen = [stream for stream in chosen if stream.codec_context is not None]
    if not chosen:
        raise MediaError(f"{name} holds neither picture nor sound that can be decoded", "Check what it is")
    return chosen


def _setup_of(stream: Any) -> Setup:
    context = stream.codec_context
    codec, extradata = context.codec.canonical_name, bytes(context.extradata or b"")
    if stream.type == "video":
        rate = stream.average_rate or stream.guessed_rate
        return Setup("video", codec, extradata, context.width, context.height, Fraction(rate) if rate else None,
                     shown_width_px=_shown_width(stream), colors=_colors(context))
    return Setup("audio", codec, extradata, sample_rate_hz=context.sample_rate, channels=context.channels)


def _shown_width(stream: Any) -> int:
    """The width in square pixels, even; 0 where pixels are square, unknown or absurd."""
    ratio, width = stream.sample_aspect_ratio, stream.codec_context.width
    if not ratio or ratio == 1 or ratio < 0:
        return 0
    shown_width = 2 * round(width * ratio / 2)
    return shown_width if 2 <= shown_width <= _WIDEST_PX and shown_width != width else 0


def _colors(context: Any) -> str:
    """Matrix, primaries, transfer and range; "" where nothing is known of them (2: unspecified; range 0)."""
    known = [int(context.colorspace), int(context.color_primaries), int(context.color_trc), int(context.color_range)]
    return "" if known == [2, 2, 2, 0] else ".".join(map(str, known))


def _normal(setup: Setup) -> tuple[Setup, str]:
    """The setup in MP4's form, and how its packets are brought there: "", "annexb" or "adts"."""
    if setup.codec not in ("h264", "hevc") or setup.extradata[:1] == b"\x01" or not setup.extradata:
        return setup, ""
    return replace(setup, extradata=mp4_extradata(setup)), "annexb"


def _in_order(packets: Iterator[Packet], tracks: int) -> Iterator[Packet]:
    """Merge by decoding time: a packet goes out when every track has one waiting, or has been silent too long."""
    waiting: list[deque[Packet]] = [deque() for _ in range(tracks)]
    for packet in packets:
        waiting[packet.track].append(packet)
        while (first := _next(waiting)) is not None:
            if not all(waiting) and packet.dts_ns - first.dts_ns < _PATIENCE_NS:
                break
            yield waiting[first.track].popleft()
    while (first := _next(waiting)) is not None:
        yield waiting[first.track].popleft()


def _next(waiting: list[deque[Packet]]) -> Packet | None:
    return min((line[0] for line in waiting if line), key=lambda packet: packet.dts_ns, default=None)
