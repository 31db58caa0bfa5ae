"""What was measured: a table to read, and the same as JSON."""

from __future__ import annotations

import os
import platform
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Mark:
    """What a figure is to reach: at least so much, or at most."""

    limit: float
    at_most: bool = False

    def reached(self, value: float) -> bool:
        """Whether `value` does."""
        return value <= self.limit if self.at_most else value >= self.limit

    def __str__(self) -> str:
        return f"{'≤' if self.at_most else '≥'} {self.limit:,g}"


def at_least(limit: float) -> Mark:
    """A mark from below."""
    return Mark(limit)


def at_most(limit: float) -> Mark:
    """A mark from above."""
    return Mark(limit, at_most=True)


@dataclass(frozen=True, slots=True)
class Measurement:
    """One figure; `value` is None where `note` says why it could not be measured."""

    name: str
    value: float | None
    unit: str
    mark: Mark | None = None
    note: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether it reaches its mark; None without a mark or a value."""
        if self.mark is None or self.value is None:
            return None
        return self.mark.reached(self.value)


@dataclass
class Report:
    """The figures in the order they came, and processor time a run by contestant and stage."""

    figures: list[Measurement] = field(default_factory=list)
    cpu: dict[str, dict[str, float]] = field(default_factory=dict)

    def add(
        self, name: str, value: float | None, unit: str, mark: Mark | None = None, note: str = ""
    ) -> None:
        """One more figure."""
        self.figures.append(Measurement(name, value, unit, mark, note))

    def tables(self) -> Iterator[Table]:
        """For the terminal."""
        table = Table("figure", "value", "", "mark", "", "", title="Figures")
        for figure in self.figures:
            value = "—" if figure.value is None else f"{figure.value:,.3g}"
            if figure.value is not None and figure.value >= 1000:  # noqa: PLR2004 - three digits
                value = f"{figure.value:,.0f}"
            seen = {True: "reached", False: "[red]missed[/]", None: ""}[figure.reached]
            table.add_row(
                figure.name, value, figure.unit, str(figure.mark or ""), seen, figure.note
            )
        yield table
        if self.cpu:
            yield self._stages()

    def _stages(self) -> Table:
        stages = list(dict.fromkeys(stage for used in self.cpu.values() for stage in used))
        table = Table("stage", *self.cpu, title="Processor time of a run, ms")
        for stage in stages:
            table.add_row(stage, *(_milliseconds(used, stage) for used in self.cpu.values()))
        table.add_section()
        table.add_row("in all", *(f"{sum(used.values()):.0f}" for used in self.cpu.values()))
        return table

    def as_json(self) -> dict[str, Any]:
        """Everything, with the day and the machine."""
        return {
            "date": datetime.now(UTC).date().isoformat(),
            "machine": machine(),
            "figures": [asdict(figure) | {"reached": figure.reached} for figure in self.figures],
            "cpu_milliseconds_per_run": self.cpu,
        }


def machine() -> str:
    """Processor, how many of it, and the system."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(": ")[1] for line in lines if line.startswith("model name")), "?")
    python = platform.python_version()
    return f"{os.cpu_count()} processors of {model}, {platform.system()}, Python {python}"


def _milliseconds(used: Mapping[str, float], stage: str) -> str:
    return f"{used[stage]:.1f}" if stage in used else ""
