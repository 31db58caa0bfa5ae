"""The clients' requests: a seeded mix, the same for the same seed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from tests.chaos.mix import Mix


@dataclass(frozen=True, slots=True)
class Ask:
    """One request of one client: a run, or a batch of several."""

    number: int
    at: float
    """Seconds after the beginning."""
    runs: tuple[dict[str, Any], ...]
    batch: bool
    key: str | None
    """Its idempotency key: with one it is asked again until it is answered."""
    repeated: bool = False
    """Asked once more after it was answered, as a client does that did not hear the answer."""
    cancel_after: float | None = None
    """Seconds after the answer."""


@dataclass(frozen=True, slots=True)
class Workload:
    """Everything that is asked for in one trial; `name` is in every run's labels."""

    name: str
    asks: tuple[Ask, ...]

    @property
    def runs(self) -> int:
        """How many runs that is."""
        return sum(len(ask.runs) for ask in self.asks)

    def expected(self, ask: int, index: int) -> str:
        """The verdict that a run comes to if nobody cancels it."""
        return str(self.asks[ask].runs[index]["expect"])


def workload(
    name: str,
    rng: random.Random,
    mix: Mix,
    runs: int,
    *,
    site: str,
    more: Sequence[dict[str, Any]] = (),
) -> Workload:
    """At least `runs` runs, and `more`: each of those in a request of its own, never cancelled."""
    asks: list[Ask] = []
    count = 0
    while count < runs * mix.times:
        size = rng.randint(3, 10) if rng.random() < mix.batches else 1
        asks.append(_ask(name, rng, mix, len(asks), [mix.run(rng, site) for _ in range(size)]))
        count += size
    patient = replace(mix, cancelled=0.0)
    for said in more:
        asks.append(_ask(name, rng, patient, len(asks), [patient.run(rng, site) | said]))
    return Workload(name, tuple(asks))


def _ask(name: str, rng: random.Random, mix: Mix, number: int, runs: list[dict[str, Any]]) -> Ask:
    labels = {"chaos": name, "ask": str(number)}
    key = f"{name}/{number}" if rng.random() < mix.with_key else None
    cancel = len(runs) == 1 and rng.random() < mix.cancelled
    return Ask(
        number,
        at=rng.uniform(0, mix.spread),
        runs=tuple(run | {"labels": labels | {"index": str(n)}} for n, run in enumerate(runs)),
        batch=len(runs) > 1,
        key=key,
        repeated=key is not None and rng.random() < mix.repeated,
        cancel_after=rng.uniform(0, 2) if cancel else None,
    )
