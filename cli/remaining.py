"""How long runs will take until the last has its verdict: a guess, better as they go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli.shown import moment

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime


def remaining(runs: Collection[dict[str, Any]], now: datetime) -> float | None:
    """Seconds from `now`; None while nobody can say.

    The server guesses when a waiting run starts; where it cannot, it is the pace so far. How long
    a run takes is what those took that are over.
    """
    queued = [run for run in runs if run["status"] == "queued"]
    running = [run for run in runs if run["status"] == "running"]
    typical = _typical(runs)
    if not queued and not running:
        return 0.0
    starts_in = _last_start(queued, len(running), typical, now)
    if starts_in is None or (typical is None and not queued):
        return None
    ends = [starts_in + (typical or 0.0)] if queued else []
    ends += [(typical or 0.0) - _elapsed(run, now) for run in running]
    return max(0.0, *ends)


def _typical(runs: Collection[dict[str, Any]]) -> float | None:
    took = [run["duration"] for run in runs if run["duration"] is not None]
    return sum(took) / len(took) if took else None


def _last_start(
    queued: list[dict[str, Any]], active: int, typical: float | None, now: datetime
) -> float | None:
    guesses = [run.get("estimated_start") for run in queued]
    if all(guesses):
        return max(((moment(guess) - now).total_seconds() for guess in guesses if guess), default=0)
    return None if typical is None else len(queued) * typical / max(1, active)


def _elapsed(run: dict[str, Any], now: datetime) -> float:
    return (now - moment(run["started_at"])).total_seconds() if run["started_at"] else 0.0
