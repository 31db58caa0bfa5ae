"""What became of a submission in one line, as pytest says it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Collection

_ORDER = ("failed", "errored", "timed_out", "cancelled", "passed")


def as_expected(run: dict[str, Any]) -> bool:
    """Whether the run came to the verdict its suite expects."""
    return bool(run["status"] == run["expect"])


def outcome(run: dict[str, Any]) -> str:
    """`passed`, `failed` and so on, and whether it says something else than it seems to."""
    if run["status"] == "passed":
        return "passed" if as_expected(run) else "passed unexpectedly"
    return f"{run['status']} as expected" if as_expected(run) else str(run["status"])


def summary_line(runs: Collection[dict[str, Any]], seconds: float, width: int) -> Text:
    """`==== 2 failed, 10 passed in 12.3s ====` over `width` columns, the surprises first."""
    counts = Counter(outcome(run) for run in runs)
    parts = [f"{counts[name]} {name}" for name in sorted(counts, key=_place)]
    if flaky := sum(run["flaky"] for run in runs):
        parts.append(f"{flaky} flaky")
    said = f" {', '.join(parts)} in {seconds:.1f}s "
    all_well = all(as_expected(run) for run in runs)
    return Text(said.center(width, "="), style="bold green" if all_well else "bold red")


def _place(name: str) -> tuple[int, int]:
    """Surprises, what has passed, and what was expected not to; each in the order of `_ORDER`."""
    status, _, but = name.partition(" ")
    kind = 2 if but == "as expected" else 1 if name == "passed" else 0
    return kind, _ORDER.index(status)
