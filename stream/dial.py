"""dial: a socket around an RTMP ClientConnection, for sources and sinks alike."""

import asyncio
import os
import socket
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

from stream.errors import CuelightError, MediaError, ProtocolError, RefusedError
from stream.protocols.amf import Value
from stream.protocols.rtmp import Address, Ended, Media, Metadata, Refused, Started
from stream.protocols.rtmp_client import ClientConnection, Event, Intent
from stream.protocols.rtmp_inbox import Inbox

UNSENT_BYTES = 128 << 10
CLOSE_S = 1.0
AT_ONCE_S = 2.0  # some servers agree first and then refuse by hanging up
_REMEDIES = {
    "NetStream.Publish.BadName": "Check the stream key, and that nobody else publishes with it",
    "NetStream.Publish.Denied": "Check the stream key",
    "NetStream.Play.StreamNotFound": "Check app and stream key, and that somebody publishes there",
    "NetConnection.Connect.Rejected": "Check the server address and the app before the key",
    "NetConnection.Connect.InvalidApp": "Check the app, the part of the URL before the key",
}


class Line(asyncio.Protocol):
    """A connection to a server. `inbox` is filled when it plays; `failure` says why it is over.

    What the kernel has not sent yet is kept small, so that a receiver that stops reading is noticed
    within a fraction of a second of video and not after megabytes.
    """

    def __init__(self, address: Address, intent: Intent, connection: int = 0) -> None:
        self.inbox = Inbox(connection)
        self.failure: CuelightError | None = None
        loop = asyncio.get_running_loop()
        self.started: asyncio.Future[None] = loop.create_future()
        self.closed = asyncio.Event()
        self._address, self._client = address, ClientConnection(address, intent)
        self._transport: asyncio.Transport | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        self._loop, self._media_s = loop, loop.time()
        self._started_s = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=1, low=0)  # a TLS transport at high=0 never reports room
        plain, option = transport.get_extra_info("socket"), getattr(socket, "TCP_NOTSENT_LOWAT", None)
        if plain is not None and option is not None:
            plain.setsockopt(socket.IPPROTO_TCP, option, UNSENT_BYTES)
        self._send()

    def data_received(self, data: bytes) -> None:
        if self.failure is not None:
            return
        try:
            for event in self._client.receive(data):
                self._on(event)
        except ProtocolError as error:
            self._fail(ProtocolError(f"{self._address.shown}: {error.message}", error.remedy))
            return
        self._send()

    def connection_lost(self, error: Exception | None) -> None:
        self.closed.set()
        why = f"lost the connection to {self._address.shown} ({reason(error)})" if error else (
            f"{self._address.shown} closed the connection")
        at_once = not self.started.done() or self._loop.time() - self._started_s < AT_ONCE_S
        self._fail(MediaError(why, "It hung up at once: check app and stream key" if at_once else ""))

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def watch(self, idle_s: float) -> None:
        """From now on, `idle_s` without audio or video is a failure."""
        left_s = self._media_s + idle_s - self._loop.time()
        if left_s <= 0:
            self._fail(MediaError(f"{self._address.shown} sent no audio or video for {idle_s:g} s"))
        elif self.failure is None:
            self._timer = self._loop.call_later(left_s, self.watch, idle_s)

    def send_metadata(self, values: Mapping[str, Value]) -> None:
        """Send onMetaData."""
        self._client.send_metadata(values)
        self._send()

    def send_media(self, kind: int, time_ms: int, body: bytes) -> None:
        """Send one message, in one write. Await `drained` before the next."""
        self._client.send_media(kind, time_ms, body)
        self._send()

    async def drained(self, stall_s: float) -> None:
        """Return when all is handed to the kernel; raises `failure`, or MediaError after `stall_s` without progress."""
        while not self._writable.is_set():
            before = self._waiting()
            try:
                async with asyncio.timeout(stall_s):
                    await self._writable.wait()
            except TimeoutError:
                if self._waiting() >= before:
                    raise MediaError(f"{self._address.shown} took nothing for {stall_s:g} s",
                                     "Check the network, or send at a lower bit rate") from None
        if self.failure is not None:
            raise self.failure

    async def finish(self, stall_s: float) -> None:
        """End the stream politely and close; a peer that does not let us is cut off after a second."""
        self._client.close()
        self._send()
        await self.drained(stall_s)
        if self._transport is not None:
            self._transport.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_S):
                await self.closed.wait()

    def abort(self) -> None:
        """Close at once; nothing happens when it is closed already."""
        self._fail(MediaError("closed"))
        if self._transport is not None and not self.closed.is_set():
            self._transport.abort()

    def _waiting(self) -> int:
        return self._transport.get_write_buffer_size() if self._transport is not None else 0

    def _send(self) -> None:
        out = self._client.bytes_to_send()
        if out and self._transport is not None and not self._transport.is_closing():
            self._transport.write(out)

    def _on(self, event: Event) -> None:
        if isinstance(event, Media):
            self._media_s = self._loop.time()
            self.inbox.feed(event.kind, event.time_ms, event.body)
        elif isinstance(event, Metadata):
            self.inbox.describe(event.values)
        elif isinstance(event, Started):
            if not self.started.done():
                self.started.set_result(None)
                self._started_s = self._loop.time()
        elif isinstance(event, Refused):
            self._fail(_refused(self._address, event))
        elif isinstance(event, Ended):
            self._fail(MediaError(f"{self._address.shown}: {event.words}"))

    def _fail(self, error: CuelightError) -> None:
        """Settle why this line is over; the first reason stays."""
        if self.failure is None:
            self.failure = error
            self.inbox.close()
            self._writable.set()
            if not self.started.done():
                self.started.set_exception(error)
        if self._timer is not None:
            self._timer.cancel()


@asynccontextmanager
async def dial(address: Address, intent: Intent, *, connect_s: float, insecure: bool = False,
               connection: int = 0) -> AsyncIterator[Line]:
    """Connect to `address` until the server agrees to `intent`; the connection is cut on leaving.

    Raises RefusedError with the server's own words, MediaError when it cannot be reached or does not
    agree within `connect_s`, ProtocolError when it speaks something else. No message holds the key.
    """
    line = Line(address, intent, connection)
    try:
        await _connect(line, address, connect_s, _tls(insecure) if address.scheme == "rtmps" else None)
        yield line
    finally:
        line.abort()
        if line.started.done() and not line.started.cancelled():
            line.started.exception()  # seen: an unseen one would be logged


async def _connect(line: Line, address: Address, connect_s: float, tls: ssl.SSLContext | None) -> None:
    try:
        async with asyncio.timeout(connect_s):
            await asyncio.get_running_loop().create_connection(
                lambda: line, address.host, address.port, ssl=tls,
                ssl_shutdown_timeout=1.0 if tls else None)
            await line.started
    except TimeoutError:
        raise MediaError(f"{address.shown} did not answer within {connect_s:g} s",
                         "Check the address, and that the server is up") from None
    except ssl.SSLCertVerificationError as error:
        raise MediaError(f"{address.shown}: its certificate is not trusted ({error.verify_message})",
                         "Use the name in the certificate, or insecure=1 on a network you trust") from error
    except ssl.SSLError as error:
        raise MediaError(f"{address.shown} does not speak TLS ({error.reason})",
                         "Use rtmp://, or another port") from error
    except OSError as error:
        raise MediaError(f"cannot reach {address.shown} ({reason(error)})",
                         "Check the address, and that the server is up") from error


def reason(error: Exception) -> str:
    """Return an error of the network in plain words, without numbers and addresses."""
    number = error.errno if isinstance(error, OSError) else None
    return os.strerror(number) if number and number > 0 else str(getattr(error, "strerror", None) or error)


def _tls(insecure: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if insecure:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _refused(address: Address, event: Refused) -> RefusedError:
    code = f" [{event.code}]" if event.code else ""
    return RefusedError(f"{address.shown} refused: {event.words}{code}", _REMEDIES.get(event.code, ""))
