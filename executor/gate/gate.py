"""The gate: a SOCKS5 proxy on loopback that lets a browser through to where its run may connect."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from executor.gate.flags import flags
from executor.gate.limits import Limits
from executor.gate.names import Names, system_lookup
from executor.gate.passage import Passage
from executor.gate.visitor import Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType
    from typing import Self

    from executor.gate.names import Lookup
    from executor.gate.policy import Policy

_HERE = "127.0.0.1"
_LIMITS = Limits()


class Gate:
    """One executor's gate, in its event loop. Nothing passes but while it is open for a run."""

    def __init__(self, limits: Limits = _LIMITS, lookup: Lookup = system_lookup) -> None:
        self._limits = limits
        self._names = Names(lookup)
        self._passage: Passage | None = None
        self._visitors: set[Visitor] = set()
        self._empty = asyncio.Event()
        self._empty.set()

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            self._visitor, _HERE, 0, backlog=self._limits.connections
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        self._cut_all()
        await self._empty.wait()
        await self._server.wait_closed()
        self._names.close()

    @property
    def port(self) -> int:
        """The port on 127.0.0.1."""
        return cast("int", self._server.sockets[0].getsockname()[1])

    def flags(self, side_door: str | None = None) -> tuple[str, ...]:
        """What Chromium is launched with, so that it has no way out but this gate and `side_door`,
        a name under `.localhost` that no page knows."""
        return flags(self.port, side_door)

    @contextmanager
    def open(self, policy: Policy) -> Iterator[Passage]:
        """Open for one run; in the end its connections are cut. Raises RuntimeError if it is open.

        The passage keeps what it remembers.
        """
        if self._passage is not None:
            raise RuntimeError("the gate is open for another run")
        self._passage = Passage(policy)
        try:
            yield self._passage
        finally:
            self._passage = None
            self._cut_all()

    def _visitor(self) -> Visitor:
        return Visitor(self._names, self._limits, enter=self._enter, leave=self._leave)

    def _enter(self, visitor: Visitor) -> Passage | None:
        if self._passage is None or len(self._visitors) >= self._limits.connections:
            return None
        self._visitors.add(visitor)
        self._empty.clear()
        return self._passage

    def _leave(self, visitor: Visitor) -> None:
        self._visitors.discard(visitor)
        if not self._visitors:
            self._empty.set()

    def _cut_all(self) -> None:
        for visitor in self._visitors:
            visitor.cut()
