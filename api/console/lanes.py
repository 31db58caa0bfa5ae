"""The executors as lanes: each with its run, the step in progress, and its time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.executor_states import with_run, without_run

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from psycopg.rows import DictRow

    from api.console.step_names import StepNames
    from runtime.broker.port import Presence

MOST = 60
"""Lanes on a page; those with a run come first."""


@dataclass(frozen=True, slots=True)
class Lane:
    """An executor. `step` is what its run is at; None between steps, or without a run. `drained`
    says that somebody wanted it so, not that it has no run."""

    executor: str
    pool: str
    state: str
    since: datetime | None
    run: DictRow | None = None
    step: str | None = None
    drained: bool = False


def lanes(
    running: Sequence[DictRow],
    alive: Sequence[Presence],
    drained: Collection[str],
    names: StepNames,
) -> list[Lane]:
    """What the log says of those that hold a run; of the others, what they said themselves."""
    said = {presence.executor: presence for presence in alive}
    busy = [_busy(row, said.get(row["executor"]), drained, names) for row in running]
    holding = {lane.executor for lane in busy}
    idle = [_idle(presence, drained) for presence in alive if presence.executor not in holding]
    shown = [*busy, *idle][:MOST]
    return sorted(shown, key=lambda lane: (lane.pool, lane.executor))


def _busy(row: DictRow, said: Presence | None, drained: Collection[str], names: StepNames) -> Lane:
    state = with_run(row["executor"], said, drained)
    steps = names.of(row["id"])
    step = steps[row["steps_passed"]] if row["steps_passed"] < len(steps) else None
    return Lane(
        row["executor"],
        row["pool"],
        state,
        row["started_at"],
        row,
        step,
        row["executor"] in drained,
    )


def _idle(said: Presence, drained: Collection[str]) -> Lane:
    state = without_run(said, drained)
    return Lane(said.executor, said.pool, state, None, drained=said.executor in drained)
