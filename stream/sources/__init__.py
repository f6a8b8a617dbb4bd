"""sources: one file per URL scheme; each has `read(url, options, context) -> AsyncIterator[Packet]`."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

from stream.media import Packet
from stream.worker import MakeWorker


@dataclass(frozen=True, slots=True)
class ListenSpec:
    """What a listener waits for: publishers of `key` to `app` on a port; `tls` is (certificate file, key file)."""

    host: str
    port: int
    app: str
    key: str = field(repr=False)
    tls: tuple[str, str] | None = None
    idle_s: float = 10.0


class Publisher(Protocol):
    """One publisher that was let in: an async iterator of its packets, which ends when it has gone.

    `address` is where it comes from, `connection` its number with this listener from 0, `dropped` how
    many of its packets were lost because nobody took them, and `ended` why it went ("" until then).
    """

    address: str
    connection: int
    ended: str

    @property
    def dropped(self) -> int: ...

    def __aiter__(self) -> AsyncIterator[Packet]: ...


class Door(Protocol):
    """The process-wide listeners. Inside `listen`, publishers of that key come one after another.

    Raises MediaError when the port is taken or another listener waits for the same key.
    """

    def listen(self, spec: ListenSpec) -> AbstractAsyncContextManager[AsyncIterator[Publisher]]: ...


@dataclass(frozen=True, slots=True)
class SourceContext:
    """What a source is given: threads, a way to tell the operator one line, and the door."""

    make_worker: MakeWorker
    tell: Callable[[str], None]
    door: Door
