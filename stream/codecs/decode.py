"""decode: packets to frames, the same code live and replayed."""

from fractions import Fraction
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from stream.errors import MediaError, ProtocolError
from stream.media import NS, SAMPLE_RATE_HZ, AudioFrame, Packet, Scaler, Setup, VideoFrame, from_av, upright
from stream.protocols.h264 import FrameNumCheck

_BEST = {"av1": "libdav1d"}
_JITTER_NS = 40_000_000
_OFFSET_NS = 10_000_000
_PATIENCE = 32
_HONEST = ("h264", "hevc", "av1", "vp8", "vp9")  # MPEG-4 part 2 calls sound pictures corrupt


class VideoDecoder:
    """One video track's decoding in progress. Synchronous; one thread at a time.

    Opened from the Setup alone, one slice thread, so that the same packets from a key frame on give the
    same pixels whatever came before. Pictures come whole (fields blended), in SDR, with square pixels
    (Setup.shown_width_px) and upright (Setup.rotation_deg is undone). After loss
    (`lost_before`, an error, a corrupt picture, a gap in H.264 frame numbers) nothing is returned until
    the next key frame, which a fresh context decodes. `suppressed` counts packets and pictures held back
    so, `errors` what the decoder refused.
    """

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.suppressed = self.errors = 0
        self._context = _open(setup)
        self._numbers = _number_check(setup)
        self._awaits_key = True
        self._from_ns = 0
        self._scaler = Scaler(kept=2)

    def decode(self, packet: Packet, index: int) -> list[VideoFrame]:
        """Return the pictures that became complete, in display order; `index` is `packet`'s number in its input."""
        before: list[VideoFrame] = []
        missing = not packet.data or (self._numbers is not None and self._numbers.feed(packet.data))
        if packet.lost_before or missing:
            before = [] if self._awaits_key else self.flush()
        if self._awaits_key:
            if not packet.is_key or not packet.data:
                self.suppressed += 1
                return before
            self._begin(packet)
        return before + self._run(_encoded(packet, (index, packet.pts_ns)))

    def flush(self) -> list[VideoFrame]:
        """Return the pictures still held for reordering; decoding then begins again at a key frame."""
        frames = [] if self._awaits_key else self._run(None)
        self._awaits_key = True
        return frames

    def _begin(self, packet: Packet) -> None:
        self._context = _open(self.setup)
        self._awaits_key, self._from_ns = False, packet.pts_ns

    def _run(self, packet: Any) -> list[VideoFrame]:
        import av

        try:
            pictures = self._context.decode(packet)
        except av.FFmpegError:
            self.errors += 1
            self._awaits_key = True
            return []
        frames = []
        for picture in pictures:
            if picture.is_corrupt and self.setup.codec in _HONEST:
                self._awaits_key = True
            index, pts_ns = picture.opaque or (-1, 0)
            if self._awaits_key or index < 0 or pts_ns < self._from_ns:
                self.suppressed += 1
                continue
            frames.append(self._seen(picture, pts_ns, index))
        return frames

    def _seen(self, picture: Any, pts_ns: int, index: int) -> VideoFrame:
        """The picture as it is meant to be seen."""
        transfer = _HDR.get(picture.color_trc)
        frame = from_av(picture, pts_ns, index) if transfer is None else _to_sdr(picture, transfer, pts_ns, index)
        if picture.interlaced_frame:
            from stream.render.fields import deinterlaced  # its kernels are compiled when imported

            frame = deinterlaced(frame)
        if self.setup.shown_width_px and self.setup.width_px:
            width = max(round(frame.width_px * self.setup.shown_width_px / self.setup.width_px / 2) * 2, 2)
            frame = self._scaler.frame(frame, width, frame.height_px, matrix=frame.matrix, full_range=frame.full_range)
        return upright(frame, self.setup.rotation_deg)


class AudioDecoder:
    """One audio track's decoding in progress: float32 stereo at 48 kHz. Synchronous; one thread at a time.

    Output runs on a clock of samples, anchored at a packet's pts, so rounded time stamps make no gaps. It
    is anchored anew when a stamp is more than 40 ms away, when it stays more than 10 ms on one side, after
    loss and after errors. Samples of encoder priming come out too, at the (early) time their packet says.
    """

    def __init__(self, setup: Setup) -> None:
        self.setup, self.errors, self.anchors = setup, 0, 0
        self._context = _open(setup)
        self._context.flags2 |= _SKIP_MANUAL
        self._resampler: Any = None
        self._shape: tuple[object, ...] = ()
        self._anchor_ns = self._written = self._heard = self._astray = 0
        self._rate_hz = SAMPLE_RATE_HZ
        self._anchored = False

    def decode(self, packet: Packet) -> list[AudioFrame]:
        """Return the sound that became complete, in order, each frame where the one before ended."""
        import av

        out: list[AudioFrame] = []
        if packet.lost_before:
            out += self.flush()
        if not packet.data:  # to FFmpeg that would mean the end
            self.errors += 1
            return out
        try:
            sounds = self._context.decode(_encoded(packet, (0, packet.pts_ns)))
        except av.FFmpegError:
            self.errors += 1
            return out + self.flush()
        pts_ns = packet.pts_ns
        for sound in sounds:
            out += self._take(sound, pts_ns)
            pts_ns += sound.samples * NS // sound.sample_rate
        return out

    def flush(self) -> list[AudioFrame]:
        """Return the sound still held in the resampler; the next packet anchors the clock anew."""
        out = [] if self._resampler is None else self._emit(self._resampler.resample(None))
        self._resampler, self._anchored = None, False
        return out

    def _take(self, sound: Any, pts_ns: int) -> list[AudioFrame]:
        out: list[AudioFrame] = []
        shape = (sound.format.name, sound.layout.name, sound.sample_rate)
        if self._anchored and (shape != self._shape or self._strays(pts_ns)):
            out += self.flush()
        if not self._anchored:
            self._anchor(pts_ns, shape)
        self._heard += sound.samples
        sound.pts = None
        return out + self._emit(self._resampler.resample(sound))

    def _strays(self, pts_ns: int) -> bool:
        off = pts_ns - (self._anchor_ns + self._heard * NS // self._rate_hz)
        if abs(off) <= _OFFSET_NS:
            self._astray = 0
            return False
        side = 1 if off > 0 else -1
        self._astray = self._astray + side if self._astray * side > 0 else side
        return abs(off) > _JITTER_NS or abs(self._astray) >= _PATIENCE

    def _anchor(self, pts_ns: int, shape: tuple[str, str, int]) -> None:
        import av

        # mono is doubled below: swresample would make it quieter; more channels are mixed so that none can clip
        self._resampler = (av.AudioResampler(format="fltp", layout=shape[1], rate=SAMPLE_RATE_HZ)
                           if shape[1] in ("mono", "stereo") else
                           av.AudioResampler(format="fltp", layout="stereo", rate=SAMPLE_RATE_HZ,
                                             options={"rematrix_maxval": "1.0"}))
        self._shape, self._rate_hz = shape, shape[2]
        self._anchor_ns, self._written, self._heard, self._astray = pts_ns, 0, 0, 0
        self._anchored = True
        self.anchors += 1

    def _emit(self, sounds: list[Any]) -> list[AudioFrame]:
        out = []
        for sound in sounds:
            if sound is None or sound.samples == 0:
                continue
            samples = sound.to_ndarray()
            stereo = samples if samples.shape[0] == 2 else np.repeat(samples, 2, axis=0)
            out.append(AudioFrame(stereo, self._anchor_ns + self._written * NS // SAMPLE_RATE_HZ))
            self._written += sound.samples
        return out


class Resampler16k:
    """AudioFrames to mono float32 at 16 kHz, continuous, for recognizers. The frames' times are not looked at."""

    def __init__(self) -> None:
        import av

        self._resampler = av.AudioResampler(format="flt", layout="mono", rate=16_000)

    def feed(self, frame: AudioFrame) -> NDArray[np.float32]:
        """Return the samples (n,) that became complete: the mean of the channels. All frames must have one rate."""
        import av

        mono = frame.samples.mean(axis=0, keepdims=True, dtype=np.float32)
        sound = av.AudioFrame.from_ndarray(mono, format="fltp", layout="mono")
        sound.sample_rate = frame.rate_hz
        return self._join(self._resampler.resample(sound))

    def flush(self) -> NDArray[np.float32]:
        """Return the last samples (n,); the resampler is not used afterwards."""
        return self._join(self._resampler.resample(None))

    @staticmethod
    def _join(sounds: list[Any]) -> NDArray[np.float32]:
        parts = [sound.to_ndarray().reshape(-1) for sound in sounds if sound is not None]
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def _to_sdr(picture: Any, transfer: Literal["pq", "hlg"], pts_ns: int, index: int) -> VideoFrame:
    from stream.render.tone import to_sdr

    if picture.format.name != "yuv420p10le":
        picture = picture.reformat(format="yuv420p10le", threads=1)
    sizes = ((picture.height, picture.width), *[((picture.height + 1) // 2, (picture.width + 1) // 2)] * 2)
    y, u, v = (np.frombuffer(plane, np.uint16).reshape(-1, plane.line_size // 2)[:high, :wide]
               for plane, (high, wide) in zip(picture.planes, sizes, strict=True))
    return to_sdr(y, u, v, transfer, picture.color_range == 2, pts_ns, index)


_HDR: dict[int, Literal["pq", "hlg"]] = {16: "pq", 18: "hlg"}  # AVColorTransferCharacteristic
_SKIP_MANUAL = 1 << 29  # AV_CODEC_FLAG2_SKIP_MANUAL: leave priming samples in, their packets' times tell where they are


def _open(setup: Setup) -> Any:
    import av

    try:
        context: Any = av.CodecContext.create(_BEST.get(setup.codec, setup.codec), "r")
        if setup.extradata:
            context.extradata = setup.extradata
        if setup.kind == "audio" and setup.sample_rate_hz:
            context.sample_rate = setup.sample_rate_hz
            context.layout = {1: "mono", 2: "stereo", 6: "5.1"}.get(setup.channels, f"{setup.channels or 2} channels")
        if setup.kind == "video" and setup.width_px:
            context.width, context.height = setup.width_px, setup.height_px
        if setup.colors:
            (context.colorspace, context.color_primaries, context.color_trc,
             context.color_range) = map(int, setup.colors.split("."))
        context.thread_count, context.thread_type = 1, "SLICE"
        context.copy_opaque = True
        context.open()
    except (av.FFmpegError, ValueError) as error:
        raise MediaError(f"{setup.describe()} cannot be decoded here",
                         "Send H.264 video and AAC or Opus sound; `cuelight doctor` lists the decoders") from error
    return context


def _encoded(packet: Packet, opaque: tuple[int, int]) -> Any:
    import av

    encoded: Any = av.Packet(packet.data)
    encoded.time_base = Fraction(1, NS)
    encoded.pts, encoded.dts = packet.pts_ns, packet.dts_ns
    encoded.is_keyframe = packet.is_key
    encoded.opaque = opaque
    return encoded


def _number_check(setup: Setup) -> FrameNumCheck | None:
    """H.264's frame number check for this track; None for other codecs, and where no SPS is known yet."""
    if setup.codec != "h264":
        return None
    try:
        return FrameNumCheck(setup.extradata)
    except ProtocolError:
        return None
