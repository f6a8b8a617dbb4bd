"""RTMP message bodies to packets and back."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rtmp_peers import interleaved, picture, sound

from stream.errors import MediaError, ProtocolError
from stream.media import Packet, Setup
from stream.protocols import flv_writer, h264
from stream.protocols.flv import AUDIO, MAX_TRACKS, VIDEO, FlvReader
from stream.protocols.rtmp_inbox import MAX_BYTES, MAX_PACKETS, Inbox

MS = 1_000_000


def avcc(setup: Setup, packets: tuple[Packet, ...]) -> list[Packet]:
    """The same picture as FLV carries it: avcC and 4-byte lengths."""
    setup = replace(setup, extradata=h264.avcc_record(setup.extradata))
    return [replace(p, setup=setup, data=h264.to_avcc(p.data)) for p in packets]


def through(packets: list[Packet], shift_ms: int = 100) -> list[Packet]:
    """What a reader makes of what the writer made of `packets`."""
    reader, out, known = FlvReader(), [], set()
    reader.describe(flv_writer.metadata([p.setup for p in packets]))
    for packet in packets:
        kind, time_ms = flv_writer.kind_of(packet.setup), flv_writer.time_ms(packet.dts_ns) + shift_ms & 0xFFFFFFFF
        if packet.setup not in known:
            known.add(packet.setup)
            assert reader.feed(kind, time_ms, flv_writer.header(packet.setup)) == []
        out += reader.feed(kind, time_ms, flv_writer.body(packet))
    return out


@pytest.mark.parametrize("bframes", [0, 2])
def test_h264_and_aac_come_back_as_they_were(bframes: int) -> None:
    sent = interleaved(avcc(*picture(bframes=bframes)), sound()[1])
    got = through(sent)
    assert [(p.setup.kind, p.data, p.is_key) for p in got] == [(p.setup.kind, p.data, p.is_key) for p in sent]
    for new, old in zip(got, sent, strict=True):
        assert abs(new.pts_ns - old.pts_ns - 100 * MS) <= MS / 2 and abs(new.dts_ns - old.dts_ns - 100 * MS) <= MS / 2
        assert new.setup == old.setup
    assert len({id(p.setup) for p in got}) == 2
    assert any(p.pts_ns != p.dts_ns for p in got) == bool(bframes)


def test_annexb_from_an_encoder_becomes_avcc() -> None:
    setup, packets = picture()
    assert not h264.is_avcc(setup.extradata)
    assert [p.data for p in through(list(packets))] == [p.data for p in avcc(setup, packets)]


@pytest.mark.parametrize("codec", ["libx265", "libsvtav1"])
def test_enhanced_codecs_come_back_as_they_were(codec: str) -> None:
    setup, packets = picture(codec=codec, bframes=2 if codec == "libx265" else 0)
    record = b"\x01" + bytes(22) if codec == "libx265" else b"\x81\x00\x0c\x00"
    sent = [replace(p, setup=replace(setup, extradata=record)) for p in packets]
    got = through(sent)
    assert [(p.data, p.is_key, p.pts_ns - p.dts_ns) for p in got] == [
        (p.data, p.is_key, p.pts_ns - p.dts_ns) for p in sent]
    assert got[0].setup == sent[0].setup


def test_opus_comes_back_with_its_durations() -> None:
    got = through(list(sound(codec="libopus")[1]))
    assert {p.duration_ns for p in got} == {20 * MS} and got[0].setup == sound(codec="libopus")[0]


def test_flac_is_wrapped_as_enhanced_rtmp_asks() -> None:
    info = bytes(10) + (48000 << 44 | 1 << 41 | 15 << 36).to_bytes(8, "big") + bytes(16)
    (packet,) = through([Packet(Setup("audio", "flac", info, sample_rate_hz=48000, channels=2), 0, 0, True, b"f")])
    assert packet.setup.extradata == b"fLaC\x80\x00\x00\x22" + info
    assert (packet.setup.sample_rate_hz, packet.setup.channels) == (48000, 2)


@pytest.mark.parametrize(("header", "rate_hz", "channels"), [
    (b"\xff\xfb\x94\x00", 48000, 2), (b"\xff\xf3\x40\xc0", 22050, 1), (b"\xff\xe3\x48\x00", 8000, 2)])
def test_mp3_needs_no_sequence_header(header: bytes, rate_hz: int, channels: int) -> None:
    (packet,) = FlvReader().feed(AUDIO, 0, b"\x2f" + header + b"x")
    assert (packet.setup.sample_rate_hz, packet.setup.channels, packet.setup.codec) == (rate_hz, channels, "mp3")
    assert packet.data == header + b"x" and packet.duration_ns > 0


@pytest.mark.parametrize(("config", "rate_hz", "channels"), [
    (b"\x11\x90", 48000, 2), (b"\x12\x08", 44100, 1), (b"\x2b\x92\x08\x00", 44100, 2), (b"\x11\xb8", 48000, 8)])
def test_the_aac_configuration_gives_rate_and_channels(config: bytes, rate_hz: int, channels: int) -> None:
    reader = FlvReader()
    reader.feed(AUDIO, 0, b"\xaf\x00" + config)
    setup = reader.setups[AUDIO, 0]
    assert (setup.sample_rate_hz, setup.channels) == (rate_hz, channels)


def test_times_go_on_past_32_bits_and_may_jump_back() -> None:
    reader = FlvReader()
    reader.feed(AUDIO, 0, b"\xaf\x00\x11\x90")
    times = [0xFFFFFFF0, 0x10, 5, 0x7FFFFFFF]
    got = [reader.feed(AUDIO, t, b"\xaf\x01x")[0].pts_ns // MS for t in times]
    assert got[0] % (1 << 32) == times[0]
    assert [b - a for a, b in zip(got, got[1:], strict=False)] == [0x20, -0xB, 0x7FFFFFFA]


def test_a_composition_time_may_be_negative() -> None:
    reader = FlvReader()
    (first, *_) = avcc(*picture())
    reader.feed(VIDEO, 0, flv_writer.header(first.setup))
    (packet,) = reader.feed(VIDEO, 100, b"\x27\x01\xff\xff\xfb" + first.data)
    assert (packet.dts_ns, packet.pts_ns, packet.is_key) == (100 * MS, 95 * MS, False)


def test_a_changed_sequence_header_is_a_new_setup_and_a_repeated_one_is_not() -> None:
    reader = FlvReader()
    small, large = avcc(*picture())[0], avcc(*picture(size="320x180"))[0]
    seen = []
    for packet in (small, small, large, small):
        reader.feed(VIDEO, 0, flv_writer.header(packet.setup))
        seen += reader.feed(VIDEO, 0, flv_writer.body(packet))
    assert seen[0].setup is seen[1].setup and seen[2].setup.width_px == 320 and seen[3].setup == seen[0].setup


def test_packets_before_their_sequence_header_are_counted() -> None:
    reader = FlvReader()
    assert reader.feed(VIDEO, 0, b"\x27\x01\x00\x00\x00x") == [] == reader.feed(AUDIO, 0, b"\xaf\x01x")
    assert reader.dropped == 2


def test_what_the_sps_leaves_out_comes_from_the_metadata() -> None:
    reader = FlvReader()
    reader.describe({"framerate": 29.97, "width": 640.0, "height": 360.0})
    reader.feed(VIDEO, 0, b"\x90av01" + b"\x81\x00\x0c\x00")
    setup = reader.setups[VIDEO, 0]
    assert (setup.width_px, setup.height_px, setup.rate) == (640, 360, Fraction(30000, 1001))


def multitrack(layout: int, packet_type: int, *tracks: tuple[int, bytes]) -> bytes:
    out = bytes((0x96, layout << 4 | packet_type)) + (b"av01" if layout < 2 else b"")
    for track, body in tracks:
        size = len(body).to_bytes(3, "big") if layout else b""
        out += (b"av01" if layout == 2 else b"") + bytes([track]) + size + body
    return out


@pytest.mark.parametrize("layout", [0, 1, 2])
def test_each_track_of_a_multitrack_message_is_a_track(layout: int) -> None:
    reader = FlvReader()
    tracks = [(0, b"a"), (3, b"b")] if layout else [(3, b"b")]
    reader.feed(VIDEO, 0, multitrack(layout, 0, *((t, b"\x81" + b) for t, b in tracks)))
    got = reader.feed(VIDEO, 40, multitrack(layout, 1, *tracks))
    assert [(p.track, p.data, p.setup.extradata) for p in got] == [(t, b, b"\x81" + b) for t, b in tracks]


def test_a_nanosecond_offset_is_added() -> None:
    reader = FlvReader()
    reader.feed(VIDEO, 0, b"\x90av01\x81")
    (packet,) = reader.feed(VIDEO, 40, b"\x97\x02\x01\xe2\x40\x01av01x")
    assert packet.pts_ns == 40 * MS + 123_456


def test_more_tracks_than_anybody_sends_are_refused() -> None:
    reader = FlvReader()
    with pytest.raises(ProtocolError, match="tracks"):
        for track in range(MAX_TRACKS + 1):
            reader.feed(VIDEO, 0, multitrack(0, 0, (track, b"\x81")))


@pytest.mark.parametrize(("kind", "body"), [(VIDEO, b"\x22xxxxx"), (AUDIO, b"\x5fx"), (VIDEO, b"\x90vvc1x"),
                                            (AUDIO, b"\x90ac-3x")])
def test_a_codec_nobody_here_can_use_is_named_with_the_remedy(kind: int, body: bytes) -> None:
    with pytest.raises(ProtocolError, match="not supported") as caught:
        FlvReader().feed(kind, 0, body)
    assert "Publish" in caught.value.remedy


@pytest.mark.parametrize("setup", [Setup("audio", "aac"), Setup("video", "h264"),
                                   Setup("video", "hevc", b"\x00\x00\x01"),
                                   Setup("audio", "vorbis", b"x"), Setup("video", "mpeg2video")])
def test_what_rtmp_cannot_carry_is_a_media_error(setup: Setup) -> None:
    with pytest.raises(MediaError) as caught:
        flv_writer.header(setup)
    assert caught.value.remedy


FIRST = st.sampled_from([b"\x17\x00\x00\x00\x00\x01", b"\x27\x01", b"\xaf\x00", b"\xaf\x01", b"\x2f",
                         b"\x90hvc1", b"\x91hvc1", b"\x96", b"\x97", b"\x95",
                         b"\x90Opus", b"\x90fLaC", b"\x90mp4a", b"\x90.mp3", b""])


BODIES = st.tuples(st.sampled_from((AUDIO, VIDEO)), st.integers(0, (1 << 32) - 1), FIRST, st.binary(max_size=60))


@given(st.lists(BODIES, max_size=6))
@settings(max_examples=300)
def test_foreign_bodies_give_packets_or_a_protocol_error(bodies: list[tuple[int, int, bytes, bytes]]) -> None:
    reader = FlvReader()
    try:
        for kind, time_ms, first, rest in bodies:
            for packet in reader.feed(kind, time_ms, first + rest):
                assert packet.data and packet.duration_ns >= 0
    except ProtocolError as error:
        assert "\n" not in str(error)


def fill(inbox: Inbox, count: int, size: int, start: int = 0) -> None:
    (key, *_) = avcc(*picture())
    if not start:
        inbox.feed(VIDEO, 0, flv_writer.header(key.setup))
        inbox.feed(AUDIO, 0, b"\xaf\x00\x11\x90")
    for index in range(start, start + count):
        inbox.feed(VIDEO, index * 40, (b"\x17" if index % 25 == 0 else b"\x27") + b"\x01\x00\x00\x00" + bytes(size))


@pytest.mark.parametrize(("count", "size"), [(MAX_PACKETS + 60, 10), (60, 1 << 20)])
def test_a_queue_nobody_reads_stays_bounded_and_goes_on_at_a_key_frame(count: int, size: int) -> None:
    inbox = Inbox()
    fill(inbox, count, size)
    assert len(inbox._queue) <= MAX_PACKETS and inbox._bytes <= MAX_BYTES
    kept = [inbox._queue.take_nowait() for _ in range(len(inbox._queue))]
    assert inbox.dropped == count - len(kept) > 0
    assert kept[0] is not None and kept[0].is_key and kept[0].lost_before
    assert [p.lost_before for p in kept[1:] if p] == [False] * (len(kept) - 1)
