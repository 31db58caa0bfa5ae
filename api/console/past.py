"""The queue as it stood: a span of the past, and a moment in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from api.console.lanes import lanes
from api.problems import ProblemError
from api.spans import in_utc
from projections.past.stretch import BeforeTheLogError

if TYPE_CHECKING:
    from markupsafe import Markup

    from api.console.console import Console
    from projections.reader import Snapshot

PATH = "/past"
SPANS = {
    900: "15 minutes",
    3_600: "an hour",
    6 * 3_600: "6 hours",
    86_400: "a day",
    7 * 86_400: "a week",
}
"""Seconds, and how they are called."""

_VERDICTS = 12
_WAITING = 50


@dataclass(frozen=True, slots=True)
class Look:
    """At the moment `second` seconds after the beginning of the `span` seconds before `to`."""

    to: datetime
    span: int
    second: int

    @classmethod
    def asked(cls, to: str, span: int, second: int | None) -> Look:
        """As an address says it: until now, and at its end, unless it says more.

        Raises ProblemError.
        """
        now = datetime.now(UTC).replace(microsecond=0)
        try:
            end = min(now, in_utc(datetime.fromisoformat(to)) if to else now)
            end - timedelta(seconds=span)
        except (ValueError, OverflowError):
            raise ProblemError(
                422, "invalid request", f"to: {to[:40]!r} is no moment, as {now.isoformat()} is"
            ) from None
        return cls(end, span, span if second is None else min(second, span))

    @property
    def since(self) -> datetime:
        """The beginning of the span."""
        return self.to - timedelta(seconds=self.span)

    @property
    def moment(self) -> datetime:
        """What is looked at."""
        return self.since + timedelta(seconds=self.second)

    def address(self, **said: Any) -> str:
        """The page of this look, or of one that differs in what is said."""
        facts = {"to": self.to.isoformat(), "span": self.span, "second": self.second} | said
        return f"{PATH}?{urlencode(facts)}"


def past_part(console: Console, look: Look) -> Markup:
    """What stood in the log then, as HTML. Raises the reader's errors."""
    try:
        with console.services.reader.at(look.moment) as snapshot:
            facts = _facts(console, snapshot)
    except BeforeTheLogError as error:
        return console.pages.part("past_part.html", look=look, nothing=str(error))
    return console.pages.part("past_part.html", look=look, nothing=None, **facts)


def _facts(console: Console, snapshot: Snapshot) -> dict[str, Any]:
    drained, running = snapshot.drained(), snapshot.running()
    return {
        "lanes": lanes(running, (), drained, console.step_names),
        "drained": sorted(drained - {row["executor"] for row in running}),
        "queued": sum(snapshot.queued().values()),
        "waiting": snapshot.waiting(_WAITING),
        "oldest": snapshot.oldest_queued(),
        "paused": snapshot.paused(),
        "verdicts": snapshot.latest_verdicts(_VERDICTS),
        "position": snapshot.position,
    }
