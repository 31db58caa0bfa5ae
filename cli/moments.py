"""Moments of the past, as options name them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cli.client import ClientError
from cli.shown import clean


def moment_of(option: str, text: str) -> datetime:
    """The moment an option names, in UTC if it names no zone. Raises ClientError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ClientError(
            f"{option} {clean(text, 40)}: a time is needed, as in 2026-11-23T12:00:00Z"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def latest_moment() -> datetime:
    """The present, as far as a server knows it whose clock may be a little behind ours."""
    return datetime.now(UTC) - timedelta(seconds=1)
