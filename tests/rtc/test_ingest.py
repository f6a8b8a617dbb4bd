"""What a WebRTC publisher sends becomes packets; a name has one publisher at a time."""

import asyncio
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.codecs.decode import VideoDecoder
from stream.codecs.encode import Rendition, VideoEncoder
from stream.door import Door
from stream.errors import MediaError, OptionError, RefusedError
from stream.media import Packet, new_frame
from stream.protocols import h264
from stream.rtc.frames import Frame
from stream.rtc.ingest import MAX_PACKETS, WHIP_APP, Intake, RtcDoor, opus_ns
from stream.sources import ListenSpec, SourceContext
from stream.sources.whip import read
from stream.worker import InlineWorker
from support import run_virtual

H264, VP8, OPUS = 96, 97, 111
SPEC = ListenSpec("", 0, WHIP_APP, "show")


def intake() -> Intake:
    made = Intake(3, lambda: 0)
    made.assembler("video", {H264: "h264", VP8: "vp8"})
    made.assembler("audio", {OPUS: "opus"})
    return made


def pictures(count: int) -> list[bytes]:
    """H.264 pictures as WebRTC carries them: Annex B, parameter sets before the key frame."""
    encoder = VideoEncoder(Rendition(64, 48, Fraction(30), encoder="libx264", video_bitrate=200_000))
    head = b"".join(b"\0\0\0\1" + unit for unit in h264.parameter_sets(encoder.setup.extradata))
    out = []
    for n in range(count):
        frame = new_frame(64, 48, pts_ns=n * 33_000_000)
        for plane in (frame.y, frame.u, frame.v):
            plane[:] = 40 + n
        for packet in encoder.encode(frame):
            units = b"".join(b"\0\0\0\1" + unit for unit in h264.split_avcc(packet.data))
            out.append(head + units if packet.is_key else units)
    return out


def taken(from_: Intake) -> list[Packet]:
    from_.close()

    async def all_of() -> list[Packet]:
        return [packet async for packet in from_]

    return run_virtual(all_of())


def test_h264_becomes_packets_that_decode() -> None:
    made = intake()
    for n, data in enumerate(pictures(4)):
        made.take("video", Frame(data, 3000 * n, H264, 0, False))
    packets = taken(made)
    assert [p.is_key for p in packets] == [True, False, False, False]
    assert {id(p.setup) for p in packets} == {id(packets[0].setup)}
    assert packets[0].setup.describe() == "64x48@30 H.264" and h264.is_avcc(packets[0].setup.extradata)
    assert packets[0].connection == 3 and packets[1].pts_ns - packets[0].pts_ns == 33_333_333
    decoder = VideoDecoder(packets[0].setup)
    assert len([f for n, p in enumerate(packets) for f in decoder.decode(p, n)] + decoder.flush()) == 4


def test_nothing_is_given_before_the_first_key_frame() -> None:
    made = intake()
    for n, data in enumerate(pictures(3)[1:]):
        made.take("video", Frame(data, 3000 * n, H264, 0, False))
    assert not taken(made)


def test_loss_is_said_with_the_next_packet() -> None:
    made, sent = intake(), pictures(3)
    for n, data in enumerate(sent):
        made.take("video", Frame(data, 3000 * n, H264, 0, n == 2))
    assert [p.lost_before for p in taken(made)] == [False, False, True]


def test_vp8_says_its_size_and_opus_its_duration() -> None:
    made = intake()
    made.take("video", Frame(b"\x10\0\0\x9d\x01\x2a\x80\x02\x68\x01", 0, VP8, 0, False))
    made.take("audio", Frame(b"\xfc\xff\xfe", 0, OPUS, 0, False))
    video, audio = taken(made)
    assert (video.setup.codec, video.setup.width_px, video.setup.height_px, video.is_key) == ("vp8", 640, 360, True)
    assert (audio.setup.codec, audio.duration_ns) == ("opus", 20_000_000)


@pytest.mark.parametrize(("first", "ns"), [(0, 10_000_000), (3 << 3, 60_000_000), (12 << 3, 10_000_000),
                                           (15 << 3 | 1, 40_000_000), (16 << 3, 2_500_000), (31 << 3 | 2, 40_000_000)])
def test_opus_packets_say_how_long_they_sound(first: int, ns: int) -> None:
    assert opus_ns(bytes((first, 0))) == ns


@given(st.binary(min_size=1, max_size=60), st.sampled_from([H264, VP8, OPUS, 1]), st.integers(0, (1 << 32) - 1))
def test_foreign_bytes_are_borne(data: bytes, kind: int, time: int) -> None:
    made = intake()
    made.take("audio" if kind == OPUS else "video", Frame(data, time, kind, 0, False))
    made.take("video", Frame(b"\0\0\1\x67" + data + b"\0\0\1\x68" + data + b"\0\0\1\x65" + data, time, H264, 0, False))


def test_what_nobody_takes_is_dropped_to_a_key_frame_that_says_so() -> None:
    made, sent = intake(), pictures(2)
    for n in range(MAX_PACKETS + 5):
        made.take("video", Frame(sent[n > 0], 3000 * n, H264, 0, False))
    made.take("video", Frame(sent[0], 3000 * 2000, H264, 0, False))
    (only,) = taken(made)
    assert only.is_key and only.lost_before and made.dropped > MAX_PACKETS


def test_one_publisher_at_a_time_and_the_next_is_counted() -> None:
    async def go() -> None:
        door = RtcDoor(Door(), lambda: 0)
        with pytest.raises(RefusedError):
            door.admit("show", "a")
        async with door.listen(SPEC) as publishers:
            first = door.admit("show", "a")
            with pytest.raises(RefusedError):
                door.admit("show", "b")
            with pytest.raises(MediaError):
                async with door.listen(SPEC):
                    pass
            first.leave("it went")
            second = door.admit("show", "b")
            assert [(await anext(publishers)).connection, (await anext(publishers)).connection] == [0, 1]
            assert first.ended == "it went"
        assert second.ended == "this end stopped listening"

    run_virtual(go())


def test_the_source_yields_one_publisher_after_another() -> None:
    async def go() -> list[int]:
        said: list[str] = []
        door = RtcDoor(Door(), lambda: 0)
        context = SourceContext(lambda name: InlineWorker(), said.append, door)

        async def publish() -> None:
            for _ in range(2):
                await asyncio.sleep(1)
                publisher = door.admit("show", "here")
                publisher.intake.assembler("video", {H264: "h264"})
                publisher.intake.take("video", Frame(pictures(1)[0], 0, H264, 0, False))
                publisher.leave("it went")

        task = asyncio.create_task(publish(), name="publish")
        got = [packet.connection async for packet in read("whip://show?reconnect_s=5", {}, context)]
        await task
        assert said[0] == "waiting for a publisher on /whip/show" and said[-1].endswith("the input ends")
        return got

    assert run_virtual(go()) == [0, 1]


def test_outside_of_a_server_the_source_says_where_publishers_come_to() -> None:
    async def go() -> None:
        context = SourceContext(lambda name: InlineWorker(), lambda _: None, Door())
        with pytest.raises(OptionError, match="cuelight serve"):
            await anext(read("whip://show", {}, context))

    run_virtual(go())
