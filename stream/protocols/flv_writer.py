"""flv_writer: packets to RTMP's audio and video message bodies, classic FLV and Enhanced RTMP."""

from collections.abc import Sequence

from stream.errors import MediaError
from stream.media import Packet, Setup
from stream.protocols import h264
from stream.protocols.amf import Value
from stream.protocols.flv import AUDIO, MS, VIDEO

_FOURCC = {"hevc": b"hvc1", "av1": b"av01", "vp9": b"vp09", "opus": b"Opus", "flac": b"fLaC"}
_AAC, _MP3 = 0xAF, 0x2F  # format, then "44 kHz, 16 bit, stereo", which is fixed for AAC and ignored for MP3
_ENHANCED_VIDEO, _ENHANCED_AUDIO = 0x80, 0x90
_SEQUENCE_START, _CODED, _CODED_X = 0, 1, 3


def kind_of(setup: Setup) -> int:
    """Return the message type of the track: audio (8) or video (9)."""
    return VIDEO if setup.kind == "video" else AUDIO


def metadata(setups: Sequence[Setup]) -> dict[str, Value]:
    """Return onMetaData for these tracks; codecs are named as FLV numbers, or FourCCs as Enhanced RTMP does."""
    values: dict[str, Value] = {"encoder": "cuelight"}
    for setup in setups:
        fourcc = _FOURCC.get(setup.codec)
        if setup.kind == "video":
            values.update(width=float(setup.width_px), height=float(setup.height_px),
                          videocodecid=float(int.from_bytes(fourcc, "big")) if fourcc else 7.0)
            if setup.rate:
                values["framerate"] = float(setup.rate)
        else:
            legacy = 2.0 if setup.codec == "mp3" else 10.0
            values.update(audiosamplerate=float(setup.sample_rate_hz), audiosamplesize=16.0,
                          stereo=setup.channels != 1, audiochannels=float(setup.channels),
                          audiocodecid=float(int.from_bytes(fourcc, "big")) if fourcc else legacy)
    return values


def header(setup: Setup) -> bytes:
    """Return the sequence header of the track; empty where the codec has none.

    H.264 extradata may be avcC or Annex B. Raises MediaError for a codec that RTMP does not carry or
    whose configuration is missing.
    """
    extradata, codec = setup.extradata, setup.codec
    if codec == "h264":
        if not extradata:
            raise MediaError("H.264 for RTMP needs its SPS and PPS beforehand", "Encode with global headers")
        return b"\x17\x00\x00\x00\x00" + (extradata if h264.is_avcc(extradata) else h264.avcc_record(extradata))
    if codec == "mp3":
        return b""
    if not extradata and codec in ("aac", "hevc", "opus", "flac"):
        raise MediaError(f"{setup.describe()} for RTMP needs its configuration beforehand",
                         "Encode with global headers")
    if codec == "hevc" and extradata[0] != 1:
        raise MediaError("HEVC for RTMP needs an hvcC configuration", "Remux it to MP4 first, or encode H.264")
    if codec == "aac":
        return bytes((_AAC, 0)) + extradata
    fourcc = _fourcc(setup)
    if codec == "flac" and extradata[:4] != b"fLaC":
        extradata = b"fLaC\x80" + len(extradata).to_bytes(3, "big") + extradata
    first = _ENHANCED_VIDEO | 0x10 | _SEQUENCE_START if setup.kind == "video" else _ENHANCED_AUDIO | _SEQUENCE_START
    return bytes((first,)) + fourcc + extradata


def body(packet: Packet) -> bytes:
    """Return the message body of one packet; its message's time is `time_ms(packet.dts_ns)`."""
    setup, data = packet.setup, packet.data
    if setup.codec == "aac":
        return bytes((_AAC, 1)) + data
    if setup.codec == "mp3":
        return bytes((_MP3,)) + data
    if setup.kind == "audio":
        return bytes((_ENHANCED_AUDIO | _CODED,)) + _fourcc(setup) + data
    offset_ms = time_ms(packet.pts_ns) - time_ms(packet.dts_ns)
    offset = (offset_ms & 0xFFFFFF).to_bytes(3, "big")
    frame = 0x10 if packet.is_key else 0x20
    if setup.codec == "h264":
        return bytes((frame | 7, 1)) + offset + (data if h264.is_avcc(setup.extradata) else h264.to_avcc(data))
    fourcc = _fourcc(setup)
    if setup.codec == "hevc" and offset_ms:
        return bytes((_ENHANCED_VIDEO | frame | _CODED,)) + fourcc + offset + data
    return bytes((_ENHANCED_VIDEO | frame | (_CODED_X if setup.codec == "hevc" else _CODED),)) + fourcc + data


def time_ms(time_ns: int) -> int:
    """Return a time in whole ms, halves rounded up."""
    return (time_ns + MS // 2) // MS


def _fourcc(setup: Setup) -> bytes:
    fourcc = _FOURCC.get(setup.codec)
    if fourcc is None:
        raise MediaError(f"RTMP cannot carry {setup.describe()}", "Encode H.264 and AAC")
    return fourcc
