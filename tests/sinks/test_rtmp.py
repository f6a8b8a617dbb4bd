"""The rtmp sink, pushing to ffmpeg, nginx and our own door."""

import asyncio
import json
import signal
import subprocess
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from rtmp_peers import (
    ffmpeg,
    flow,
    interleaved,
    nginx,
    picture,
    run_peers,
    sink_context,
    sound,
    until_open,
    words,
)

from stream.door import Door
from stream.errors import CuelightError, MediaError, OptionError, RefusedError
from stream.media import NS, Packet, Setup
from stream.sinks import rtmp, rtmps
from stream.sources import ListenSpec
from support import free_port, require_program

KEY = "SECRETKEY42"
LIVE = "application live { live on; } application closed { live on; deny publish all; }"


def probe(path: Path) -> dict[str, list[tuple[float, float, str]]]:
    """Return (pts, dts, flags) of every packet of a file by codec, and check that ffmpeg decodes all of it."""
    done = subprocess.run([require_program("ffmpeg"), "-v", "error", "-xerror", "-i", str(path), "-f", "null", "-"],
                          capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    entries = "packet=stream_index,pts_time,dts_time,flags:stream=index,codec_name"
    ffprobe = [require_program("ffprobe"), "-v", "error", "-show_entries", entries, "-of", "json", str(path)]
    out = subprocess.run(ffprobe, capture_output=True, check=True)
    found = json.loads(out.stdout)
    names = {s["index"]: s["codec_name"] for s in found["streams"]}
    packets: dict[str, list[tuple[float, float, str]]] = {name: [] for name in names.values()}
    for p in found["packets"]:
        packets[names[p["stream_index"]]].append((float(p["pts_time"]), float(p.get("dts_time", "nan")), p["flags"]))
    return packets


def tracks(bframes: int = 0, seconds: float = 1.0) -> tuple[tuple[Setup, ...], list[Packet]]:
    video, audio = picture(seconds, bframes=bframes), sound(seconds)
    return (video[0], audio[0]), interleaved(video[1], audio[1])


@pytest.mark.parametrize("bframes", [0, 2])
@pytest.mark.parametrize("origin_ns", [0, 3600 * NS])
def test_ffmpeg_receives_every_packet_at_its_time(bframes: int, origin_ns: int, tmp_path: Path) -> None:
    setups, packets = tracks(bframes)
    packets = [replace(p, pts_ns=p.pts_ns + origin_ns, dts_ns=p.dts_ns + origin_ns) for p in packets]

    async def run() -> list[str]:
        port, said = free_port(), list[str]()
        url = f"rtmp://127.0.0.1:{port}/live/{KEY}"
        receiver = await ffmpeg("-listen", "1", "-i", url, "-c", "copy", "-f", "flv", str(tmp_path / "got.flv"))
        await until_open(port)
        await rtmp.write(url, setups, flow(packets), {}, sink_context(said, origin_ns))
        await words(receiver)
        return said

    said = run_peers(run())
    got = probe(tmp_path / "got.flv")
    for name, kind in (("h264", "video"), ("aac", "audio")):
        sent = [p for p in packets if p.setup.kind == kind]
        assert len(got[name]) == len(sent)
        assert [("K" in flags) for _, _, flags in got[name]] == [p.is_key for p in sent]
    shifts = [got_s - p.pts_ns / NS for name, kind in (("h264", "video"), ("aac", "audio"))
              for (got_s, _, _), p in zip(got[name], [p for p in packets if p.setup.kind == kind], strict=True)]
    assert max(shifts) - min(shifts) <= 0.0011
    assert min(dts for rows in got.values() for _, dts, _ in rows) >= 0
    assert said == [line for line in said if KEY not in line] and "publishing to rtmp://127.0.0.1" in said[0]


@pytest.mark.parametrize(("with_video", "with_audio"), [(True, False), (False, True)])
def test_one_track_alone_arrives(with_video: bool, with_audio: bool, tmp_path: Path) -> None:
    setups, packets = tracks()
    kinds = ["video"] * with_video + ["audio"] * with_audio

    async def run() -> None:
        port = free_port()
        url = f"rtmp://127.0.0.1:{port}/live/{KEY}"
        receiver = await ffmpeg("-listen", "1", "-i", url, "-c", "copy", "-f", "flv", str(tmp_path / "got.flv"))
        await until_open(port)
        sent = [p for p in packets if p.setup.kind in kinds]
        await rtmp.write(url, [s for s in setups if s.kind in kinds], flow(sent), {}, sink_context([]))
        await words(receiver)

    run_peers(run())
    assert set(probe(tmp_path / "got.flv")) == {{"video": "h264", "audio": "aac"}[k] for k in kinds}


def test_nginx_takes_and_records_what_we_push(tmp_path: Path) -> None:
    setups, packets = tracks(seconds=2.0)

    async def run() -> None:
        async with nginx(tmp_path, f"application live {{ live on; record all; record_path {tmp_path}; }}") as server:
            await rtmp.write(f"{server}/live/{KEY}", setups, flow(packets), {}, sink_context([]))
            for _ in range(100):
                await asyncio.sleep(0.02)
                if "deleteStream" in (tmp_path / "log").read_text():
                    break

    run_peers(run())
    got = probe(tmp_path / f"{KEY}.flv")
    assert len(got["h264"]) == 50 and len(got["aac"]) == len(packets) - 50
    assert all(b[1] > a[1] for a, b in pairwise(got["h264"]))


def test_a_new_picture_size_sends_a_new_sequence_header() -> None:
    small, large = picture(), picture(size="320x180")
    later = [replace(p, pts_ns=p.pts_ns + NS, dts_ns=p.dts_ns + NS) for p in large[1]]

    async def run() -> list[int]:
        port = free_port()
        async with Door().listen(ListenSpec("127.0.0.1", port, "live", KEY)) as publishers:
            pushing = asyncio.create_task(rtmp.write(f"rtmp://127.0.0.1:{port}/live/{KEY}", (small[0],),
                                                     flow([*small[1], *later]), {}, sink_context([])))
            widths = [p.setup.width_px async for p in await anext(publishers)]
            await pushing
            return widths

    assert run_peers(run()) == [160] * 25 + [320] * 25


def test_enhanced_codecs_can_be_pushed(tmp_path: Path) -> None:
    video, audio = picture(codec="libsvtav1"), sound(codec="libopus")

    async def run() -> list[Packet]:
        port = free_port()
        async with Door().listen(ListenSpec("127.0.0.1", port, "live", KEY)) as publishers:
            pushing = asyncio.create_task(rtmp.write(f"rtmp://127.0.0.1:{port}/live/{KEY}", (video[0], audio[0]),
                                                     flow(interleaved(video[1], audio[1])), {}, sink_context([])))
            got = [p async for p in await anext(publishers)]
            await pushing
            return got

    got = run_peers(run())
    assert [p.data for p in got if p.setup.codec == "av1"] == [p.data for p in video[1]]
    assert [p.data for p in got if p.setup.codec == "opus"] == [p.data for p in audio[1]]


def test_a_server_that_denies_publishing_is_an_error_without_the_key(tmp_path: Path) -> None:
    setups, packets = tracks()

    async def run() -> None:
        async with nginx(tmp_path, LIVE) as server:
            with pytest.raises(CuelightError) as caught:
                await rtmp.write(f"{server}/closed/{KEY}", setups, flow(packets), {}, sink_context([]))
            assert KEY not in str(caught.value) and caught.value.remedy
            with pytest.raises(CuelightError):
                await rtmp.write(f"{server}/nosuchapp/{KEY}", setups, flow(packets), {}, sink_context([]))

    run_peers(run())


def test_a_refusal_carries_the_servers_own_words_and_the_remedy() -> None:
    setups, packets = tracks()

    async def run() -> None:
        port = free_port()
        async with Door().listen(ListenSpec("127.0.0.1", port, "live", "OTHERKEY")):
            with pytest.raises(RefusedError, match="wrong app or stream key.*BadName") as caught:
                await rtmp.write(f"rtmp://127.0.0.1:{port}/live/{KEY}", setups, flow(packets), {}, sink_context([]))
            assert "Check the stream key" in caught.value.remedy and KEY not in str(caught.value)

    run_peers(run())


async def endless(packets: list[Packet], counts: dict[str, int]) -> AsyncIterator[Packet]:
    """A second of packets over and over, each made bigger, as fast as they are taken."""
    for turn in range(10_000):
        for packet in packets:
            filler = b"\x00\x01\x00\x00" + b"\x0c" * 65536 if packet.setup.kind == "video" else b""
            counts["sent"] = counts.get("sent", 0) + 1
            yield replace(packet, data=packet.data + filler, pts_ns=packet.pts_ns + turn * NS,
                          dts_ns=packet.dts_ns + turn * NS)
            await asyncio.sleep(0)


def test_a_receiver_that_is_stopped_is_an_error_and_blocks_nobody_else() -> None:
    setups, packets = tracks()

    async def run() -> None:
        port = free_port()
        url = f"rtmp://127.0.0.1:{port}/live/{KEY}"
        receiver = await ffmpeg("-listen", "1", "-i", url, "-c", "copy", "-f", "null", "-")
        await until_open(port)
        counts: dict[str, int] = {}
        pushing = asyncio.create_task(rtmp.write(url, setups, endless(packets, counts), {"stall_s": "0.4"},
                                                 sink_context([])))
        while counts.get("sent", 0) < 30:
            await asyncio.sleep(0.01)
        receiver.send_signal(signal.SIGSTOP)
        other, others = free_port(), 0
        async with Door().listen(ListenSpec("127.0.0.1", other, "live", KEY)) as publishers:
            second = asyncio.create_task(rtmp.write(f"rtmp://127.0.0.1:{other}/live/{KEY}", setups,
                                                    flow(packets, 0.01), {}, sink_context([])))
            async for _ in await anext(publishers):
                others += 1
            await second
        assert others == len(packets)
        with pytest.raises(MediaError, match="took nothing for 0.4 s"):
            await pushing
        receiver.kill()
        await receiver.communicate()

    run_peers(run())


def test_a_receiver_that_dies_is_an_error() -> None:
    setups, packets = tracks()

    async def run() -> None:
        port = free_port()
        url = f"rtmp://127.0.0.1:{port}/live/{KEY}"
        receiver = await ffmpeg("-listen", "1", "-i", url, "-c", "copy", "-f", "null", "-")
        await until_open(port)
        counts: dict[str, int] = {}
        pushing = asyncio.create_task(rtmp.write(url, setups, endless(packets, counts), {}, sink_context([])))
        while counts.get("sent", 0) < 10:
            await asyncio.sleep(0.01)
        receiver.kill()
        await receiver.communicate()
        with pytest.raises(MediaError, match="closed the connection|lost the connection"):
            await pushing

    run_peers(run())


def test_nobody_there_is_one_line_with_the_remedy() -> None:
    setups, packets = tracks()

    async def run() -> None:
        for module, scheme in ((rtmp, "rtmp"), (rtmps, "rtmps")):
            with pytest.raises(MediaError, match=r"cannot reach .*…42 \(Connection refused\).*server is up"):
                await module.write(f"{scheme}://127.0.0.1:{free_port()}/live/{KEY}", setups, flow(packets), {},
                                   sink_context([]))

    run_peers(run())


def test_two_pictures_and_unknown_options_are_told_before_connecting() -> None:
    setups, packets = tracks()

    async def run() -> None:
        url = f"rtmp://127.0.0.1:1/live/{KEY}"
        with pytest.raises(MediaError, match="one picture"):
            await rtmp.write(url, (setups[0], setups[0]), flow(packets), {}, sink_context([]))
        with pytest.raises(OptionError, match="stall_s"):
            await rtmp.write(url, setups, flow(packets), {"stal_s": "1"}, sink_context([]))

    run_peers(run())
