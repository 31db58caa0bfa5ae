"""Who is asking: the key that opens, and what its role allows."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.problems import ProblemError
from domain.api_key import ApiKey, Credential, Role
from domain.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from api.services import Services
    from domain.log import EventLog

_REMEMBERED_FOR = 1.0
"""Seconds until a revoked key opens nothing in any process."""

_READS = {"GET", "HEAD"}

_bearer = HTTPBearer(auto_error=False, description="A key made with `proctor keys create`.")


class KeyRing:
    """Finds the key for a credential, from the log; what was found is remembered for a moment."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._known: dict[UUID, tuple[float, ApiKey]] = {}

    async def open(self, text: str) -> ApiKey | None:
        """The key that `text` is, if it opens."""
        credential = Credential.parse(text)
        if credential is None:
            return None
        key = await self.valid(credential.key_id)
        return key if key is not None and key.opens_with(credential) else None

    async def valid(self, key_id: UUID) -> ApiKey | None:
        """The key of this id, if there is one and nobody has revoked it."""
        found = self._known.get(key_id)
        if found is not None and time.monotonic() - found[0] < _REMEMBERED_FOR:
            key: ApiKey | None = found[1]
        else:
            key = await asyncio.to_thread(self._find, key_id)
        return key if key is not None and not key.revoked else None

    def opens(self, text: str) -> bool:
        """Whether `text` is a key that opens now."""
        credential = Credential.parse(text)
        key = self._find(credential.key_id) if credential else None
        return key is not None and credential is not None and key.opens_with(credential)

    def _find(self, key_id: UUID) -> ApiKey | None:
        try:
            key = self._log.key(key_id)
        except NotFoundError:
            return None
        self._known[key_id] = (time.monotonic(), key)
        return key


def allowing(role: Role) -> Callable[..., Awaitable[str]]:
    """A dependency that lets `role` and above pass, and says who asks: `key:<id>`."""

    # Asynchronous, because a key that is known needs no thread of its own.
    async def who(
        request: Request,
        credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    ) -> str:
        ring: KeyRing = request.app.state.services.keys
        key = await (ring.open(credentials.credentials) if credentials else _signed_in(request))
        if key is None:
            raise ProblemError(
                401, "no key", "send `Authorization: Bearer KEY` with a key that is valid"
            )
        if not key.allows(role):
            raise ProblemError(
                403, "wrong role", f"this needs role {role}; the key has role {key.role}"
            )
        return f"key:{key.id}"

    return who


async def _signed_in(request: Request) -> ApiKey | None:
    """The key of the session whose cookie a browser sends along.

    It may read. What changes something carries a key here, which no other site's form can send; the
    dashboard has forms of its own.
    """
    services: Services = request.app.state.services
    session = services.sessions.read(request.cookies) if request.method in _READS else None
    return await services.keys.valid(session.key_id) if session else None


def key_id_in(who: str) -> UUID:
    """The id in what `allowing` says."""
    return UUID(who.removeprefix("key:"))


Viewer = Annotated[str, Depends(allowing("viewer"))]
Submitter = Annotated[str, Depends(allowing("submitter"))]
Admin = Annotated[str, Depends(allowing("admin"))]
