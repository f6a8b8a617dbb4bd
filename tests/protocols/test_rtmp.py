"""Both ends of an RTMP connection, back to back in memory, and what a hostile end can do."""

import random
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream.errors import OptionError, ProtocolError
from stream.protocols import amf
from stream.protocols.rtmp import (
    Ended,
    Media,
    Metadata,
    PlayRequest,
    PublishRequest,
    Refused,
    Started,
    parse_url,
    stream_path,
)
from stream.protocols.rtmp_chunks import ChunkReader, Message, chunk
from stream.protocols.rtmp_client import ClientConnection, Intent
from stream.protocols.rtmp_inbox import Inbox
from stream.protocols.rtmp_link import HANDSHAKE_BYTES, PING, PONG, Link, UserControl
from stream.protocols.rtmp_server import ServerConnection

URL = "rtmp://host/live/SECRETKEY?token=abc"


class Pair:
    """A client and a server whose bytes are passed on in random pieces; all events are kept."""

    def __init__(self, intent: Intent = "publish", url: str = URL, seed: int = 0) -> None:
        self.client, self.server = ClientConnection(parse_url(url), intent), ServerConnection()
        self.choose = random.Random(seed)
        self.at_client: list[object] = []
        self.at_server: list[object] = []
        self.sent = b""
        self.answer: Callable[[ServerConnection], None] = ServerConnection.accept

    def pieces(self, data: bytes) -> list[bytes]:
        out, at = [], 0
        while at < len(data):
            size = self.choose.choice((1, 3, 100, 4000, 100_000))
            out.append(data[at:at + size])
            at += size
        return out

    def run(self) -> "Pair":
        """Pass bytes until both are silent."""
        while True:
            up = self.client.bytes_to_send()
            self.sent += up
            for piece in self.pieces(up):
                for event in self.server.receive(piece):
                    self.at_server.append(event)
                    if isinstance(event, (PublishRequest, PlayRequest)):
                        self.answer(self.server)
            down = self.server.bytes_to_send()
            for piece in self.pieces(down):
                self.at_client += self.client.receive(piece)
            if not up and not down:
                return self


@given(st.integers(0, 10_000), st.lists(st.tuples(st.sampled_from((8, 9)), st.integers(0, 1 << 32),
                                                  st.binary(min_size=1, max_size=9000)), max_size=5))
@settings(max_examples=40)
def test_what_a_client_publishes_the_server_reports(seed: int, sent: list[tuple[int, int, bytes]]) -> None:
    pair = Pair(seed=seed).run()
    assert pair.at_server == [PublishRequest("live", "SECRETKEY?token=abc")] and pair.at_client == [Started()]
    pair.client.send_metadata({"width": 320.0})
    for kind, time_ms, body in sent:
        pair.client.send_media(kind, time_ms, body)
    pair.client.close()
    pair.run()
    media = [Media(kind, time_ms & 0xFFFFFFFF, body) for kind, time_ms, body in sent]
    assert pair.at_server[1:] == [Metadata({"width": 320.0}), *media, Ended("the publisher stopped")]


def test_a_refusal_reaches_the_client_in_the_servers_words_without_the_key() -> None:
    pair = Pair()
    pair.answer = lambda server: server.refuse("NetStream.Publish.BadName", "no stream\nSECRETKEY?token=abc here")
    pair.run()
    assert pair.at_client == [Refused("NetStream.Publish.BadName", "no stream …bc here")]


def test_media_before_permission_is_ignored() -> None:
    pair = Pair()
    pair.answer = lambda server: None
    pair.run()
    pair.client.send_media(9, 0, b"x")
    pair.run()
    assert pair.at_server == [PublishRequest("live", "SECRETKEY?token=abc")]


def test_a_player_is_seen_and_can_be_refused() -> None:
    pair = Pair("play")
    pair.answer = lambda server: server.refuse("NetStream.Play.StreamNotFound", "nothing here")
    pair.run()
    assert isinstance(pair.at_server[0], PlayRequest)
    assert pair.at_client == [Refused("NetStream.Play.StreamNotFound", "nothing here")]


def test_the_key_goes_into_the_commands_that_need_it_and_no_further() -> None:
    event = Pair().run().at_server[0]
    assert "SECRET" not in repr(event) and "SECRET" not in repr(parse_url(URL)) and "SECRET" not in parse_url(URL).shown


def greeted() -> Link:
    link = Link(server=True, chunk_bytes=128)
    list(link.receive(b"\x03" + bytes(HANDSHAKE_BYTES) + bytes(HANDSHAKE_BYTES)))
    link.bytes_to_send()
    return link


def take(link: Link, type_id: int, body: bytes, time_ms: int = 0) -> list[object]:
    return list(link.receive(chunk(Message(type_id, 1, time_ms, body), 3, 128)))


def test_a_ping_is_answered() -> None:
    link = greeted()
    assert take(link, 4, PING.to_bytes(2, "big") + (77).to_bytes(4, "big")) == []
    out = Link(server=False, chunk_bytes=128)
    out.bytes_to_send()
    reply = link.bytes_to_send()
    hello = b"\x03" + bytes(2 * HANDSHAKE_BYTES)
    assert list(out.receive(hello + reply)) == [UserControl(PONG, 77)]


def test_received_bytes_are_acknowledged_within_the_window() -> None:
    link = greeted()
    take(link, 5, (10_000).to_bytes(4, "big"))
    for _ in range(60):
        take(link, 9, bytes(100))
    acknowledged = [m for m in Link(server=False, chunk_bytes=1).reader.feed(link.bytes_to_send()) if m.type_id == 3]
    assert acknowledged and int.from_bytes(acknowledged[-1].body, "big") > 2 * HANDSHAKE_BYTES


def test_an_aggregate_is_taken_apart_at_its_own_time() -> None:
    def tag(kind: int, time_ms: int, body: bytes) -> bytes:
        return (bytes([kind]) + len(body).to_bytes(3, "big") + (time_ms & 0xFFFFFF).to_bytes(3, "big")
                + bytes([time_ms >> 24]) + bytes(3) + body + (11 + len(body)).to_bytes(4, "big"))

    got = take(greeted(), 22, tag(9, 0x1000000, b"v") + tag(8, 0x1000005, b"a"), time_ms=500)
    assert got == [Message(9, 1, 500, b"v"), Message(8, 1, 505, b"a")]


def test_a_command_in_amf3_clothes_is_a_command() -> None:
    (command,) = take(greeted(), 17, b"\x00" + amf.encode("connect", 1.0, {"app": "live"}))
    assert command.name == "connect" and command.table(0) == {"app": "live"}  # type: ignore[attr-defined]


def test_enhanced_rtmp_is_offered_by_both_ends() -> None:
    connect = next(ChunkReader().feed(Pair().run().sent[1 + 2 * HANDSHAKE_BYTES:]))
    assert b"fourCcList" in connect.body and b"capsEx" in connect.body
    server = ServerConnection()
    list(server.receive(b"\x03" + bytes(2 * HANDSHAKE_BYTES)))
    server.bytes_to_send()
    for table, offered in (({"app": "a"}, False), ({"app": "a", "fourCcList": ["*"]}, True)):
        body = amf.encode("connect", 1.0, table)
        list(server.receive(chunk(Message(20, 0, 0, body), 3, 128)))
        assert (b"hvc1" in server.bytes_to_send()) is offered


@pytest.mark.parametrize(("first", "claim"), [(b"GET / HTTP/1.1", "does not speak RTMP"), (b"\x16\x03\x01", "TLS"),
                                              (b"\x06", "RTMPE")])
def test_another_protocol_is_told_apart_by_its_first_byte(first: bytes, claim: str) -> None:
    with pytest.raises(ProtocolError, match=claim):
        list(ServerConnection().receive(first))


def recorded() -> bytes:
    """What a client sends: handshake, commands and some media."""
    pair = Pair().run()
    pair.client.send_metadata({"width": 320.0, "height": 180.0, "framerate": 25.0})
    pair.client.send_media(8, 0, b"\xaf\x00\x11\x90")
    for index in range(20):
        pair.client.send_media(8, index * 21, b"\xaf\x01" + bytes(50))
        pair.client.send_media(9, index * 40, b"\x97hvc1" + bytes(300))
    pair.client.close()
    return pair.run().sent


RECORDED = recorded()


@given(st.lists(st.tuples(st.integers(0, len(RECORDED) - 1), st.integers(0, 255)), min_size=1, max_size=30),
       st.integers(1, 5000))
@settings(max_examples=150)
def test_a_damaged_session_ends_in_a_protocol_error_or_goes_on(damage: list[tuple[int, int]], size: int) -> None:
    data = bytearray(RECORDED)
    for at, value in damage:
        data[at] = value
    server, inbox = ServerConnection(), Inbox()
    try:
        for at in range(0, len(data), size):
            for event in server.receive(bytes(data[at:at + size])):
                if isinstance(event, PublishRequest):
                    server.accept()
                elif isinstance(event, Media):
                    inbox.feed(event.kind, event.time_ms, event.body)
            assert len(server.bytes_to_send()) < 10_000
    except ProtocolError as error:
        assert "\n" not in str(error)


@given(st.binary(max_size=600))
@settings(max_examples=150)
def test_garbage_after_the_handshake_gives_only_protocol_errors(data: bytes) -> None:
    server = ServerConnection()
    with suppress(ProtocolError):
        list(server.receive(b"\x03" + bytes(2 * HANDSHAKE_BYTES) + data))


@given(st.binary(max_size=600))
def test_a_hostile_server_gives_a_client_only_protocol_errors(data: bytes) -> None:
    client = ClientConnection(parse_url(URL), "play")
    with suppress(ProtocolError):
        list(client.receive(b"\x03" + bytes(2 * HANDSHAKE_BYTES) + data))


@pytest.mark.parametrize(("url", "app", "key", "tc_url"), [
    ("rtmp://h/live/K", "live", "K", "rtmp://h/live"),
    ("rtmp://h:1936/live/instance/K?a=b&c", "live/instance", "K?a=b&c", "rtmp://h:1936/live/instance"),
    ("rtmps://h/live/K", "live", "K", "rtmps://h/live"),
    ("rtmp://[::1]/live/K", "live", "K", "rtmp://[::1]/live"),
])
def test_the_last_part_of_a_url_is_the_key(url: str, app: str, key: str, tc_url: str) -> None:
    address = parse_url(url)
    assert (address.app, address.key, address.tc_url) == (app, key, tc_url)


@pytest.mark.parametrize("url", ["rtmp://h", "rtmp://h/live", "rtmp:///live/K", "rtmp://h:99999/live/K",
                                 "rtmp://u:p@h/live/K"])
def test_a_url_with_parts_missing_is_an_option_error_that_shows_how(url: str) -> None:
    with pytest.raises(OptionError) as caught:
        parse_url(url)
    assert caught.value.remedy


@pytest.mark.parametrize(("app", "key"), [("live", "K"), ("live/", "K"), ("live", "K?token=1"), ("live?t=1", "K"),
                                          ("/live", "/K/"), ("live/K", "")])
def test_tokens_and_slashes_do_not_make_another_stream(app: str, key: str) -> None:
    assert stream_path(app, key) == "live/K"
