"""How long what belongs to a run is kept after its verdict, by what the verdict was."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from domain.event import now
from domain.run_events import VERDICTS

STATUSES = tuple(VERDICTS.values())

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AGE = re.compile(r"(?P<count>[0-9]{1,6})(?P<unit>[smhdw])")


@dataclass(frozen=True, slots=True)
class Age:
    """A length of time as people write it, as in 30d, 12h or 8w."""

    text: str

    def __post_init__(self) -> None:
        if not _AGE.fullmatch(self.text):
            raise ValueError(f"{self.text!r} is no age: say it as in 30d, 12h, 45m, 90s or 8w")

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return timedelta(**{_UNITS[self.text[-1]]: int(self.text[:-1])})

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Rule:
    """What belongs to runs of these statuses goes so long after their verdict."""

    statuses: tuple[str, ...]
    older_than: Age

    def __post_init__(self) -> None:
        for status in self.statuses:
            if status not in STATUSES:
                known = ", ".join(STATUSES)
                raise ValueError(f"{status!r} is no status of a run that is over: {known} are")

    def facts(self) -> dict[str, Any]:
        """The statuses, and the moment before which their verdict was, for a question in SQL."""
        return {"statuses": list(self.statuses), "before": now() - self.older_than.length}

    def __str__(self) -> str:
        who = "all" if self.statuses == STATUSES else ", ".join(self.statuses)
        return f"{who} after {self.older_than}"


def rules_of(text: str) -> tuple[Rule, ...]:
    """Reads rules as a setting has them: `passed=7d,failed=90d`, or `30d` for all alike.

    Raises ValueError with a sentence that says what would be right.
    """
    return tuple(_rule_of(part.strip()) for part in text.split(",") if part.strip())


def _rule_of(text: str) -> Rule:
    status, equals, age = text.rpartition("=")
    return Rule((status.strip(),) if equals else STATUSES, Age(age.strip()))
