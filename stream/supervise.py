"""supervise: runs a part that may fail alone; the only retry, with back-off."""

import asyncio
from collections.abc import Awaitable, Callable

from stream.errors import CuelightError

GIVE_UP = (CuelightError, OSError)


async def supervise(name: str, run: Callable[[], Awaitable[None]], tell: Callable[[str], None], *,
                    retries: int = -1, first_s: float = 0.5, longest_s: float = 10.0,
                    failed: Callable[[], None] = lambda: None) -> bool:
    """Await `run()` until it returns; after a CuelightError or OSError wait and run it again.

    The wait doubles from `first_s` to `longest_s` and starts small again after a run of 30 s.
    `retries` < 0 means for ever. Each failure is told in one line. True when `run` returned.
    """
    loop = asyncio.get_running_loop()
    wait_s, left = first_s, retries
    while True:
        began_s = loop.time()
        try:
            await run()
            return True
        except GIVE_UP as error:
            failed()
            if left == 0:
                tell(f"{name} has failed: {error}")
                return False
            left -= 1
            if loop.time() - began_s > 30:
                wait_s = first_s
            tell(f"{name} failed: {error} (again in {wait_s:g} s)")
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, longest_s)


def first_error(group: "BaseExceptionGroup[BaseException]") -> BaseException:
    """Return the error that a user should see of a group: the first CuelightError, else the first."""
    flat: list[BaseException] = []
    waiting: list[BaseException] = [group]
    while waiting:
        error = waiting.pop(0)
        if isinstance(error, BaseExceptionGroup):
            waiting += error.exceptions
        else:
            flat.append(error)
    return next((e for e in flat if isinstance(e, CuelightError)), flat[0])
