"""H.264 framing, the SPS, and frames that went missing."""

from fractions import Fraction
from itertools import pairwise

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rtmp_peers import picture

from stream.errors import ProtocolError
from stream.protocols import h264, hevc


def annexb(avcc: bytes) -> bytes:
    return b"".join(b"\x00\x00\x00\x01" + unit for unit in h264.split_avcc(avcc))


@pytest.mark.parametrize("options", [(), (("profile", "baseline"),), (("preset", "medium"), ("profile", "high"))])
@pytest.mark.parametrize("size", ["160x120", "320x180", "178x98"])
def test_the_sps_gives_the_size_and_rate_that_were_encoded(size: str, options: tuple[tuple[str, str], ...]) -> None:
    setup, _ = picture(0.2, size=size, options=options)
    sps = h264.find_sps(setup.extradata)
    assert (f"{sps.width_px}x{sps.height_px}", sps.rate) == (size, Fraction(25))


def test_an_interlaced_sps_gives_the_height_of_the_frame() -> None:
    setup, _ = picture(0.2, size="160x128", options=(("x264-params", "interlaced=1"),))
    sps = h264.find_sps(setup.extradata)
    assert (sps.width_px, sps.height_px, sps.frames_only) == (160, 128, False)


def test_the_hevc_record_gives_the_size() -> None:
    setup, _ = picture(0.2, "libx265", size="178x98")
    (sps,) = [u for u in h264.split_annexb(setup.extradata) if u[0] >> 1 == hevc.SPS]
    record = bytes(22) + b"\x01\xa1\x00\x01" + len(sps).to_bytes(2, "big") + sps
    assert hevc.picture_size(record) == (178, 98)


def test_annexb_headers_become_a_record_that_decodes() -> None:
    setup, packets = picture(0.4)
    headers = setup.extradata if not h264.is_avcc(setup.extradata) else b"".join(
        b"\x00\x00\x00\x01" + unit for unit in h264.parameter_sets(setup.extradata))
    record = h264.avcc_record(headers)
    assert h264.is_avcc(record) and h264.find_sps(record) == h264.find_sps(headers)
    decoder = av.CodecContext.create("h264", "r")
    decoder.extradata = record
    frames = [f for p in packets for f in decoder.decode(av.Packet(h264.to_avcc(p.data)))] + decoder.decode(None)
    assert len(frames) == len(packets)


@given(st.lists(st.binary(min_size=1, max_size=30).map(lambda b: b"\x65" + b.replace(b"\x00", b"\x01")), max_size=5))
def test_framing_survives_both_ways(units: list[bytes]) -> None:
    packed = b"".join(len(u).to_bytes(4, "big") + u for u in units)
    assert list(h264.split_avcc(packed)) == units and h264.to_avcc(annexb(packed)) == packed


@given(st.binary(max_size=80))
def test_foreign_configurations_give_only_protocol_errors(data: bytes) -> None:
    for extradata in (data, b"\x01" + data, b"\x00\x00\x01\x67" + data):
        try:
            h264.find_sps(extradata)
        except ProtocolError:
            pass
    for record in (data, bytes(22) + data):
        try:
            hevc.picture_size(record)
        except ProtocolError:
            pass


KINDS = {"plain": (0, ()), "B-frames": (2, ()), "pyramid": (3, (("preset", "medium"), ("x264-params", "b-pyramid=2"))),
         "interlaced": (0, (("x264-params", "interlaced=1"),)), "long": (0, (("x264-params", "ref=4:keyint=200"),))}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("as_annexb", [False, True])
def test_a_whole_stream_misses_nothing_and_a_lost_reference_shows_at_once(kind: str, as_annexb: bool) -> None:
    bframes, options = KINDS[kind]
    setup, packets = picture(2.4, bframes=bframes, options=options, size="160x128")
    if h264.is_avcc(setup.extradata):
        pytest.fail("expected Annex B from the encoder")
    extradata = setup.extradata if as_annexb else h264.avcc_record(setup.extradata)
    data = [p.data if as_annexb else h264.to_avcc(p.data) for p in packets]
    check = h264.FrameNumCheck(extradata)
    assert not any(check.feed(d) for d in data)
    references = [any(u[0] & 31 in (1, 5) and u[0] & 0x60 for u in h264.split_annexb(p.data)) for p in packets]
    checked = 0
    for lost in range(2, len(data) - 1):
        if not references[lost] or packets[lost].is_key or packets[lost + 1].is_key:
            continue
        check = h264.FrameNumCheck(extradata)
        told = [check.feed(d) for i, d in enumerate(data) if i != lost]
        assert told.index(True) == lost and sum(told) == 1
        checked += 1
    assert checked > 10


def test_lost_frames_before_a_key_frame_do_not_matter() -> None:
    setup, packets = picture(2.4)
    check = h264.FrameNumCheck(setup.extradata)
    key = [i for i, p in enumerate(packets) if p.is_key][1]
    assert not any(check.feed(p.data) for i, p in enumerate(packets) if i != key - 1)


def test_broken_data_counts_as_missing() -> None:
    setup, packets = picture(0.4)
    check = h264.FrameNumCheck(h264.avcc_record(setup.extradata))
    assert check.feed(b"\x00\x00\xff\xff\x41") and not check.feed(h264.to_avcc(packets[0].data))


def test_packets_are_in_decoding_order_as_the_tests_assume() -> None:
    assert all(a.dts_ns < b.dts_ns for a, b in pairwise(picture(2.4, bframes=2)[1]))
