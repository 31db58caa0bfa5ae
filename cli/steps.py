"""Steps that were performed, a row each."""

from __future__ import annotations

from typing import Any

from cli.decided import in_short
from cli.shown import seconds, styled

STEPS = {"StepPassed": "passed", "StepFailed": "failed"}
"""The events that tell of them, and what came of it."""


def step_row(event: dict[str, Any]) -> list[object]:
    """Attempt, mark, step, time, and what was said."""
    data = event["data"]
    decided = in_short(data["decision"]) if data.get("decision") else ""
    said = "; ".join(filter(None, [data.get("message"), decided]))
    mark = styled(STEPS[event["type"]])
    return [data["attempt"], mark, data["step"], seconds(data["duration"]), said]
