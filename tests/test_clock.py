"""The live clock follows its source; the offline clock waits for everything."""

import asyncio
from collections.abc import Callable
from itertools import pairwise

import pytest

from stream.clock import LiveClock, OfflineClock, Signal
from stream.media import NS
from support import run_virtual


def never() -> bool:
    return False


def always() -> bool:
    return True


def test_session_zero_arrives_when_the_first_packet_does() -> None:
    async def go() -> int:
        clock = LiveClock()
        await asyncio.sleep(7)
        clock.arrived(0)
        await asyncio.sleep(2)
        return clock.session_ns()

    assert run_virtual(go()) == 2 * NS


def test_a_burst_is_caught_up_to_the_last_millisecond() -> None:
    async def go() -> int:
        clock = LiveClock()
        for number in range(46):  # 1.5 s of pictures at once
            clock.arrived(number * NS // 30)
        return clock.session_ns()

    assert run_virtual(go()) == pytest.approx(1.5 * NS, abs=1000)


@pytest.mark.parametrize(("first_s", "then_s"), [(0.5, 2.0), (2.0, 0.5)])
def test_a_delay_that_is_changed_moves_so_slowly_that_nothing_is_cut(first_s: float, then_s: float) -> None:
    async def go() -> tuple[list[float], int]:
        loop, clock, at_s = asyncio.get_running_loop(), LiveClock(round(first_s * NS)), list[float]()
        clock.arrived(0)
        for number in range(30 * 200):
            if number == 300:
                clock.hold(round(then_s * NS))
            assert await clock.due(number * NS // 30, always, Signal())
            at_s.append(loop.time())
        return at_s, clock.delay_ns

    at_s, delay_ns = run_virtual(go())
    assert delay_ns == round(then_s * NS)
    steps = [(after - before) * 30 for before, after in pairwise(at_s)]
    assert all(0.96 < step < 1.04 for step in steps), (min(steps), max(steps))
    assert at_s[-1] - at_s[0] == pytest.approx((30 * 200 - 1) / 30 + then_s - first_s, abs=0.002)


def test_one_late_packet_changes_nothing() -> None:
    async def go() -> int:
        clock = LiveClock()
        for number in range(300):
            clock.arrived(number * NS // 30 - (NS // 5 if number == 150 else 0))
            await asyncio.sleep(1 / 30)
        return clock.origin_ns

    assert abs(run_virtual(go())) < 1_000_000


@pytest.mark.parametrize("ratio", [1.001, 0.999])
def test_a_drifting_source_is_followed(ratio: float) -> None:
    async def go() -> int:
        clock = LiveClock()
        for number in range(30 * 120):
            clock.arrived(round(number * NS / 30 * ratio))
            await asyncio.sleep(1 / 30)
        return clock.session_ns() - round(120 * NS * ratio)

    assert abs(run_virtual(go())) < 50_000_000


def test_the_origin_is_slewed_by_at_most_half_a_percent() -> None:
    async def go() -> list[int]:
        clock, origins = LiveClock(), []
        for number in range(30 * 30):
            early = 0 if number < 150 else NS // 10  # from 5 s on the network is 100 ms faster
            clock.arrived(number * NS // 30 + early)
            origins.append(clock.origin_ns)
            await asyncio.sleep(1 / 30)
        return origins

    origins = run_virtual(go())
    steps = [abs(b - a) for a, b in zip(origins, origins[1:], strict=False)]
    assert max(steps) <= NS / 30 * 0.005 + 1000
    assert origins[-1] == pytest.approx(-NS / 10, abs=1_000_000)


def test_a_lag_that_lasts_longer_than_the_window_is_accepted() -> None:
    async def go() -> int:
        clock = LiveClock(window_ns=2 * NS)
        for number in range(30 * 8):
            clock.arrived(number * NS // 30 - (NS // 2 if number > 60 else 0))
            await asyncio.sleep(1 / 30)
        return clock.origin_ns

    assert run_virtual(go()) == pytest.approx(NS / 2, abs=5_000_000)


def due(clock: LiveClock, pts_ns: int, ready: Callable[[], bool], changed: Signal | None = None) -> tuple[bool, float]:
    async def go() -> tuple[bool, float]:
        clock.arrived(0)
        shown = await clock.due(pts_ns, ready, changed or Signal())
        return shown, asyncio.get_running_loop().time()

    return run_virtual(go())


def test_a_tick_is_composed_at_its_time_when_everything_is_there() -> None:
    assert due(LiveClock(), NS, always) == (True, pytest.approx(1.0, abs=0.001))


def test_a_tick_waits_for_what_is_missing_but_not_past_its_deadline() -> None:
    shown, at_s = due(LiveClock(patience_ns=45_000_000), NS, never)
    assert shown and at_s == pytest.approx(1.045, abs=0.001)


def test_a_tick_is_composed_as_soon_as_the_missing_comes() -> None:
    async def go() -> float:
        clock, changed, here = LiveClock(), Signal(), asyncio.Event()
        clock.arrived(0)

        def arrive() -> None:
            here.set()
            changed.set()

        asyncio.get_running_loop().call_later(0.52, arrive)
        assert await clock.due(NS // 2, here.is_set, changed)
        return asyncio.get_running_loop().time()

    assert run_virtual(go()) == pytest.approx(0.52, abs=0.001)


def test_a_tick_that_is_too_late_is_not_shown() -> None:
    async def go() -> tuple[bool, bool]:
        clock = LiveClock(patience_ns=45_000_000, grace_ns=50_000_000)
        clock.arrived(0)
        await asyncio.sleep(1.09)
        in_time = await clock.due(NS, always, Signal())
        await asyncio.sleep(0.01)
        return in_time, await clock.due(NS, always, Signal())

    assert run_virtual(go()) == (True, False)


def test_the_delay_holds_ticks_and_packets() -> None:
    async def go() -> tuple[float, float]:
        clock, loop = LiveClock(delay_ns=3 * NS), asyncio.get_running_loop()
        clock.arrived(0)
        await clock.release(NS)
        released = loop.time()
        await clock.due(NS, always, Signal())
        return released, loop.time()

    released, shown = run_virtual(go())
    assert shown == pytest.approx(4.0, abs=0.001)
    assert 3.5 < released < 4.0


@pytest.mark.parametrize(("step_s", "waited_s", "jumped"), [
    (0.03, 0.03, False), (5.0, 5.0, False), (-0.4, 0.0, False), (-0.6, 0.0, True), (1.2, 0.1, True), (0.9, 0.0, False)])
def test_a_step_is_a_jump_when_time_did_not_pass_with_it(step_s: float, waited_s: float, jumped: bool) -> None:
    assert LiveClock().jumped(round(step_s * NS), round(waited_s * NS)) is jumped


def test_offline_a_tick_waits_as_long_as_it_takes() -> None:
    async def go() -> float:
        clock, changed, here = OfflineClock(), Signal(), asyncio.Event()

        def arrive() -> None:
            here.set()
            changed.set()

        asyncio.get_running_loop().call_later(5000, arrive)
        assert await clock.due(0, here.is_set, changed)
        return asyncio.get_running_loop().time()

    assert run_virtual(go()) == 5000


def test_offline_every_policy_is_to_wait() -> None:
    assert {OfflineClock().policy(live) for live in ("newest", "drop_oldest", "drop_to_key", "gap")} == {"wait"}


def test_offline_an_input_is_opened_shortly_before_it_is_due() -> None:
    async def go() -> list[int]:
        clock, opened = OfflineClock(), list[int]()

        async def open_at(pts_ns: int) -> None:
            await clock.near(pts_ns)
            opened.append(pts_ns)

        tasks = [asyncio.create_task(open_at(s * NS), name=f"{s}") for s in (0, 1, 60)]
        await asyncio.sleep(0)
        before = list(opened)
        await clock.due(59 * NS, always, Signal())
        await asyncio.gather(*tasks)
        return before

    assert run_virtual(go()) == [0, NS]


def test_a_signal_wakes_everyone_who_waits_and_no_one_later() -> None:
    async def go() -> float:
        signal, loop = Signal(), asyncio.get_running_loop()
        loop.call_later(1, signal.set)
        await asyncio.gather(signal.wait(), signal.wait(5))
        assert loop.time() == 1
        await signal.wait(2)
        return loop.time()

    assert run_virtual(go()) == 3
