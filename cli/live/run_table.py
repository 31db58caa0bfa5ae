"""A table of runs that is filled anew all the time, and keeps the cursor on its run."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding
from textual.widgets import DataTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.binding import BindingType
    from textual.events import Resize

    from cli.live.rows import Row

_LEAST = 8


class RunTable(DataTable[Text]):
    """`columns` are labels and widths: 0 shares in what is left, -1 in twice as much."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "select_cursor", "details")]

    def __init__(self, title: str, columns: Sequence[tuple[str, int]], name: str) -> None:
        super().__init__(id=name, cursor_type="row", cursor_foreground_priority="renderable")
        self.border_title = title
        self._wanted = columns
        self._rows: list[Row] = []

    @property
    def chosen(self) -> str | None:
        """The id of the run that the cursor is on."""
        row = self._rows[self.cursor_row] if self.cursor_row < len(self._rows) else None
        return row.run_id if row else None

    def show_rows(self, rows: Iterable[Row]) -> None:
        """Shows these instead of those before."""
        before, self._rows = self._rows, list(rows)
        if not self.columns:
            return  # Not laid out yet.
        if [row.key for row in before] == [row.key for row in self._rows]:
            self._change_cells(before)
        else:
            self._fill(before[self.cursor_row].key if self.cursor_row < len(before) else None)

    def on_resize(self, _: Resize) -> None:
        """Widths follow the terminal's."""
        key = self._rows[self.cursor_row].key if self.cursor_row < len(self._rows) else None
        self.clear(columns=True)
        for index, (label, width) in enumerate(self._columns_that_fit()):
            self.add_column(Text(label), width=width, key=str(index))
        self._fill(key)

    def _change_cells(self, before: list[Row]) -> None:
        for row, old in zip(self._rows, before, strict=True):
            for index, cell in enumerate(row.cells):
                if cell != old.cells[index]:
                    self.update_cell(row.key, str(index), cell)

    def _fill(self, key: str | None) -> None:
        top = self.scroll_offset.y
        self.clear()
        for row in self._rows:
            self.add_row(*row.cells, key=row.key)
        place = next((at for at, row in enumerate(self._rows) if row.key == key), 0)
        self.move_cursor(row=place, scroll=False)
        self.scroll_to(y=top, animate=False)

    def _columns_that_fit(self) -> list[tuple[str, int]]:
        padding = 2 * self.cell_padding * len(self._wanted)
        taken = sum(max(0, width) for _, width in self._wanted) + padding
        shares = sum(1 - width for _, width in self._wanted if width <= 0)
        share = max(_LEAST, (self.scrollable_content_region.width - taken) // max(1, shares))
        return [
            (label, width if width > 0 else share * (1 - width)) for label, width in self._wanted
        ]
