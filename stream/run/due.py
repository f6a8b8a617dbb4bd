"""due: what is there at one moment, of many things in a long programme, found without looking at all of them."""

from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

from stream.media import NS


class Lasting(Protocol):
    """Something from `start_ns` until `end_ns`."""

    @property
    def start_ns(self) -> int: ...
    @property
    def end_ns(self) -> int: ...


T = TypeVar("T", bound=Lasting)


class Due(Generic[T]):
    """Things that last, in their own order. Time is asked for forwards; backwards it costs a look at all of them."""

    def __init__(self, items: Sequence[T]) -> None:
        self._items = items
        self._second = -1
        self.near: tuple[T, ...] = ()

    def at(self, pts_ns: int) -> tuple[T, ...]:
        """Return what is there at `pts_ns`, in order. `near` is then what there is in the second around it."""
        second = pts_ns // NS
        if second != self._second:
            self._second = second
            self.near = tuple(item for item in self._items
                              if item.start_ns < (second + 1) * NS and item.end_ns > second * NS)
        return tuple(item for item in self.near if item.start_ns <= pts_ns < item.end_ns)
