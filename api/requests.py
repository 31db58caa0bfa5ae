"""What every route needs of its request: the services, and a snapshot to answer from."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Query, Request, Response

from api.problems import ProblemError
from api.services import Services
from api.spans import in_utc
from projections.past.stretch import BeforeTheLogError
from runtime.unreachable import UNREACHABLE, UncertainError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from projections.reader import Snapshot

POSITION_HEADER = "Proctor-Position"
_LONGEST_WAIT = 5.0
_OWN_WRITE_WAIT = 2.0


# The dependencies here only look at the request. They are asynchronous so that none of them costs a
# request a thread of its own, as fastapi's synchronous ones do.
async def services_of(request: Request) -> Services:
    """The services of this process."""
    found: Services = request.app.state.services
    return found


Wired = Annotated[Services, Depends(services_of)]


@dataclass(frozen=True, slots=True)
class Looking:
    """How a read wants to look at the views, and the answer it is part of."""

    services: Services
    response: Response
    after_position: int | None
    moment: datetime | None

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """The views, once they have come far enough; the header says how far that is."""
        if self.after_position is not None:
            self.services.clock.wait_for(self.after_position, _LONGEST_WAIT)
        reader = self.services.reader
        try:
            with reader.at(self.moment) if self.moment else reader.now() as snapshot:
                self.response.headers[POSITION_HEADER] = str(snapshot.position)
                yield snapshot
        except BeforeTheLogError as error:
            raise ProblemError(422, "invalid request", f"at: {error}") from error

    @contextmanager
    def snapshot_with(self, position: int) -> Iterator[Snapshot]:
        """The views with a write just made; without it if they are slow."""
        self.services.clock.wait_for(position, _OWN_WRITE_WAIT)
        with after_a_write(), self.snapshot() as snapshot:
            yield snapshot


@contextmanager
def after_a_write() -> Iterator[None]:
    """A database that is lost now must not sound as if the write had not happened."""
    try:
        yield
    except UNREACHABLE as error:
        raise UncertainError(str(error)) from error


async def _now_only(
    request: Request,
    response: Response,
    after_position: Annotated[
        int | None, Query(ge=0, description="wait up to 5 s until the views reflect this position")
    ] = None,
) -> Looking:
    return Looking(await services_of(request), response, after_position, None)


async def _any_time(
    now: Annotated[Looking, Depends(_now_only)],
    at: Annotated[datetime | None, Query(description="answer for this moment in the past")] = None,
) -> Looking:
    if at is None:
        return now
    moment = in_utc(at)
    if moment > datetime.now(UTC):
        raise ProblemError(422, "invalid request", f"at: {at.isoformat()} is in the future")
    return Looking(now.services, now.response, None, moment)


Now = Annotated[Looking, Depends(_now_only)]
AnyTime = Annotated[Looking, Depends(_any_time)]


def position_cursor(text: str | None) -> int | None:
    """The position in a cursor. Raises ProblemError if it is none of ours."""
    if text is None:
        return None
    if not text.isdigit() or len(text) > 18:  # noqa: PLR2004 - digits of the largest position
        raise ProblemError(422, "invalid request", f"cursor: {text[:40]!r} is not one we gave")
    return int(text)
