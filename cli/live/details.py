"""The screen of one run: what became of it so far, and it goes on while it is looked at."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Footer, Static

from cli.answers import ClientError
from cli.live.described import described
from cli.shown import clean

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from cli.live.connection import Connection


class Details(Screen[None]):
    """`reload` is called whenever something happened to the run."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "back", key_display="esc"),
    ]

    def __init__(self, connection: Connection, run_id: str) -> None:
        super().__init__()
        self.run_id = run_id
        self._connection = connection
        self._stale = self._loading = False

    def compose(self) -> ComposeResult:
        """Text that scrolls."""
        with VerticalScroll():
            yield Static(Text("..."), id="run")
        yield Footer()

    def on_mount(self) -> None:
        """Begins to load."""
        self.reload()

    def reload(self) -> None:
        """Asks again, once what is being asked is answered: events may come faster than answers."""
        self._stale = True
        if not self._loading:
            self.run_worker(self._load_while_stale())

    async def _load_while_stale(self) -> None:
        self._loading = True
        try:
            while self._stale:
                self._stale = False
                await self._load()
        finally:
            self._loading = False

    async def _load(self) -> None:
        path = f"/runs/{self.run_id}"
        try:
            run, events, artifacts = await asyncio.gather(
                self._connection.get(path),
                self._connection.get(f"{path}/events"),
                self._connection.get(f"{path}/artifacts"),
            )
        except ClientError as error:
            shown = Text(clean(error), style="bold red")
            self.query_one("#run", Static).update(shown)
            return
        whole = described(run, events["items"], artifacts["items"], self._connection.server)
        self.query_one("#run", Static).update(whole)
