"""The rtmp source, playing from nginx and from servers that fail in every way."""

import asyncio
from pathlib import Path

import pytest
from rtmp_peers import (
    ffmpeg,
    nginx,
    publish,
    run_peers,
    source_context,
    words,
)

from stream.door import Door
from stream.errors import CuelightError, MediaError, OptionError, ProtocolError, RefusedError
from stream.media import Packet
from stream.sources import ListenSpec, rtmp, rtmps
from support import free_port

LIVE = "application live { live on; idle_streams off; } application closed { live on; deny play all; }"
KEY = "SECRETKEY42"


def test_a_stream_is_played_from_nginx_and_again_after_its_publisher_came_back(tmp_path: Path) -> None:
    async def run() -> tuple[list[Packet], list[str]]:
        said: list[str] = []
        async with nginx(tmp_path, LIVE) as server:
            url = f"{server}/live/{KEY}"
            first = await publish(url, 60, realtime=True, bframes=2)
            source = rtmp.read(url, {"reconnect_s": "4"}, source_context(Door(), said))
            got: list[Packet] = []
            async for packet in source:
                got.append(packet)
                videos = sum(p.setup.kind == "video" and p.connection == packet.connection for p in got)
                if packet.connection == 0 and videos == 40 and first.returncode is None:
                    first.kill()
                    await words(first)
                    first = await publish(url, 60, realtime=True)
                if packet.connection == 1 and videos == 5:
                    first.kill()
                    await words(first)
                    break
            await source.aclose()
            return got, said

    packets, said = run_peers(run())
    first = [p for p in packets if p.connection == 0 and p.setup.kind == "video"]
    assert first[0].setup.describe() == "320x180@25 H.264" and any(p.pts_ns > p.dts_ns for p in first)
    assert any(p.setup.describe() == "AAC 48 kHz" for p in packets)
    assert {p.connection for p in packets} == {0, 1}
    assert KEY not in "".join(said) and any("trying again" in line for line in said)


def test_a_stream_that_nobody_publishes_is_waited_for_and_then_given_up(tmp_path: Path) -> None:
    async def run() -> None:
        async with nginx(tmp_path, LIVE) as server:
            source = rtmp.read(f"{server}/live/{KEY}", {"reconnect_s": "0.8"}, source_context(Door(), []))
            with pytest.raises(CuelightError) as caught:
                await anext(source)
            assert KEY not in str(caught.value) and "…42" in str(caught.value)

    run_peers(run())


async def serve(port: int, reply: bytes, *, stay: bool) -> asyncio.Server:
    """A server that says `reply` to everybody and then closes, or stays silent."""
    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(reply)
        if stay:
            await reader.read()
        writer.close()

    return await asyncio.start_server(client, "127.0.0.1", port)


@pytest.mark.parametrize(("reply", "stay", "error", "claim"), [
    (b"", False, MediaError, "closed the connection|lost the connection"),
    (b"", True, MediaError, "did not answer within 0.2 s"),
    (b"HTTP/1.1 400 Bad Request\r\n\r\n", True, ProtocolError, "does not speak RTMP"),
])
def test_a_server_that_is_none_is_an_error_that_says_why(reply: bytes, stay: bool, error: type[CuelightError],
                                                        claim: str) -> None:
    async def run() -> None:
        port = free_port()
        server = await serve(port, reply, stay=stay)
        with pytest.raises(error, match=claim) as caught:
            await anext(rtmp.read(f"rtmp://127.0.0.1:{port}/live/{KEY}", {"reconnect_s": "0", "connect_s": "0.2"},
                                  source_context(Door(), [])))
        assert KEY not in str(caught.value)
        server.close()
        await asyncio.sleep(0.05)

    run_peers(run())


def test_nobody_there_is_one_line_with_the_remedy() -> None:
    async def run() -> None:
        with pytest.raises(MediaError, match=r"cannot reach .*Connection refused.*server is up"):
            await anext(rtmps.read(f"rtmps://127.0.0.1:{free_port()}/live/{KEY}", {"reconnect_s": "0"},
                                   source_context(Door(), [])))

    run_peers(run())


def test_a_stream_that_dries_up_is_a_break(tmp_path: Path) -> None:
    async def run() -> list[str]:
        said: list[str] = []
        async with nginx(tmp_path, LIVE) as server:
            url = f"{server}/live/{KEY}"
            process = await ffmpeg("-re", "-f", "lavfi", "-i", "testsrc2=s=160x120:r=25", "-c:v", "libx264", "-preset",
                                   "ultrafast", "-g", "5", "-f", "flv", url)
            source = rtmp.read(url, {"reconnect_s": "1", "idle_s": "0.5"}, source_context(Door(), said))
            await anext(source)
            process.send_signal(19)
            async for packet in source:
                if packet.connection:
                    break
            process.kill()
            await words(process)
            await source.aclose()
        return said

    assert any("sent no audio or video for 0.5 s" in line for line in run_peers(run()))


def test_an_unknown_option_names_the_near_ones() -> None:
    async def run() -> None:
        with pytest.raises(OptionError, match="idle_s"):
            await anext(rtmp.read("rtmp://h/live/K", {"idles": "1"}, source_context(Door(), [])))

    run_peers(run())


def test_a_refusal_other_than_not_found_is_not_tried_again() -> None:
    async def run() -> None:
        port = free_port()
        async with Door().listen(ListenSpec("127.0.0.1", port, "live", "OTHER")):
            said: list[str] = []
            with pytest.raises(RefusedError, match="nothing is played here"):
                await anext(rtmp.read(f"rtmp://127.0.0.1:{port}/live/{KEY}", {"reconnect_s": "0"},
                                      source_context(Door(), said)))

    run_peers(run())
