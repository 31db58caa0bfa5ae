"""`proctor watch` on a whole screen: executors, queue, verdicts and figures, live, and keys."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding
from textual.containers import Container
from textual.css.query import NoMatches
from textual.widgets import Footer, Static

from cli.answers import ClientError
from cli.live import rows
from cli.live.connection import Connection
from cli.live.details import Details
from cli.live.feed import Feed
from cli.live.headline import figures, headline
from cli.live.run_table import RunTable
from cli.live.steering import Steering

if TYPE_CHECKING:
    from collections.abc import Coroutine

    import httpx
    from rich.text import Text
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.screen import Screen

    from cli.live.board import Board
    from cli.server import Server

_TICK = 0.5
"""Seconds: times go on between events."""


def show(server: Server, interval: float) -> None:
    """Until somebody leaves. Raises ClientError if the server refuses."""
    error = Watch(server, interval).run()
    if error is not None:
        raise error


class Watch(Steering):
    """Ends with what the server refused, None if somebody left."""

    TITLE = "Proctor"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (150, "-wide")]
    CSS = """
    #headline, #figures { height: 1; }
    #lanes { height: auto; max-height: 50%; }
    #below { height: 1fr; }
    .-wide #below { layout: horizontal; }
    #waiting, #latest { height: 1fr; }
    .-wide #waiting, .-wide #latest { width: 1fr; height: 100%; }
    RunTable {
        border: round $foreground 30%; border-title-color: $foreground; background: $background;
        scrollbar-gutter: stable; scrollbar-size: 0 1;
    }
    RunTable > .datatable--cursor { background: $background; color: $foreground; }
    RunTable:focus { border: round $accent; }
    RunTable:focus > .datatable--cursor { background: $primary 50%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "quit", "quit"),
        Binding("t", "toggle_dark", "light or dark", show=False),
    ]

    def __init__(
        self,
        server: Server,
        interval: float,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        super().__init__()
        self.connection = Connection(server, transport)
        self.board: Board | None = None
        self._trouble: str | None = None
        self._feed = Feed(self.connection, interval, self._show, self._hear, self._worry)

    def compose(self) -> ComposeResult:
        """Two lines, three tables, the keys."""
        yield Static(id="headline")
        yield Static(id="figures")
        yield RunTable("executors", rows.LANES, "lanes")
        with Container(id="below"):
            yield RunTable("next", rows.WAITING, "waiting")
            yield RunTable("latest", rows.LATEST, "latest")
        yield Footer()

    def on_mount(self) -> None:
        """Begins to follow."""
        self.query_one("#waiting", RunTable).focus()
        self.set_interval(_TICK, self._draw)
        self._draw()
        self.run_worker(self._refused(self._feed.run()))
        self.run_worker(self._refused(self.ask_for_role()))

    async def on_unmount(self) -> None:
        """Gives the connection back."""
        await self.connection.close()

    @property
    def chosen(self) -> dict[str, Any] | None:
        """The run that is looked at in full, or that the cursor is on."""
        run_id = self.focused.chosen if isinstance(self.focused, RunTable) else None
        if isinstance(self.screen, Details):
            run_id = self.screen.run_id
        return self.board.run(run_id) if self.board and run_id else None

    def on_data_table_row_selected(self) -> None:
        """Shows the run in full."""
        if run := self.chosen:
            self.push_screen(Details(self.connection, run["id"]))

    async def _refused(self, doing: Coroutine[Any, Any, None]) -> None:
        try:
            await doing
        except ClientError as error:
            self.exit(error)

    def _show(self, board: Board) -> None:
        self.board = board
        self._draw()

    def _hear(self, event: dict[str, Any]) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, Details) and event["run_id"] == screen.run_id:
                screen.reload()
        self._draw()

    def _worry(self, trouble: str | None) -> None:
        self._trouble = trouble
        self._draw()

    def _draw(self) -> None:
        # Whoever leaves takes the tables away before the feed, which may have something to say.
        with suppress(NoMatches, IndexError):
            self._fill(self.screen_stack[0])

    def _fill(self, screen: Screen[Any]) -> None:
        _write(screen.query_one("#headline", Static), headline(self.board, self._trouble))
        _write(screen.query_one("#figures", Static), figures(self.board))
        if self.board is None:
            return
        screen.query_one("#lanes", RunTable).show_rows(rows.lanes(self.board))
        now = datetime.now(UTC)
        screen.query_one("#waiting", RunTable).show_rows(rows.waiting(self.board, now))
        screen.query_one("#latest", RunTable).show_rows(rows.latest(self.board))


def _write(line: Static, text: Text) -> None:
    """A line that says the same is not drawn again: the terminal may be far away."""
    if line.content != text:
        line.update(text)
