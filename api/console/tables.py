"""The dashboard's tables: made once in a database, and what is read of them at the start."""

from __future__ import annotations

import secrets
from pathlib import Path

from domain.errors import ProctorError
from runtime.database import connect, schema_lock
from runtime.schema import save_version, version_of

VERSION = 1
"""Of the tables."""

_NAME = "proctor console"
_TABLES = (Path(__file__).parent / "sql" / "console.sql").read_text()
_KEEP = "INSERT INTO console.secret (secret) VALUES (%s) ON CONFLICT DO NOTHING"


def prepare(url: str) -> None:
    """Makes the tables in the database at `url` where they are missing, with a secret in them."""
    with schema_lock(url, _NAME) as connection:
        if version_of(connection, "console", VERSION) < VERSION:
            connection.execute(_TABLES)
            connection.execute(_KEEP, (secrets.token_bytes(32),))
            save_version(connection, "console", VERSION)


def secret_of(url: str) -> bytes:
    """What every API process on the database at `url` signs its cookies with."""
    with connect(url, _NAME) as connection:
        row = connection.execute("SELECT secret FROM console.secret").fetchone()
    if row is None:
        raise ProctorError("console.secret is empty: empty proctor_schemas of 'console' as well")
    return bytes(row["secret"])
