"""door: process-wide RTMP listeners that hand each publisher to whoever waits for its key."""

import asyncio
import errno
import hmac
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from stream.channel import Channel
from stream.dial import reason
from stream.errors import MediaError, ProtocolError, redact
from stream.media import Packet
from stream.protocols.rtmp import Ended, Media, Metadata, PlayRequest, PublishRequest, stream_path
from stream.protocols.rtmp_inbox import Inbox
from stream.protocols.rtmp_server import Event, ServerConnection
from stream.sources import ListenSpec

LINGER_S = 1.0
_BAD_NAME = "NetStream.Publish.BadName"
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Publisher:
    """One publisher that was let in (see `stream.sources.Publisher`)."""

    address: str
    connection: int
    inbox: Inbox = field(repr=False)
    ended: str = ""

    @property
    def dropped(self) -> int:
        return self.inbox.dropped

    def __aiter__(self) -> AsyncIterator[Packet]:
        return self.inbox


class _Listener:
    """One `listen`: its key, its publishers so far, and the one that is live."""

    def __init__(self, spec: ListenSpec) -> None:
        self.path = stream_path(spec.app, spec.key)
        self.idle_s = spec.idle_s
        self.publishers: Channel[Publisher] = Channel(8, "wait")
        self.live: _Peer | None = None
        self.count = 0

    def __aiter__(self) -> "_Listener":
        return self

    async def __anext__(self) -> Publisher:
        return await self.publishers.get()


class _Port:
    """One listening socket, shared by every listener on it."""

    def __init__(self, spec: ListenSpec, limits: "Door") -> None:
        self.tls, self.limits = spec.tls, limits
        self.listeners: list[_Listener] = []
        self.peers: set[_Peer] = set()
        self.server: asyncio.Server | None = None
        self._said_s, self._unsaid = -1.0, 0

    async def open(self, host: str, port: int) -> None:
        limits, loop = self.limits, asyncio.get_running_loop()
        context = _tls_context(*self.tls) if self.tls else None
        try:
            self.server = await loop.create_server(
                lambda: _Peer(self), host, port, ssl=context, ssl_handshake_timeout=limits.hello_s if context else None)
        except OSError as error:
            raise _cannot_listen(host, port, error) from error

    def find(self, app: str, key: str) -> _Listener | None:
        """Return the listener for `key`; every key is compared in constant time."""
        given, found = stream_path(app, key).encode(), None
        for listener in self.listeners:
            if hmac.compare_digest(listener.path.encode(), given):
                found = listener
        return found

    def say(self, line: str) -> None:
        """Log `line`, at most once a second; what was kept back is counted in the next one."""
        now_s = asyncio.get_running_loop().time()
        if now_s - self._said_s < 1 and self._said_s >= 0:
            self._unsaid += 1
            return
        more = f" (and {self._unsaid} more since)" if self._unsaid else ""
        self._said_s, self._unsaid = now_s, 0
        log.warning("%s%s", line, more)

    def close(self) -> None:
        if self.server is not None:
            self.server.close()
        for peer in list(self.peers):
            peer.drop("this end stopped listening")


class _Peer(asyncio.Protocol):
    """One connection: from its handshake to the packets of its publisher."""

    def __init__(self, port: _Port) -> None:
        self.port = port
        self._publisher: Publisher | None = None
        self._connection = ServerConnection()
        self._listener: _Listener | None = None
        self._loop = asyncio.get_running_loop()
        self._over = False
        self._media_s = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport, limits = transport, self.port.limits
        name = transport.get_extra_info("peername") or ("?", 0)
        self.address = f"{name[0]}:{name[1]}"
        self._timer = self._loop.call_later(limits.hello_s, self._silent)
        self.port.peers.add(self)
        if len(self.port.peers) > limits.max_connections:
            self._fail(f"more than {limits.max_connections} connections")

    def data_received(self, data: bytes) -> None:
        if self._over:
            return
        greeted = self._connection.greeted
        try:
            self._take(data)
        except ProtocolError as error:
            self._fail(str(error))
            return
        if out := self._connection.bytes_to_send():
            self._transport.write(out)
        if not greeted and self._connection.greeted and not self._over:
            self._timer.cancel()
            self._timer = self._loop.call_later(self.port.limits.publish_s, self._silent)

    def _take(self, data: bytes) -> None:
        for event in self._connection.receive(data):
            self._on(event)
            if self._over:
                return

    def eof_received(self) -> bool:
        self._end("the publisher closed the connection")
        return False

    def pause_writing(self) -> None:
        self._fail("it does not read what it is sent")

    def connection_lost(self, error: Exception | None) -> None:
        self._timer.cancel()
        self._end(f"the connection was lost ({reason(error)})" if error else "the publisher closed the connection")
        self.port.peers.discard(self)

    def drop(self, reason: str) -> None:
        """Cut the connection."""
        self._end(reason)
        self._transport.abort()

    def _on(self, event: Event) -> None:
        publisher = self._publisher
        if isinstance(event, Media) and publisher is not None:
            self._media_s = self._loop.time()
            publisher.inbox.feed(event.kind, event.time_ms, event.body)
        elif isinstance(event, Metadata) and publisher is not None:
            publisher.inbox.describe(event.values)
        elif isinstance(event, PublishRequest):
            self._decide(event)
        elif isinstance(event, PlayRequest):
            self._refuse("NetStream.Play.StreamNotFound", "nothing is played here", "it asked to play")
        elif isinstance(event, Ended):
            self._end(event.words)
            self._linger()

    def _decide(self, event: PublishRequest) -> None:
        listener = self.port.find(event.app, event.key)
        if listener is None:
            key = stream_path(event.app, event.key).rpartition("/")[2]
            words = "wrong app or stream key"
            self._refuse(_BAD_NAME, words, f"{words} ({redact(key)})")
        elif listener.live is not None:
            self._refuse(_BAD_NAME, "already publishing: another publisher is live on this key",
                         f"already publishing: {listener.live.address} is live on this key")
        else:
            publisher = Publisher(self.address, listener.count, Inbox(listener.count))
            if not listener.publishers.offer(publisher):
                self._refuse(_BAD_NAME, "nobody takes this stream now", "nobody takes its stream now")
                return
            listener.count += 1
            listener.live, self._listener, self._publisher = self, listener, publisher
            self._connection.accept()
            self._timer.cancel()
            self._media_s = self._loop.time()
            self._watch(listener.idle_s)

    def _watch(self, idle_s: float) -> None:
        """End a publisher that has sent no audio or video for `idle_s`."""
        left_s = self._media_s + idle_s - self._loop.time()
        if left_s <= 0:
            self._fail(f"no audio or video for {idle_s:g} s")
        else:
            self._timer = self._loop.call_later(left_s, self._watch, idle_s)

    def _silent(self) -> None:
        self._fail("it did not ask to publish in time" if self._connection.greeted else "it stayed silent")

    def _refuse(self, code: str, words: str, logged: str) -> None:
        self._connection.refuse(code, words)
        self.port.say(f"refused a publisher from {self.address}: {logged}")
        self._linger()

    def _linger(self) -> None:
        """Give the peer a moment to read our last words: closing with its bytes unread would reset it."""
        self._over = True
        self._timer.cancel()
        self._timer = self._loop.call_later(LINGER_S, self._transport.abort)

    def _fail(self, reason: str) -> None:
        self.port.say(f"dropped the connection from {self.address}: {reason}")
        self.drop(reason)

    def _end(self, reason: str) -> None:
        self._over = True
        if self._publisher is not None and not self._publisher.ended:
            self._publisher.ended = reason
            self._publisher.inbox.close()
        if self._listener is not None and self._listener.live is self:
            self._listener.live = None


class Door:
    """All RTMP listeners of this process. One port may serve many keys; a key belongs to one listener.

    A connection has `hello_s` to greet and `publish_s` more to ask to publish; a port takes at most
    `max_connections` at once.
    """

    def __init__(self, *, hello_s: float = 5.0, publish_s: float = 5.0, max_connections: int = 64) -> None:
        self.hello_s, self.publish_s, self.max_connections = hello_s, publish_s, max_connections
        self._ports: dict[tuple[str, int], _Port] = {}
        self._opening = asyncio.Lock()

    @asynccontextmanager
    async def listen(self, spec: ListenSpec) -> AsyncIterator[AsyncIterator[Publisher]]:
        """Wait for publishers of `spec.key`: an iterator of them, one after another, never two at once.

        Raises MediaError when the port cannot be had or the key has a listener already.
        """
        listener, address = _Listener(spec), (spec.host, spec.port)
        async with self._opening:
            port = self._ports.get(address)
            if port is None:
                port = _Port(spec, self)
                await port.open(*address)
                self._ports[address] = port
        if port.tls != spec.tls:
            raise MediaError(f"port {spec.port} is already used {'with' if port.tls else 'without'} TLS",
                             "Choose another port for one of them")
        if port.find(spec.app, spec.key):
            raise MediaError(f"another session waits for key {redact(spec.key)} on port {spec.port}",
                             "Choose another stream key or port")
        port.listeners.append(listener)
        try:
            yield listener
        finally:
            port.listeners.remove(listener)
            listener.publishers.close()
            if listener.live is not None:
                listener.live.drop("this end stopped listening")
            if not port.listeners:
                del self._ports[address]
                port.close()


def _tls_context(certificate: str, key: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key or None)
    except OSError as error:  # ssl.SSLError is one
        raise MediaError(f"the certificate {certificate} cannot be used ({reason(error)})",
                         "Give PEM files: cert=FILE (with the chain) and key=FILE") from error
    return context


def _cannot_listen(host: str, port: int, error: OSError) -> MediaError:
    if error.errno == errno.EADDRINUSE:
        return MediaError(f"port {port} is taken by another program", "Stop that program or choose another port")
    if error.errno == errno.EACCES:
        return MediaError(f"port {port} needs administrator rights", "Choose a port from 1024 on, such as 1935")
    return MediaError(f"cannot listen on {host}:{port} ({reason(error)})",
                      "Use 0.0.0.0, or an address of this machine")
