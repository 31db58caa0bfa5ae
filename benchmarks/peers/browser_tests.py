"""What both browser runners are given, and how what they report is read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import uuid4

from benchmarks.peers.figure import NotMeasuredError
from benchmarks.workload import suite
from executor.browser.finding import BrowserMissingError, find_browser
from executor.browser.launch import ARGUMENTS
from executor.browser.variables import Variables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.peers.figure import Figure
    from domain.definition import Definition

WORKERS = (2, 5)
"""As many as there are processors on a small machine, and as many as Proctor has executors."""
RUN_TIMEOUT = 180.0


@dataclass(frozen=True, slots=True)
class Ended:
    """How one test ended, in its runner's words, and whether its suite expects that.

    Times are in seconds since 1970, from the first attempt's set-up to the last one's tear-down.
    """

    word: str
    as_expected: bool
    started: float
    ended: float


def tests(shop: str) -> list[Definition]:
    """What the bare loop runs too, with every variable's value in its place."""
    return [_filled_in(definition) for definition in suite(shop)]


def launch_options() -> dict[str, object]:
    """The browser and its flags, as the executors launch it. Raises NotMeasuredError."""
    try:
        return {"executable_path": str(find_browser(None)), "args": list(ARGUMENTS)}
    except BrowserMissingError as error:
        raise NotMeasuredError(str(error)) from None


def judged(of: Figure, definitions: Sequence[Definition], ended: Mapping[int, Ended]) -> Figure:
    """`of` with its rate, from the first test's start to the last one's end, and what was not as
    expected; `ended` is by number. Raises NotMeasuredError if there is nothing to judge.
    """
    missing = [each.name for number, each in enumerate(definitions) if number not in ended]
    if len(missing) == len(definitions):
        raise NotMeasuredError(f"{of.peer} reported no test at all")
    wrong = [
        f"{definitions[number].name}: {each.word}"
        for number, each in sorted(ended.items())
        if not each.as_expected
    ]
    began = min(each.started for each in ended.values())
    taken = max(each.ended for each in ended.values()) - began
    unexpected = (*wrong, *(f"{name}: not run" for name in missing))
    return replace(of, per_second=len(ended) / taken, unexpected=unexpected)


def _filled_in(definition: Definition) -> Definition:
    """`run_id` stays the same when a test is tried again, as Proctor's does."""
    variables = Variables({**definition.variables, "run_id": uuid4().hex}, {})
    steps = tuple(variables.fill_in(step) for step in definition.steps)
    return definition.model_copy(update={"steps": steps})
