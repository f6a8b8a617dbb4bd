"""What an input has to show at each tick: frames in order of time, and mattes that fit them."""

import numpy as np

from stream.clock import Signal
from stream.media import NS, Matte, VideoFrame, new_frame
from stream.run.shelf import Shelf


def frame(number: int, at_s: float | None = None) -> VideoFrame:
    made = new_frame(16, 16, pts_ns=round((number / 30 if at_s is None else at_s) * NS))
    made.index = number
    return made


def matte(number: int) -> Matte:
    return Matte(np.zeros((2, 2), np.uint8), number)


def shelf(*numbers: int, exact: bool = False, wants_matte: bool = False) -> Shelf:
    made = Shelf(Signal(), exact=exact, wants_matte=wants_matte)
    for number in numbers:
        made.add(frame(number))
    return made


def shown(on: Shelf, at_s: float) -> int:
    taken = on.take(round(at_s * NS)).frame
    return -1 if taken is None else taken.index


def test_a_tick_takes_the_newest_frame_that_is_due_and_holds_it() -> None:
    on = shelf(0, 1, 2, 3)
    assert [shown(on, s) for s in (0.0, 0.07, 0.08, 0.5, 9.0)] == [0, 2, 2, 3, 3]
    assert on.skipped == 1


def test_nothing_is_shown_before_its_time() -> None:
    assert shown(shelf(30), 0.5) == -1


def test_live_a_frame_of_this_interval_is_enough() -> None:
    on = shelf(0, 1)
    assert on.ready(round(NS / 30))
    assert not on.ready(round(NS / 30 * 2.2))


def test_exact_a_later_frame_must_prove_that_none_is_missing() -> None:
    on = shelf(0, 1, exact=True)
    assert on.ready(0) and not on.ready(round(NS / 30))
    on.end()
    assert on.ready(round(NS / 30)) and on.ready(100 * NS)


def test_exact_many_frames_within_one_tick_never_fill_the_shelf_for_good() -> None:
    on = shelf(exact=True)
    for number in range(200):
        assert not on.ready(10 * NS)
        assert not on.full
        on.add(frame(number))
    assert shown(on, 10.0) == 199


def test_live_the_oldest_goes_when_the_shelf_is_full() -> None:
    on = shelf(*range(Shelf.SIZE + 3))
    assert on.skipped == 3
    assert shown(on, 0.0) == -1 and shown(on, 3.5 / 30) == 3


def test_no_tick_waits_for_a_picture_that_is_not_expected() -> None:
    on = shelf()
    assert not on.ready(0)
    on.expected = False
    assert on.ready(0)
    on.add(frame(0))
    assert not on.ready(NS)


def test_with_a_matte_wanted_a_tick_waits_for_the_frames_own() -> None:
    on = shelf(0, wants_matte=True)
    assert not on.ready(0)
    on.add_matte(frame(0), matte(0))
    assert on.ready(0)
    taken = on.take(0).matte
    assert taken is not None and taken.index == 0


def test_an_older_matte_serves_for_a_second_and_no_longer() -> None:
    on = shelf(0, wants_matte=True)
    on.add_matte(frame(0), matte(0))
    on.add(frame(1, 0.9))
    on.add(frame(2, 1.01))
    assert on.take(NS * 9 // 10).matte is not None
    assert on.take(NS * 101 // 100).matte is None


def test_a_matte_never_serves_a_frame_before_it() -> None:
    on = shelf(0, 1, wants_matte=True)
    on.add_matte(frame(1), matte(1))
    assert on.take(0).matte is None


def test_a_matte_of_one_scene_is_never_used_in_another() -> None:
    on = shelf(0, wants_matte=True)
    on.add_matte(frame(0), matte(0))
    on.new_scene(1)
    on.add(frame(1))
    assert on.take(NS // 30).matte is None
    on.add_matte(frame(1), matte(1))
    on.add(frame(2))
    taken = on.take(NS // 15).matte
    assert taken is not None and taken.index == 1


def test_a_held_frame_keeps_its_own_matte() -> None:
    on = shelf(0, wants_matte=True)
    on.add_matte(frame(0), matte(0))
    taken = on.take(3600 * NS).matte
    assert taken is not None and taken.index == 0
