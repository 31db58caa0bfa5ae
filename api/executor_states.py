"""What an executor does: what the log says of it, and of the rest, what it said itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from runtime.broker.port import Presence, State


def with_run(executor: str, said: Presence | None, drained: Collection[str]) -> State:
    """Of one that has a run, as the log says."""
    leaving = said is not None and said.state == "draining"
    return "draining" if leaving or executor in drained else "running"


def without_run(said: Presence, drained: Collection[str]) -> State:
    """Of one that has none. It may say that it runs while its run's verdict is in the log already,
    and may not have heard yet that it is drained."""
    if said.executor in drained and said.state != "draining":
        return "drained"
    return "idle" if said.state == "running" else said.state


def takes_runs(said: Presence) -> bool:
    """Whether it says that it will, when it has none."""
    return said.state not in {"draining", "drained"}
