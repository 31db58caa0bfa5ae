"""Pages whose script never ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.chaos.fault import AFTER_AN_EXECUTOR, Fault


class PageSpins(Fault):
    about = "six runs visit a page that spins: half end by the step's time, half by the run's"
    mark = AFTER_AN_EXECUTOR
    blurs_order = False

    def more_runs(self) -> Sequence[dict[str, Any]]:
        def spin(seconds: float, **said: Any) -> dict[str, Any]:
            steps = [{"goto": "/spin"}, {"expect": {"text": "Never"}, "timeout": seconds}]
            return {"name": "spin", "priority": 2, "steps": steps, **said}

        by_step = [spin(2, expect="failed")] * 3
        by_run = [spin(20, timeout=3, expect="timed_out")] * 3
        return [*by_step, *by_run]


FAULT = PageSpins()
