"""The steps in words of one attempt: replayed where a decision is known, decided otherwise."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from domain.decision import DecidedAction, Decision, replayable
from executor.browser.variables import UnknownVariableError
from executor.matcher import imperative
from executor.words.deciding import ChangedError
from executor.words.fit import MisfitError
from executor.words.placeholders import Placeholders
from executor.words.question import ModelError, NoSuchElementError
from executor.words.replaying import Replay
from executor.words.rest import come_to_rest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.async_api import Page

    from domain.decision import KnownDecision
    from domain.steps import Step
    from domain.words import WordsMode
    from executor.browser.variables import Variables
    from executor.words.deciding import Decider

_FITS_WITHIN = 10.0
"""Seconds for what was decided on to come to stand where it stood, as an exact step would wait."""

_LOOK_AGAIN = 0.3
_MOST_DECISIONS = 2


class DecisionError(Exception):
    """The step may only be replayed, and cannot be."""


class StatementError(Exception):
    """The statement to verify does not hold."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(f"it does not hold: {decision.reason}")
        self.decision = decision


class NeedsDecidingError(Exception):
    """A model has to decide step `step`, and this browser has none to ask.

    `misfit` says why the decision that is known no longer fits; None if none was.
    """

    def __init__(self, step: int, instruction: str, misfit: str | None) -> None:
        super().__init__(misfit or f"nothing is known yet of: {instruction}")
        self.step = step
        self.misfit = misfit


class Words:
    """Without a decider it only replays, and raises NeedsDecidingError where that is not enough.

    `misfits` are decisions that were tried before in this attempt, by step, with what was wrong.
    """

    def __init__(
        self,
        page: Page,
        variables: Variables,
        known: Mapping[int, KnownDecision],
        *,
        mode: WordsMode,
        decider: Decider | None,
        misfits: Mapping[int, str],
    ) -> None:
        self._page = page
        self._variables = variables
        self._known = known if mode != "decide" else {}
        self._mode = mode
        self._decider = decider
        self._misfits = misfits
        self._replay = Replay(page, variables)

    async def do(self, index: int, step: Step, seconds: float) -> Decision:
        """Does what the step says, within so many seconds; what it came to.

        Raises DecisionError, StatementError, NeedsDecidingError, what deciding raises, and
        Playwright's errors.
        """
        places = Placeholders(step.instruction, self._variables)
        misfit, decision = self._misfits.get(index), None
        if misfit is None:
            try:
                decision = await self._replayed(index, step, places, seconds)
            except MisfitError as error:
                misfit = str(error)
        if decision is None:
            decision = await self._decided(index, step, places, seconds, misfit)
        if step.extract is not None and step.extract.save_as is not None:
            self._variables.save(step.extract.save_as, decision.value)
        return decision

    # -- replaying ----------------------------------------------------------------------------

    async def _replayed(
        self, index: int, step: Step, places: Placeholders, seconds: float
    ) -> Decision | None:
        """None if nothing is known. Raises MisfitError if it no longer fits and may be mended."""
        known = self._known.get(index)
        usable = known is not None and _usable(known.decision, places)
        if known is None or not usable:
            if self._mode == "replay":
                raise DecisionError(_unknown(step, known))
            return None
        began = time.monotonic()
        try:
            again = await self._repeat(known.decision, seconds)
        except MisfitError as misfit:
            if self._mode == "replay":
                raise DecisionError(
                    f"decision {known.version} of this step no longer fits: {misfit}"
                ) from None
            raise
        return again.model_copy(
            update={
                "made": "replayed", "calls": 0, "input_tokens": 0, "output_tokens": 0,
                "seconds": round(time.monotonic() - began, 4),
            }
        )  # fmt: skip

    async def _repeat(self, decision: Decision, seconds: float) -> Decision:
        seconds = min(seconds, _FITS_WITHIN)
        if decision.value is not None:
            value = await self._replay.read(decision, seconds)
            return decision.model_copy(update={"value": value})
        if decision.holds is not None:
            await self._replay.judge(decision, seconds)
        else:
            await self._replay.perform(decision, seconds)
        return decision

    # -- deciding -----------------------------------------------------------------------------

    async def _decided(
        self, index: int, step: Step, places: Placeholders, seconds: float, misfit: str | None
    ) -> Decision:
        decision = plain_decision(step)
        if decision is None:
            if self._decider is None:
                raise NeedsDecidingError(index, step.instruction, misfit)
            decision = await self._asked(self._decider, step, places, seconds)
        if misfit is not None:
            decision = decision.model_copy(update={"made": "healed"})
        if step.act is not None:
            await self._replay.perform(decision, min(seconds, _FITS_WITHIN))
        if decision.holds is False:
            raise StatementError(decision)
        return decision

    async def _asked(
        self, decider: Decider, step: Step, places: Placeholders, seconds: float
    ) -> Decision:
        patience = _Patience(seconds, asks=not decider.free)
        while True:
            await come_to_rest(self._page)
            try:
                decision = await decider.decide(self._page, step, places)
            except (NoSuchElementError, ChangedError, MisfitError, ModelError) as error:
                if not patience.bears(error):
                    raise
            else:
                if decision.holds is not False or not patience.bears(None):
                    return decision
            await self._page.wait_for_timeout(_LOOK_AGAIN * 1000)


class _Patience:
    """How often a page is looked at again that does not show what is needed yet.

    Looking is free for the matcher, which goes on as an exact step would; a model is asked once
    more where what it decided on changed, or was not there.
    """

    def __init__(self, seconds: float, *, asks: bool) -> None:
        self._deadline = time.monotonic() + seconds
        self._decisions = 0
        self._asks = asks

    def bears(self, error: Exception | None) -> bool:
        """Whether to try again, after this error or a statement that does not hold."""
        self._decisions += 1
        if isinstance(error, ModelError) and error.trouble != "needs_model":
            return False
        if self._asks:
            return error is not None and self._decisions < _MOST_DECISIONS
        return time.monotonic() + _LOOK_AGAIN < self._deadline


def fits_words(decision: Decision | None, step: Step, variables: Variables) -> bool:
    """Whether a decision may be tried, as far as can be said before the page is there."""
    if decision is None:
        return False
    try:
        return _usable(decision, Placeholders(step.instruction, variables))
    except UnknownVariableError:
        return replayable(decision)  # An earlier step will have read it by then.


def _usable(decision: Decision, places: Placeholders) -> bool:
    return replayable(decision) and decision.bound == places.bound_to(decision.actions)


def _unknown(step: Step, known: KnownDecision | None) -> str:
    if known is None:
        return f"no decision is known of {step.instruction!r}: run it once with `words: auto`"
    if replayable(known.decision):
        return (
            f"decision {known.version} of this step was made for other variables:"
            f" {known.decision.bound}"
        )
    return (
        f"decision {known.version} of this step cannot be replayed: it read or judged what no"
        " single element says in so many words"
    )


def is_plain(step: Step) -> bool:
    """Whether the step says all by itself, whatever is on the page."""
    return plain_decision(step) is not None


def plain_decision(step: Step) -> Decision | None:
    """What needs no element to be found: going back, reloading, a key for whatever has focus."""
    plain = imperative.parse(step.instruction) if step.act is not None else None
    if plain is None or not imperative.targetless(plain):
        return None
    method = "press" if plain.verb == "press_key" else plain.verb
    action = DecidedAction(method=method, arguments=(plain.value,) if plain.value else ())
    return Decision(instruction=step.instruction, made="matcher", by="matcher", actions=(action,))
