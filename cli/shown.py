"""How things look in the terminal; texts from tests and pages are hostile and shown as text."""

from __future__ import annotations

import json
import sys
import unicodedata
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

STYLES = {
    "queued": "dim",
    "running": "cyan",
    "passed": "green",
    "failed": "red",
    "errored": "magenta",
    "timed_out": "yellow",
    "cancelled": "dim strike",
    "idle": "dim",
    "paused": "yellow",
    "draining": "yellow",
    "drained": "yellow",
}
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def console(*, error: bool = False) -> Console:
    """A console on standard output, or on standard error."""
    return Console(stderr=error, highlight=False, markup=False)


def say(text: str) -> None:
    """One plain line on standard output."""
    print(text, flush=True)  # noqa: T201 - what commands are for


def complain(text: str) -> None:
    """What was wrong, on standard error; it may quote what a server or a file says."""
    for line in text.splitlines():
        print(clean(line, 2000), file=sys.stderr, flush=True)  # noqa: T201 - the lines a person gets


def say_json(value: Any) -> None:
    """What the API answered, for scripts; what a terminal would act on is escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    say("".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text))


def clean(text: object, most: int = 500) -> str:
    """`text` without control, invisible and direction-changing characters, on one line."""
    flat = str(text).replace("\n", " ").replace("\t", " ")
    kept = "".join(c for c in flat[: most * 2] if _is_visible(c))
    return kept if len(kept) <= most else kept[: most - 1] + "…"


def _is_visible(character: str) -> bool:
    is_no_character = ord(character) & 0xFFFE == 0xFFFE  # noqa: PLR2004 - XML refuses these
    return not is_no_character and unicodedata.category(character) not in _HIDDEN


def styled(status: str) -> Text:
    """A status in its colour."""
    return Text(status, style=STYLES.get(status, ""))


def table(
    columns: Iterable[str], rows: Iterable[Iterable[object]], title: str | None = None
) -> Table:
    """A table; cells that are not rich's own are cleaned."""
    made = Table(*columns, title=title, box=None, pad_edge=False, header_style="bold dim")
    for row in rows:
        made.add_row(*(cell if isinstance(cell, Text) else Text(clean(cell, 120)) for cell in row))
    return made


def run_row(run: dict[str, Any]) -> list[object]:
    """A run as a row of RUN_COLUMNS."""
    return [
        run["id"][:8],
        run["name"],
        styled(run["status"]),
        run["priority"],
        run["queue_position"] or "",
        run["executor"] or "",
        f"{run['steps_passed']}/{run['steps_total']}",
        seconds(took(run)),
        clean(run["error"]["message"], 60) if run["error"] else ("flaky" if run["flaky"] else ""),
    ]


RUN_COLUMNS = ("run", "name", "status", "prio", "place", "executor", "steps", "time", "")


def took(run: dict[str, Any]) -> float | None:
    """How long the run takes, or took."""
    if run["duration"] is not None:
        return float(run["duration"])
    if run["status"] == "running" and run["started_at"]:
        return max(0.0, (datetime.now(UTC) - moment(run["started_at"])).total_seconds())
    return None


def moment(text: str) -> datetime:
    """The API's time."""
    return datetime.fromisoformat(text)


def seconds(value: float | None) -> str:
    """Seconds for reading."""
    return "" if value is None else f"{value:.1f} s"


def roughly(value: float) -> str:
    """An estimate of seconds, as people say it."""
    if value < 60:  # noqa: PLR2004 - a minute
        return f"{max(1, round(value))} s"
    minutes = round(value / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"  # noqa: PLR2004
