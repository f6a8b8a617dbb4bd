"""playback: the packets of the one encode fanned out to every WebRTC viewer, with one Opus encode for all."""

import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError

from stream.channel import Channel
from stream.codecs.encode import AudioEncoder, Rendition
from stream.media import NS, AudioFrame, Packet
from stream.protocols import h264

VIDEO_DEPTH, AUDIO_DEPTH = 60, 64
KEY_EVERY_NS = NS
_NTP_S = 2_208_988_800
_START = b"\x00\x00\x00\x01"


class Track(MediaStreamTrack):
    """One viewer's picture or sound: a bounded queue of packets, read by aiortc, which sends them as they are.

    A viewer that is not served in time loses pictures up to the next key frame, and the oldest sound; nobody waits.
    """

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind
        self.waiting: Channel[Packet] = (Channel(VIDEO_DEPTH, "drop_to_key", lambda p: p.is_key, starts_at_key=True)
                                         if kind == "video" else Channel(AUDIO_DEPTH, "drop_oldest"))
        self.sent = 0
        self._sent_ns: int | None = None

    async def recv(self) -> Any:
        """Return the next packet, as PyAV's; aiortc's way to end is MediaStreamError."""
        import av

        try:
            packet = await self.waiting.get()
        except StopAsyncIteration:
            raise MediaStreamError from None
        encoded = av.Packet(packet.data)
        encoded.pts, encoded.time_base = packet.pts_ns, Fraction(1, NS)
        self.sent += 1
        self._sent_ns = packet.pts_ns
        return encoded

    def stop(self) -> None:
        self.waiting.close()
        super().stop()

    def ntp(self, origin_ns: int) -> int:
        """Return the NTP time stamp of what was sent last; 0: nothing. Packet time 0 is `origin_ns` of any clock."""
        if self._sent_ns is None:
            return 0
        seconds, rest = divmod(self._sent_ns + origin_ns, NS)
        return (seconds + _NTP_S) << 32 | (rest << 32) // NS


class Viewers:
    """Everybody who watches one output: a watcher of its packets and its sound (`Output.watchers`).

    Nothing is converted or encoded while nobody watches. `want_key` asks the encoder for a key frame, which happens
    when somebody joins and when a viewer asks, at most once a second.
    """

    def __init__(self, want_key: Callable[[], None], rendition: Rendition,
                 now_ns: Callable[[], int] = time.monotonic_ns) -> None:
        self._want_key, self._rendition, self._now_ns = want_key, rendition, now_ns
        self._tracks: dict[str, list[Track]] = {"video": [], "audio": []}
        self._opus: AudioEncoder | None = None
        self._asked_ns = -KEY_EVERY_NS
        self._is_wanted = False
        self._headers: tuple[bytes, bytes] = (b"", b"")
        self.origin_ns = 0
        self.closed = False
        self.on_close: list[Callable[[], None]] = []

    def __len__(self) -> int:
        return max(len(tracks) for tracks in self._tracks.values())

    @property
    def dropped(self) -> int:
        """Packets that viewers of this moment lost."""
        return sum(track.waiting.dropped for tracks in self._tracks.values() for track in tracks)

    def join(self, track: Track) -> None:
        """Let `track` have what comes from now on, a picture from the next key frame."""
        self._tracks[track.kind].append(track)
        if track.kind == "video":
            self.ask_key()

    def leave(self, track: Track) -> None:
        """Forget `track`."""
        tracks = self._tracks[track.kind]
        if track in tracks:
            tracks.remove(track)
        if not self._tracks["audio"]:
            self._opus = None

    def ask_key(self) -> None:
        """Ask for a key frame as soon as the last request is a second ago."""
        self._is_wanted = True
        self._ask()

    def watch(self, packet: Packet) -> None:
        """Take a packet of the output: pictures (H.264) go to the viewers; AAC does not."""
        if packet.setup.kind != "video" or not self._tracks["video"]:
            return
        self._origin(packet.pts_ns)
        if self._is_wanted:
            self._ask()
        self._spread("video", self._annexb(packet))

    def hear(self, frame: AudioFrame) -> list[Packet]:
        """Encode the output's sound for the viewers; called in the thread of the output's own sound encoder."""
        if not self._tracks["audio"]:
            return []
        encoder = self._opus
        if encoder is None:
            encoder = self._opus = AudioEncoder(replace(self._rendition, audio_codec="opus", audio_bitrate=96_000))
        return encoder.encode(frame)

    def sound(self, packets: list[Packet]) -> None:
        """Give the viewers what `hear` made."""
        for packet in packets:
            self._origin(packet.pts_ns)
            self._spread("audio", packet)

    def close(self) -> None:
        """The output ends, and so does every viewer."""
        self.closed = True
        for tracks in self._tracks.values():
            for track in tracks:
                track.waiting.close()
        for ended in self.on_close:
            ended()

    def _spread(self, kind: str, packet: Packet) -> None:
        for track in self._tracks[kind]:
            awaited = len(track.waiting)
            if not track.waiting.offer(packet) and awaited >= VIDEO_DEPTH:
                self.ask_key()

    def _ask(self) -> None:
        if self._now_ns() - self._asked_ns >= KEY_EVERY_NS:
            self._asked_ns, self._is_wanted = self._now_ns(), False
            self._want_key()

    def _origin(self, pts_ns: int) -> None:
        """Reports to viewers count from one moment: the first packet's, whatever its track."""
        self.origin_ns = self.origin_ns or self._now_ns() - pts_ns

    def _annexb(self, packet: Packet) -> Packet:
        """The packet in Annex B form, with parameter sets before key frames."""
        units = list(h264.split_avcc(packet.data))
        if packet.is_key:
            record = packet.setup.extradata
            if self._headers[0] != record:
                self._headers = record, b"".join(_START + unit for unit in h264.parameter_sets(record))
        data = (self._headers[1] if packet.is_key else b"") + b"".join(_START + unit for unit in units)
        return Packet(packet.setup, packet.pts_ns, packet.dts_ns, packet.is_key, data, packet.duration_ns)
