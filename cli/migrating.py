"""`proctor migrate`: every table at this program's version, and the users that may touch them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from api.console.tables import prepare as prepare_console
from cli.starting import settings_of
from dispatcher.role import prepare as prepare_dispatcher
from projections.ledger.role import prepare as prepare_ledger
from projections.retention.retaining import prepare as prepare_retention
from projections.role import prepare as prepare_projections
from runtime.database import connect, database, open_log
from runtime.database_users import ROLES, make_users

if TYPE_CHECKING:
    import argparse

_PASSWORD = "PROCTOR_PASSWORD_"  # noqa: S105 - the beginning of a variable's name


def run_migrate(options: argparse.Namespace) -> int:
    """Brings the database at PROCTOR_DATABASE_URL up to date, as its owner."""
    passwords = {role: os.environ.pop(f"{_PASSWORD}{role.upper()}", "") for role in ROLES}
    with database(settings_of(options)) as url, open_log(url, "proctor migrate") as log:
        prepare_dispatcher(url)
        prepare_projections(url, log)
        prepare_ledger(url)
        prepare_console(url)
        prepare_retention(url)
        if any(passwords.values()):
            with connect(url, "proctor migrate") as connection:
                make_users(connection, passwords)
    print("the database is up to date")  # noqa: T201 - the command's answer
    return 0
