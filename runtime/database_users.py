"""The database's users, one a role: an executor may read and append events, nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from psycopg.sql import SQL, Identifier, Literal

from domain.errors import ProctorError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import psycopg
    from psycopg.rows import DictRow

ROLES = ("api", "dispatcher", "projections", "executor")
_GRANTS = (Path(__file__).parent / "sql" / "grants.sql").read_text()


def make_users(connection: psycopg.Connection[DictRow], passwords: Mapping[str, str]) -> None:
    """Makes `proctor_<role>` for every role, or gives it the new password, and its rights.

    Every table must be there. Raises ProctorError if a role has no password.
    """
    missing = [role for role in ROLES if not passwords.get(role)]
    if missing:
        names = ", ".join(f"PROCTOR_PASSWORD_{role.upper()}" for role in missing)
        raise ProctorError(f"the database's users need a password each: set {names}, or none")
    with connection.transaction():
        for role in ROLES:
            _make_user(connection, f"proctor_{role}", passwords[role])
        connection.execute(_GRANTS)


def _make_user(connection: psycopg.Connection[DictRow], name: str, password: str) -> None:
    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).fetchone()
    # Hashed here: the server would write the statement, and the password in it, into its log.
    hashed = connection.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256")
    statement = SQL("{verb} ROLE {name} LOGIN PASSWORD {password}").format(
        verb=SQL("ALTER") if exists else SQL("CREATE"),
        name=Identifier(name),
        password=Literal(hashed.decode()),
    )
    connection.execute(statement)
