"""test_channel: what each policy keeps, what it drops, and that every drop is counted."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.channel import Channel, Policy
from support import run_virtual

POLICIES: list[Policy] = ["wait", "newest", "drop_oldest", "drop_to_key", "gap"]


def is_key(item: int) -> bool:
    return item % 10 == 0


def drain(channel: Channel[int]) -> list[int]:
    out = []
    while (item := channel.take_nowait()) is not None:
        out.append(item)
    return out


async def received(channel: Channel[int], pause_s: float = 0.0) -> list[int]:
    out = []
    async for item in channel:
        out.append(item)
        await asyncio.sleep(pause_s)
    return out


@pytest.mark.parametrize("policy", POLICIES)
def test_a_channel_keeps_order_and_ends_when_closed_and_drained(policy: Policy) -> None:
    async def run() -> None:
        channel: Channel[int] = Channel(5, policy, is_key)
        for item in range(channel.size):
            await channel.put(item)
        channel.close()
        assert len(channel) == channel.size
        assert await received(channel) == list(range(channel.size))
        with pytest.raises(StopAsyncIteration):
            await channel.get()
    run_virtual(run())


def test_wait_makes_the_sender_wait_and_loses_nothing() -> None:
    async def run() -> None:
        channel: Channel[int] = Channel(2, "wait")
        async with asyncio.TaskGroup() as tasks:
            got = tasks.create_task(received(channel, 1.0))
            for item in range(10):
                await channel.put(item)
            assert asyncio.get_running_loop().time() == pytest.approx(7.0)
            channel.close()
        assert got.result() == list(range(10))
        assert channel.dropped == 0
    run_virtual(run())


def test_newest_keeps_only_the_latest_whatever_its_size() -> None:
    channel: Channel[int] = Channel(7, "newest")
    assert all(channel.offer(i) for i in range(20))
    assert (drain(channel), channel.dropped) == ([19], 19)


@pytest.mark.parametrize("policy", ["drop_oldest", "gap"])
def test_making_room_drops_the_oldest_and_says_how_many_are_missed(policy: Policy) -> None:
    channel: Channel[int] = Channel(3, policy)
    for i in range(8):
        channel.offer(i)
    assert (drain(channel), channel.dropped, channel.missed) == ([5, 6, 7], 5, 5)


def test_drop_to_key_resumes_at_a_key_and_at_nothing_else() -> None:
    channel: Channel[int] = Channel(4, "drop_to_key", is_key)
    for i in range(6):  # 4 finds it full: the queue goes, and 5 is no key
        channel.offer(i)
    assert (len(channel), channel.dropped) == (0, 6)
    for i in range(6, 13):
        channel.offer(i)
    assert (drain(channel), channel.dropped) == ([10, 11, 12], 10)


def test_drop_to_key_keeps_the_key_that_finds_it_full() -> None:
    channel: Channel[int] = Channel(2, "drop_to_key", is_key)
    for i in (0, 1, 10, 11):
        channel.offer(i)
    assert (drain(channel), channel.dropped) == ([10, 11], 2)


def test_a_channel_that_starts_at_a_key_refuses_what_comes_before_it() -> None:
    channel: Channel[int] = Channel(4, "drop_to_key", is_key, starts_at_key=True)
    assert [channel.offer(i) for i in (8, 9, 10, 11)] == [False, False, True, True]
    assert channel.dropped == 2


def test_closing_wakes_a_waiting_receiver_and_a_waiting_sender() -> None:
    async def run() -> None:
        empty: Channel[int] = Channel(1, "wait")
        full: Channel[int] = Channel(1, "wait")
        await full.put(1)
        async with asyncio.TaskGroup() as tasks:
            got = tasks.create_task(received(empty))
            tasks.create_task(full.put(2))
            await asyncio.sleep(1)
            empty.close()
            full.close()
        assert got.result() == []
        assert full.dropped == 1
        assert await received(full) == [1]
    run_virtual(run())


def test_what_is_put_after_closing_is_discarded_and_counted() -> None:
    async def run() -> None:
        channel: Channel[int] = Channel(3, "wait")
        channel.close()
        await channel.put(1)
        assert (len(channel), channel.dropped) == (0, 1)
    run_virtual(run())


def test_a_cancelled_receiver_takes_nothing_with_it() -> None:
    async def run() -> None:
        channel: Channel[int] = Channel(3, "wait")
        waiting = [asyncio.create_task(channel.get()) for _ in range(3)]
        await asyncio.sleep(1)
        waiting[0].cancel()
        await channel.put(1)
        await channel.put(2)
        assert [await waiting[1], await waiting[2]] == [1, 2]
        assert waiting[0].cancelled() and len(channel) == 0
    run_virtual(run())


def test_a_cancelled_sender_leaves_the_channel_as_it_was() -> None:
    async def run() -> None:
        channel: Channel[int] = Channel(1, "wait")
        await channel.put(1)
        sender = asyncio.create_task(channel.put(2))
        await asyncio.sleep(1)
        sender.cancel()
        await asyncio.sleep(0)
        assert sender.cancelled()
        channel.close()
        assert await received(channel) == [1]
    run_virtual(run())


def test_nobody_can_make_a_channel_that_holds_nothing() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Channel(0, "wait")


@given(st.integers(1, 5), st.lists(st.integers(0, 3), max_size=30), st.lists(st.integers(0, 3), min_size=1, max_size=9))
def test_under_wait_nothing_is_lost_however_the_two_sides_dawdle(size: int, sends: list[int], takes: list[int]) -> None:
    async def run() -> None:
        channel: Channel[int] = Channel(size, "wait")

        async def send() -> None:
            for item, pause_s in enumerate(sends):
                await asyncio.sleep(pause_s)
                await channel.put(item)
                assert len(channel) <= size
            channel.close()

        async def take() -> list[int]:
            out = []
            async for item in channel:
                out.append(item)
                await asyncio.sleep(takes[len(out) % len(takes)])
            return out

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(send())
            got = tasks.create_task(take())
        assert got.result() == list(range(len(sends)))
        assert channel.dropped == 0
    run_virtual(run())


@given(st.sampled_from(["newest", "drop_oldest", "drop_to_key", "gap"]), st.integers(1, 6), st.booleans(),
       st.lists(st.one_of(st.integers(0, 99), st.none()), max_size=60))
def test_what_went_in_came_out_or_was_counted_as_dropped(policy: Policy, size: int, starts_at_key: bool,
                                                         steps: list[int | None]) -> None:
    """None takes one item; a number puts it."""
    channel: Channel[tuple[int, int]] = Channel(size, policy, lambda item: is_key(item[1]), starts_at_key=starts_at_key)
    put, out = 0, []
    for step in steps:
        if step is None:
            item = channel.take_nowait()
            out += [] if item is None else [item]
        else:
            channel.offer((put, step))
            put += 1
        assert len(channel) <= channel.size
    while (item := channel.take_nowait()) is not None:
        out.append(item)
    assert len(out) + channel.dropped == put
    assert out == sorted(out)
    if policy == "drop_to_key":  # after every gap comes a key
        numbers = [-1 if starts_at_key else (out[0][0] - 1 if out else 0), *(n for n, _ in out)]
        firsts = [item for item, before in zip(out, numbers, strict=False) if item[0] != before + 1]
        assert all(is_key(value) for _, value in firsts)
