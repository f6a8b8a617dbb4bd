"""rtmp_client: the client's end of an RTMP connection: it publishes one stream or plays one."""

from collections.abc import Iterator, Mapping
from typing import Literal

from stream.errors import redact
from stream.protocols import amf
from stream.protocols.rtmp import (
    AUDIO,
    CAPS_EX,
    DATA,
    FOURCCS,
    VIDEO,
    Address,
    Ended,
    Media,
    Metadata,
    Refused,
    Started,
)
from stream.protocols.rtmp_chunks import MEDIA_BYTES, Message
from stream.protocols.rtmp_link import SET_BUFFER, STREAM_EOF, Command, Link, UserControl, text_table

Intent = Literal["publish", "play"]
Event = Started | Refused | Media | Metadata | Ended
CHUNK_BYTES = 4096  # what OBS sends, so every server takes it
_CONNECT, _CREATE = 1.0, 4.0
_OVER = ("NetStream.Play.UnpublishNotify", "NetStream.Play.Stop", "NetStream.Play.Complete",
         "NetStream.Unpublish.Success", "NetConnection.Connect.ReconnectRequest", "NetConnection.Connect.Closed")


class ClientConnection:
    """One stream to or from a server, without I/O. Write `bytes_to_send()` at once, and after every call.

    Started comes when the server has agreed, Refused (with the server's words, the key in them
    redacted) when it has not or no longer does.
    """

    def __init__(self, address: Address, intent: Intent) -> None:
        self._link = Link(server=False, chunk_bytes=CHUNK_BYTES)
        self._address, self._intent = address, intent
        self._asked = self._started = False
        self._stream_id = 0

    def bytes_to_send(self) -> bytes:
        """Return what is to be written to the server, and forget it."""
        return self._link.bytes_to_send()

    def receive(self, data: bytes) -> Iterator[Event]:
        """Yield what `data` means; raises ProtocolError when it breaks the protocol or a limit."""
        for item in self._link.receive(data):
            if isinstance(item, Message):
                if self._intent == "play" and self._stream_id:
                    yield from _media(item)
            elif isinstance(item, UserControl):
                if item.event == STREAM_EOF:
                    yield Ended("the server ended the stream")
            else:
                yield from self._command(item)
        if self._link.ready and not self._asked:
            self._asked = True
            self._connect()

    def send_media(self, kind: int, time_ms: int, body: bytes) -> None:
        """Queue one audio (8) or video (9) message."""
        self._link.send(kind, time_ms, body, self._stream_id)

    def send_metadata(self, values: Mapping[str, amf.Value]) -> None:
        """Queue onMetaData."""
        self._link.send(DATA, 0, amf.encode("@setDataFrame", "onMetaData") + amf.encode_ecma(values), self._stream_id)

    def close(self) -> None:
        """Queue the end of the stream."""
        if self._intent == "publish":
            self._link.command("FCUnpublish", 6, None, self._address.key)
        self._link.command("deleteStream", 7, None, self._stream_id)

    def _connect(self) -> None:
        fourccs: list[amf.Value] = list(FOURCCS)
        table: dict[str, amf.Value] = {"app": self._address.app, "tcUrl": self._address.tc_url,
                                       "flashVer": "FMLE/3.0 (compatible; cuelight)", "capsEx": CAPS_EX,
                                       "fourCcList": fourccs, "videoFourCcInfoMap": {"*": 7},
                                       "audioFourCcInfoMap": {"*": 7}}
        if self._intent == "publish":
            table["type"] = "nonprivate"
        else:
            table.update(fpad=False, capabilities=15, audioCodecs=4071, videoCodecs=252, videoFunction=1)
        self._link.command("connect", _CONNECT, table)

    def _command(self, command: Command) -> Iterator[Event]:
        name, number = command.name, command.transaction
        if name == "_result" and number == _CONNECT:
            self._create()
        elif name == "_result" and number == _CREATE:
            self._ask(command)
        elif name == "_error" and number in (_CONNECT, _CREATE):
            yield self._refused(command.table(1) or command.table(0))
        elif name == "onStatus":
            yield from self._status(command.table(1))
        elif name == "close":
            yield Ended("the server closed the stream")

    def _create(self) -> None:
        self._link.announce_chunk_size()
        self._link.announce_window(bandwidth=False)
        if self._intent == "publish":
            self._link.command("releaseStream", 2, None, self._address.key)
            self._link.command("FCPublish", 3, None, self._address.key)
        self._link.command("createStream", _CREATE, None)

    def _ask(self, created: Command) -> None:
        number = created.arguments[1] if len(created.arguments) > 1 else None
        self._stream_id = int(number) if isinstance(number, float) and 0 < number < 1 << 32 else 1
        if self._intent == "publish":
            self._link.command("publish", 5, None, self._address.key, "live", stream_id=self._stream_id)
        else:
            self._link.reader.limit_bytes = MEDIA_BYTES
            self._link.command("play", 5, None, self._address.key, -2, stream_id=self._stream_id)
            self._link.user_control(SET_BUFFER, self._stream_id, 100)

    def _status(self, status: dict[str, amf.Value]) -> Iterator[Event]:
        code = status.get("code")
        if status.get("level") == "error":
            yield self._refused(status)
        elif code in ("NetStream.Publish.Start", "NetStream.Play.Start") and not self._started:
            self._started = True
            yield Started()
        elif code in _OVER:
            yield Ended(f"the server ended the stream ({code})")

    def _refused(self, status: dict[str, amf.Value]) -> Refused:
        code, words = status.get("code"), status.get("description")
        text = words if isinstance(words, str) and words else "no reason given"
        key = self._address.key
        for secret in (key, key.partition("?")[0], key.partition("?")[2]):
            if len(secret) > 1:
                text = text.replace(secret, redact(secret))
        return Refused(code if isinstance(code, str) else "", " ".join(text.split())[:200])


def _media(message: Message) -> Iterator[Event]:
    if message.type_id in (AUDIO, VIDEO):
        yield Media(message.type_id, message.time_ms, message.body)
    elif message.type_id == DATA:
        values = text_table(message)
        if values is not None:
            yield Metadata(values)
