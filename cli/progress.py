"""How far runs have come: a table with a bar below it, or a few words behind a verdict."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.text import Text

from cli.remaining import remaining
from cli.shown import RUN_COLUMNS, STYLES, clean, roughly, run_row, seconds, table, took
from cli.summary import as_expected
from domain.retention_rules import STATUSES

if TYPE_CHECKING:
    from collections.abc import Collection

    from rich.console import RenderableType

OVER = frozenset(STATUSES)
_WIDEST_BAR = 40
_BESIDE = 6
"""Lines of the terminal that are not rows of the table."""


def picture(runs: Collection[dict[str, Any]], width: int, height: int) -> RenderableType:
    """The runs as they stand, as many as fit: the running first, then surprises and the next."""
    shown = sorted(runs, key=_urgency)[: max(1, height - _BESIDE)]
    parts: list[RenderableType] = [table(RUN_COLUMNS, map(run_row, shown))]
    if len(shown) < len(runs):
        parts.append(Text(f"and {len(runs) - len(shown)} more", style="dim"))
    return Group(*parts, Text(), _bar(runs, width))


def verdict_line(run: dict[str, Any], runs: Collection[dict[str, Any]]) -> str:
    """One verdict, and how many there are of how many."""
    mark = "" if as_expected(run) else f"  (expected {run['expect']})"
    flaky = "  flaky" if run["flaky"] else ""
    name = clean(run["name"], 80)
    return f"{run['status']:<10} {seconds(took(run)):>8}  {name}{flaky}{mark}  [{_how_far(runs)}]"


def _urgency(run: dict[str, Any]) -> tuple[int, int]:
    if run["status"] == "running":
        return 0, 0
    if run["status"] == "queued":
        return 2, run["queue_position"] or 0
    return (3, 0) if as_expected(run) else (1, 0)


def _bar(runs: Collection[dict[str, Any]], width: int) -> Text:
    over = sum(run["status"] in OVER for run in runs)
    length = max(10, min(_WIDEST_BAR, width // 3))
    done = length * over // max(1, len(runs))
    unexpected = any(run["status"] in OVER and not as_expected(run) for run in runs)
    bar = Text("━" * done, style="red" if unexpected else "green")
    bar.append("━" * (length - done), style="dim")
    bar.append(f"  {_how_far(runs)}  ", style="bold")
    return bar + Text(", ").join(
        Text(f"{count} {status}", style=STYLES.get(status, ""))
        for status, count in Counter(run["status"] for run in runs).items()
    )


def _how_far(runs: Collection[dict[str, Any]]) -> str:
    over = sum(run["status"] in OVER for run in runs)
    left = remaining(runs, datetime.now(UTC)) if over < len(runs) else None
    return f"{over}/{len(runs)}" + (f", about {roughly(left)} left" if left is not None else "")
