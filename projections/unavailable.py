"""Why the views cannot answer now."""

from __future__ import annotations

from domain.errors import ProctorError


class ViewsUnavailableError(ProctorError):
    """A question that can be asked again later."""


class ViewsMissingError(ViewsUnavailableError):
    """Nobody has made the views in this database yet."""

    def __init__(self) -> None:
        super().__init__(
            "there are no views in the database yet: start `proctor projections`,"
            " or run `proctor migrate`"
        )


class ViewsBehindError(ViewsUnavailableError):
    """So much happened that the views do not show that it cannot be replayed for one question."""

    def __init__(self, events: int) -> None:
        super().__init__(
            f"the views are {events:,} events behind the log, too many to look at the past:"
            " ask again when they have caught up"
        )


class TooManyLooksError(ViewsUnavailableError):
    """Others look at the past already, each on a connection of their own."""

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} others look at the past right now: ask again in a moment")
