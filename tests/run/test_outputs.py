"""One encode, many sinks: one that stalls or breaks is its own trouble, counted, and begins again at a key frame."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import stream.run.outputs
from stream.clock import LiveClock, OfflineClock, Signal
from stream.codecs.encode import Rendition
from stream.errors import MediaError
from stream.media import NS, AudioFrame, Packet, new_frame
from stream.metrics import Metrics
from stream.run.inputs import Parts
from stream.run.outputs import SINK_DEPTH_S, Output, Shown
from stream.worker import InlineWorker
from support import run_virtual

RENDITION = Rendition(64, 48, Fraction(30), video_bitrate=100_000, gop_s=1.0, preset="ultrafast", encoder="libx264")
Write = Callable[[AsyncIterator[Packet], list[Packet]], Awaitable[None]]


async def take_all(packets: AsyncIterator[Packet], got: list[Packet]) -> None:
    got += [packet async for packet in packets]


def sent(monkeypatch: pytest.MonkeyPatch, writes: dict[str, Write], *, seconds: float = 10.0,
         clock: Any = None, url: str = "{}://x") -> SimpleNamespace:
    """Encode `seconds` of pictures and sound for sinks that do what `writes` say; return what each got."""
    metrics, told = Metrics(), list[str]()
    got: dict[str, list[Packet]] = {name: [] for name in writes}
    setups: list[Any] = []

    def load(package: str, name: str) -> SimpleNamespace:
        async def write(url: str, given: Any, packets: AsyncIterator[Packet], options: Any, context: Any) -> None:
            setups.append(given)
            await writes[name](packets, got[name])

        return SimpleNamespace(write=write)

    monkeypatch.setattr(stream.run.outputs, "load", load)

    async def go() -> Output:
        parts = Parts(clock or LiveClock(), metrics, lambda name: InlineWorker(), Signal(), told.append,
                      lambda: round(asyncio.get_running_loop().time() * NS))
        output = Output(RENDITION, parts)
        outlets = [output.add(url.format(name), f"{name}://…", {}) for name in writes]
        encoders = [asyncio.create_task(output.run_video(), name="encode"),
                    asyncio.create_task(output.run_audio(), name="sound")]
        sinks = [asyncio.create_task(output.run_outlet(outlet), name=outlet.scheme) for outlet in outlets]
        for number in range(round(seconds * 30)):
            pts_ns = number * NS // 30
            frame = new_frame(64, 48, pts_ns=pts_ns)
            frame.y[:], frame.u[:], frame.v[:] = number % 200 + 20, 128, 128
            await output.frames.put(Shown(frame, number))
            await output.sound.put(AudioFrame(np.zeros((2, 1600), np.float32), pts_ns))
            await asyncio.sleep(1 / 30)
        output.close()
        await asyncio.gather(*encoders)
        output.finish()
        done = await asyncio.wait(sinks, timeout=100)
        for task in done[1]:
            task.cancel()
        await asyncio.gather(*sinks, return_exceptions=True)
        return output

    output = run_virtual(go())
    return SimpleNamespace(got=got, told=told, metrics=metrics, output=output, setups=setups,
                           outlets={o.scheme: o for o in output.outlets})


def numbers(packets: list[Packet]) -> list[int]:
    return [round(p.pts_ns * 30 / NS) for p in packets if p.setup.kind == "video"]


def test_every_packet_reaches_every_sink_in_order_and_is_drained_before_the_end(
        monkeypatch: pytest.MonkeyPatch) -> None:
    async def slow(packets: AsyncIterator[Packet], got: list[Packet]) -> None:
        async for packet in packets:
            got.append(packet)
            await asyncio.sleep(0.01)

    run = sent(monkeypatch, {"a": take_all, "b": slow})
    assert numbers(run.got["a"]) == list(range(300)) == numbers(run.got["b"])
    assert all(one is other for one, other in zip(run.got["a"], run.got["b"], strict=True)), "encoded twice"
    assert {o.state for o in run.outlets.values()} == {"ended"} and run.metrics.counters["drops.sink"] == 0
    assert sum(p.setup.kind == "audio" for p in run.got["a"]) >= 468


def test_a_sink_that_stalls_drops_from_key_frame_to_key_frame_and_harms_no_other(
        monkeypatch: pytest.MonkeyPatch) -> None:
    async def stalls(packets: AsyncIterator[Packet], got: list[Packet]) -> None:
        async for packet in packets:
            got.append(packet)
            if len(got) == 100:
                await asyncio.sleep(SINK_DEPTH_S * 2)

    run = sent(monkeypatch, {"good": take_all, "bad": stalls}, seconds=30)
    assert numbers(run.got["good"]) == list(range(900))
    shown = numbers(run.got["bad"])
    gaps = [(a, b) for a, b in zip(shown, shown[1:], strict=False) if b != a + 1]
    assert len(gaps) >= 1
    for _, begins in gaps:
        packet = next(p for p in run.got["bad"] if round(p.pts_ns * 30 / NS) == begins and p.setup.kind == "video")
        assert packet.is_key
    lost = sum(b - a - 1 for a, b in gaps)
    assert run.metrics.counters["drops.sink"] >= lost > 100
    assert run.outlets["good"].packets.dropped == 0
    assert shown[-1] == 899


def test_a_sink_that_breaks_is_told_of_tried_again_and_begins_with_a_key_frame(
        monkeypatch: pytest.MonkeyPatch) -> None:
    starts: list[Packet] = []

    async def breaks(packets: AsyncIterator[Packet], got: list[Packet]) -> None:
        first = True
        async for packet in packets:
            if first:
                starts.append(packet)
            first = False
            got.append(packet)
            if len(got) in (50, 200):
                raise MediaError("the far end closed") if len(got) == 50 else RuntimeError("odd")

    run = sent(monkeypatch, {"good": take_all, "bad": breaks}, seconds=15)
    assert len(starts) == 3 and all(p.is_key and p.setup.kind == "video" for p in starts)
    assert numbers(run.got["good"]) == list(range(450))
    assert run.told[0].startswith("output bad://… failed: the far end closed (again in")
    assert "RuntimeError: odd" in run.told[1]
    assert run.outlets["bad"].failures == 2 and run.metrics.counters["sink_failures"] == 2
    assert numbers(run.got["bad"])[-1] == 449


def test_a_file_that_breaks_is_given_up_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(packets: AsyncIterator[Packet], got: list[Packet]) -> None:
        async for packet in packets:
            got.append(packet)
            if len(got) == 50:
                raise MediaError("no space")

    run = sent(monkeypatch, {"file": full, "good": take_all})
    assert run.outlets["file"].state == "given up" and len(run.got["file"]) == 50
    assert numbers(run.got["good"]) == list(range(300))
    assert run.told == ["output file://… has failed: no space"]


def test_a_sink_whose_far_end_never_answers_holds_nothing_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hangs(packets: AsyncIterator[Packet], got: list[Packet]) -> None:
        await asyncio.sleep(1e6)

    run = sent(monkeypatch, {"bad": hangs, "good": take_all}, seconds=30)
    assert numbers(run.got["good"]) == list(range(900))
    assert len(run.outlets["bad"].packets) <= run.outlets["bad"].packets.size


def test_offline_a_slow_sink_is_waited_for_and_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    async def slow(packets: AsyncIterator[Packet], got: list[Packet]) -> None:
        async for packet in packets:
            got.append(packet)
            await asyncio.sleep(0.05)

    run = sent(monkeypatch, {"file": slow}, seconds=30, clock=OfflineClock())
    assert numbers(run.got["file"]) == list(range(900))
    assert run.outlets["file"].packets.dropped == 0


def test_a_key_frame_asked_for_comes_with_the_next_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    async def go() -> list[bool]:
        parts = Parts(LiveClock(), Metrics(), lambda name: InlineWorker(), Signal(), lambda line: None, lambda: 0)
        output = Output(RENDITION, parts)
        outlet = output.add("rtmp://x", "rtmp://…", {})
        task = asyncio.create_task(output.run_video(), name="encode")
        for number in range(10):
            if number == 5:
                output.want_key()
            frame = new_frame(64, 48, pts_ns=number * NS // 30)
            frame.y[:], frame.u[:], frame.v[:] = 90, 128, 128
            await output.frames.put(Shown(frame, number))
            await asyncio.sleep(1 / 30)
        output.close()
        await task
        output.finish()
        return [packet.is_key async for packet in outlet.packets]

    assert run_virtual(go()) == [n in (0, 5) for n in range(10)]
