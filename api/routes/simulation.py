"""What would have happened with other executors, or by another rule."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.keys import Viewer
from api.problems import ProblemError
from api.requests import Wired
from api.services import Services
from api.spans import past_span
from domain.ageing import AgeingRule
from domain.dispatch import DEFAULT_POOL
from domain.values import PoolName
from projections.past.stretch import BeforeTheLogError
from projections.simulation.figures import Waits
from projections.simulation.priority_rules import PriorityRule
from projections.simulation.recording import SECOND, Recording
from projections.simulation.refusals import NotSimulatedError
from projections.simulation.simulation import simulate
from projections.simulation.span import find, record

router = APIRouter(prefix="/queue", tags=["queue"])

MOST_EXECUTORS = 1_000
_MOST_NUMBERS = 5


class CourseView(BaseModel):
    """A course of the queue in figures. A run's waiting time is from being asked for to its first
    start; `by_priority` is the priority it was asked for with."""

    executors: int
    waiting_seconds: Waits
    by_priority: dict[int, Waits]
    never_started: int = Field(description="runs that were cancelled first, or still wait")
    busy_share: float = Field(description="of the executors' time until the last run's end; 0 to 1")
    makespan_seconds: float = Field(description="from the beginning to the last run's end")


class SimulatedView(CourseView):
    """A course that was not."""

    order_agreement: float = Field(
        description="the share of pairs of starts that came in the same order as recorded; 0 to 1"
    )


class SimulationView(BaseModel):
    """What happened, where `executors` are those seen busy at once, and what would have."""

    model_config = ConfigDict(populate_by_name=True)

    since: datetime = Field(alias="from")
    until: datetime = Field(alias="to")
    pool: str
    rule: PriorityRule
    runs: int = Field(description="asked for in between, or open at the beginning")
    ageing_seconds: float = Field(description="until a waiting run rises by a level; 0 is never")
    handover_seconds: float = Field(description="of an executor, from a run's end to the next")
    estimated_attempts: int = Field(description="whose duration the log does not know")
    happened: CourseView
    simulated: list[SimulatedView]
    position: int = Field(description="as far as the log was read")


@router.get("/simulation")
def simulate_queue(
    _: Viewer,
    services: Wired,
    *,
    executors: Annotated[
        list[Annotated[int, Field(ge=1, le=MOST_EXECUTORS)]],
        Query(min_length=1, max_length=_MOST_NUMBERS, description="how many; several to compare"),
    ],
    since: Annotated[datetime, Query(alias="from", description="runs open then ...")],
    until: Annotated[datetime, Query(alias="to", description="... or asked for until then")],
    rule: Annotated[PriorityRule, Query(description="what the queue goes by")] = (
        PriorityRule.RECORDED
    ),
    pool: Annotated[PoolName, Query(description="whose queue")] = DEFAULT_POOL,
) -> SimulationView:
    """The recorded runs through the real queue order, by these numbers of executors: waiting times
    as they were, and as they would have been."""
    since, until = past_span(since, until)
    recording = _recording(services, since, until, pool)
    ageing = services.settings.ageing_interval if rule.ages else 0.0
    was, others = simulate(recording, executors, rule, AgeingRule(ageing))
    return SimulationView(
        since=since, until=until, pool=pool, rule=rule, runs=len(recording.runs),
        ageing_seconds=ageing, handover_seconds=recording.handover / SECOND,
        estimated_attempts=recording.estimated, position=recording.position,
        happened=CourseView(**asdict(was)),
        simulated=[
            SimulatedView(**asdict(other.figures), order_agreement=other.order_agreement)
            for other in others
        ],
    )  # fmt: skip


def _recording(services: Services, since: datetime, until: datetime, pool: str) -> Recording:
    try:
        return record(services.log, find(services.reader, since, until, pool))
    except BeforeTheLogError as error:
        raise ProblemError(422, "invalid request", f"from: {error}") from error
    except NotSimulatedError as error:
        raise ProblemError(422, "invalid request", str(error)) from error
