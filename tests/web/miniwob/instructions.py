"""What the author of a test would write for a task: plain instructions, made from what it asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.web.miniwob.wordings import RULES, as_said


@dataclass(frozen=True, slots=True)
class Told:
    """Steps in words for a task; `as_said` if they are its own words, cut where one action ends."""

    steps: tuple[dict[str, Any], ...]
    as_said: bool


def told(utterance: str) -> Told | None:
    """The steps that do what a task asks; None if no plain instruction says it."""
    for pattern, build in RULES:
        found = pattern.fullmatch(utterance)
        steps = build(found) if found is not None else None
        if steps is not None:
            acts = (step if isinstance(step, dict) else {"act": step} for step in steps)
            return Told(tuple(acts), build is as_said)
    return None


def utterance_of(asked: Any) -> str:
    """What a page gives as its task. A few say it in everyday language, in a hundred ways, and give
    what is meant beside it: then that, in the words of the package's other tasks."""
    if isinstance(asked, str):
        return asked
    fields = asked["fields"]
    return _MEANT[fields.get("task", "forward")].format(**fields)


_MEANT = {
    "forward": "Find the email by {by} and forward that email to {to}.",
    "reply": 'Find the email by {by} and reply to them with the text "{message}".',
    "delete": "Find the email by {by} and click the trash icon to delete it.",
    "star": "Find the email by {by} and click the star icon to mark it as important.",
}
