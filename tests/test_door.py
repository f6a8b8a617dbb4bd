"""The door: who is let in, who is not, and what is said about it."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from rtmp_peers import (
    certificate,
    ffmpeg,
    flow,
    interleaved,
    picture,
    publish,
    run_peers,
    sink_context,
    sound,
    words,
)

from stream.door import Door, Publisher
from stream.errors import CuelightError, MediaError, RefusedError
from stream.media import Packet
from stream.protocols import rtmp_link
from stream.sinks import rtmp as sink
from stream.sources import ListenSpec
from support import free_port

KEY = "SECRETKEY42"
HELLO = b"\x03" + bytes(2 * rtmp_link.HANDSHAKE_BYTES)


def spec(port: int, key: str = KEY, app: str = "live") -> ListenSpec:
    return ListenSpec("127.0.0.1", port, app, key)


async def push(port: int, key: str = KEY, *, app: str = "live", scheme: str = "rtmp", seconds: float = 1.0,
               pause_s: float = 0.0, **options: str) -> list[str]:
    """Publish a second with our own client; return what it told."""
    said: list[str] = []
    video, audio = picture(seconds), sound(seconds)
    await sink.write(f"{scheme}://127.0.0.1:{port}/{app}/{key}", (video[0], audio[0]),
                     flow(interleaved(video[1], audio[1]), pause_s), options, sink_context(said))
    return said


async def count(publisher: Publisher) -> dict[str, int]:
    kinds: dict[str, int] = {}
    async for packet in publisher:
        kinds[packet.setup.kind] = kinds.get(packet.setup.kind, 0) + 1
    return kinds


@asynccontextmanager
async def raw(port: int, data: bytes = b"") -> AsyncIterator[asyncio.StreamReader]:
    """A connection that speaks as we please."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(data)
        yield reader
    finally:
        writer.close()
        try:
            await writer.wait_closed()
        except ConnectionError:
            pass


async def cut_off(reader: asyncio.StreamReader) -> bool:
    """Whether the far end closes within three seconds."""
    try:
        async with asyncio.timeout(3):
            while await reader.read(65536):
                pass
    except ConnectionError:
        pass
    return True


def test_a_publisher_with_the_key_is_let_in_and_its_packets_come_out() -> None:
    async def run() -> None:
        port = free_port()
        async with Door().listen(spec(port)) as publishers:
            pushing = asyncio.create_task(push(port))
            publisher = await anext(publishers)
            assert await count(publisher) == {"video": 25, "audio": len(sound()[1])}
            assert (publisher.connection, publisher.dropped, publisher.ended) == (0, 0, "the publisher stopped")
            await pushing

    run_peers(run())


@pytest.mark.parametrize(("app", "key"), [("live", KEY + "?token=x"), ("live", "?" + KEY), ("live/" + KEY, "x")])
def test_a_token_does_not_matter_but_the_path_does(app: str, key: str) -> None:
    async def run() -> None:
        port = free_port()
        async with Door().listen(spec(port)) as publishers:
            if "token" not in key:
                with pytest.raises(CuelightError):
                    await push(port, key, app=app)
                return
            pushing = asyncio.create_task(push(port, key, app=app))
            assert (await count(await anext(publishers)))["video"] == 25
            await pushing

    run_peers(run())


def test_ffmpeg_with_a_wrong_key_fails_and_only_two_characters_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        port = free_port()
        async with Door().listen(spec(port)):
            process = await publish(f"rtmp://127.0.0.1:{port}/live/WRONGKEY99", 1)
            code, said = await words(process)
            assert code != 0 and "wrong app or stream key" in said

    with caplog.at_level(logging.WARNING):
        run_peers(run())
    assert "…99" in caplog.text and "WRONG" not in caplog.text and KEY not in caplog.text


def test_the_wrong_app_is_refused_like_a_wrong_key() -> None:
    async def run() -> None:
        port = free_port()
        async with Door().listen(spec(port)):
            with pytest.raises(RefusedError, match="wrong app or stream key") as caught:
                await push(port, app="other")
            assert "key" in caught.value.remedy and KEY not in str(caught.value)

    run_peers(run())


def test_a_second_publisher_on_a_live_key_is_told_so_and_the_first_goes_on() -> None:
    async def run() -> None:
        port = free_port()
        async with Door().listen(spec(port)) as publishers:
            first = asyncio.create_task(push(port, pause_s=0.01))
            publisher = await anext(publishers)
            code, said = await words(await publish(f"rtmp://127.0.0.1:{port}/live/{KEY}", 1))
            assert code != 0 and "already publishing" in said
            assert not publisher.ended and (await count(publisher))["video"] == 25
            await first
            again = asyncio.create_task(push(port))
            assert (await anext(publishers)).connection == 1
            await again

    run_peers(run())


def test_two_listeners_on_one_port_are_told_apart_by_key() -> None:
    async def run() -> None:
        port, door = free_port(), Door()
        async with door.listen(spec(port)) as ours, door.listen(spec(port, "OTHERKEY")) as others:
            pushing = [asyncio.create_task(push(port)), asyncio.create_task(push(port, "OTHERKEY", seconds=2.0))]
            counts = await asyncio.gather(count(await anext(ours)), count(await anext(others)))
            assert [c["video"] for c in counts] == [25, 50]
            await asyncio.gather(*pushing)
        with pytest.raises(OSError, match="refused|failed"):
            await asyncio.open_connection("127.0.0.1", port)

    run_peers(run())


def test_the_port_stays_open_while_anybody_listens() -> None:
    async def run() -> None:
        port, door = free_port(), Door()
        async with door.listen(spec(port)) as ours:
            async with door.listen(spec(port, "OTHERKEY")):
                pass
            pushing = asyncio.create_task(push(port))
            assert (await count(await anext(ours)))["video"] == 25
            await pushing

    run_peers(run())


def test_a_taken_port_and_a_taken_key_are_one_clear_line_each() -> None:
    async def run() -> None:
        door = Door()
        with socket.create_server(("127.0.0.1", 0)) as other:
            with pytest.raises(MediaError, match="is taken.*another port"):
                async with door.listen(spec(other.getsockname()[1])):
                    pass
        port = free_port()
        async with door.listen(spec(port)):
            with pytest.raises(MediaError, match="another session waits for key …42"):
                async with door.listen(spec(port)):
                    pass
            with pytest.raises(MediaError, match="without TLS"):
                async with door.listen(replace(spec(port, "K2"), tls=("a", "b"))):
                    pass
        with pytest.raises(MediaError, match=r"cannot listen on 192.0.2.77:\d+ \(Cannot assign"):
            async with door.listen(replace(spec(port), host="192.0.2.77")):
                pass

    run_peers(run())


@pytest.mark.parametrize("first", [b"", b"\x03" + bytes(100), HELLO])
def test_a_connection_that_goes_silent_is_dropped(first: bytes, caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        port = free_port()
        async with Door(hello_s=0.2, publish_s=0.2).listen(spec(port)), raw(port, first) as reader:
            assert await cut_off(reader)

    run_peers(run())
    assert "dropped the connection" in caplog.text


def test_garbage_is_dropped_at_once_and_harms_nobody_else(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        port = free_port()
        async with Door(hello_s=60, publish_s=60).listen(spec(port)) as publishers:
            pushing = asyncio.create_task(push(port, pause_s=0.005))
            publisher = await anext(publishers)
            for data in (b"GET / HTTP/1.1\r\n\r\n", HELLO + b"\xff" * 100, HELLO + b"\x03" + bytes(6) + b"\x63" * 9):
                async with raw(port, data) as reader:
                    assert await cut_off(reader)
            assert (await count(publisher))["video"] == 25
            await pushing

    run_peers(run())
    assert "does not speak RTMP" in caplog.text


def test_a_publisher_that_stops_sending_is_ended_with_the_reason() -> None:
    async def stuck(packets: list[Packet]) -> AsyncIterator[Packet]:
        for packet in packets[:20]:
            yield packet
        await asyncio.sleep(5)

    async def run() -> None:
        port = free_port()
        async with Door().listen(replace(spec(port), idle_s=0.3)) as publishers:
            video = picture()
            pushing = asyncio.create_task(sink.write(f"rtmp://127.0.0.1:{port}/live/{KEY}", (video[0],),
                                                     stuck(list(video[1])), {}, sink_context([])))
            publisher = await anext(publishers)
            assert await count(publisher) == {"video": 20}
            assert "no audio or video for 0.3 s" in publisher.ended
            pushing.cancel()
            await asyncio.wait([pushing])

    run_peers(run())


def test_connections_past_the_limit_are_turned_away(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        port = free_port()
        async with Door(max_connections=2).listen(spec(port)), raw(port), raw(port), raw(port) as third:
            assert await cut_off(third)

    run_peers(run())
    assert "more than 2 connections" in caplog.text


def test_a_peer_that_never_reads_our_answers_is_dropped() -> None:
    async def run() -> None:
        port = free_port()
        ping = b"\x02\x00\x00\x00\x00\x00\x06\x04" + bytes(4) + b"\x00\x06" + bytes(4)
        async with Door(publish_s=30).listen(spec(port)):
            _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
            with pytest.raises(ConnectionError):
                writer.write(HELLO)
                for _ in range(3000):
                    writer.write(ping * 2000)
                    await writer.drain()
            writer.transport.abort()

    run_peers(run())


def test_leaving_ends_the_live_publisher_too() -> None:
    async def run() -> None:
        port = free_port()
        async with Door().listen(spec(port)) as publishers:
            pushing = asyncio.create_task(push(port, pause_s=0.05))
            publisher = await anext(publishers)
        assert publisher.ended == "this end stopped listening"
        with pytest.raises(MediaError, match="lost the connection|closed the connection"):
            await pushing

    run_peers(run())


def test_rtmps_works_for_who_trusts_the_certificate_and_for_ffmpeg(tmp_path: Path) -> None:
    files = certificate(tmp_path)

    async def run() -> None:
        port = free_port()
        async with Door().listen(replace(spec(port), tls=files)) as publishers:
            with pytest.raises(MediaError, match="not trusted"):
                await push(port, scheme="rtmps")
            pushing = asyncio.create_task(push(port, scheme="rtmps", insecure="1"))
            assert (await count(await anext(publishers)))["video"] == 25
            await pushing
            process = await publish(f"rtmps://127.0.0.1:{port}/live/{KEY}", 1)
            assert (await count(await anext(publishers)))["video"] == 25
            assert (await words(process))[0] == 0
        with pytest.raises(MediaError, match="cannot be used"):
            async with Door().listen(replace(spec(port), tls=(str(tmp_path / "none"), ""))):
                pass

    run_peers(run())


def test_plain_rtmp_at_a_tls_port_fails_cleanly(tmp_path: Path) -> None:
    files = certificate(tmp_path)

    async def run() -> None:
        port = free_port()
        async with Door(hello_s=1).listen(replace(spec(port), tls=files)):
            with pytest.raises(MediaError):
                await push(port)
        async with Door().listen(spec(port)):
            with pytest.raises(MediaError, match="rtmp://|up"):
                await push(port, scheme="rtmps")

    run_peers(run())


def test_a_client_that_wants_to_play_is_told_that_nothing_is_played() -> None:
    async def run() -> None:
        port = free_port()
        async with Door().listen(spec(port)):
            code, _ = await words(await ffmpeg("-i", f"rtmp://127.0.0.1:{port}/live/{KEY}", "-f", "null", "-"))
            assert code != 0

    run_peers(run())
