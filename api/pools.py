"""The queue pool by pool: what waits in each, and whether anybody serves it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from api.executor_states import takes_runs
from api.models.queue import PoolView

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from psycopg.rows import DictRow

    from api.requests import Looking

    Queued = Mapping[tuple[str, int], int]


def by_priority(queued: Queued) -> dict[str, int]:
    """How many wait, by priority, in all pools together."""
    counted: Counter[int] = Counter()
    for (_, priority), count in queued.items():
        counted[priority] += count
    return {str(priority): counted[priority] for priority in sorted(counted)}


def pools(looking: Looking, queued: Queued, running: Sequence[DictRow]) -> list[PoolView]:
    """Every pool that is set up, and every other one in which something waits or runs."""
    waiting: Counter[str] = Counter()
    for (pool, _), count in queued.items():
        waiting[pool] += count
    active = Counter(row["pool"] for row in running)
    alive = looking.services.executors.alive()
    serving = Counter(said.pool for said in alive if takes_runs(said))
    leaving = Counter(said.pool for said in alive if not takes_runs(said))
    names = {*looking.services.settings.known_pools, *waiting, *active, *serving, *leaving}
    return [
        PoolView(
            name=name,
            queued=waiting[name],
            active=active[name],
            executors=serving[name],
            trouble=None if serving[name] or looking.moment else _nobody_serves(name, leaving),
        )
        for name in sorted(names)
    ]


def _nobody_serves(pool: str, leaving: Counter[str]) -> str:
    if leaving[pool]:
        return (
            f"every executor of pool {pool!r} is drained: what waits there waits until one is not"
        )
    return (
        f"no executor serves pool {pool!r}: what waits there waits until one is started with"
        f" PROCTOR_POOL={pool}"
    )
