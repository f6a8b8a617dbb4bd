"""adts: AAC as transport streams carry it, each frame with a header of its own (ISO/IEC 13818-7, 6.2)."""


def is_adts(data: bytes) -> bool:
    """Whether `data` begins with an ADTS header."""
    return len(data) > 7 and data[0] == 0xFF and data[1] & 0xF6 == 0xF0


def config_of(data: bytes) -> bytes:
    """Return the AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1) that an ADTS header spells out."""
    kind, rate = (data[2] >> 6) + 1, data[2] >> 2 & 15
    channels = (data[2] & 1) << 2 | data[3] >> 6
    return (kind << 11 | rate << 7 | channels << 3).to_bytes(2, "big")


def strip(data: bytes) -> bytes:
    """Return the frame without its header."""
    return data[7 if data[1] & 1 else 9:]
