"""Which version of its tables the database holds, so that an upgrade goes forward and only so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.errors import ProctorError

if TYPE_CHECKING:
    import psycopg
    from psycopg.rows import DictRow

    Connection = psycopg.Connection[DictRow]

_TABLE = """
    CREATE TABLE IF NOT EXISTS proctor_schemas (
        name text PRIMARY KEY,
        version integer NOT NULL,
        since timestamptz NOT NULL DEFAULT clock_timestamp()
    )
"""
_SAVE = """
    INSERT INTO proctor_schemas (name, version) VALUES (%s, %s)
    ON CONFLICT (name) DO UPDATE SET version = excluded.version, since = clock_timestamp()
"""


def version_of(connection: Connection, name: str, known: int) -> int:
    """The version that the tables called `name` have; 0 where none were ever made.

    `known` is this program's. Raises ProctorError if the tables are newer: an older program would
    write what the newer one no longer reads.
    """
    if not _table_exists(connection):
        return 0
    row = connection.execute(
        "SELECT version FROM proctor_schemas WHERE name = %s", (name,)
    ).fetchone()
    version = int(row["version"]) if row else 0
    if version > known:
        raise ProctorError(
            f"the database's tables for the {name} are of version {version}, made by a newer"
            f" Proctor; this one knows versions up to {known}: start the newer one, or go back to"
            " a backup of the database from before the upgrade"
        )
    return version


def save_version(connection: Connection, name: str, version: int) -> None:
    """Writes down that the tables called `name` are of this version now."""
    if not _table_exists(connection):
        connection.execute(_TABLE)
    connection.execute(_SAVE, (name, version))


def _table_exists(connection: Connection) -> bool:
    row = connection.execute("SELECT to_regclass('proctor_schemas') AS name").fetchone()
    return row is not None and row["name"] is not None
