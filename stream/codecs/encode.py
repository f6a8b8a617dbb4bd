"""encode: frames to packets, once per distinct rendition."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np

from stream.errors import MediaError, OptionError
from stream.media import NS, SAMPLE_RATE_HZ, AudioFrame, Packet, Scaler, Setup, VideoFrame
from stream.protocols import h264

PRESETS = ("ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow")


@dataclass(frozen=True, slots=True)
class Rendition:
    """One encode: what is the same for every sink that shares it. Bit rates in bits per second.

    `filler` pads quiet pictures so that the rate never falls, as some platforms want. `encoder` is
    FFmpeg's encoder name, or "auto": NVENC where it opens, else x264.
    """

    width_px: int
    height_px: int
    rate: Fraction
    video_codec: str = "h264"
    preset: str = "superfast"
    video_bitrate: int = 4_000_000
    gop_s: float = 2.0
    audio_codec: str = "aac"
    audio_bitrate: int = 128_000
    encoder: str = "auto"
    filler: bool = False
    threads: int = 1


@dataclass(frozen=True, slots=True)
class Platform:
    """What a platform asks for: video bit rate by lines, up to 30 and above 30 pictures a second, and sound."""

    rates: tuple[tuple[int, int, int], ...]
    gop_s: float = 2.0
    audio_bitrate: int = 128_000
    filler: bool = False


# YouTube: "Live encoder settings, bitrates and resolutions" (support.google.com/youtube/answer/2853702); Twitch:
# "Broadcasting guidelines" (stream.twitch.tv/encoding). lan: picture quality first, a key frame each second.
PLATFORMS = {
    "youtube": Platform(((360, 1_000_000, 1_500_000), (480, 2_000_000, 3_000_000), (720, 4_000_000, 6_000_000),
                         (1080, 10_000_000, 12_000_000), (1440, 15_000_000, 24_000_000),
                         (2160, 30_000_000, 35_000_000)), filler=True),
    "twitch": Platform(((360, 800_000, 1_200_000), (480, 1_500_000, 2_000_000), (720, 3_000_000, 4_500_000),
                        (1080, 4_500_000, 6_000_000)), audio_bitrate=160_000, filler=True),
    "lan": Platform(((360, 1_500_000, 2_000_000), (480, 2_500_000, 3_500_000), (720, 5_000_000, 7_500_000),
                     (1080, 10_000_000, 15_000_000), (2160, 35_000_000, 50_000_000)), gop_s=1.0,
                    audio_bitrate=192_000),
}

# H.264 Table A-1: level, macroblocks per second, macroblocks per picture, bits per second (Baseline and Main).
_LEVELS = (("1", 1485, 99, 64_000), ("1.1", 3000, 396, 192_000), ("1.2", 6000, 396, 384_000),
           ("1.3", 11880, 396, 768_000), ("2", 11880, 396, 2_000_000), ("2.1", 19800, 792, 4_000_000),
           ("2.2", 20250, 1620, 4_000_000), ("3", 40500, 1620, 10_000_000), ("3.1", 108000, 3600, 14_000_000),
           ("3.2", 216000, 5120, 20_000_000), ("4", 245760, 8192, 20_000_000), ("4.1", 245760, 8192, 50_000_000),
           ("4.2", 522240, 8704, 50_000_000), ("5", 589824, 22080, 135_000_000), ("5.1", 983040, 36864, 240_000_000),
           ("5.2", 2073600, 36864, 240_000_000))
_NVENC_PRESETS = dict(zip(PRESETS, ("p1", "p2", "p3", "p4", "p5", "p6", "p7"), strict=True))
_GLOBAL_HEADER = 1 << 22  # AV_CODEC_FLAG_GLOBAL_HEADER: parameter sets go to extradata, not before key frames
_INTRA, _ANY = 1, 0       # AVPictureType


def rendition_for(width_px: int, height_px: int, rate: Fraction, platform: str = "youtube",
                  preset: str = "superfast") -> Rendition:
    """Return the Rendition that `platform` asks for at this size; OptionError for an unknown platform or preset."""
    if platform not in PLATFORMS:
        raise OptionError(f"There is no platform {platform!r}", f"There are: {', '.join(PLATFORMS)}")
    if preset not in PRESETS:
        raise OptionError(f"There is no encoder preset {preset!r}", f"There are: {', '.join(PRESETS)}")
    wanted = PLATFORMS[platform]
    lines = min(width_px, height_px)
    row = next((row for row in wanted.rates if lines <= row[0]), wanted.rates[-1])
    return Rendition(width_px, height_px, rate, preset=preset, video_bitrate=row[2] if rate > 31 else row[1],
                     gop_s=wanted.gop_s, audio_bitrate=wanted.audio_bitrate, filler=wanted.filler)


def level_for(width_px: int, height_px: int, rate: Fraction, bitrate: int) -> str:
    """Return the lowest H.264 level (Table A-1) that holds this picture size, rate and bit rate."""
    blocks = -(-width_px // 16) * -(-height_px // 16)
    for level, per_second, per_picture, bits in _LEVELS:
        if blocks <= per_picture and blocks * rate <= per_second and bitrate <= bits:
            return level
    return _LEVELS[-1][0]


class VideoEncoder:
    """One rendition's video encode in progress: H.264 constrained baseline, no B-frames, constant rate.

    Packets are length-prefixed and `setup.extradata` is their avcC record, as MP4, FLV, RTMP and MKV take
    them; key packets carry no parameter sets. Times pass through: a packet's pts is its frame's.
    """

    def __init__(self, rendition: Rendition, *, name: str = "") -> None:
        self.rendition = rendition
        self.encoder = pick_encoder() if rendition.encoder == "auto" else rendition.encoder
        self._context = _open_video(rendition, self.encoder)
        header = self._context.extradata or b""
        self._annexb = not h264.is_avcc(header)
        self._scaler = Scaler()
        self.setup = Setup("video", "h264", h264.avcc_record(header) if self._annexb else header, rendition.width_px,
                           rendition.height_px, rendition.rate, name=name)
        self._duration_ns = int(NS / rendition.rate)

    def encode(self, frame: VideoFrame, key: bool = False) -> list[Packet]:
        """Encode `frame`, as a key frame if asked. Times must grow. A frame of the rendition's size is not copied:
        its `av` is given this call's time and type, so encoders in several threads must not share one at once."""
        picture = self._fit(frame)
        picture.pts, picture.time_base = frame.pts_ns, Fraction(1, NS)
        picture.pict_type = _INTRA if key else _ANY
        return [self._packet(p) for p in self._encode(picture)]

    def flush(self) -> list[Packet]:
        """Return what the encoder still holds; it is not used afterwards."""
        return [self._packet(p) for p in self._encode(None)]

    def _encode(self, picture: Any) -> list[Any]:
        import av

        try:
            return list(self._context.encode(picture))
        except av.FFmpegError as error:
            raise MediaError(f"The video encoder {self.encoder} failed: {error.strerror}",
                             "Choose another with --encoder, or a smaller size") from error

    def _fit(self, frame: VideoFrame) -> Any:
        fitted = self._scaler.frame(frame, self.rendition.width_px, self.rendition.height_px)
        if fitted.a is not None or fitted.av is None:
            return self._scaler.opaque(fitted).av
        return fitted.av

    def _packet(self, packet: Any) -> Packet:
        data = bytes(packet)
        return Packet(self.setup, packet.pts, packet.dts, packet.is_keyframe,
                      h264.to_avcc(data) if self._annexb else data, self._duration_ns)


class AudioEncoder:
    """One rendition's audio encode in progress: AAC or Opus from 48 kHz stereo.

    A packet's pts is the time of its first decoded sample: encoders put priming samples in front (AAC 1024,
    Opus 312), so the first packet lies that much before the first frame. Whoever honours the pts hears
    every sample at its time. Gaps between frames become silence, overlaps are cut.
    """

    def __init__(self, rendition: Rendition, *, name: str = "") -> None:
        codec = {"aac": "aac", "opus": "libopus"}.get(rendition.audio_codec)
        if codec is None:
            raise OptionError(f"Sound cannot be encoded as {rendition.audio_codec!r}", "There are: aac, opus")
        self._context = _open_audio(codec, rendition.audio_bitrate)
        self.setup = Setup("audio", rendition.audio_codec, self._context.extradata or b"",
                           sample_rate_hz=SAMPLE_RATE_HZ, channels=2, name=name)
        self._start_ns: int | None = None
        self._taken = 0

    def encode(self, frame: AudioFrame) -> list[Packet]:
        """Encode `frame` (stereo or mono, 48 kHz); return the packets that became complete."""
        if frame.rate_hz != SAMPLE_RATE_HZ:
            raise MediaError(f"Sound of {frame.rate_hz} Hz reached the encoder", "Resample it to 48000 Hz")
        if self._start_ns is None:
            self._start_ns = frame.pts_ns
        samples = frame.samples if frame.samples.shape[0] == 2 else np.repeat(frame.samples[:1], 2, axis=0)
        late = round((frame.pts_ns - self._start_ns) * SAMPLE_RATE_HZ / NS) - self._taken
        if late > 1:
            samples = np.concatenate([np.zeros((2, late), np.float32), samples], axis=1)
        elif late < -1:
            samples = samples[:, -late:]
        return self._encode(samples) if samples.shape[1] else []

    def flush(self) -> list[Packet]:
        """Return the packets that hold the last samples; the encoder is not used afterwards."""
        return [] if self._start_ns is None else self._packets(None)

    def _encode(self, samples: Any) -> list[Packet]:
        import av

        sound = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples, np.float32), format="fltp", layout="stereo")
        sound.sample_rate, sound.pts, sound.time_base = SAMPLE_RATE_HZ, self._taken, Fraction(1, SAMPLE_RATE_HZ)
        self._taken += samples.shape[1]
        return self._packets(sound)

    def _packets(self, sound: Any) -> list[Packet]:
        start_ns = self._start_ns or 0
        return [Packet(self.setup, start_ns + p.pts * NS // SAMPLE_RATE_HZ, start_ns + p.pts * NS // SAMPLE_RATE_HZ,
                       True, bytes(p), (p.duration or 0) * NS // SAMPLE_RATE_HZ)
                for p in self._context.encode(sound)]


@lru_cache(maxsize=1)
def pick_encoder() -> str:
    """Return the H.264 encoder to use: NVENC where a small encode really works, else x264. Tried once."""
    return choose_encoder(_encodes)


def choose_encoder(works: Callable[[str], bool]) -> str:
    """Return the first H.264 encoder for which `works` says so; MediaError when there is none."""
    for name in ("h264_nvenc", "libx264"):
        if works(name):
            return name
    raise MediaError("No H.264 encoder works here", "Install the av package from its wheel: it brings libx264")


def _encodes(name: str) -> bool:
    """Whether encoder `name` opens and encodes a picture here."""
    import av

    try:
        context = _open_video(Rendition(256, 144, Fraction(30), video_bitrate=200_000), name)
        blank = av.VideoFrame(256, 144, "yuv420p")
        blank.pts, blank.time_base = 0, Fraction(1, NS)
        return bool([*context.encode(blank), *context.encode(None)])
    except (MediaError, av.FFmpegError):
        return False


def _open_video(rendition: Rendition, encoder: str) -> Any:
    import av

    try:
        context: Any = av.CodecContext.create(encoder, "w")
        context.width, context.height, context.pix_fmt = rendition.width_px, rendition.height_px, "yuv420p"
        context.framerate, context.time_base = rendition.rate, Fraction(1, NS)
        context.bit_rate = rendition.video_bitrate
        context.gop_size = max(1, round(rendition.gop_s * rendition.rate))
        context.max_b_frames = 0
        context.thread_count = rendition.threads
        context.flags |= _GLOBAL_HEADER
        context.colorspace = context.color_primaries = context.color_trc = context.color_range = 1
        context.options = video_options(rendition, encoder)
        context.open()
    except (av.FFmpegError, ValueError) as error:
        raise MediaError(f"The video encoder {encoder} does not open for {rendition.width_px}x{rendition.height_px}",
                         "Use an even size, and an encoder that `cuelight doctor` lists") from error
    return context


def video_options(rendition: Rendition, encoder: str) -> dict[str, str]:
    """Return the private options for x264 or NVENC that make the stream what Rendition says."""
    level = level_for(rendition.width_px, rendition.height_px, rendition.rate, rendition.video_bitrate)
    rate = str(rendition.video_bitrate)
    common = {"profile": "baseline", "level": level, "forced-idr": "1", "maxrate": rate, "bufsize": rate}
    if encoder.endswith("_nvenc"):
        return common | {"preset": _NVENC_PRESETS[rendition.preset], "tune": "ull", "rc": "cbr", "zerolatency": "1",
                         "delay": "0", "no-scenecut": "1", "strict_gop": "1", "cbr_padding": str(int(rendition.filler))}
    gop = max(1, round(rendition.gop_s * rendition.rate))
    x264 = f"annexb=0:keyint={gop}:min-keyint={gop}:scenecut=0:bframes=0:force-cfr=1"
    return common | {"preset": rendition.preset, "tune": "zerolatency",
                     "x264-params": x264 + (":nal-hrd=cbr" if rendition.filler else "")}


def _open_audio(codec: str, bitrate: int) -> Any:
    import av

    context: Any = av.CodecContext.create(codec, "w")
    context.sample_rate, context.layout, context.bit_rate = SAMPLE_RATE_HZ, "stereo", bitrate
    context.format = "fltp" if codec == "aac" else "flt"
    context.time_base = Fraction(1, SAMPLE_RATE_HZ)
    context.flags |= _GLOBAL_HEADER
    context.open()
    return context
