"""What a soak came to: a table to read, and every sample as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.table import Table

from benchmarks.report import machine

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.soak.judging import Figure
    from tests.soak.sampling import Sample


def table(samples: Sequence[Sample], figures: Sequence[Figure]) -> Table:
    """One line a figure; the last column is what decides."""
    last = samples[-1]
    title = f"Soak: {last.submitted:,} runs in {last.seconds:,.0f} s; growth in the second half"
    shown = Table(
        "figure", "first", "last", "highest", "growth", "at least", "allowed", "", title=title
    )
    for figure in figures:
        allowed = "—" if figure.allowed is None else f"{figure.allowed:,.0f}"
        numbers = (figure.first, figure.last, figure.highest)
        name = f"{figure.name.replace('_', ' ')} {figure.unit}".strip()
        shown.add_row(
            name, *(f"{number:,.0f}" for number in numbers), f"{figure.growth:+,.1f}",
            f"{figure.at_least:+,.1f}", allowed, "[red]GROWS[/]" if figure.grows else "ok",
        )  # fmt: skip
    return shown


def save(path: Path, samples: Sequence[Sample], figures: Sequence[Figure]) -> None:
    """Everything, with the machine."""
    path.parent.mkdir(parents=True, exist_ok=True)
    found = {
        "machine": machine(),
        "figures": [asdict(figure) | {"grows": figure.grows} for figure in figures],
        "samples": [asdict(sample) for sample in samples],
    }
    path.write_text(json.dumps(found, indent=1))
