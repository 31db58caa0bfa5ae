"""What a proxy is told to look for: the moments at which a fault strikes."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.chaos.proxy import Connection

AMQP_ACK = b"\x00\x3c\x00\x50"
"""Class and method of `basic.ack`: an executor's acknowledgement, or RabbitMQ's confirm."""
DISPATCH = b'"dispatch_id"'
"""In the body of every dispatch that is published, or delivered."""
VERDICTS = (b"RunPassed", b"RunFailed", b"RunErrored", b"RunTimedOut")


class Silent:
    """Looks at everything and lets it pass."""

    async def asked(self, connection: Connection, data: bytes) -> None:
        """Nothing."""

    async def answered(self, connection: Connection, data: bytes) -> None:
        """Nothing."""


class HoldQuestion(Silent):
    """Keeps back what says one of `words`, until its connection is cut; `held` is set then."""

    def __init__(self, *words: bytes) -> None:
        self._words = words
        self.held = threading.Event()

    async def asked(self, connection: Connection, data: bytes) -> None:
        if any(word in data for word in self._words):
            self.held.set()
            await asyncio.Event().wait()


class HoldAnswer(Silent):
    """Keeps back the answer to what says one of `words`: it has happened, and nobody is told.

    `answer` is what such an answer contains; without it every one that follows is. With `least`
    a question must say it so often.
    """

    def __init__(self, *words: bytes, answer: bytes = b"", least: int = 1) -> None:
        self._words = words
        self._answer = answer
        self._least = least
        self.held = threading.Event()

    async def asked(self, connection: Connection, data: bytes) -> None:
        said = max(data.count(word) for word in self._words)
        connection.marked = connection.marked or said >= self._least

    async def answered(self, connection: Connection, data: bytes) -> None:
        if connection.marked and self._answer in data:
            self.held.set()
            await asyncio.Event().wait()


class LoseAnswers(Silent):
    """Cuts the connection when the answer to what says one of `words` comes, `times` times."""

    def __init__(self, *words: bytes, times: int) -> None:
        self._words = words
        self._left = times
        self.lost = 0

    async def asked(self, connection: Connection, data: bytes) -> None:
        connection.marked = any(word in data for word in self._words)

    async def answered(self, connection: Connection, data: bytes) -> None:
        if connection.marked and self._left > 0:
            self._left -= 1
            self.lost += 1
            connection.cut()
            raise ConnectionResetError
