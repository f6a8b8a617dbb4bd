"""supervise: runs a part that may fail alone; the only retry, with back-off."""

import asyncio
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path

from stream.errors import CuelightError, OptionError


async def supervise(name: str, run: Callable[[], Awaitable[None]], tell: Callable[[str], None], *,
                    retries: int = -1, first_s: float = 0.5, longest_s: float = 10.0,
                    failed: Callable[[], None] = lambda: None) -> bool:
    """Await `run()` until it returns; after an error, whatever it is, wait and run it again.

    The wait doubles from `first_s` to `longest_s` and starts small again after a run of 30 s.
    `retries` < 0 means for ever; an OptionError is final. Each failure is told in one line (`words_of`).
    True when `run` returned.
    """
    loop = asyncio.get_running_loop()
    wait_s, left = first_s, retries
    while True:
        began_s = loop.time()
        error = await attempt(run)
        if error is None:
            return True
        failed()
        if left == 0 or isinstance(error, OptionError):  # what was asked for is wrong and stays wrong
            tell(f"{name} has failed: {words_of(error)}")
            return False
        left -= 1
        if loop.time() - began_s > 30:
            wait_s = first_s
        tell(f"{name} failed: {words_of(error)} (again in {wait_s:g} s)")
        await asyncio.sleep(wait_s)
        wait_s = min(wait_s * 2, longest_s)


async def attempt(run: Callable[[], Awaitable[object]]) -> Exception | None:
    """Await `run()`; return the error it raised, if any. Being cancelled is not an error.

    The one place where any error at all is taken: an engine or a library may raise what it likes, and a
    part that may fail alone must not take the programme with it. Whoever calls this tells the operator.
    """
    try:
        await run()
    except Exception as error:
        return error
    return None


def words_of(error: BaseException) -> str:
    """Return `error` in one line: what we foresaw in its own words, the rest with its type and where it arose."""
    if isinstance(error, BaseExceptionGroup):
        error = first_error(error)
    if isinstance(error, CuelightError | OSError):
        return str(error)
    places = traceback.extract_tb(error.__traceback__)
    where = f" ({Path(places[-1].filename).name}:{places[-1].lineno})" if places else ""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}{f': {lines[0]}' if lines else ''}{where}"


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


async def at_most(task: "asyncio.Task[object]", seconds: float | None) -> None:
    """Wait for `task`, then cancel it."""
    try:
        async with asyncio.timeout(seconds):
            await asyncio.shield(task)
    except TimeoutError:
        task.cancel()
