"""flv_setup: what sequence headers say of a track: size, rate, channels, duration of a packet."""

from collections.abc import Mapping
from fractions import Fraction

from stream.errors import ProtocolError
from stream.media import NS, Setup
from stream.protocols import h264, hevc
from stream.protocols.amf import Value

_AAC_RATES_HZ = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
_MP3_RATES_HZ = (44100, 48000, 32000)
_COMMON_RATES = (Fraction(24000, 1001), Fraction(30000, 1001), Fraction(60000, 1001), Fraction(120000, 1001))


def video(codec: str, extradata: bytes, metadata: Mapping[str, Value]) -> Setup:
    """Return the Setup of a video track; what its header does not say comes from onMetaData."""
    width, height, rate = _whole(metadata, "width"), _whole(metadata, "height"), _rate(metadata)
    if codec == "h264":
        sps = h264.find_sps(extradata)
        width, height, rate = sps.width_px, sps.height_px, sps.rate or rate
    elif codec == "hevc":
        found = hevc.picture_size(extradata)
        width, height = found if found[0] else (width, height)
    return Setup("video", codec, extradata, width, height, rate)


def audio(codec: str, extradata: bytes) -> Setup:
    """Return the Setup of an audio track from its AudioSpecificConfig, OpusHead, STREAMINFO or MP3 frame header."""
    rate, channels = 0, 0
    if codec == "aac":
        rate, channels = _aac(extradata)
    elif codec == "opus":
        rate, channels = 48000, extradata[9] if extradata[:8] == b"OpusHead" and len(extradata) > 9 else 2
    elif codec == "flac":
        info = extradata[8:] if extradata[:4] == b"fLaC" else extradata
        if len(info) < 18:
            raise ProtocolError("a FLAC header is cut short")
        packed = int.from_bytes(info[10:18], "big")
        rate, channels = packed >> 44, (packed >> 41 & 7) + 1
    elif codec == "mp3":
        rate, channels = _mp3(extradata)
        extradata = b""
    return Setup("audio", codec, extradata, sample_rate_hz=rate, channels=channels)


def duration_ns(setup: Setup, data: bytes) -> int:
    """Return how long one audio packet lasts; 0 where only its decoder could tell."""
    if setup.codec == "opus":
        return opus_duration_ns(data)
    has_sbr = setup.codec == "aac" and setup.extradata[:1] and setup.extradata[0] >> 3 in (5, 29)
    mp3_samples = 1152 if setup.sample_rate_hz >= 32000 else 576
    samples = {"aac": 2048 if has_sbr else 1024, "mp3": mp3_samples}.get(setup.codec, 0)
    return samples * NS // setup.sample_rate_hz if setup.sample_rate_hz else 0


def opus_duration_ns(data: bytes) -> int:
    """Return the length of one Opus packet from its first bytes (RFC 6716, 3.1)."""
    config, count = data[0] >> 3, data[0] & 3
    if config < 12:
        frame_us = (10_000, 20_000, 40_000, 60_000)[config & 3]
    elif config < 16:
        frame_us = (10_000, 20_000)[config & 1]
    else:
        frame_us = (2_500, 5_000, 10_000, 20_000)[config & 3]
    frames = (1, 2, 2, data[1] & 63 if len(data) > 1 else 1)[count]
    return frame_us * frames * 1000


def _aac(config: bytes) -> tuple[int, int]:
    """Read an AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1): (rate of the decoded sound, channels)."""
    bits = h264.Bits(config[:16] + bytes(8))
    kind = _object_type(bits)
    rate = _sample_rate(bits)
    layout = bits.u(4)
    if kind in (5, 29):  # SBR said explicitly: the extension's rate is what comes out
        rate = _sample_rate(bits)
    if len(config) < 2 or not rate or layout > 7:
        raise ProtocolError("the AAC configuration is broken")
    return rate, 8 if layout == 7 else layout


def _object_type(bits: h264.Bits) -> int:
    kind = bits.u(5)
    return 32 + bits.u(6) if kind == 31 else kind


def _sample_rate(bits: h264.Bits) -> int:
    index = bits.u(4)
    if index == 15:
        return bits.u(24)
    return _AAC_RATES_HZ[index] if index < len(_AAC_RATES_HZ) else 0


def _mp3(header: bytes) -> tuple[int, int]:
    """Read an MPEG audio frame header (ISO/IEC 11172-3, 2.4.1.3)."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0 or header[2] >> 2 & 3 == 3:
        raise ProtocolError("an MP3 frame has no header")
    halved = (2, 1, 1, 0)[header[1] >> 3 & 3]  # MPEG 2.5, reserved, 2, 1
    return _MP3_RATES_HZ[header[2] >> 2 & 3] >> halved, 1 if header[3] >> 6 == 3 else 2


def _whole(metadata: Mapping[str, Value], name: str) -> int:
    value = metadata.get(name)
    return int(value) if isinstance(value, float) and 0 < value <= 16384 else 0


def _rate(metadata: Mapping[str, Value]) -> Fraction | None:
    """The frame rate as a fraction; 29.97 and its like become exact."""
    value = metadata.get("framerate")
    if not isinstance(value, float) or not 1 <= value <= 1000:
        return None
    near = [rate for rate in _COMMON_RATES if abs(float(rate) - value) < 0.006]
    return near[0] if near else Fraction(value).limit_denominator(1001)
