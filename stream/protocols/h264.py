"""h264: just enough of H.264: NAL framing, picture size from the SPS, and frames that went missing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from stream.errors import ProtocolError

_START_CODE = re.compile(b"\x00\x00\x01")
_HIGH_PROFILES = frozenset((100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135))
SLICE, PARTITION_A, IDR, SPS, PPS = 1, 2, 5, 7, 8


class Bits:
    """Reads a raw byte sequence payload bit by bit; past its end is a ProtocolError."""

    def __init__(self, nal_body: bytes) -> None:
        rbsp = nal_body.replace(b"\x00\x00\x03", b"\x00\x00")  # emulation prevention (7.4.1)
        self._value, self._left = int.from_bytes(rbsp, "big"), len(rbsp) * 8

    def u(self, count: int) -> int:
        """Return the next `count` bits as an unsigned number."""
        self._left -= count
        if self._left < 0:
            raise ProtocolError("a video parameter set is cut short")
        return self._value >> self._left & ((1 << count) - 1)

    def ue(self) -> int:
        """Return the next Exp-Golomb number (9.1)."""
        zeros = 0
        while not self.u(1):
            zeros += 1
            if zeros > 32:
                raise ProtocolError("a video parameter set is broken")
        return (1 << zeros) - 1 + self.u(zeros)

    def se(self) -> int:
        """Return the next signed Exp-Golomb number (9.1.1)."""
        code = self.ue()
        return (code + 1) // 2 if code & 1 else -(code // 2)


@dataclass(frozen=True, slots=True)
class Sps:
    """What a sequence parameter set (ITU-T H.264, 7.3.2.1.1) says of the pictures. `rate` None: not said."""

    width_px: int
    height_px: int
    rate: Fraction | None
    frame_num_bits: int
    gaps_allowed: bool
    separate_planes: bool
    frames_only: bool


def parse_sps(nal: bytes) -> Sps:
    """Read one SPS NAL unit, header byte included; ProtocolError when it is broken."""
    bits = Bits(nal[1:1025])
    profile = bits.u(8)
    bits.u(16)
    bits.ue()
    chroma, separate = 1, False
    if profile in _HIGH_PROFILES:
        chroma = bits.ue()
        separate = chroma == 3 and bool(bits.u(1))
        bits.ue(), bits.ue(), bits.u(1)
        if bits.u(1):
            _skip_scaling(bits, 12 if chroma == 3 else 8)
    frame_num_bits = bits.ue() + 4
    _skip_order_counts(bits)
    bits.ue()
    gaps = bool(bits.u(1))
    width, height = (bits.ue() + 1) * 16, (bits.ue() + 1) * 16
    frames_only = bool(bits.u(1))
    if not frames_only:
        height *= 2
        bits.u(1)
    bits.u(1)
    if bits.u(1):
        step_x = 1 if separate or chroma in (0, 3) else 2
        step_y = (2 if chroma == 1 and not separate else 1) * (1 if frames_only else 2)
        width -= (bits.ue() + bits.ue()) * step_x
        height -= (bits.ue() + bits.ue()) * step_y
    if not 0 < width <= 16384 or not 0 < height <= 16384 or frame_num_bits > 16:
        raise ProtocolError("an H.264 parameter set has impossible values")
    return Sps(width, height, _rate(bits) if bits.u(1) else None, frame_num_bits, gaps, separate, frames_only)


def _skip_scaling(bits: Bits, lists: int) -> None:
    for index in range(lists):
        if bits.u(1):
            last = following = 8
            for _ in range(16 if index < 6 else 64):
                if following:
                    following = (last + bits.se()) % 256
                last = following or last


def _skip_order_counts(bits: Bits) -> None:
    kind = bits.ue()
    if kind == 0:
        bits.ue()
    elif kind == 1:
        bits.u(1), bits.se(), bits.se()
        for _ in range(min(bits.ue(), 256)):
            bits.se()


def _rate(bits: Bits) -> Fraction | None:
    """Frames per second from the VUI (E.1.1), where it has timing."""
    if bits.u(1) and bits.u(8) == 255:
        bits.u(32)
    if bits.u(1):
        bits.u(1)
    if bits.u(1):
        bits.u(4)
        if bits.u(1):
            bits.u(24)
    if bits.u(1):
        bits.ue(), bits.ue()
    if not bits.u(1):
        return None
    units, scale = bits.u(32), bits.u(32)
    return Fraction(scale, 2 * units) if units and 1 <= scale / (2 * units) <= 1000 else None


def is_avcc(extradata: bytes) -> bool:
    """Whether `extradata` is an AVCDecoderConfigurationRecord (else it is Annex B)."""
    return len(extradata) >= 7 and extradata[0] == 1


def parameter_sets(extradata: bytes) -> list[bytes]:
    """Return the SPS and PPS NAL units of an avcC record (ISO/IEC 14496-15, 5.3.3.1) or of Annex B headers."""
    if not is_avcc(extradata):
        return [nal for nal in split_annexb(extradata) if nal[0] & 31 in (SPS, PPS)]
    out: list[bytes] = []
    at = 5
    for mask in (31, 255):
        if at >= len(extradata):
            raise ProtocolError("an H.264 configuration record is cut short")
        count, at = extradata[at] & mask, at + 1
        for _ in range(count):
            size = int.from_bytes(extradata[at:at + 2], "big")
            if not size or at + 2 + size > len(extradata):
                raise ProtocolError("an H.264 configuration record is cut short")
            out.append(extradata[at + 2:at + 2 + size])
            at += 2 + size
    return out


def find_sps(extradata: bytes) -> Sps:
    """Return the first SPS in `extradata` (avcC or Annex B); ProtocolError when there is none."""
    for nal in parameter_sets(extradata):
        if nal[0] & 31 == SPS:
            return parse_sps(nal)
    raise ProtocolError("the H.264 configuration has no SPS")


def split_annexb(data: bytes) -> list[bytes]:
    """Return the NAL units of an Annex B byte stream, without start codes."""
    starts = [match.end() for match in _START_CODE.finditer(data)]
    ends = [start - 3 for start in starts[1:]] + [len(data)][:len(starts)]
    units = (data[start:end].rstrip(b"\x00") for start, end in zip(starts, ends, strict=True))
    return [unit for unit in units if unit]


def split_avcc(data: bytes, length_bytes: int = 4) -> Iterator[bytes]:
    """Yield the NAL units of a length-prefixed packet; ProtocolError when a length runs past the end."""
    at, end = 0, len(data)
    while at < end:
        size = int.from_bytes(data[at:at + length_bytes], "big")
        at += length_bytes
        if at + size > end:
            raise ProtocolError("an H.264 packet is cut short")
        if size:
            yield data[at:at + size]
        at += size


def to_avcc(annexb: bytes) -> bytes:
    """Return an Annex B packet with 4-byte lengths, parameter sets and delimiters left out."""
    units = (unit for unit in split_annexb(annexb) if unit[0] & 31 not in (SPS, PPS, 9))
    return b"".join(len(unit).to_bytes(4, "big") + unit for unit in units)


def avcc_record(headers: bytes) -> bytes:
    """Return an avcC record (4-byte lengths) from Annex B `headers` holding SPS and PPS."""
    units = split_annexb(headers)
    sps, pps = ([u for u in units if u[0] & 31 == kind] for kind in (SPS, PPS))
    if not sps or not pps or len(sps[0]) < 4:
        raise ProtocolError("the H.264 headers have no SPS or no PPS")
    record = bytes((1, *sps[0][1:4], 0xFF, 0xE0 | len(sps)))
    record += b"".join(len(u).to_bytes(2, "big") + u for u in sps) + bytes((len(pps),))
    record += b"".join(len(u).to_bytes(2, "big") + u for u in pps)
    if sps[0][1] in (100, 110, 122, 144):  # the record's high-profile tail
        record += _chroma_tail(sps[0])
    return record


def _chroma_tail(sps: bytes) -> bytes:
    bits = Bits(sps[4:40])
    bits.ue()
    chroma = bits.ue()
    if chroma == 3:
        bits.u(1)
    luma_depth, chroma_depth = bits.ue(), bits.ue()
    return bytes((0xFC | chroma & 3, 0xF8 | luma_depth & 7, 0xF8 | chroma_depth & 7, 0))


class FrameNumCheck:
    """Tells from `frame_num` (7.4.3) that reference frames went missing between two packets.

    Lost non-reference frames do not show, nor does a loss after which the counter fits by chance: a key
    frame's (it restarts the counter), or exactly as many frames as the counter has values. A stream
    whose SPS allows gaps is never reported.
    """

    def __init__(self, extradata: bytes) -> None:
        """Raises ProtocolError when `extradata` (avcC or Annex B) holds no readable SPS."""
        self._sps = find_sps(extradata)
        self._length_bytes = (extradata[4] & 3) + 1 if is_avcc(extradata) else 0
        self._reference = -1

    def feed(self, packet_data: bytes) -> bool:
        """Return True when frames are missing before this access unit. Broken data counts as missing."""
        units = split_avcc(packet_data, self._length_bytes) if self._length_bytes else split_annexb(packet_data)
        try:
            for unit in units:
                kind = unit[0] & 31
                if kind == SPS:
                    self._sps = parse_sps(unit)
                elif kind in (SLICE, PARTITION_A, IDR):
                    return self._slice(unit, kind)
        except ProtocolError:
            return True
        return False

    def _slice(self, unit: bytes, kind: int) -> bool:
        bits, sps = Bits(unit[1:33]), self._sps
        bits.ue(), bits.ue(), bits.ue()
        if sps.separate_planes:
            bits.u(2)
        frame_num = bits.u(sps.frame_num_bits)
        field = not sps.frames_only and bool(bits.u(1))
        before, expected = self._reference, (self._reference + 1) % (1 << sps.frame_num_bits)
        is_reference = kind == IDR or unit[0] & 0x60 != 0
        if is_reference or before < 0:
            self._reference = frame_num if is_reference else (frame_num - 1) % (1 << sps.frame_num_bits)
        if kind == IDR or before < 0 or sps.gaps_allowed:
            return False
        missing = frame_num != expected and not (field and frame_num == before)
        if missing and not is_reference:  # reported once: what follows is counted from here
            self._reference = (frame_num - 1) % (1 << sps.frame_num_bits)
        return missing
