"""What is known of steps in words: look at it, and have it forgotten."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.keys import Submitter, Viewer
from api.models.decisions import DecisionPage, DecisionView, Forgotten
from api.requests import Now
from domain.test_decisions import decisions_id, forget

router = APIRouter(prefix="/decisions", tags=["decisions"])

Test = Annotated[str, Query(min_length=1, description="a test's id, or the name of inline runs")]


@router.get("")
def list_decisions(
    _: Viewer,
    looking: Now,
    test: Test,
    suite: Annotated[str | None, Query(description="of inline runs, as their label says")] = None,
) -> DecisionPage:
    """Every version of every decision of a test, the oldest of each step first."""
    with looking.snapshot() as snapshot:
        rows = snapshot.decisions_of(test, suite)
    return DecisionPage(items=[DecisionView.model_validate(row) for row in rows])


@router.delete("")
def forget_decisions(
    who: Submitter,
    looking: Now,
    test: Test,
    instruction: Annotated[str | None, Query(min_length=1, description="only of this step")] = None,
) -> Forgotten:
    """Has what is known decided anew by the runs requested from now on."""
    with looking.snapshot() as snapshot:
        known = [
            row
            for row in snapshot.decisions_of(test)
            if row["known"] and instruction in {None, row["instruction"]}
        ]
    if not known:
        return Forgotten(forgotten=0)
    log = looking.services.log
    version = len(log.newer(decisions_id(test), 0))
    position = log.append(forget(test, version, who, instruction))
    with looking.snapshot_with(position):
        return Forgotten(forgotten=len(known))
