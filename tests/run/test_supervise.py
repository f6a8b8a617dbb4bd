"""What may fail alone: retried with back-off, told in one line, never silently, never taking others along."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from stream.errors import CuelightError, MediaError, OptionError
from stream.run.supervise import first_error, supervise, words_of
from support import run_virtual


def failing(*errors: BaseException, after_s: float = 0.0) -> Callable[[], Awaitable[None]]:
    """A part that raises each of `errors` in turn and then works."""
    left = list(errors)

    async def run() -> None:
        await asyncio.sleep(after_s)
        if left:
            raise left.pop(0)

    return run


def supervised(run: Callable[[], Awaitable[None]], *, retries: int = -1) -> tuple[bool, list[str], float, int]:
    told: list[str] = []
    failures: list[int] = []

    async def go() -> tuple[bool, float]:
        done = await supervise("part", run, told.append, retries=retries, failed=lambda: failures.append(1))
        return done, asyncio.get_running_loop().time()

    done, at_s = run_virtual(go())
    return done, told, at_s, len(failures)


def test_a_part_that_works_is_left_alone() -> None:
    assert supervised(failing()) == (True, [], 0.0, 0)


def test_the_wait_doubles_up_to_ten_seconds() -> None:
    done, told, at_s, failures = supervised(failing(*[MediaError("gone") for _ in range(7)]))
    assert done and failures == 7
    assert at_s == 0.5 + 1 + 2 + 4 + 8 + 10 + 10
    assert told[0] == "part failed: gone (again in 0.5 s)" and told[-1].endswith("(again in 10 s)")


def test_after_a_good_run_the_wait_is_small_again() -> None:
    errors = [MediaError("gone") for _ in range(4)]
    _, told, _, _ = supervised(failing(*errors, after_s=31))
    assert len(told) == 4
    assert told[3].endswith("(again in 0.5 s)")


def test_retries_have_an_end() -> None:
    done, told, _, failures = supervised(failing(*[MediaError("gone", "Look")] * 9), retries=2)
    assert not done and failures == 3
    assert told[-1] == "part has failed: gone. Look"


def test_what_was_asked_for_wrongly_is_not_asked_again() -> None:
    done, told, at_s, _ = supervised(failing(OptionError("no such suffix")))
    assert (done, told, at_s) == (False, ["part has failed: no such suffix"], 0.0)


@pytest.mark.parametrize("error", [RuntimeError("CUDA is gone\nstack"), ValueError(), KeyError("x"), AssertionError()])
def test_an_error_nobody_foresaw_is_the_parts_failure_too_and_says_its_type_and_place(error: Exception) -> None:
    done, told, _, _ = supervised(failing(error))
    assert done
    assert type(error).__name__ in told[0] and "test_supervise.py:" in told[0] and "\n" not in told[0]


def test_a_group_of_errors_is_told_as_the_one_a_user_can_act_on() -> None:
    group = ExceptionGroup("several", [ValueError("odd"), ExceptionGroup("more", [MediaError("no disk")])])
    assert words_of(group) == "no disk"
    assert isinstance(first_error(group), CuelightError)


def test_cancelling_is_no_failure() -> None:
    async def go() -> list[str]:
        told: list[str] = []
        task = asyncio.create_task(supervise("part", lambda: asyncio.sleep(1000), told.append), name="part")
        await asyncio.sleep(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return told

    assert run_virtual(go()) == []
