"""Links that sign somebody in once, in whichever API process they are opened."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from runtime.database import connect

if TYPE_CHECKING:
    import psycopg
    from psycopg.rows import DictRow

GOOD_FOR = timedelta(minutes=15)

_NAME = "proctor console"
_MAKE = """
    INSERT INTO console.links (digest, key_id, good_until)
    VALUES (%s, %s, clock_timestamp() + %s)
"""
_REDEEM = """
    DELETE FROM console.links WHERE digest = %s
    RETURNING key_id, good_until > clock_timestamp() AS good
"""
_TIDY = "DELETE FROM console.links WHERE good_until < clock_timestamp()"


class SignInLinks:
    """Makes and redeems them. What opens is stored as a hash, and deleted by whoever is first."""

    def __init__(self, url: str) -> None:
        self._url = url

    def make(self, key_id: UUID) -> str:
        """The token of a link that signs in as the key's owner, once and for a quarter of an hour.

        It belongs behind the `#` of the sign-in page's address: browsers send that to nobody, so no
        proxy writes it down and nothing that only looks at the link uses it up.
        """
        token = secrets.token_urlsafe(24)
        with self._connection() as connection:
            connection.execute(_TIDY)
            connection.execute(_MAKE, (_digest(token), key_id, GOOD_FOR))
        return token

    def redeem(self, token: str) -> UUID | None:
        """The key's id, the first time and while the link is good."""
        with self._connection() as connection:
            row = connection.execute(_REDEEM, (_digest(token),)).fetchone()
        return UUID(str(row["key_id"])) if row is not None and row["good"] else None

    def _connection(self) -> psycopg.Connection[DictRow]:
        return connect(self._url, _NAME)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
