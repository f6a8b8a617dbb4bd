"""The rtmp-listen source with publishers nobody here wrote."""

import asyncio
import re
import sys
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path

import av
import pytest
from rtmp_peers import (
    certificate,
    publish,
    run_peers,
    source_context,
    start,
    words,
)

from stream.door import Door
from stream.errors import MediaError, OptionError
from stream.media import Packet
from stream.sources import rtmp_listen, rtmps_listen, srt
from support import ROOT, free_port

KEY = "SECRETKEY42"


async def gather(url: str, said: list[str], options: Mapping[str, str] | None = None,
                 on_packet: Callable[[Packet], None] = lambda _: None) -> list[Packet]:
    """Read until the source ends."""
    got = []
    async for packet in rtmp_listen.read(url, {"reconnect_s": "0.3", **(options or {})}, source_context(Door(), said)):
        got.append(packet)
        on_packet(packet)
    return got


def listen(port: int) -> tuple[str, str]:
    """Return (what we listen to, what a publisher publishes to)."""
    return f"rtmp-listen://127.0.0.1:{port}/live/{KEY}", f"rtmp://127.0.0.1:{port}/live/{KEY}"


def tracks(packets: list[Packet]) -> dict[str, list[Packet]]:
    out: dict[str, list[Packet]] = {}
    for packet in packets:
        out.setdefault(packet.setup.kind, []).append(packet)
    return out


@pytest.mark.parametrize(("video", "audio", "bframes"), [(True, True, 0), (True, True, 2), (True, False, 0),
                                                         (False, True, 0)])
def test_ffmpeg_publishes_and_every_packet_comes_with_its_setup(video: bool, audio: bool, bframes: int) -> None:
    async def run() -> tuple[list[Packet], list[str]]:
        said: list[str] = []
        ours, theirs = listen(free_port())
        reading = asyncio.create_task(gather(ours, said))
        await asyncio.sleep(0.05)
        code, complaint = await words(await publish(theirs, 2, video=video, audio=audio, bframes=bframes))
        assert code == 0, complaint
        return await reading, said

    packets, said = run_peers(run())
    got = tracks(packets)
    assert ("video" in got, "audio" in got) == (video, audio)
    assert {p.connection for p in packets} == {0}
    if video:
        assert len(got["video"]) == 50 and [i for i, p in enumerate(got["video"]) if p.is_key] == [0, 25]
        assert got["video"][0].setup.describe() == "320x180@25 H.264"
        assert all(b.dts_ns > a.dts_ns for a, b in pairwise(got["video"]))
        assert any(p.pts_ns != p.dts_ns for p in got["video"]) == bool(bframes)
        shown = sorted(p.pts_ns for p in got["video"])
        assert all(abs(b - a - 40_000_000) <= 1_000_000 for a, b in pairwise(shown))
    if audio:
        assert got["audio"][0].setup.describe() == "AAC 48 kHz" and len(got["audio"]) >= 93
    assert said[0].startswith("waiting for a publisher on rtmp-listen://127.0.0.1") and "publisher connected" in said[1]
    assert "the publisher stopped" in said[2] and "the input ends" in said[3]
    assert KEY not in "".join(said)


@pytest.mark.parametrize(("video", "audio", "shown"), [
    ("libx265", "libopus", {"160x120@25 HEVC", "OPUS 48 kHz"}),
    ("libsvtav1", "libopus", {"160x120@25 AV1", "OPUS 48 kHz"}),
    ("libx264", "libmp3lame", {"160x120@25 H.264", "MP3 48 kHz"}),
    ("libx264", "flac", {"160x120@25 H.264", "FLAC 48 kHz"})])
def test_enhanced_rtmp_from_ffmpeg_8_decodes(video: str, audio: str, shown: set[str]) -> None:
    async def run() -> list[Packet]:
        ours, theirs = listen(free_port())
        reading = asyncio.create_task(gather(ours, []))
        await asyncio.sleep(0.05)
        process = await start(sys.executable, str(ROOT / "tests" / "pyav_publisher.py"), theirs, video, audio)
        code, complaint = await words(process)
        assert code == 0, complaint
        return await reading

    got = tracks(run_peers(run()))
    assert {got["video"][0].setup.describe(), got["audio"][0].setup.describe()} == shown
    for kind, expected in (("video", 25), ("audio", 1)):
        setup = got[kind][0].setup
        decoder = av.CodecContext.create("libdav1d" if setup.codec == "av1" else setup.codec, "r")
        decoder.extradata = setup.extradata or None
        if kind == "audio":
            decoder.sample_rate = setup.sample_rate_hz
        frames = [f for p in got[kind] for f in decoder.decode(av.Packet(p.data))] + decoder.decode(None)
        assert len(frames) == expected or (kind == "audio" and len(frames) > 5)
    assert got["video"][0].is_key and got["audio"][0].setup.channels == 2


def test_a_killed_publisher_may_come_back_and_the_input_goes_on() -> None:
    async def run() -> tuple[list[Packet], list[str]]:
        said: list[str] = []
        ours, theirs = listen(free_port())
        enough = asyncio.Event()
        reading = asyncio.create_task(gather(ours, said, {"reconnect_s": "1.5"}, lambda p: enough.set()))
        await asyncio.sleep(0.05)
        first = await publish(theirs, 60, realtime=True)
        await enough.wait()
        first.kill()
        await words(first)
        code, complaint = await words(await publish(theirs, 1))
        assert code == 0, complaint
        return await reading, said

    packets, said = run_peers(run())
    connections = [p.connection for p in packets]
    assert sorted(set(connections)) == [0, 1] and connections == sorted(connections)
    again = [p for p in packets if p.connection == 1]
    assert tracks(again)["video"][0].is_key and len(tracks(again)["video"]) == 25
    assert sum("publisher connected" in line for line in said) == 2


def test_the_first_packet_comes_without_probing() -> None:
    async def run() -> Packet:
        ours, theirs = listen(free_port())
        source = rtmp_listen.read(ours, {}, source_context(Door(), []))
        first = asyncio.create_task(anext(source))
        await asyncio.sleep(0.05)
        process = await publish(theirs, 30, realtime=True, audio=False)
        packet = await first
        process.kill()
        await process.communicate()
        await source.aclose()
        return packet

    packet = run_peers(run())
    assert packet.is_key and packet.pts_ns < 200_000_000


def test_nobody_coming_within_first_s_ends_the_input() -> None:
    async def run() -> list[Packet]:
        return await gather(listen(free_port())[0], [], {"first_s": "0.1"})

    assert run_peers(run()) == []


def test_rtmps_listen_takes_its_certificate_from_options(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)

    async def run() -> int:
        port = free_port()
        source = rtmps_listen.read(f"rtmps-listen://127.0.0.1:{port}/live/{KEY}",
                                   {"cert": cert, "key": key, "reconnect_s": "0.2"}, source_context(Door(), []))
        process = asyncio.create_task(publish(f"rtmps://127.0.0.1:{port}/live/{KEY}", 1))
        count = 0
        async for packet in source:
            count += packet.setup.kind == "video"
        await words(await process)
        return count

    assert run_peers(run()) == 25


def test_options_may_stand_in_the_url_and_are_strict() -> None:
    _, wanted = rtmp_listen.parse(f"rtmp-listen://h/live/{KEY}?reconnect_s=5", {"first_s": "2"})
    assert (wanted.reconnect_s, wanted.first_s) == (5.0, 2.0)
    for url, options, claim in (
            ("rtmp-listen://h/live/K?reconect_s=5", {}, "reconnect_s"),
            ("rtmp-listen://h/live/K", {"first_s": "x"}, "number"),
            ("rtmp-listen://h/live", {}, "stream key"), ("rtmps-listen://h/live/K", {}, "cert="),
            ("rtmp-listen://h/live/K", {"cert": "a", "key": "b"}, "rtmps-listen")):
        with pytest.raises(OptionError, match=claim):
            rtmp_listen.parse(url, options)


def test_the_obs_lines_name_an_address_that_others_can_reach() -> None:
    assert rtmp_listen.obs_lines("rtmp-listen://10.1.2.3:1936/live/K1") == ("rtmp://10.1.2.3:1936/live", "K1")
    server, key = rtmp_listen.obs_lines("rtmps-listen://0.0.0.0:1935/app/in/K1?cert=a&key=b")
    assert key == "K1" and re.fullmatch(r"rtmps://[^/:]+:1935/app/in", server) and "0.0.0.0" not in server
    assert rtmp_listen.obs_lines("rtmp-listen://studio.example/live/K1")[0] == "rtmp://studio.example/live"


def test_srt_names_the_bridge() -> None:
    async def run() -> None:
        with pytest.raises(MediaError, match="ffmpeg -i 'srt://"):
            await anext(srt.read("srt://h:9000", {}, source_context(Door(), [])))

    run_peers(run())
