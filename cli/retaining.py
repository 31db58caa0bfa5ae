"""`proctor retention`, once it is called for."""

from __future__ import annotations

import getpass
import os
from dataclasses import asdict
from typing import TYPE_CHECKING

from cli.shown import say, say_json
from cli.starting import commanded_here, settings_of
from domain.errors import ProctorError
from domain.retention_rules import STATUSES, Rule
from projections.retention.retaining import Removed, Wanted, retain, would_remove
from runtime.artifacts import ArtifactStore
from runtime.database import database, open_log

if TYPE_CHECKING:
    import argparse

    from runtime.settings import Settings


def retention(options: argparse.Namespace) -> int:
    """Removes what the options say, or the settings where they say nothing."""
    settings = settings_of(options)
    wanted = _wanted(options, settings)
    with (
        database(settings) as url,
        open_log(url, "proctor retention", connections=1) as log,
        commanded_here(),
    ):
        if options.dry_run:
            removed = would_remove(url, log, wanted)
        else:
            removed = retain(url, log, ArtifactStore(settings.artifacts), wanted)
    if options.json:
        say_json(asdict(removed))
    else:
        _say(removed, "would be" if options.dry_run else "were")
    return 0


def _wanted(options: argparse.Namespace, settings: Settings) -> Wanted:
    by = f"retention:{_user()}"
    if options.older_than is None:
        return _as_set(options, settings, by)
    if not options.artifacts and not options.details:
        raise ProctorError("say what is to be removed: --artifacts, --details, or both")
    chosen = tuple(status for status in STATUSES if status in (options.status or STATUSES))
    rules = (Rule(chosen, options.older_than),)
    return Wanted(rules if options.artifacts else (), rules if options.details else (), by)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # In a container a user may have a number and no name.
        return str(os.getuid())


def _as_set(options: argparse.Namespace, settings: Settings, by: str) -> Wanted:
    if options.status or options.artifacts or options.details:
        raise ProctorError("say how old the runs have to be, as in --older-than 30d")
    if not settings.retain_artifacts and not settings.retain_details:
        raise ProctorError(
            "nothing says what is to be removed: use --older-than, or set PROCTOR_RETAIN_ARTIFACTS"
            " or PROCTOR_RETAIN_DETAILS, as in passed=7d,failed=90d"
        )
    return Wanted(settings.retain_artifacts, settings.retain_details, by)


def _say(removed: Removed, were: str) -> None:
    files, details = removed.artifacts, removed.details
    size = f"{files.bytes / 1e6:,.1f} MB"
    runs = _count(files.runs, "run")
    say(f"{_count(files.artifacts, 'artifact')} ({size}) of {runs} {were} removed")
    if files.left:
        say(f"{files.left:,} of them stay for now: the same was kept again within the last hour")
    events = f" ({_count(details.events, 'event')})" if details.events else ""
    say(f"the details of {_count(details.runs, 'run')}{events} {were} removed")
    if details.left:
        say(f"those of {_count(details.left, 'run')} stay for now: no checkpoint is over them yet")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
