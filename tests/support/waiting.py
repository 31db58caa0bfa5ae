"""Waiting for a condition, with a word on what was waited for; and running a test in a loop."""

from __future__ import annotations

import asyncio
import functools
import inspect
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

_LOOK_EVERY = 0.02


def wait_until(predicate: Callable[[], object], description: str, timeout: float = 10.0) -> None:
    """Returns when `predicate` holds; fails after `timeout` seconds."""
    end = time.monotonic() + timeout
    while not predicate():
        if time.monotonic() > end:
            raise AssertionError(f"not within {timeout:g} s: {description}")
        time.sleep(_LOOK_EVERY)


async def eventually(
    predicate: Callable[[], object | Awaitable[object]],
    description: str,
    timeout: float = 10.0,  # noqa: ASYNC109 - the same signature as `wait_until`
) -> None:
    """The same in an event loop; the predicate may be asynchronous."""
    end = time.monotonic() + timeout
    while not await _value(predicate()):
        if time.monotonic() > end:
            raise AssertionError(f"not within {timeout:g} s: {description}")
        await asyncio.sleep(_LOOK_EVERY)


async def _value(found: object | Awaitable[object]) -> object:
    return await found if inspect.isawaitable(found) else found


def in_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Runs an asynchronous test in an event loop of its own."""

    @functools.wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        asyncio.run(test(*args, **kwargs))

    return run
