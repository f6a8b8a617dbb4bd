"""formats: what a file's suffix stands for: container, codecs and how each encoder is asked for its quality."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from stream.codecs.encode import PRESETS
from stream.errors import OptionError

VOD_PRESETS = (*PRESETS, "slower")


@dataclass(frozen=True, slots=True)
class Codec:
    """One video encoder: FFmpeg's name for it, the pixels it takes (with alpha: "" if it cannot), how it is set.

    `crf` is the quality taken where none is asked for, "" for encoders without one, `presets` its own name for
    each of VOD_PRESETS, `preset_option` the option that takes it. `tag` is what MP4 and MOV call it.
    """

    encoder: str
    pixels: str = "yuv420p"
    alpha_pixels: str = ""
    crf: float | None = None
    preset_option: str = "preset"
    presets: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    tag: str = ""


# CRF: what looks alike at x264's 20. VP9: docs "VP9 Encoding Guide" (cpu-used 5 and below are for "good").
CODECS = {
    "h264": Codec("libx264", crf=20, presets=VOD_PRESETS),
    "hevc": Codec("libx265", crf=23, presets=VOD_PRESETS, tag="hvc1"),
    "vp9": Codec("libvpx-vp9", alpha_pixels="yuva420p", crf=31, preset_option="cpu-used",
                 presets=("8", "7", "6", "5", "4", "3", "2", "1"), options={"row-mt": "1", "b": "0"}),
    "av1": Codec("libsvtav1", crf=30, presets=("11", "10", "9", "8", "7", "6", "5", "4")),
    "prores": Codec("prores_ks", "yuv422p10le", "yuva444p10le", options={"vendor": "apl0"}),
    "gif": Codec("gif", "pal8", "pal8"),
}
CODEC_NAMES = {"h264": "h264", "avc": "h264", "x264": "h264", "h265": "hevc", "hevc": "hevc", "x265": "hevc",
               "vp9": "vp9", "av1": "av1", "prores": "prores", "gif": "gif"}
AUDIO = {"aac": ("aac", "fltp", 128_000), "opus": ("libopus", "flt", 128_000), "mp3": ("libmp3lame", "fltp", 192_000),
         "pcm": ("pcm_s16le", "s16", 0), "flac": ("flac", "s16", 0)}
"""Sound codec -> FFmpeg's encoder, the samples it takes, bits per second."""


@dataclass(frozen=True, slots=True)
class Format:
    """What a suffix stands for: FFmpeg's muxer, video codecs (the first unless asked), the sound codec ("": none)."""

    muxer: str
    video: tuple[str, ...] = ()
    audio: str = "aac"
    options: Mapping[str, str] = field(default_factory=dict)


FORMATS = {
    ".mp4": Format("mp4", ("h264", "hevc", "av1"), options={"movflags": "+faststart"}),
    ".mov": Format("mov", ("prores", "h264", "hevc"), "pcm", {"movflags": "+faststart"}),
    ".webm": Format("webm", ("vp9", "av1"), "opus"),
    ".mkv": Format("matroska", ("h264", "hevc", "vp9", "av1"), "opus"),
    ".m3u8": Format("hls", ("h264", "hevc")),
    ".ts": Format("mpegts", ("h264", "hevc")),
    ".flv": Format("flv", ("h264",)),
    ".gif": Format("gif", ("gif",), ""),
    ".m4a": Format("ipod", options={"movflags": "+faststart"}),
    ".mp3": Format("mp3", audio="mp3"),
    ".wav": Format("wav", audio="pcm"),
    ".flac": Format("flac", audio="flac"),
    ".opus": Format("opus", audio="opus"),
}


@dataclass(frozen=True, slots=True)
class Quality:
    """What a render may be asked for; None leaves it open. Bit rates in bits per second.

    With a `crf`, `bitrate` is only what is never exceeded for long. `alpha` keeps what is not covered transparent.
    """

    codec: str | None = None
    crf: float | None = None
    bitrate: int | None = None
    max_bitrate: int | None = None
    preset: str | None = None
    profile: str | None = None
    alpha: bool = False


@dataclass(frozen=True, slots=True)
class VodRendition:
    """One file to be rendered: its format, its picture ("" for `video`: none), its sound ("" for `audio`: none)."""

    format: Format
    width_px: int
    height_px: int
    rate: Fraction
    video: str
    audio: str
    quality: Quality = Quality()
    threads: int = 1

    @property
    def pixels(self) -> str:
        """Return FFmpeg's name of the pixels that the encoder is given."""
        codec = CODECS[self.video]
        return codec.alpha_pixels if self.quality.alpha else codec.pixels


def format_of(path: Path) -> Format:
    """Return what `path`'s suffix stands for; OptionError for one that stands for nothing."""
    found = FORMATS.get(path.suffix.lower())
    if found is None:
        raise OptionError(f"{path.name!r} does not say what kind of file to write",
                          f"End it in one of {' '.join(FORMATS)}")
    return found


def vod_rendition(path: Path, width_px: int, height_px: int, rate: Fraction, quality: Quality, *,
                  has_audio: bool = True, threads: int = 0) -> VodRendition:
    """Return how to render to `path`; OptionError for a codec, preset or alpha that its format has not.

    `threads` of the encoder: 0 takes one for each processor, 16 at most. The same number gives the same bytes.
    """
    of = format_of(path)
    video = of.video[0] if of.video else ""
    if quality.alpha:
        video = next((name for name in of.video if CODECS[name].alpha_pixels), "")
        if not video:
            raise OptionError(f"{path.name} cannot be transparent", "End it in .webm, .mov or .gif")
    if quality.codec and of.video:
        name = CODEC_NAMES.get(quality.codec.lower().replace(".", "").replace("-", ""))
        if name not in of.video or (quality.alpha and not CODECS[name].alpha_pixels):
            raise OptionError(f"{path.name} cannot hold {quality.codec}{' with alpha' if quality.alpha else ''}",
                              f"A {path.suffix} holds {', '.join(of.video)}")
        video = name
    if quality.preset and quality.preset not in VOD_PRESETS:
        raise OptionError(f"There is no encoder preset {quality.preset!r}", f"There are: {', '.join(VOD_PRESETS)}")
    audio = of.audio if has_audio else ""
    if video != "prores" and audio == "pcm" and video:
        audio = "aac"
    return VodRendition(of, width_px, height_px, rate, video, audio, quality, threads or min(os.cpu_count() or 1, 16))


def encoder_options(rendition: VodRendition) -> dict[str, str]:
    """Return FFmpeg's options for the rendition's video encoder, bit rates apart (they are the codec context's)."""
    codec, quality = CODECS[rendition.video], rendition.quality
    out = dict(codec.options)
    if codec.presets:
        out[codec.preset_option] = codec.presets[VOD_PRESETS.index(quality.preset or "veryfast")]
    crf = quality.crf if quality.crf is not None else codec.crf if quality.bitrate is None else None
    if crf is not None and codec.crf is not None:
        out["crf"] = f"{crf:g}"
    if codec.encoder == "libvpx-vp9":
        out["deadline"] = "realtime" if int(out["cpu-used"]) > 5 else "good"
        if quality.bitrate is not None:
            del out["b"]
    if codec.encoder in ("libx264", "libx265") and quality.profile:
        out["profile"] = quality.profile if codec.encoder == "libx264" else "main"
    out |= _encoder_params(rendition)
    if rendition.video == "prores":
        out["profile"] = "4444" if quality.alpha else "hq"
    return out


def _encoder_params(rendition: VodRendition) -> dict[str, str]:
    """The encoder's own language: segments that begin with a key frame, one thread pool, no chatter."""
    cut = ""
    if rendition.format.muxer == "hls":
        gop = gop_of(rendition)
        cut = f"keyint={gop}:min-keyint={gop}:scenecut=0:"
    if rendition.video == "h264":
        params = cut + (f"asm={asm}" if (asm := sound_asm(rendition.width_px)) else "")
        return {"x264-params": params.rstrip(":")} if params else {}
    if rendition.video == "hevc":
        return {"x265-params": f"{cut}{'open-gop=0:' if cut else ''}pools={rendition.threads}:log-level=error"}
    if rendition.video == "av1":
        return {"svtav1-params": f"lp={rendition.threads}"}
    return {}


def sound_asm(width_px: int) -> str:
    """Return the instructions x264 must be held to, "" for any.

    Its AVX-512 macroblock tree reads past the end of a row whose macroblocks are no multiple of eight (1080x1920,
    848x480): the picture then depends on what lay in memory, and no two renders need be the same.
    """
    if -(-width_px // 16) % 8 == 0:
        return ""
    from llvmlite.binding import get_host_cpu_features

    return "avx2" if get_host_cpu_features().get("avx512f") else ""


SEGMENT_S = 4


def gop_of(rendition: VodRendition) -> int:
    """Return how many pictures lie between key frames at most: a segment's, else as many as make 5 s."""
    seconds = SEGMENT_S if rendition.format.muxer == "hls" else 5
    return max(1, round(seconds * rendition.rate))
