"""Keeps a board up to date: follows the live stream, looks when it says that something changed."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

from cli.answers import AwayError
from cli.live.board import look

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.live.board import Board
    from cli.live.connection import Connection

_CALM = 2.0
"""Seconds: executors come and go without an event."""

_FIRST_PAUSE = 0.25


class Feed:
    """Tells `show` of every new board, `hear` of every event, and `worry` why there is none.

    Looks at most once in `interval` seconds.
    """

    def __init__(
        self,
        connection: Connection,
        interval: float,
        show: Callable[[Board], None],
        hear: Callable[[dict[str, Any]], None],
        worry: Callable[[str | None], None],
    ) -> None:
        self._connection = connection
        self._interval = interval
        self._show = show
        self._hear = hear
        self._worry = worry
        self._changed = asyncio.Event()
        self._position: int | None = None
        self._board: Board | None = None

    async def run(self) -> NoReturn:
        """Until it is cancelled; goes on after breaks. Raises ClientError for a refusal."""
        breaks = 0
        while True:
            try:
                await self._look()
                self._worry(None)
                breaks = 0
                await self._follow()
            except AwayError as error:
                breaks += 1
                self._worry(str(error))
            await asyncio.sleep(min(_CALM, _FIRST_PAUSE * 2**breaks))

    async def _follow(self) -> None:
        """Listens and looks until one of them breaks off."""
        both = {asyncio.create_task(self._listen()), asyncio.create_task(self._keep_looking())}
        try:
            ended, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                task.result()
        finally:
            for task in both:
                task.cancel()
            await asyncio.gather(*both, return_exceptions=True)

    async def _listen(self) -> None:
        async for event in self._connection.stream(self._position or 0):
            if event is None:
                continue
            self._position = event["position"]
            if self._board is not None:
                self._board.take(event)
            self._hear(event)
            self._changed.set()

    async def _keep_looking(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_CALM):
                    await self._changed.wait()
            self._changed.clear()
            await self._look()
            await asyncio.sleep(self._interval)

    async def _look(self) -> None:
        self._board = await look(self._connection, self._position)
        if self._position is None:
            self._position = int(self._board.status["position"])
        self._show(self._board)
