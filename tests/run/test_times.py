"""Where a source's time stamps lie in session time, over reconnects and jumps."""

import pytest

from stream.clock import LiveClock
from stream.media import NS, Packet, Setup
from stream.run.times import SessionTimes

VIDEO, AUDIO = Setup("video", "h264"), Setup("audio", "aac")


class Standing(LiveClock):
    """A live clock that says what it is told."""

    now = 0

    def session_ns(self) -> int:
        return self.now


def packet(at_s: float, setup: Setup = VIDEO, *, key: bool = True, connection: int = 0) -> Packet:
    at = round(at_s * NS)
    return Packet(setup, at, at, key, b"x", connection=connection)


def placed(times: SessionTimes, given: Packet, arrival_s: float) -> float | None:
    out = times.place(given, round(arrival_s * NS))
    return None if out is None else out.pts_ns / NS


def main_input() -> tuple[SessionTimes, Standing]:
    clock = Standing()
    return SessionTimes(clock, defines_zero=True), clock


def test_the_first_key_frame_is_zero_and_nothing_before_it_has_a_place() -> None:
    times, _ = main_input()
    assert placed(times, packet(99.9, key=False), 0) is None
    assert placed(times, packet(99.95, AUDIO), 0) is None
    assert placed(times, packet(100.0), 0) == 0
    assert placed(times, packet(100.5, key=False), 0.5) == 0.5
    assert placed(times, packet(99.98, AUDIO), 0.5) == pytest.approx(-0.02)


def test_sound_alone_defines_zero_after_two_seconds() -> None:
    times, _ = main_input()
    found = [placed(times, packet(50 + n / 10, AUDIO), n / 10) for n in range(25)]
    assert found[:20] == [None] * 20
    assert found[20] == 0


def test_a_picture_that_comes_after_the_sound_lies_on_the_same_time() -> None:
    times, _ = main_input()
    for n in range(40):
        placed(times, packet(50 + n / 10, AUDIO), n / 10)
    assert placed(times, packet(54.0), 4.0) == pytest.approx(2.0)


def test_a_new_connection_begins_where_the_session_is() -> None:
    times, clock = main_input()
    placed(times, packet(10.0), 0)
    clock.now = 30 * NS
    assert placed(times, packet(3.0, key=False, connection=1), 30) is None
    assert placed(times, packet(3.1, connection=1), 30) == 30
    assert placed(times, packet(3.6, AUDIO, connection=1), 30.5) == 30.5


def test_another_input_begins_where_the_session_is() -> None:
    clock = Standing()
    clock.now = 5 * NS
    assert placed(SessionTimes(clock, defines_zero=False), packet(77.0), 5) == 5


@pytest.mark.parametrize("jump_s", [-500.0, -2.0, 3.0, 10_000.0])
def test_after_a_jump_time_goes_on_as_it_passed(jump_s: float) -> None:
    times, _ = main_input()
    for n in range(10):
        placed(times, packet(100 + n * 0.04), n * 0.04)
    after = [placed(times, packet(100 + jump_s + n * 0.04), n * 0.04) for n in range(10, 20)]
    assert after == pytest.approx([n * 0.04 for n in range(10, 20)])
    assert times.jumps == 1


def test_both_tracks_jump_together_whichever_is_first() -> None:
    times, _ = main_input()
    for n in range(10):
        placed(times, packet(n * 0.04), n * 0.04)
        placed(times, packet(n * 0.04, AUDIO), n * 0.04)
    video = placed(times, packet(700.40), 0.4)
    late_audio = placed(times, packet(0.40, AUDIO), 0.4)
    audio = placed(times, packet(700.44, AUDIO), 0.44)
    assert (video, late_audio, audio) == (pytest.approx(0.4), pytest.approx(0.4), pytest.approx(0.44))
    assert times.jumps == 1


def test_a_real_gap_stays_a_gap() -> None:
    times, _ = main_input()
    placed(times, packet(0.0), 0)
    assert placed(times, packet(8.0), 8.0) == 8.0
    assert times.jumps == 0
