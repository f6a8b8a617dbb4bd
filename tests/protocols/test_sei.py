"""Caption data put into encoded pictures: in front of the first slice, however the packet is framed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.errors import ProtocolError
from stream.protocols import h264, sei

SPS, PPS, DELIMITER, OTHER_SEI = b"\x67\x42", b"\x68\xce", b"\x09\xf0", b"\x06\x05\x01\x00\x80"
SLICE, SECOND = b"\x65\x88\x84\x00\x10", b"\x65\x00\x44\x21"
NAL = sei.caption_nal(b"\xc1\xff\xfc\x94\x2c\xff")


def lengths(*units: bytes, size: int = 4) -> bytes:
    return b"".join(len(unit).to_bytes(size, "big") + unit for unit in units)


def starts(*units: bytes) -> bytes:
    return b"".join(b"\x00\x00\x00\x01" + unit for unit in units)


def test_a_caption_unit_is_registered_user_data_of_atsc() -> None:
    assert bytes.fromhex("06040eb5003147413934 03 c1fffc942cff 80") == NAL
    assert sei.caption_nal(b"", "hevc")[:3] == b"\x4e\x01\x04"


def test_it_stands_before_the_first_slice_after_all_else() -> None:
    units = (OTHER_SEI, SLICE, SECOND)
    for size in (4, 2):
        found = sei.inserted(lengths(*units, size=size), NAL, length_bytes=size)
        assert list(h264.split_avcc(found, size)) == [OTHER_SEI, NAL, SLICE, SECOND]
    assert sei.inserted(starts(DELIMITER, SPS, PPS, *units), NAL, length_bytes=0) == starts(
        DELIMITER, SPS, PPS, OTHER_SEI, NAL, SLICE, SECOND)
    assert sei.inserted(b"\x00\x00\x01" + SLICE, NAL, length_bytes=0) == starts(NAL) + b"\x00\x00\x01" + SLICE


def test_hevc_slices_are_known_by_their_own_header() -> None:
    vps, idr = b"\x40\x01\x0c", b"\x26\x01\xaf"
    assert sei.inserted(starts(vps, idr), b"\x4e\x01\x80", "hevc", 0) == starts(vps, b"\x4e\x01\x80", idr)


@pytest.mark.parametrize("broken", [b"", b"\x00", lengths(SPS), lengths(SLICE)[:-1], b"\xff\xff\xff\xff\x65"])
def test_a_broken_packet_is_an_error(broken: bytes) -> None:
    with pytest.raises(ProtocolError):
        sei.inserted(broken, NAL)
    with pytest.raises(ProtocolError):
        sei.inserted(broken, NAL, length_bytes=0)


@given(st.binary(max_size=60) | st.lists(st.sampled_from([0, 0, 1, 3, 4]), max_size=30).map(bytes))
def test_nothing_escaped_looks_like_a_start_code_and_nothing_is_lost(rbsp: bytes) -> None:
    found = sei.escaped(rbsp)
    assert not any(code in found for code in (b"\x00\x00\x00", b"\x00\x00\x01", b"\x00\x00\x02"))
    back, at = bytearray(), 0
    while at < len(found):
        if found[at:at + 3] == b"\x00\x00\x03":
            back += b"\x00\x00"
            at += 3
        else:
            back.append(found[at])
            at += 1
    assert bytes(back) == rbsp or rbsp.endswith(b"\x00\x00")  # an RBSP never ends in zeros


@given(st.lists(st.tuples(st.integers(1, 31), st.binary(min_size=1, max_size=20)), min_size=1, max_size=6))
def test_taken_out_again_the_packet_is_as_it_was(units: list[tuple[int, bytes]]) -> None:
    packet = lengths(*(bytes((kind,)) + body for kind, body in units), SLICE)
    found = sei.inserted(packet, NAL)
    assert len(found) == len(packet) + 4 + len(NAL)
    assert found.replace(len(NAL).to_bytes(4, "big") + NAL, b"", 1) == packet
