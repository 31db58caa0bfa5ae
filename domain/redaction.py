"""What remains of a run's details once they are removed: how much there was, and what came of it.

Removed are the texts: what steps act on and type, where they go, what pages and models said. What
the views are made of remains, so that they equal a fresh replay afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.steps import ACTIONS, Step

if TYPE_CHECKING:
    from collections.abc import Collection

    from domain.decision import Decision
    from domain.definition import Definition

REMOVED = "[removed]"
"""What stands where a text was."""

_SOMEWHERE = {"css": REMOVED}
_ARGUMENTS: dict[str, Any] = {
    **dict.fromkeys(("goto", "press", "screenshot", "act", "observe", "verify"), REMOVED),
    **dict.fromkeys(("click", "check", "hover", "wait_for"), _SOMEWHERE),
    "fill": _SOMEWHERE | {"value": REMOVED},
    "select": _SOMEWHERE | {"option": REMOVED},
    "upload": _SOMEWHERE | {"files": [{"name": REMOVED}]},
    "expect": {"text": REMOVED},
    "dialog": {"accept": REMOVED},
    "extract": {"instruction": REMOVED, "schema": {"removed": "string"}},
}
_BARE = {action: Step.model_validate({action: _ARGUMENTS[action]}) for action in ACTIONS}


def bare_definition(definition: Definition, known: Collection[int] = ()) -> Definition:
    """The definition without where it goes, what it types and what its steps say.

    Steps in words whose index is in `known` keep what they say, and so do all that say the same: it
    is by this, and by the how many-th of these a step is, that its decision is known.
    """
    said = [_words(step) for at, step in enumerate(definition.steps) if at in known]
    steps = tuple(
        _bare_step(step, keep=step.in_words and _words(step) in said) for step in definition.steps
    )
    return definition.model_copy(update={"base_url": None, "variables": {}, "steps": steps})


def bare_decision(decision: Decision) -> Decision:
    """The decision without what was decided: who decided, how it came about and what it cost."""
    gone = {"bound": None, "actions": (), "sources": (), "value": None, "reason": None}
    return decision.model_copy(update={"instruction": REMOVED, **gone})


def _bare_step(step: Step, *, keep: bool) -> Step:
    bare = step if keep else _BARE[step.action]
    return bare.model_copy(update={"name": None, "timeout": step.timeout})


def _words(step: Step) -> tuple[str, str]:
    return step.action, step.instruction
