"""The views at a moment, in temporary tables of one transaction.

From the nearest milestone, the events up to the moment are replayed by the very code that keeps the
live views. Only rows that these events are about are copied for it; all others are looked at where
the milestone left them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg.sql import SQL, Identifier, Literal

from projections import views
from projections.past import milestones
from projections.past.stretch import BATCH, stretch
from projections.past.tables import TABLES, make_noted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import psycopg
    from psycopg.rows import DictRow

    from domain.log import EventLog, Recorded

    Connection = psycopg.Connection[DictRow]

_SEEDED = "seeded"
"""Notes what all events replayed so far are about."""

_ENTER = "SET LOCAL search_path TO pg_temp, {}"
_LEAVE = "SET LOCAL search_path TO {}, pg_temp"
"""Without its name in the path PostgreSQL looks into the schema of temporary tables first."""

_STANDING = "row.since <= {milestone} AND (row.until IS NULL OR row.until > {milestone})"
_SEED = f"""
    INSERT INTO {{table}} ({{columns}}) SELECT {{of_row}} FROM {{past}} AS row
    WHERE {_STANDING} AND {{within}} AND {{outside}}
"""  # noqa: S608 - the parts are ours
_MOVE = """
    INSERT INTO seeded SELECT * FROM touched
    ON CONFLICT (id) DO UPDATE SET at = least(seeded.at, excluded.at);
    DELETE FROM touched
"""
_SHOW = f"""
    ALTER TABLE {{table}} RENAME TO {{replayed}};
    CREATE TEMPORARY VIEW {{table}} AS SELECT {{columns}} FROM {{replayed}}
    UNION ALL SELECT {{of_row}} FROM {{past}} AS row WHERE {_STANDING} AND {{outside}}
"""  # noqa: S608 - the parts are ours
# Renamed for every moment, not made anew: each thing made holds a lock until the transaction ends.
_HIDE = "ALTER VIEW {table} RENAME TO {shown}; ALTER TABLE {replayed} RENAME TO {table}"
_SHOW_AGAIN = "ALTER TABLE {table} RENAME TO {replayed}; ALTER VIEW {shown} RENAME TO {table}"


class Past:
    """Stands at one moment, and can go on to later ones."""

    def __init__(self, connection: Connection, log: EventLog, moment: datetime) -> None:
        """Goes to `moment`. `connection` is in a transaction that sees one state of the views, and
        is rolled back in the end. Raises BeforeTheLogError."""
        self.connection, self._log = connection, log
        views.enter(connection, views.LIVE)
        found = stretch(connection, log, moment)
        self._milestone = self._position = found.milestone
        self._make()
        self._parts = {table.name: table.parts(connection) for table in TABLES}
        self._replay(found.events)
        self._on_every_table(_SHOW)

    def go_on(self, moment: datetime) -> bool:
        """Goes to a later moment, unless it is nearer to start anew from another milestone."""
        self.connection.execute(SQL(_LEAVE).format(Identifier(views.LIVE)))
        found = stretch(self.connection, self._log, moment)
        self._enter()
        if found.milestone > self._position:
            return False
        self._on_every_table(_HIDE)
        self._replay([event for event in found.events if event.position > self._position])
        self._on_every_table(_SHOW_AGAIN)
        return True

    def _enter(self) -> None:
        self.connection.execute(SQL(_ENTER).format(Identifier(views.LIVE)))

    def _make(self) -> None:
        self._enter()
        views.make_tables(self.connection)
        for name in (milestones.TOUCHED, _SEEDED):
            make_noted(self.connection, name)
        views.set_position(self.connection, self._milestone)

    def _replay(self, events: Sequence[Recorded]) -> None:
        for start in range(0, len(events), BATCH):
            batch = events[start : start + BATCH]
            milestones.note(self.connection, batch)
            self._on_every_table(_SEED)
            self.connection.execute(_MOVE)
            views.project(self.connection, batch)
            self._position = batch[-1].position

    def _on_every_table(self, statement: str) -> None:
        for table in TABLES:
            self.connection.execute(
                SQL(statement).format(
                    **self._parts[table.name],
                    shown=Identifier(f"shown_{table.name}"),
                    replayed=Identifier(f"replayed_{table.name}"),
                    milestone=Literal(self._milestone),
                    within=table.scope.within(milestones.TOUCHED),
                    outside=table.scope.outside(_SEEDED),
                )
            )
