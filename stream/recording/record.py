"""record: input packets kept as they were, so that a run can be replayed exactly."""

import base64
import json
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, TextIO

from stream.codecs.mux import CONTAINERS, NUT, Muxer
from stream.errors import MediaError
from stream.media import NS, Packet, Setup

_IN_MP4 = ("hevc", "av1", "vp9", "mpeg4", "h264", "aac", "opus", "mp3", "ac3", "eac3", "flac", "alac")
_HOLD_NS, _HOLD = NS, 200
_BACK_NS, _AHEAD_NS = NS, 60 * NS


@dataclass(frozen=True, slots=True)
class _Track:
    number: int
    setup: Setup


class PacketRecorder:
    """Records one input's packets untouched. Synchronous; one thread at a time.

    A segment begins with each connection, change of Setup, new track and jump in time (1 s back, 60 s
    ahead): `{name}-{n:03d}.mp4` (.mkv or .nut where the codec needs it), playable after a kill up to the
    last whole GOP, and beside it `{name}-{n:03d}.packets`, a text with every packet's exact times.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.failed = False
        self.refused = 0
        self._run = self._segment = 1 + max((number for number, _ in segments(folder, name)), default=-1)
        self._setups: dict[int, tuple[int, Setup]] = {}
        self._held: list[Packet] = []
        self._muxer: Muxer | None = None
        self._text: TextIO | None = None
        self._flushed_ns = 0
        self._clear()

    def write(self, packet: Packet) -> tuple[int, int] | None:
        """Keep `packet`; return its segment and its number among the packets of its kind there.

        The first failure (disk full, a codec no container takes) is a MediaError; after it nothing is
        kept, None is returned and `refused` counts.
        """
        if self.failed:
            self.refused += 1
            return None
        try:
            return self._take(packet)
        except (OSError, MediaError) as error:
            self.failed = True
            self._abandon()
            raise stopped(self.folder, error) from error

    def close(self) -> None:
        """End the open segment. MediaError when its end cannot be written."""
        if self.failed:
            return
        try:
            self._end()
        except (OSError, MediaError) as error:
            self.failed = True
            self._abandon()
            raise stopped(self.folder, error) from error

    def _take(self, packet: Packet) -> tuple[int, int]:
        if self._breaks(packet):
            self._end()
            self._segment += 1
        key = (id(packet.setup), packet.track)
        if key not in self._tracks:
            self._setups.setdefault(id(packet.setup), (len(self._setups), packet.setup))
            self._tracks[key] = _Track(len(self._tracks), packet.setup)
        self._last_dts_ns[key] = packet.dts_ns
        self._connection = packet.connection
        number = self._counts[packet.setup.kind] = self._counts.get(packet.setup.kind, -1) + 1
        if self._muxer is not None:
            self._put(packet)
        else:
            self._held.append(packet)
            if self._knows_its_tracks(packet):
                self._begin()
        return self._segment, number

    def _breaks(self, packet: Packet) -> bool:
        """Whether `packet` cannot go on in the segment that is open."""
        if not self._tracks:
            return False
        key = (id(packet.setup), packet.track)
        if packet.connection != self._connection:
            return True
        if key not in self._tracks:
            place = (packet.setup.kind, packet.track)
            return self._muxer is not None or place in {(t.setup.kind, k[1]) for k, t in self._tracks.items()}
        step_ns = packet.dts_ns - self._last_dts_ns[key]
        return not -_BACK_NS < step_ns < _AHEAD_NS

    def _knows_its_tracks(self, packet: Packet) -> bool:
        both = len({track.setup.kind for track in self._tracks.values()}) == 2
        return both or len(self._held) >= _HOLD or packet.dts_ns - self._held[0].dts_ns >= _HOLD_NS

    def _begin(self) -> None:
        setups = [track.setup for track in self._tracks.values()]
        suffix = _suffix(setups)
        path = self.folder / f"{self.name}-{self._segment:03d}{suffix}"
        self._muxer = Muxer(path, setups, NUT if suffix == ".nut" else CONTAINERS[suffix])
        self._text = path.with_suffix(".packets").open("x", encoding="utf-8")
        tracks = [{"setup": self._setups[key[0]][0], "track": key[1], **_to_json(track.setup)}
                  for key, track in self._tracks.items()]
        print(json.dumps({"file": path.name, "run": self._run, "connection": self._connection, "tracks": tracks}),
              file=self._text)
        self._shift_ns = -min(packet.dts_ns for packet in self._held)
        held, self._held = self._held, []
        for packet in held:
            self._put(packet)

    def _put(self, packet: Packet) -> None:
        if self._muxer is None or self._text is None:
            raise MediaError(f"The recording {self.name} is closed", "Start a new one")
        track = self._tracks[(id(packet.setup), packet.track)].number
        flags = packet.is_key | packet.lost_before << 1
        print(track, packet.pts_ns, packet.dts_ns, packet.duration_ns, flags, len(packet.data), file=self._text)
        if packet.dts_ns - self._flushed_ns >= NS or (packet.is_key and packet.setup.kind == "video"):
            self._flushed_ns = packet.dts_ns
            self._text.flush()
        if packet.data:
            self._muxer.write(packet, self._shift_ns)

    def _end(self) -> None:
        if self._muxer is None and self._held:
            self._begin()
        if self._text is not None:
            self._text.close()
        if self._muxer is not None:
            self._muxer.close()
        self._clear()

    def _abandon(self) -> None:
        for part in (self._text, self._muxer):
            try:
                if part is not None:
                    part.close()
            except (OSError, MediaError):
                continue  # the first failure is the one that is told
        self._clear()

    def _clear(self) -> None:
        self._muxer = self._text = None
        self._held = []
        self._tracks: dict[tuple[int, int], _Track] = {}
        self._last_dts_ns: dict[tuple[int, int], int] = {}
        self._counts: dict[str, int] = {}
        self._connection = self._shift_ns = 0
        self._flushed_ns = -(1 << 62)


def segments(folder: Path, name: str) -> list[tuple[int, Path]]:
    """Return the number and the .packets file of every segment of `name` in `folder`, in order."""
    pattern = re.compile(re.escape(name) + r"-(\d{3,})\.packets")
    found = ((pattern.fullmatch(path.name), path) for path in folder.iterdir())
    return sorted((int(match[1]), path) for match, path in found if match)


@dataclass(frozen=True, slots=True)
class Extent:
    """Where one segment lies in session time: from its first picture (or sound) to the end of its last."""

    file: str
    start_ns: int
    end_ns: int


def extents(folder: Path, name: str) -> list[Extent]:
    """Return the extent of every segment of `name` in `folder` that holds anything, in order."""
    found = []
    for _, text in segments(folder, name):
        lines = text.read_text("utf-8").splitlines(keepends=True)
        rows = [tuple(map(int, line.split())) for line in lines[1:] if line.endswith("\n")]
        if not rows:
            continue
        header = json.loads(lines[0])
        video = [k for k, track in enumerate(header["tracks"]) if track["kind"] == "video"]
        shown = [row for row in rows if row[0] in video] or rows
        steps = sorted(b[1] - a[1] for a, b in pairwise(sorted(shown, key=lambda row: row[1])))
        last_ns = max(row[3] for row in shown[-1:]) or (steps[len(steps) // 2] if steps else 0)
        found.append(Extent(header["file"], max(0, min(row[1] for row in shown)),
                            max(row[1] for row in shown) + last_ns))
    return found


def read_segments(folder: Path, name: str) -> Iterator[Packet]:
    """Yield what PacketRecorder kept: the same data, times, flags and order; one Setup object per object recorded.

    What a kill cut off is missing at the end of its segment. MediaError for damaged files.
    """
    setups: dict[tuple[int, int], Setup] = {}
    for _, text in segments(folder, name):
        yield from _read_segment(text, setups)


def _read_segment(text: Path, setups: dict[tuple[int, int], Setup]) -> Iterator[Packet]:
    import av

    lines = text.read_text("utf-8").splitlines(keepends=True)
    if not lines or not lines[0].endswith("\n"):
        return
    try:
        header = json.loads(lines[0])
        tracks = [(setups.setdefault((header["run"], t["setup"]), _from_json(t)), int(t["track"]))
                  for t in header["tracks"]]
        rows = [tuple(map(int, line.split())) for line in lines[1:] if line.endswith("\n")]
    except (ValueError, KeyError, TypeError) as error:
        raise MediaError(f"{text} is damaged", "Restore it from a copy") from error
    path = text.parent / header["file"]
    try:
        file: Any = av.open(str(path), "r", options={"ignore_editlist": "1"} if path.suffix == ".mp4" else {})
    except av.FFmpegError:
        return  # killed before the first fragment
    with file:
        data = _Data(file)
        for track, pts_ns, dts_ns, duration_ns, flags, size in rows:
            body = data.next(track) if size else b""
            if body is None:
                return
            if len(body) != size:
                raise MediaError(f"{path} does not hold what {text.name} says", "Restore it from a copy")
            setup, number = tracks[track]
            yield Packet(setup, pts_ns, dts_ns, bool(flags & 1), body, duration_ns, number, header["connection"],
                         bool(flags & 2))


class _Data:
    """The packets' bytes in a container, track by track, in whatever order it holds them."""

    def __init__(self, file: Any) -> None:
        self._packets = file.demux()
        self._waiting: dict[int, deque[bytes]] = {stream.index: deque() for stream in file.streams}

    def next(self, track: int) -> bytes | None:
        """Return the next packet of `track`; None when the file ends before it."""
        waiting = self._waiting.get(track)
        while waiting is not None and not waiting:
            packet = next(self._packets, None)
            if packet is None:
                return None
            if packet.size:
                self._waiting[packet.stream_index].append(bytes(packet))
        return waiting.popleft() if waiting else None


def _suffix(setups: list[Setup]) -> str:
    """The container that gives these codecs' packets back as they are."""
    if all(s.codec in _IN_MP4 and (s.extradata or s.codec in ("mp3", "ac3", "eac3", "vp9")) and not _annexb(s)
           for s in setups):
        return ".mp4"
    return ".nut" if any(_annexb(s) or (s.codec in ("aac", "opus") and not s.extradata) for s in setups) else ".mkv"


def _annexb(setup: Setup) -> bool:
    return setup.codec in ("h264", "hevc") and setup.extradata[:1] != b"\x01"


def stopped(folder: Path, error: Exception) -> MediaError:
    """Return `error` as what the operator is told: that recording into `folder` has stopped, and why."""
    why = error.strerror or str(error) if isinstance(error, OSError) else str(error)
    return MediaError(f"Recording into {folder} has stopped: {why}", "Free some space and start again")


def _to_json(setup: Setup) -> dict[str, Any]:
    return asdict(setup) | {"extradata": base64.b64encode(setup.extradata).decode(),
                            "rate": str(setup.rate) if setup.rate else None}


def _from_json(value: dict[str, Any]) -> Setup:
    fields = {name: value[name] for name in Setup.__dataclass_fields__ if name in value}
    return Setup(**fields | {"extradata": base64.b64decode(value["extradata"]),
                             "rate": Fraction(value["rate"]) if value["rate"] else None})
