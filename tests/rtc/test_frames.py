"""RTP packets become frames in order, at once, and what was lost is said."""

from dataclasses import dataclass
from random import Random
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from stream.rtc.frames import HELD, PATIENCE_S, Assembler, Frame


@dataclass
class Rtp:
    sequence_number: int
    timestamp: int
    marker: int
    _data: bytes
    payload_type: int = 96


def made(frames: int, packets: int = 3, first: int = 65_530) -> list[Rtp]:
    """Frames of so many packets each; numbers wrap."""
    return [Rtp((first + n * packets + k) % 65_536, 3000 * n, int(k == packets - 1), bytes((n, k)))
            for n in range(frames) for k in range(packets)]


def assembled(sent: list[tuple[float, Rtp]], is_video: bool = True) -> list[Frame]:
    out: list[Frame] = []
    clock = SimpleNamespace(now=0.0)
    assembler = Assembler(out.append, lambda: int(clock.now * 1e9), is_video=is_video)
    for at_s, packet in sent:
        clock.now = at_s
        assert assembler.add(packet) == (False, None)
    return out


def test_a_picture_is_given_away_with_its_last_packet() -> None:
    packets = made(1)
    assert not assembled([(0, p) for p in packets[:2]])
    assert [frame.data for frame in assembled([(0, p) for p in packets])] == [b"\x00\x00\x00\x01\x00\x02"]


@given(st.randoms(use_true_random=False))
def test_packets_out_of_order_make_the_same_frames(chance: Random) -> None:
    packets = made(8)
    first, rest = packets[:3], packets[3:]
    chance.shuffle(rest)
    got = assembled([(0, p) for p in [*first, *rest, *rest]])
    assert [frame.data[0] for frame in got] == list(range(8))
    assert not any(frame.lost_before for frame in got)


def test_a_lost_packet_is_waited_for_and_then_its_frame_is_given_up() -> None:
    packets = made(12)
    kept = [p for n, p in enumerate(packets) if n != 4]
    early = [(0.01 * n, p) for n, p in enumerate(kept[:15])]
    assert [f.data[0] for f in assembled(early)] == [0]
    late = [*early, *((PATIENCE_S + 0.2, p) for p in kept[15:])]
    got = assembled(late)
    assert [f.data[0] for f in got] == [0, *range(2, 12)]
    assert [f.data[0] for f in got if f.lost_before] == [2]


def test_a_packet_sent_again_in_time_is_no_loss() -> None:
    packets = made(6)
    sent = [(0.01, p) for n, p in enumerate(packets) if n != 4]
    got = assembled([*sent, (PATIENCE_S / 2, packets[4])])
    assert [f.data[0] for f in got] == list(range(6)) and not any(f.lost_before for f in got)


def test_sound_goes_on_after_a_lost_packet() -> None:
    packets = made(40, packets=1)
    got = assembled([(0.02 * n, p) for n, p in enumerate(packets) if n != 3], is_video=False)
    assert [f.data[0] for f in got] == [n for n in range(40) if n != 3]
    assert [f.data[0] for f in got if f.lost_before] == [4]


@given(st.lists(st.tuples(st.integers(0, 65_535), st.integers(0, 1 << 31), st.integers(0, 1), st.binary(max_size=3)),
                max_size=200))
def test_whatever_comes_is_borne_and_what_is_held_is_bounded(fields: list[tuple[int, int, int, bytes]]) -> None:
    assembler = Assembler(lambda _: None, lambda: 0, is_video=True)
    for number, time, marker, data in fields:
        assembler.add(Rtp(number, time, marker, data))
        assert len(assembler._held) <= HELD + 1
