"""Questions about deeds: who did what, and when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.event import topics
from projections.deeds import KEY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import psycopg
    from psycopg.rows import DictRow

_NO_END = 2**63 - 1
_BEGINNING_OF_ID = re.compile(r"[0-9a-f]{4,32}")

_KEYS = """
    SELECT id::text AS id FROM keys
    WHERE name = %(who)s OR replace(id::text, '-', '') LIKE %(beginning)s
    ORDER BY created_position DESC
"""
_AFTER = """
    SELECT coalesce(max(position), 0) AS position FROM milestones
    WHERE position < coalesce(
        (SELECT min(position) FROM milestones WHERE latest >= %(since)s), %(no_end)s)
"""
"""Before it, no deed gives so late a time."""
_THROUGH = """
    SELECT CASE
        WHEN EXISTS (SELECT FROM (
            SELECT at FROM deeds
            WHERE position > (SELECT coalesce(max(position), 0) FROM milestones)
            ORDER BY position OFFSET 0
        ) AS latest WHERE at <= %(until)s) THEN %(no_end)s
        ELSE (SELECT coalesce(max(position), 0) FROM milestones WHERE earliest <= %(until)s)
    END AS position
"""
"""Behind it, no deed gives so early a time. The order has those behind the newest milestone, which
are few, read from the index."""
_PAGE = """
    SELECT page.*, keys.name AS key_name FROM (
        SELECT found.* FROM {wanted} LATERAL (
            SELECT deeds.* FROM deeds WHERE {conditions} ORDER BY {order} LIMIT %(limit)s
        ) AS found ORDER BY position DESC LIMIT %(limit)s
    ) AS page LEFT JOIN keys ON 'key:' || keys.id = page.by ORDER BY position DESC
"""
"""The newest of each doer and type, each from an index that has them in their order, then the
newest of these: so no question looks at more deeds than it could answer with. That only this index
has the order, and equal columns are compared as if they were not, leaves the planner no other: by
its statistics it would look for what is rare among what is new."""

_DOERS = "unnest(%(doers)s::text[]) AS doer (name), "
_TYPES = "unnest(%(types)s::text[]) AS kind (name), "


@dataclass(frozen=True, slots=True)
class DeedFilter:
    """Which deeds are wanted: by one of these, of one of these types (None: whichever), at a time
    from `since` to `until`; `before` is the cursor, a position of the log."""

    doers: Sequence[str] | None = None
    types: Sequence[str] | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None
    limit: int = 50


class DeedQueries:
    """Questions on one snapshot."""

    def __init__(self, connection: psycopg.Connection[DictRow]) -> None:
        self._connection = connection

    def doers(self, who: str) -> list[str]:
        """All whom `who` means: the keys of that name, those whose id begins so (of four characters
        and more), and whoever goes by it without a key."""
        beginning = who.removeprefix(KEY).replace("-", "").lower()
        pattern = f"{beginning}%" if _BEGINNING_OF_ID.fullmatch(beginning) else ""
        rows = self._connection.execute(_KEYS, {"who": who, "beginning": pattern}).fetchall()
        return list(dict.fromkeys([*(f"{KEY}{row['id']}" for row in rows), who]))

    def deeds(self, wanted: DeedFilter) -> list[DictRow]:
        """A page of deeds, the newest first, each with its key's name; None where there is none."""
        through = self._through(wanted.until)
        facts = {
            "doers": wanted.doers,
            "types": topics() if wanted.types is None else wanted.types,
            "since": wanted.since,
            "until": wanted.until,
            "after": self._after(wanted.since),
            "through": through if wanted.before is None else min(through, wanted.before - 1),
            "limit": wanted.limit,
        }
        return self._connection.execute(_statement(wanted), facts).fetchall()

    def _after(self, since: datetime | None) -> int:
        return 0 if since is None else self._position(_AFTER, since=since)

    def _through(self, until: datetime | None) -> int:
        return _NO_END if until is None else self._position(_THROUGH, until=until)

    def _position(self, question: str, **moment: datetime) -> int:
        row = self._connection.execute(question, {**moment, "no_end": _NO_END}).fetchone()
        return int(row["position"]) if row else 0


def _statement(wanted: DeedFilter) -> str:
    each, columns, values = "", ["position"], list[str]()
    if wanted.types is not None or wanted.doers is not None:
        each, columns, values = _TYPES, ["type", *columns], ["kind.name"]
    if wanted.doers is not None:
        each, columns, values = _DOERS + each, ["by", *columns], ["doer.name", *values]
    row = ", ".join(columns)
    conditions = [
        f"({row}) > ({', '.join([*values, '%(after)s'])})",
        f"({row}) <= ({', '.join([*values, '%(through)s'])})",
    ]
    if wanted.since is not None:
        conditions.append("at >= %(since)s")
    if wanted.until is not None:
        conditions.append("at <= %(until)s")
    order = ", ".join(f"{column} DESC" for column in columns)
    return _PAGE.format(wanted=each, conditions=" AND ".join(conditions), order=order)
