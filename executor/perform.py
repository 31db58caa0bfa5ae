"""Performing an attempt in the browser it needs: the fast one while nothing is to be decided."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from domain.run_events import Failure
from executor.browser.finding import BrowserMissingError
from executor.browser.launched import BrowserLostError
from executor.browser.outcome import AttemptOutcome, BrowserChange
from executor.job import Begun, Job
from executor.performance import Performance
from executor.words.words import NeedsDecidingError, fits_words, is_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from executor.browser.outcome import Happening
    from executor.equipment import Equipment

_CHROMIUM = "chromium"
_READY_WITHIN = 25.0
"""Seconds for a browser to be launched, twice if need be: one that stands still meanwhile must not
cost the run its time."""


async def perform(
    equipment: Equipment, job: Job, tell: Callable[[Happening], None]
) -> AttemptOutcome:
    """Performs `job` and says how it ended, at the latest three seconds after its timeout.

    `tell` is called right after each step, and when the attempt begins again in another browser. If
    the caller is cancelled, the browser is killed at once.
    """
    begun = time.monotonic()
    if not job.definition.steps:
        return AttemptOutcome("passed", None, 0.0)  # Nothing to do, and no browser to do it in.
    try:
        with equipment.gate.open(equipment.policy(job.definition)) as passage:
            return await _in_the_browser_it_needs(equipment, Begun(job, passage, tell, begun))
    except BrowserLostError as lost:
        error = Failure(kind="browser_lost", message=str(lost))
        return AttemptOutcome("lost", error, time.monotonic() - begun)
    except BrowserMissingError as missing:
        error = Failure(kind="browser_missing", message=str(missing))
        return AttemptOutcome("errored", error, time.monotonic() - begun)


async def _in_the_browser_it_needs(equipment: Equipment, begun: Begun) -> AttemptOutcome:
    if must_decide(begun.job, equipment.settings.secrets):
        return await _deciding(equipment, begun)
    try:
        return await _replaying(equipment, begun)
    except NeedsDecidingError as reason:
        begun.tell(BrowserChange(_CHROMIUM, str(reason)))
        misfits = {reason.step: reason.misfit} if reason.misfit else {}
        return await _deciding(equipment, begun, misfits)


def must_decide(job: Job, secrets: Mapping[str, str]) -> bool:
    """Whether some step in words cannot be replayed from what is known."""
    mode = job.definition.words
    if mode == "replay":
        return False
    variables = job.variables(secrets)
    known = {known.step: known.decision for known in job.decisions} if mode != "decide" else {}
    return any(
        step.in_words and not is_plain(step) and not fits_words(known.get(index), step, variables)
        for index, step in enumerate(job.definition.steps)
    )


async def _replaying(equipment: Equipment, begun: Begun) -> AttemptOutcome:
    browsers = equipment.browsers
    try:
        async with asyncio.timeout(_READY_WITHIN):
            prepared = await browsers.take()
    except TimeoutError:
        browsers.discard()
        raise BrowserLostError(f"no browser was ready within {_READY_WITHIN:g} s") from None
    performance = Performance(equipment, begun, prepared)
    try:
        outcome = await performance.run()
    except asyncio.CancelledError:
        browsers.discard()
        raise
    except NeedsDecidingError:
        browsers.give_back(prepared)
        raise
    if performance.spoilt:
        browsers.discard()
    else:
        browsers.give_back(prepared)
    return outcome


async def _deciding(
    equipment: Equipment, begun: Begun, misfits: Mapping[int, str] | None = None
) -> AttemptOutcome:
    try:
        async with asyncio.timeout(_READY_WITHIN):
            understood = await equipment.chromiums.take()
    except TimeoutError:
        raise BrowserLostError(f"no Chromium was ready within {_READY_WITHIN:g} s") from None
    session = understood.session
    performance = Performance(equipment, begun, understood, session=session, misfits=misfits)
    try:
        return await performance.run()
    finally:
        equipment.chromiums.discard()
