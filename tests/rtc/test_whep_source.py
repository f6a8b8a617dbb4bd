"""The whep source plays from a server by HTTP: here one that sends aiortc's own pictures."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import pytest
from aiortc import RTCPeerConnection
from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack

from stream.door import Door
from stream.errors import MediaError, RefusedError
from stream.rtc.client import Endpoint, endpoint
from stream.rtc.peer import Reach, answer, open_peer, preferences
from stream.sources import SourceContext
from stream.sources.whep import read
from stream.worker import ThreadWorker
from support import run_real


class Server:
    """A WHEP server in a few lines: it answers every offer with pictures and sound, for the token `secret`."""

    def __init__(self) -> None:
        self.peers: list[RTCPeerConnection] = []
        self.deleted: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        size = next((int(line.partition(":")[2]) for line in head.splitlines()
                     if line.lower().startswith("content-length")), 0)
        body = (await reader.readexactly(size)).decode()
        said = "HTTP/1.1 401 No\r\n\r\n"
        if "Authorization: Bearer secret" in head and head.startswith("POST"):
            said = f"HTTP/1.1 201 Made\r\nLocation: /made/1\r\n\r\n{await self.answered(body)}"
        elif head.startswith("DELETE"):
            self.deleted.append(head.split()[1])
            said = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        writer.write(said.encode())
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async def answered(self, offer: str) -> str:
        pc = open_peer()
        self.peers.append(pc)
        tracks: Any = (VideoStreamTrack(), AudioStreamTrack())
        for track in tracks:
            pc.addTransceiver(track, "sendonly").setCodecPreferences(preferences(track.kind, baseline=True))
        return await answer(pc, offer, Reach(only_loopback=True))


def test_another_server_is_played_and_told_when_that_ends() -> None:
    async def go() -> None:
        far, told = Server(), list[str]()
        context = SourceContext(ThreadWorker, told.append, Door())
        async with await asyncio.start_server(far.serve, "127.0.0.1", 0) as listening:
            where = f"127.0.0.1:{listening.sockets[0].getsockname()[1]}/live/show"
            with pytest.raises(RefusedError, match="401"):
                await anext(read(f"whep://:wrong-token@{where}", {}, context))
            codecs, connections = set(), set()
            packets = read(f"whep://:secret@{where}", {"reconnect_s": "5"}, context)
            assert isinstance(packets, AsyncGenerator)
            async with aclosing(packets):
                async for packet in packets:
                    codecs.add(packet.setup.codec)
                    connections.add(packet.connection)
                    if codecs == {"h264", "opus"} and len(connections) == 1 and len(far.peers) == 1:
                        await far.peers[0].close()
                    if connections == {0, 1}:
                        break
            assert codecs == {"h264", "opus"} and far.deleted == ["/made/1", "/made/1"]
            assert not any("secret" in line for line in told)
            for pc in far.peers:
                await pc.close()

    run_real(go())


def test_urls_say_the_scheme_and_the_token_and_show_neither() -> None:
    assert endpoint("wheps://:abc@host.example:99/a/b?c=1") == Endpoint("https://host.example:99/a/b?c=1", "abc")
    assert endpoint("whip://host/x") == Endpoint("http://host/x")
    assert "abc" not in repr(endpoint("wheps://:abc@host/")) and endpoint("whep://host/key").shown == "host"
    with pytest.raises(MediaError):
        endpoint("whep://")
