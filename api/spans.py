"""A span of the past, as routes are asked for it by `from` and `to`."""

from __future__ import annotations

from datetime import UTC, datetime

from api.problems import ProblemError


def past_span(since: datetime, until: datetime) -> tuple[datetime, datetime]:
    """Both in UTC, where they name no zone. Raises ProblemError if they are no span of the past."""
    since, until = in_utc(since), in_utc(until)
    if until > datetime.now(UTC):
        raise ProblemError(422, "invalid request", f"to: {until.isoformat()} is in the future")
    if since >= until:
        raise ProblemError(
            422, "invalid request", f"from: {since.isoformat()} is not before {until.isoformat()}"
        )
    return since, until


def in_utc(moment: datetime) -> datetime:
    """In UTC if it names no zone."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
