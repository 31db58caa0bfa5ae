"""A connection to PostgreSQL on which no wait is for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.errors import _WaitTimeout

if TYPE_CHECKING:
    from psycopg.abc import PQGen

ANSWER_TIMEOUT = 20.0
"""Seconds for one answer; above `statement_timeout`, by which PostgreSQL itself gives up.

That, and TCP's own timeouts, are of no use when the network, or a proxy in it, takes what we send
and gives nothing back.
"""


class BoundedConnection(psycopg.Connection[Any]):
    """Closed, with psycopg.OperationalError, when an answer does not come in time."""

    answer_timeout = ANSWER_TIMEOUT

    def wait(self, gen: PQGen[Any], *args: Any, **kwargs: Any) -> Any:
        """What `gen` comes to; a caller's own `timeout` is left to the caller."""
        if kwargs.get("timeout") is not None:
            return super().wait(gen, *args, **kwargs)
        try:
            return super().wait(gen, *args, **{**kwargs, "timeout": self.answer_timeout})
        except _WaitTimeout:
            self.pgconn.finish()
            raise psycopg.OperationalError(
                f"the database did not answer within {self.answer_timeout:g} s"
            ) from None
