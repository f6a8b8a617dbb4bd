"""clock: the two clocks: when a tick must be composed; the whole difference between live and VOD."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Protocol

from stream.channel import Policy
from stream.media import NS

DECODE_AHEAD_NS = 150_000_000


class Signal:
    """Something changed: wakes whoever waits. Cheap enough to set for every frame."""

    def __init__(self) -> None:
        self._waiters: list[asyncio.Future[None]] = []

    def set(self) -> None:
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        self._waiters.clear()

    async def wait(self, timeout_s: float | None = None) -> None:
        """Return at the next `set`, or after `timeout_s`."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[None] = loop.create_future()
        self._waiters.append(waiter)
        timer = None if timeout_s is None else loop.call_later(max(timeout_s, 0.0), _expire, waiter)
        try:
            await waiter
        finally:
            if timer is not None:
                timer.cancel()
            if waiter in self._waiters:
                self._waiters.remove(waiter)


def _expire(waiter: "asyncio.Future[None]") -> None:
    if not waiter.done():
        waiter.set_result(None)


class Clock(Protocol):
    """Gives the ticks their moment. `policy(live)` turns a part's live policy into this clock's."""

    @property
    def delay_ns(self) -> int:
        """How long what arrives is held now before it is shown."""
        ...

    def policy(self, live: Policy) -> Policy: ...

    def arrived(self, pts_ns: int) -> None:
        """The main input handed over what it captured at session time `pts_ns`."""
        ...

    def session_ns(self) -> int:
        """Return the session time that is arriving at the door now."""
        ...

    def showing_ns(self) -> int:
        """Return the session time whose tick is due now: what arrives less the delay."""
        ...

    def jumped(self, step_ns: int, waited_ns: int) -> bool:
        """Whether a timestamp step of `step_ns` over `waited_ns` of real time is a jump, not a gap."""
        ...

    async def near(self, pts_ns: int) -> None:
        """Return when an input whose first picture or sound is due at `pts_ns` must be opened."""
        ...

    async def release(self, pts_ns: int) -> None:
        """Return when a packet of session time `pts_ns` may be decoded (`delay` holds packets)."""
        ...

    async def due(self, pts_ns: int, ready: Callable[[], bool], changed: Signal) -> bool:
        """Return when the tick at `pts_ns` must be composed; False when it is too late to show it."""
        ...


class LiveClock:
    """Wall time. Session time is the main input's own; `origin` ties it to the loop's time.

    The origin is the sliding minimum of (arrival − pts) over `window_ns`: a burst is caught up at once
    (in the first `SETTLING_NS` to the last ms), slow drift is followed by at most `SLEW` of real time.
    A tick is composed as soon as everything for it is there, never before its own time + `delay_ns`, and at the latest
    `patience_ns` after that; a tick more than `grace_ns` past that is not shown. `hold` moves the delay while
    the programme runs: pictures and sound come so little slower or faster that nothing is cut or stands still.
    """

    SLEW = 0.005
    HOLD_SLEW = 0.01
    JUMP_NS = NS // 4
    SETTLING_NS = 2 * NS

    def __init__(self, delay_ns: int = 0, patience_ns: int = 45_000_000, grace_ns: int = 50_000_000,
                 window_ns: int = 10 * NS) -> None:
        self.patience_ns, self.grace_ns, self.window_ns = patience_ns, grace_ns, window_ns
        self._delay_ns = self._held_ns = delay_ns
        self._moved_at_ns = 0
        self._origin_ns: int | None = None
        self._lows: deque[tuple[int, int]] = deque()
        self._slewed_at_ns = self._settled_at_ns = 0

    def policy(self, live: Policy) -> Policy:
        return live

    def now_ns(self) -> int:
        """Return the loop's time in ns."""
        return round(asyncio.get_running_loop().time() * NS)

    @property
    def delay_ns(self) -> int:
        """How long the programme is held now."""
        if self._delay_ns != self._held_ns:
            now = self.now_ns()
            step = int((now - self._moved_at_ns) * self.HOLD_SLEW)
            self._delay_ns += max(-step, min(step, self._held_ns - self._delay_ns))
            self._moved_at_ns = now
        return self._delay_ns

    def hold(self, delay_ns: int) -> None:
        """Hold the programme for `delay_ns` from now on: the delay gets there by `HOLD_SLEW` of real time."""
        self._delay_ns = self.delay_ns  # as far as it has come
        self._held_ns, self._moved_at_ns = delay_ns, self.now_ns()

    @property
    def origin_ns(self) -> int:
        """Loop time at which session time zero arrived; now, while nothing has arrived."""
        return self.now_ns() if self._origin_ns is None else self._origin_ns

    def arrived(self, pts_ns: int) -> None:
        now = self.now_ns()
        age = now - pts_ns
        while self._lows and self._lows[-1][1] >= age:
            self._lows.pop()
        self._lows.append((now, age))
        while self._lows[0][0] < now - self.window_ns:
            self._lows.popleft()
        lowest = self._lows[0][1]
        if self._origin_ns is None:
            self._origin_ns, self._slewed_at_ns, self._settled_at_ns = lowest, now, now + self.SETTLING_NS
            return
        if abs(lowest - self._origin_ns) > self.JUMP_NS:
            self._origin_ns, self._settled_at_ns = lowest, now + self.SETTLING_NS
        elif now < self._settled_at_ns:
            self._origin_ns = min(self._origin_ns, lowest)
        else:
            step = int((now - self._slewed_at_ns) * self.SLEW)
            self._origin_ns += max(-step, min(step, lowest - self._origin_ns))
        self._slewed_at_ns = now

    def session_ns(self) -> int:
        return self.now_ns() - self.origin_ns

    def showing_ns(self) -> int:
        return self.session_ns() - self.delay_ns

    def deadline_ns(self, pts_ns: int) -> int:
        """Return the loop time before which the tick at `pts_ns` is never composed."""
        return self.origin_ns + pts_ns + self.delay_ns

    def jumped(self, step_ns: int, waited_ns: int) -> bool:
        return step_ns < -NS // 2 or step_ns > max(waited_ns, 0) + NS

    async def near(self, pts_ns: int) -> None:
        return

    async def release(self, pts_ns: int) -> None:
        if not self.delay_ns:
            return
        while (early_ns := self.deadline_ns(pts_ns) - DECODE_AHEAD_NS - self.now_ns()) > 0:
            await asyncio.sleep(min(early_ns, NS) / NS)

    async def due(self, pts_ns: int, ready: Callable[[], bool], changed: Signal) -> bool:
        while (early_ns := self.deadline_ns(pts_ns) - self.now_ns()) > 500_000:
            await asyncio.sleep(min(early_ns, NS) / NS)
        while not ready():
            left_ns = self.deadline_ns(pts_ns) + self.patience_ns - self.now_ns()
            if left_ns <= 0:
                break
            await changed.wait(left_ns / NS)
        return self.now_ns() - self.deadline_ns(pts_ns) <= self.patience_ns + self.grace_ns


class OfflineClock:
    """Data time: a tick is due when every branch has reached it. Nothing is ever late.

    Inputs are opened `NEAR_NS` before they are due, so that a long Timeline holds few of them at once.
    """

    NEAR_NS = 2 * NS
    delay_ns = 0

    def __init__(self) -> None:
        self._at_ns = 0
        self._moved = Signal()

    def policy(self, live: Policy) -> Policy:
        return "wait"

    def arrived(self, pts_ns: int) -> None:
        return

    def session_ns(self) -> int:
        return 0

    def showing_ns(self) -> int:
        return 0

    def jumped(self, step_ns: int, waited_ns: int) -> bool:
        return False

    async def near(self, pts_ns: int) -> None:
        while pts_ns - self._at_ns > self.NEAR_NS:
            await self._moved.wait()

    async def release(self, pts_ns: int) -> None:
        return

    async def due(self, pts_ns: int, ready: Callable[[], bool], changed: Signal) -> bool:
        self._at_ns = max(self._at_ns, pts_ns)
        self._moved.set()
        while not ready():
            await changed.wait()
        return True
