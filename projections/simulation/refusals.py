"""Why there is nothing to simulate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.errors import ProctorError

if TYPE_CHECKING:
    from projections.simulation.span import Span


class NotSimulatedError(ProctorError):
    """The span cannot be simulated."""


class NoRunsError(NotSimulatedError):
    """Nobody wanted anything."""

    def __init__(self, span: Span) -> None:
        super().__init__(
            f"no run of pool {span.pool} was waiting, running or asked for"
            f" from {span.since.isoformat()} to {span.until.isoformat()}"
        )


class TooManyRunsError(NotSimulatedError):
    """It would take too long."""

    def __init__(self, most: int) -> None:
        super().__init__(f"there are more than {most:,} runs: ask for a shorter span")


class TooManyEventsError(NotSimulatedError):
    """A run of the span is open for so long."""

    def __init__(self, most: int) -> None:
        super().__init__(
            f"there are more than {most:,} events until the runs of the span are over: ask for an"
            " earlier or shorter span"
        )


class NothingToGoByError(NotSimulatedError):
    """No attempt tells how long one takes."""

    def __init__(self) -> None:
        super().__init__(
            "no attempt came to its end there, so nothing tells how long runs take:"
            " ask for a span in which some did"
        )
