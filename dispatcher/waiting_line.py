"""The waiting runs of one pool as the log has them, in the order a broker gives them out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.dispatch import Dispatch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    import psycopg
    from psycopg.rows import DictRow

    Connection = psycopg.Connection[DictRow]

_PAGE = 1_000
_PUBLISHED = (
    " FROM dispatch.open_runs"
    " WHERE running_since IS NULL AND pool = %(pool)s AND asked_position <= %(position)s"
)


def pools(connection: Connection) -> list[str]:
    """The pools in which runs wait."""
    rows = connection.execute(
        "SELECT DISTINCT pool FROM dispatch.open_runs WHERE running_since IS NULL"
    )
    return [row["pool"] for row in rows]


def length(connection: Connection, pool: str, position: int) -> int:
    """How many wait that were asked for up to `position`."""
    facts = {"pool": pool, "position": position}
    row = connection.execute(f"SELECT count(*) AS count{_PUBLISHED}", facts).fetchone()
    return int(row["count"]) if row else 0


def head(connection: Connection, pool: str, position: int, most: int) -> list[UUID]:
    """Who comes next, of those asked for up to `position`."""
    rows = connection.execute(
        f"SELECT run_id{_PUBLISHED} ORDER BY priority, asked_position LIMIT %(most)s",
        {"pool": pool, "position": position, "most": most},
    )
    return [row["run_id"] for row in rows]


def dispatches(
    connection: Connection, pool: str, position: int, only: Sequence[UUID] | None = None
) -> Iterator[list[Dispatch]]:
    """The messages of those asked for up to `position` that wait still, or of some of them, in
    the order they were asked for, a page at a time."""
    after = 0
    while rows := connection.execute(
        f"SELECT *{_PUBLISHED} AND asked_position > %(after)s"
        " AND (%(only)s::uuid[] IS NULL OR run_id = ANY(%(only)s))"
        " ORDER BY asked_position LIMIT %(page)s",
        {
            "pool": pool, "position": position, "after": after, "page": _PAGE,
            "only": None if only is None else list(only),
        },
    ).fetchall():  # fmt: skip
        yield [
            Dispatch(row["run_id"], row["attempt"], row["priority"], row["dispatch_id"], pool)
            for row in rows
        ]
        after = rows[-1]["asked_position"]
