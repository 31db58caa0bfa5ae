"""The executors as lanes: each with its run, the step in progress, and its time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from psycopg.rows import DictRow

    from api.console.step_names import StepNames
    from runtime.broker.port import Presence

MOST = 60
"""Lanes on a page; those with a run come first."""


@dataclass(frozen=True, slots=True)
class Lane:
    """An executor. `step` is what its run is at; None between steps, or without a run."""

    executor: str
    pool: str
    state: str
    since: datetime | None
    run: DictRow | None = None
    step: str | None = None


def lanes(running: Sequence[DictRow], alive: Sequence[Presence], names: StepNames) -> list[Lane]:
    """What the log says of those that hold a run; of the others, what they said themselves."""
    said = {presence.executor: presence for presence in alive}
    busy = [_busy(row, said.get(row["executor"]), names) for row in running]
    holding = {lane.executor for lane in busy}
    idle = [_idle(presence) for presence in alive if presence.executor not in holding]
    shown = [*busy, *idle][:MOST]
    return sorted(shown, key=lambda lane: (lane.pool, lane.executor))


def _busy(row: DictRow, said: Presence | None, names: StepNames) -> Lane:
    state = "draining" if said is not None and said.state == "draining" else "running"
    steps = names.of(row["id"])
    step = steps[row["steps_passed"]] if row["steps_passed"] < len(steps) else None
    return Lane(row["executor"], row["pool"], state, row["started_at"], row, step)


def _idle(said: Presence) -> Lane:
    # It may say so still while its run's verdict is in the log already.
    state = "idle" if said.state == "running" else said.state
    return Lane(said.executor, said.pool, state, None)
