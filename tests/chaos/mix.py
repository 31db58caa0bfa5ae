"""What clients ask for: kinds of runs and how often, and how many are cancelled."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random

_USUAL_KINDS = {
    "nothing": 60, "goto": 12, "look": 11, "late": 6, "failing": 4, "flaky": 4, "timed out": 3,
}  # fmt: skip
_ENDS = {"failing": "failed", "timed out": "timed_out"}


@dataclass(frozen=True, slots=True)
class Mix:
    """Kinds of runs with their weights, and the rest of a client's habits."""

    kinds: dict[str, int] = field(default_factory=lambda: _USUAL_KINDS)
    spread: float = 7.0
    """Seconds over which the requests are sent."""
    batches: float = 0.06
    """The share of requests that are batches."""
    with_key: float = 0.7
    """The share that has an idempotency key: those are asked again until they are answered."""
    repeated: float = 0.15
    """The share of those that are asked again though they were answered."""
    cancelled: float = 0.08
    """The share of single runs that are cancelled soon after."""
    times: int = 1
    """How many times the usual number of runs."""

    def run(self, rng: random.Random, site: str) -> dict[str, Any]:
        """One run."""
        (kind,) = rng.choices(list(self.kinds), list(self.kinds.values()))
        return {
            "name": kind,
            "base_url": site,
            "priority": rng.randint(1, 10),
            "timeout": 0.8 if kind == "timed out" else 25,
            "retries": int(kind == "flaky"),
            "expect": _ENDS.get(kind, "passed"),
            "steps": _steps(kind, rng),
        }


USUAL = Mix()


def _steps(kind: str, rng: random.Random) -> list[dict[str, Any]]:
    said = {"expect": {"text": "All is well"}, "timeout": 10}
    match kind:
        case "nothing":
            return []
        case "goto":
            return [{"goto": "/"}]
        case "look":
            return [{"goto": "/"}, said]
        case "late":
            late = f"/late?ms={rng.randint(500, 1800)}"
            return [{"goto": "/"}, {"goto": late, "timeout": 15}, said]
        case "failing":
            return [{"goto": "/"}, {"expect": {"text": "All is lost"}, "timeout": 0.3}]
        case "flaky":
            return [{"goto": "/flaky?run=${run_id}"}, said]
    return [{"goto": "/late?ms=9000"}]
