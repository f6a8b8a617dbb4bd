"""rtmp_server: the server's end of an RTMP connection: it accepts publishers (and sees who wants to play)."""

from collections.abc import Iterator

from stream.protocols import amf
from stream.protocols.rtmp import (
    AUDIO,
    CAPS_EX,
    DATA,
    FOURCCS,
    VIDEO,
    Ended,
    Media,
    Metadata,
    PlayRequest,
    PublishRequest,
)
from stream.protocols.rtmp_chunks import MEDIA_BYTES, Message
from stream.protocols.rtmp_link import STREAM_BEGIN, Command, Link, text_table

Event = PublishRequest | PlayRequest | Media | Metadata | Ended
CHUNK_BYTES = 65536  # FFmpeg adopts the server's size for what it sends


class ServerConnection:
    """One client, without I/O. Iterate `receive` to its end; write `bytes_to_send()` after it.

    A PublishRequest is answered by `accept()` or `refuse(…)` before the next event is taken; media
    before that is ignored. Until then no message may pass 64 KiB, afterwards 8 MiB.
    """

    def __init__(self) -> None:
        self._link = Link(server=True, chunk_bytes=CHUNK_BYTES)
        self.publishing = False
        self._app = ""
        self._stream_id = 0
        self._streams = 0

    @property
    def greeted(self) -> bool:
        """Whether the handshake is done."""
        return self._link.ready

    def bytes_to_send(self) -> bytes:
        """Return what is to be written to the client, and forget it."""
        return self._link.bytes_to_send()

    def receive(self, data: bytes) -> Iterator[Event]:
        """Yield what `data` means; raises ProtocolError when it breaks the protocol or a limit."""
        for item in self._link.receive(data):
            if isinstance(item, Message):
                if self.publishing:
                    yield from self._media(item)
            elif isinstance(item, Command):
                yield from self._command(item)

    def accept(self) -> None:
        """Let the client publish."""
        self.publishing = True
        self._link.reader.limit_bytes = MEDIA_BYTES
        self._link.user_control(STREAM_BEGIN, self._stream_id)
        self._status("status", "NetStream.Publish.Start", "publishing")

    def refuse(self, code: str, words: str) -> None:
        """Turn the client's request away, e.g. with "NetStream.Publish.BadName" and the reason in plain words."""
        self._status("error", code, words)

    def _status(self, level: str, code: str, words: str) -> None:
        self._link.command("onStatus", 0, None, {"level": level, "code": code, "description": words},
                           stream_id=self._stream_id)

    def _media(self, message: Message) -> Iterator[Event]:
        if message.type_id in (AUDIO, VIDEO):
            yield Media(message.type_id, message.time_ms, message.body)
        elif message.type_id == DATA:
            values = text_table(message)
            if values is not None:
                yield Metadata(values)

    def _command(self, command: Command) -> Iterator[Event]:
        name = command.name
        if name == "connect":
            self._connect(command)
        elif name == "createStream":
            self._streams += 1
            self._link.command("_result", command.transaction, None, self._streams)
        elif name in ("releaseStream", "FCPublish", "FCSubscribe", "_checkbw"):
            self._link.command("_result", command.transaction, None, None)
        elif name in ("publish", "play") and not self.publishing:
            self._stream_id = command.stream_id
            yield (PublishRequest if name == "publish" else PlayRequest)(self._app, command.text(1))
        elif name in ("FCUnpublish", "deleteStream", "closeStream") and self.publishing:
            self.publishing = False
            self._status("status", "NetStream.Unpublish.Success", "the stream is over")
            yield Ended("the publisher stopped")

    def _connect(self, command: Command) -> None:
        table = command.table(0)
        app = table.get("app")
        self._app = app if isinstance(app, str) else ""
        fourccs: list[amf.Value] = list(FOURCCS)
        self._link.announce_window(bandwidth=True)
        self._link.announce_chunk_size()
        properties: dict[str, amf.Value] = {"fmsVer": "FMS/3,0,1,123", "capabilities": 31}
        status: dict[str, amf.Value] = {"level": "status", "code": "NetConnection.Connect.Success",
                                        "description": "connected", "objectEncoding": 0}
        if "fourCcList" in table or "capsEx" in table:
            properties.update(capsEx=CAPS_EX, fourCcList=fourccs, videoFourCcInfoMap={"*": 1},
                              audioFourCcInfoMap={"*": 1})
        self._link.command("_result", command.transaction, properties, status)
