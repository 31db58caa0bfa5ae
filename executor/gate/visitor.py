"""A connection that the browser makes to the gate, until it is one through the gate."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, cast

from domain.addresses import Asked
from executor.gate import socks
from executor.gate.connecting import connect, in_words
from executor.gate.pipe import Pipe
from executor.gate.policy import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from executor.gate.limits import Limits
    from executor.gate.names import Names
    from executor.gate.passage import Passage


class Visitor(asyncio.Protocol):
    """Asks to come in and where to, and is joined to there or sent away.

    `enter` gives the passage of the run in hand, or None; `leave` is called once all is over.
    """

    def __init__(
        self,
        names: Names,
        limits: Limits,
        *,
        enter: Callable[[Visitor], Passage | None],
        leave: Callable[[Visitor], None],
    ) -> None:
        self._names = names
        self._limits = limits
        self._enter = enter
        self._leave = leave
        self._said = b""
        self._welcomed = False
        self._limit: asyncio.TimerHandle | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._pipe: Pipe | None = None

    def cut(self) -> None:
        """Ends the connection, whatever state it is in."""
        if self._pipe is not None:
            self._pipe.cut()
        else:
            self._near.abort()

    def arrived(self, far: asyncio.Transport) -> None:
        """There is a connection to where the browser wants to go."""
        self._near.write(socks.CONNECTED)
        leave = partial(self._leave, self)
        self._pipe = Pipe(self._near, far, half_open=self._limits.half_open, on_end=leave)

    # -- what asyncio calls -------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:  # noqa: D102
        self._near = cast("asyncio.Transport", transport)
        passage = self._enter(self)
        if passage is None:
            self.cut()
        else:
            self._passage = passage
            self._limit = asyncio.get_running_loop().call_later(self._limits.asking, self.cut)

    def data_received(self, data: bytes) -> None:  # noqa: D102
        self._said += data
        try:
            self._listen()
        except (socks.MalformedError, ValueError):
            self.cut()

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002, D102
        self._stop_waiting()
        if self._connecting is None:
            self._leave(self)
        else:
            self._connecting.add_done_callback(lambda _: self._leave(self))
            self._connecting.cancel()

    # -- behind the scenes --------------------------------------------------------------------

    def _listen(self) -> None:
        if not self._welcomed:
            if socks.read_greeting(self._said):
                self._welcomed, self._said = True, b""
                self._near.write(socks.WELCOME)
        elif (wanted := socks.read_request(self._said)) is not None:
            self._stop_waiting()
            # What was said is kept: a browser that goes on before it has its answer says too much.
            self._connecting = asyncio.create_task(self._connect(Asked.of(*wanted)))

    async def _connect(self, asked: Asked) -> None:
        seconds = self._limits.connecting
        try:
            opened = await connect(asked, self._passage.policy, self._names, seconds)
            await asyncio.get_running_loop().create_connection(lambda: _Far(self), sock=opened)
        except RefusedError as refusal:
            self._send_away(asked, str(refusal), socks.REFUSED, refused=True)
        except OSError as error:
            self._send_away(asked, in_words(error, seconds), socks.UNREACHABLE, refused=False)

    def _send_away(self, asked: Asked, reason: str, answer: bytes, *, refused: bool) -> None:
        self._passage.remember(asked, reason, refused=refused)
        self._near.write(answer)
        self._near.close()

    def _stop_waiting(self) -> None:
        if self._limit is not None:
            self._limit.cancel()


class _Far(asyncio.Protocol):
    """The connection's other end: joined before it can have received anything."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._visitor.arrived(cast("asyncio.Transport", transport))
