"""sei: captions put into encoded pictures as supplemental enhancement information; nothing is encoded anew."""

import re

from stream.errors import ProtocolError

_T35_ATSC = b"\xB5\x00\x31GA94\x03"  # ITU-T T.35: USA, ATSC; A/53 user data of type cc_data
_REGISTERED = 4                        # user_data_registered_itu_t_t35 (H.264 D.1.6, H.265 D.2.6)
_HEADERS = {"h264": b"\x06", "hevc": b"\x4E\x01"}
_START = re.compile(b"\x00\x00\x01")
_EMULATION = re.compile(b"\x00\x00(?=[\x00-\x03])")


def caption_nal(cc_data: bytes, codec: str = "h264") -> bytes:
    """Return the SEI NAL unit (no start code, no length) that carries `cc_data` in an H.264 or HEVC stream."""
    body = _T35_ATSC + cc_data
    sizes = b"\xFF" * (len(body) // 255) + bytes((len(body) % 255,))
    return _HEADERS[codec] + escaped(bytes((_REGISTERED,)) + sizes + body + b"\x80")


def escaped(rbsp: bytes) -> bytes:
    """Return `rbsp` with emulation prevention bytes (H.264 7.4.1): no three bytes look like a start code."""
    return _EMULATION.sub(b"\x00\x00\x03", rbsp)


def inserted(packet: bytes, nal: bytes, codec: str = "h264", length_bytes: int = 4) -> bytes:
    """Return one picture's `packet` with `nal` in front of its first slice.

    Its NAL units have lengths of `length_bytes`, or (0) start codes. ProtocolError when it is broken or has no slice.
    """
    at = _slice_in_lengths(packet, codec, length_bytes) if length_bytes else _slice_in_starts(packet, codec)
    head = len(nal).to_bytes(length_bytes, "big") if length_bytes else b"\x00\x00\x00\x01"
    return packet[:at] + head + nal + packet[at:]


def _slice_in_lengths(packet: bytes, codec: str, length_bytes: int) -> int:
    at = 0
    while at + length_bytes < len(packet):
        size = int.from_bytes(packet[at:at + length_bytes], "big")
        if at + length_bytes + size > len(packet):
            raise ProtocolError("an encoded picture is cut short")
        if size and _is_slice(packet[at + length_bytes], codec):
            return at
        at += length_bytes + size
    raise ProtocolError("an encoded picture has no slice")


def _slice_in_starts(packet: bytes, codec: str) -> int:
    for match in _START.finditer(packet):
        if match.end() < len(packet) and _is_slice(packet[match.end()], codec):
            at = match.start()
            return at - 1 if at and packet[at - 1] == 0 else at
    raise ProtocolError("an encoded picture has no slice")


def _is_slice(header: int, codec: str) -> bool:
    return header >> 1 & 63 < 32 if codec == "hevc" else 1 <= header & 31 <= 5
