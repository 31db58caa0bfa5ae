"""The keys that change something: cancel, priority, pause; those that the key's role allows."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App
from textual.binding import Binding

from cli.answers import ClientError
from cli.live.questions import WhichPriority, YesOrNo
from cli.opening import opened
from cli.shown import clean
from domain.dispatch import HIGHEST_PRIORITY, LOWEST_PRIORITY

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from textual.binding import BindingType

    from cli.live.board import Board
    from cli.live.connection import Connection

_NEEDS = {
    "cancel": {"submitter", "admin"},
    "priority": {"submitter", "admin"},
    "urgency": {"submitter", "admin"},
    "pause": {"admin"},
}


class Steering(App[ClientError]):
    """What the view does besides showing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "cancel", "cancel"),
        Binding("p", "priority", "priority"),
        Binding("plus,equals_sign", "urgency(-1)", "more urgent", key_display="+", show=False),
        Binding("minus", "urgency(1)", "less urgent", key_display="-", show=False),
        Binding("space", "pause", "pause, resume"),
        Binding("o", "open", "open in browser"),
    ]

    connection: Connection
    board: Board | None
    role: str | None = None

    @property
    def chosen(self) -> dict[str, Any] | None:
        """The run that keys are about."""
        raise NotImplementedError

    async def ask_for_role(self) -> None:
        """What is not allowed is greyed out. A server that does not tell refuses by itself."""
        try:
            self.role = (await self.connection.get("/keys/own"))["role"]
        except ClientError:
            return
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """None greys a key out."""
        if self.role is not None and self.role not in _NEEDS.get(action, {self.role}):
            return None
        return True

    def action_cancel(self) -> None:
        """Asks, and cancels the run."""
        run = self.chosen
        if run is None:
            return

        def cancel(answer: int | None) -> None:
            if answer:
                self._do(self.connection.post(f"/runs/{run['id']}/cancel"))

        self.push_screen(YesOrNo(f"Cancel {clean(run['name'], 80)}?"), cancel)

    def action_priority(self) -> None:
        """Asks for a priority."""
        run = self.chosen
        if run is None:
            return

        def change(answer: int | None) -> None:
            if answer:
                self._change_priority(run, answer)

        sentence = f"Priority of {clean(run['name'], 80)}, now {run['priority']}:"
        self.push_screen(WhichPriority(sentence), change)

    def action_urgency(self, by: int) -> None:
        """One level up or down."""
        if run := self.chosen:
            wanted = run["priority"] + by
            if HIGHEST_PRIORITY <= wanted <= LOWEST_PRIORITY:
                self._change_priority(run, wanted)

    def action_pause(self) -> None:
        """Pauses the queue, or lets it go on."""
        if self.board is not None:
            verb = "resume" if self.board.status["paused"] else "pause"
            self.board.status["paused"] = verb == "pause"  # As above.
            self._do(self.connection.post(f"/queue/{verb}"))

    def action_open(self) -> None:
        """Shows the run in a browser, or says where it is."""
        if run := self.chosen:
            self.run_worker(self._open(self.connection.server.at(f"/runs/{run['id']}")))

    async def _open(self, url: str) -> None:
        """In a thread: some browsers are waited for until they are closed."""
        if not await asyncio.to_thread(opened, url):
            self.notify(url, markup=False)

    def _change_priority(self, run: dict[str, Any], priority: int) -> None:
        run["priority"] = priority  # The next key goes from here; the next look has the truth.
        self._do(self.connection.patch(f"/runs/{run['id']}", {"priority": priority}))

    def _do(self, doing: Coroutine[Any, Any, Any]) -> None:
        self.run_worker(self._done(doing))

    async def _done(self, doing: Coroutine[Any, Any, Any]) -> None:
        """Its effect comes with the stream; a refusal is said."""
        try:
            await doing
        except ClientError as error:
            self.notify(clean(error), severity="error", markup=False)
