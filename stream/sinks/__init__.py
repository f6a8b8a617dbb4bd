"""sinks: one file per URL scheme; each has `write(url, setups, packets, options, context)`."""

from collections.abc import Callable
from dataclasses import dataclass

from stream.worker import MakeWorker


def _silent(_: str) -> None:
    return


@dataclass(frozen=True, slots=True)
class SinkContext:
    """What a sink is given by its session.

    `tell` takes one line for the operator. Session time `origin_ns` becomes 0 in the sink's time stamps; a
    packet may lie up to 50 ms before it (encoder priming).
    """

    make_worker: MakeWorker
    tell: Callable[[str], None] = _silent
    origin_ns: int = 0
