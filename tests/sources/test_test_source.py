"""The test source: what its URL says is what comes out, at the time it says."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from stream.codecs.decode import AudioDecoder, VideoDecoder
from stream.errors import OptionError
from stream.marks import barcode, click
from stream.marks.barcode import Code
from stream.media import NS, Packet, VideoFrame
from stream.sources import test as test_source
from stream.worker import InlineWorker, ThreadWorker, Worker
from support import run_real, run_virtual


def context(make_worker: Callable[[str], Worker]) -> Any:
    return SimpleNamespace(make_worker=make_worker, tell=lambda line: None, door=None)


async def packets(url: str, make_worker: Callable[[str], Worker]) -> list[tuple[float, Packet]]:
    loop = asyncio.get_running_loop()
    start_s = loop.time()
    return [(loop.time() - start_s, p) async for p in test_source.read(url, {}, context(make_worker))]


def fast(url: str) -> list[Packet]:
    return [p for _, p in run_virtual(packets(url, lambda name: InlineWorker()))]


def pictures(found: list[Packet]) -> list[VideoFrame]:
    video = [p for p in found if p.setup.kind == "video"]
    decoder = VideoDecoder(video[0].setup)
    return [f for i, p in enumerate(video) for f in decoder.decode(p, i)] + decoder.flush()


def test_pictures_carry_their_time_and_number_and_sound_clicks_on_the_flash() -> None:
    found = fast("test://?size=640x360&seconds=2.5&realtime=0")
    shown = pictures(found)
    codes = [barcode.read(f.y) for f in shown]
    assert codes == [Code(n * 1_000_000 // 30, n, n % 30 == 0) for n in range(75)]
    assert all(abs(f.pts_ns - n * NS // 30) <= 1 for n, f in enumerate(shown))
    audio = [p for p in found if p.setup.kind == "audio"]
    decoder, finder = AudioDecoder(audio[0].setup), click.ClickFinder()
    clicks = [c for p in audio for s in decoder.decode(p) for c in finder.feed(s.samples, s.pts_ns)] + finder.finish()
    assert [round(c / 1e6) for c in clicks] == [0, 1000, 2000]


def test_each_tracks_packets_come_in_order_side_by_side_with_one_setup_per_track() -> None:
    found = fast("test://?size=320x180&seconds=2&realtime=0")
    latest = [-NS, -NS]
    for packet in found:
        assert packet.dts_ns > latest[packet.track]
        latest[packet.track] = packet.dts_ns
        assert min(latest) == -NS or abs(latest[0] - latest[1]) < 110_000_000
    assert {(p.track, p.setup.describe()) for p in found} == {(0, "320x180@30 H.264"), (1, "AAC 48 kHz")}
    assert len({id(p.setup) for p in found}) == 2


def test_in_real_time_every_picture_comes_when_its_bar_code_says() -> None:
    found = run_virtual(packets("test://?size=320x180&rate=25&seconds=3&audio=0", lambda name: InlineWorker()))
    assert len(found) == 75
    assert all(abs(at_s - n / 25) < 0.001 for n, (at_s, _) in enumerate(found))


def test_a_clock_stamp_counts_from_the_loops_zero() -> None:
    async def later() -> list[tuple[float, Packet]]:
        await asyncio.sleep(1000)
        return await packets("test://?size=320x180&seconds=1&stamp=clock&audio=0", lambda name: InlineWorker())

    shown = pictures([p for _, p in run_virtual(later())])
    assert [barcode.read(f.y) for f in shown[:2]] == [Code(1_000_000_000, 0, True), Code(1_000_033_333, 1)]


def test_it_runs_with_threads_and_without_an_end() -> None:
    async def some() -> int:
        reading = test_source.read("test:", {"size": "320x180", "realtime": "0"}, context(ThreadWorker))
        count = 0
        async for _ in reading:
            count += 1
            if count == 40:
                break
        await reading.aclose()  # type: ignore[attr-defined]
        return count

    assert run_real(some()) == 40


@pytest.mark.parametrize(("query", "kinds"), [("video=0", {"audio"}), ("audio=0", {"video"}),
                                              ("speech=0&clicks=0", {"audio", "video"})])
def test_either_track_can_be_left_out(query: str, kinds: set[str]) -> None:
    assert {p.setup.kind for p in fast(f"test://?size=320x180&seconds=1&realtime=0&{query}")} == kinds


def test_the_code_lies_where_it_is_asked_to() -> None:
    shown = pictures(fast("test://?size=640x360&seconds=0.1&realtime=0&code=0.2,0.5,0.6,0.15"))
    found = barcode.locate(shown[0].y)
    assert found is not None and 0.2 < found.x_ratio < 0.25 and 0.5 < found.y_ratio < 0.55


@pytest.mark.parametrize(("url", "says"), [
    ("test://?sice=320x180", "There are: size"),
    ("test://?size=320", "size='320'"),
    ("test://?size=321x180", "even"),
    ("test://?rate=0", "from 1 to 240"),
    ("test://?rate=1/0", "rate='1/0'"),
    ("test://?seconds=-1", "seconds='-1'"),
    ("test://?clicks=yes", "it is 1 or 0"),
    ("test://?stamp=wall", "media or clock"),
    ("test://?code=0.5,0,0.6,0.1", "inside the picture"),
    ("test://?video=0&audio=0", "neither picture nor sound"),
    ("test://camera", "means nothing here"),
])
def test_a_wrong_option_is_named_with_the_remedy(url: str, says: str) -> None:
    with pytest.raises(OptionError, match=r".") as caught:
        test_source.parse(url, {})
    assert says in str(caught.value)
    assert caught.value.remedy
