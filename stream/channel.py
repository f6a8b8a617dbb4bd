"""channel: the only way one task hands data to another."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Generic, Literal, TypeVar

T = TypeVar("T")
Policy = Literal["wait", "newest", "drop_oldest", "drop_to_key", "gap"]


def _never(_: object) -> bool:
    return False


class Channel(Generic[T]):
    """A bounded queue that closes; `async for` ends when it is closed and drained.

    Policies when full: `wait` makes the sender wait (nothing is lost); `newest` keeps only the
    latest item; `drop_oldest` makes room; `drop_to_key` empties the queue and refuses items until
    one for which `is_key` is true; `gap` drops the oldest, and the receiver sees `missed` grow.
    `size` counts items. Drops are counted in `dropped`.
    """

    def __init__(self, size: int, policy: Policy, is_key: Callable[[T], bool] = _never, *,
                 starts_at_key: bool = False) -> None:
        if size < 1:
            raise ValueError("a channel holds at least one item")
        self.size = 1 if policy == "newest" else size
        self.policy, self.dropped, self.closed = policy, 0, False
        self._is_key = is_key
        self._awaiting_key = starts_at_key
        self._items: deque[T] = deque()
        self._waiters: deque[asyncio.Future[None]] = deque()

    def __len__(self) -> int:
        return len(self._items)

    @property
    def missed(self) -> int:
        """How many items were dropped so far (what a `gap` receiver compares)."""
        return self.dropped

    def offer(self, item: T) -> bool:
        """Put `item` without waiting; False when it (or, for `wait`, room for it) was refused."""
        if self.closed:
            return False
        if self._awaiting_key:
            if not self._is_key(item):
                self.dropped += 1
                return False
            self._awaiting_key = False
        if len(self._items) >= self.size:
            if self.policy == "wait":
                return False
            if self.policy == "drop_to_key":
                self.dropped += len(self._items)
                self._items.clear()
                if not self._is_key(item):
                    self.dropped += 1
                    self._awaiting_key = True
                    return False
            else:
                self._items.popleft()
                self.dropped += 1
        self._items.append(item)
        self._wake()
        return True

    async def put(self, item: T) -> None:
        """Put `item` as the policy says. After close, items are discarded and counted."""
        while not self.offer(item):
            if self.closed or self.policy != "wait":
                self.dropped += self.closed
                return
            await self._changed()

    def close(self) -> None:
        """No more items: receivers end once the queue is drained, senders stop waiting."""
        self.closed = True
        self._wake()

    async def get(self) -> T:
        """Return the next item; raises StopAsyncIteration when closed and drained."""
        while not self._items:
            if self.closed:
                raise StopAsyncIteration
            await self._changed()
        item = self._items.popleft()
        self._wake()
        return item

    def take_nowait(self) -> T | None:
        """Return the next item if there is one."""
        if not self._items:
            return None
        item = self._items.popleft()
        self._wake()
        return item

    def take_ready(self, most: int) -> list[T]:
        """Return what is there, at most `most` items."""
        items = [self._items.popleft() for _ in range(min(most, len(self._items)))]
        if items:
            self._wake()
        return items

    async def __aiter__(self) -> AsyncIterator[T]:
        while True:
            try:
                item = await self.get()
            except StopAsyncIteration:
                return
            yield item

    async def _changed(self) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            await waiter
        finally:
            if waiter in self._waiters:
                self._waiters.remove(waiter)

    def _wake(self) -> None:
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        self._waiters.clear()
