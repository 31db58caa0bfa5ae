"""Who looks at a page: somebody with a session, whose key is good and has a role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from api.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from api.services import Services
    from api.sessions import Session
    from domain.api_key import ApiKey, Role


class NotSignedInError(ProblemError):
    """Nobody is signed in, or not any more."""

    def __init__(self) -> None:
        super().__init__(401, "not signed in", "the session is over: sign in again")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in."""

    key: ApiKey
    session: Session

    @property
    def who(self) -> str:
        """As events name them."""
        return f"key:{self.key.id}"

    @property
    def steers(self) -> bool:
        """Whether they may submit, cancel and reorder runs."""
        return self.key.allows("submitter")

    @property
    def administers(self) -> bool:
        """Whether they may pause and clear the queue."""
        return self.key.allows("admin")


def visiting(role: Role) -> Callable[[Request], Awaitable[Visitor]]:
    """A dependency that lets `role` and above pass.

    Raises NotSignedInError, and ProblemError 403.
    """

    async def visitor(request: Request) -> Visitor:
        services: Services = request.app.state.services
        session = services.sessions.read(request.cookies)
        key = await services.keys.valid(session.key_id) if session else None
        if session is None or key is None:
            raise NotSignedInError
        if not key.allows(role):
            raise ProblemError(
                403, "wrong role", f"this needs role {role}; your key has role {key.role}"
            )
        return Visitor(key, session)

    return visitor


ViewingVisitor = Annotated[Visitor, Depends(visiting("viewer"))]
SteeringVisitor = Annotated[Visitor, Depends(visiting("submitter"))]
AdminVisitor = Annotated[Visitor, Depends(visiting("admin"))]
