"""hevc: the picture size inside an HEVC configuration record."""

from stream.errors import ProtocolError
from stream.protocols.h264 import Bits

SPS = 33


def picture_size(record: bytes) -> tuple[int, int]:
    """Return (width_px, height_px) from the SPS of an hvcC record (ISO/IEC 14496-15, 8.3.3.1); (0, 0) without one."""
    at = 23
    for _ in range(record[22] if len(record) > 22 else 0):
        kind, count = record[at] & 63 if at < len(record) else 0, int.from_bytes(record[at + 1:at + 3], "big")
        at += 3
        for _ in range(count):
            size = int.from_bytes(record[at:at + 2], "big")
            if not size or at + 2 + size > len(record):
                raise ProtocolError("an HEVC configuration record is cut short")
            if kind == SPS:
                return _size(Bits(record[at + 4:at + 2 + size]))
            at += 2 + size
    return 0, 0


def _size(bits: Bits) -> tuple[int, int]:
    """Read an SPS (ITU-T H.265, 7.3.2.2.1) up to the conformance window."""
    bits.u(4)
    layers = bits.u(3)
    bits.u(1)
    bits.u(96)
    present = [(bits.u(1), bits.u(1)) for _ in range(layers)]
    if layers:
        bits.u(2 * (8 - layers))
    for profile, level in present:
        bits.u(88 * profile + 8 * level)
    bits.ue()
    chroma = bits.ue()
    if chroma == 3:
        bits.u(1)
    width, height = bits.ue(), bits.ue()
    if bits.u(1):
        width -= (bits.ue() + bits.ue()) * (2 if chroma in (1, 2) else 1)
        height -= (bits.ue() + bits.ue()) * (2 if chroma == 1 else 1)
    if not 0 < width <= 16384 or not 0 < height <= 16384:
        raise ProtocolError("an HEVC parameter set has impossible values")
    return width, height
