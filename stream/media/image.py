"""image: what a picture file's header says (size, orientation), read before anything is decoded."""

import struct
from dataclasses import dataclass

# EXIF orientation 1..8 -> (degrees clockwise, then mirrored left-right), TIFF 6.0 tag 274.
_ORIENTATIONS = {1: (0, False), 2: (0, True), 3: (180, False), 4: (180, True),
                 5: (90, True), 6: (90, False), 7: (270, True), 8: (270, False)}


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """Size as stored, FFmpeg's demuxer, and how to turn (clockwise), then mirror it, to stand upright."""

    width_px: int
    height_px: int
    demuxer: str
    rotation_deg: int = 0
    mirrored: bool = False


def header_of(data: bytes) -> ImageHeader | None:
    """Return the header of a JPEG, PNG, WebP, GIF or BMP file; None if it is none of these or broken."""
    try:
        if data[:8] == b"\x89PNG\r\n\x1a\n":
            return _png(data)
        if data[:2] == b"\xff\xd8":
            return _jpeg(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
        if data[:6] in (b"GIF87a", b"GIF89a"):
            width, height = struct.unpack_from("<HH", data, 6)
            return _header(width, height, "gif")
        if data[:2] == b"BM":
            width, height = struct.unpack_from("<ii", data, 18)
            return _header(abs(width), abs(height), "bmp_pipe")
    except struct.error:
        return None
    return None


def _header(width: int, height: int, demuxer: str, exif: bytes = b"") -> ImageHeader | None:
    if width <= 0 or height <= 0:
        return None
    rotation, mirror = _ORIENTATIONS.get(_orientation(exif), (0, False))
    return ImageHeader(width, height, demuxer, rotation, mirror)


def _png(data: bytes) -> ImageHeader | None:
    width, height = struct.unpack_from(">II", data, 16)
    exif, at = b"", 8
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        if kind == b"eXIf":
            exif = data[at + 8:at + 8 + size]
        if kind in (b"IDAT", b"IEND"):
            break
        at += size + 12
    return _header(width, height, "png_pipe", exif)


def _jpeg(data: bytes) -> ImageHeader | None:
    exif, at = b"", 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF or marker == 0x01 or 0xD0 <= marker <= 0xD8:
            at += 1 if marker == 0xFF else 2
            continue
        size = struct.unpack_from(">H", data, at + 2)[0]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, at + 5)
            return _header(width, height, "jpeg_pipe", exif)
        if marker == 0xE1 and data[at + 4:at + 10] == b"Exif\0\0":
            exif = data[at + 10:at + 2 + size]
        at += 2 + size
    return None


def _webp(data: bytes) -> ImageHeader | None:
    size, exif, at = (0, 0), b"", 12
    while at + 8 <= len(data):
        kind, length = struct.unpack_from("<4sI", data, at)
        body = at + 8
        if kind == b"VP8X":
            size = (int.from_bytes(data[body + 4:body + 7], "little") + 1,
                    int.from_bytes(data[body + 7:body + 10], "little") + 1)
        elif kind == b"VP8L" and size == (0, 0):
            bits = struct.unpack_from("<I", data, body + 1)[0]
            size = ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
        elif kind == b"VP8 " and size == (0, 0):
            width, height = struct.unpack_from("<HH", data, body + 6)
            size = (width & 0x3FFF, height & 0x3FFF)
        elif kind == b"EXIF":
            exif = data[body:body + length].removeprefix(b"Exif\0\0")
        at = body + length + (length & 1)
    return _header(*size, "webp_pipe", exif)


def _orientation(exif: bytes) -> int:
    """The orientation tag of a TIFF structure, 1 where there is none."""
    if exif[:4] not in (b"II*\0", b"MM\0*"):
        return 1
    order = "<" if exif[:2] == b"II" else ">"
    try:
        start = struct.unpack_from(order + "I", exif, 4)[0]
        for entry in range(struct.unpack_from(order + "H", exif, start)[0]):
            tag, kind, count, value = struct.unpack_from(order + "HHIH", exif, start + 2 + 12 * entry)
            if (tag, kind, count) == (0x0112, 3, 1):
                return int(value)
    except struct.error:
        return 1
    return 1
