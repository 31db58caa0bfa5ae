"""`proctor audit log`: who did what, from where and when."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cli.client import ClientError
from cli.moments import moment_of
from cli.queries import add_server_options, at_least_one, connected
from cli.shown import clean, console, say_json, table
from domain.retention_rules import Age

if TYPE_CHECKING:
    import argparse

    from cli.commands import Commands

_COLUMNS = ("position", "when", "who", "from", "did", "to", "")


def add_log(actions: Commands) -> None:
    """Adds `audit log`."""
    parser = actions.add_parser("log", help="who did what, the newest first")
    parser.add_argument("--who", metavar="KEY", help="a key's id, its beginning, or its name")
    parser.add_argument(
        "--what", action="append", metavar="TYPE",
        help="KeyCreated, QueuePaused, ...; or key, queue, run, test, decisions, retention",
    )  # fmt: skip
    parser.add_argument("--since", metavar="TIME", help="RFC 3339, or so long ago: 2h, 3d")
    parser.add_argument("--until", metavar="TIME", help="the same")
    parser.add_argument("--limit", type=at_least_one, default=50)
    add_server_options(parser)
    parser.set_defaults(run=log)


def log(options: argparse.Namespace) -> int:
    """Prints deeds."""
    since, until = _moment("--since", options.since), _moment("--until", options.until)
    with connected(options) as client:
        page = client.page(
            "/audit/log", options.limit, who=options.who, what=options.what, since=since,
            until=until,
        )  # fmt: skip
    if options.json:
        say_json(page)
    else:
        console().print(table(_COLUMNS, map(_row, page["items"])))
    return 0


def _moment(option: str, text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return (datetime.now(UTC) - Age(text).length).isoformat()
    except (ValueError, OverflowError):
        pass
    try:
        return moment_of(option, text).isoformat()
    except ClientError as error:
        raise ClientError(f"{error}, or an age as in 2h or 3d") from None


def _row(deed: dict[str, Any]) -> tuple[object, ...]:
    return (
        deed["position"],
        deed["at"][:19].replace("T", " "),
        _who(deed),
        deed["origin"] or "",
        deed["type"],
        f"{deed['noun']} {deed['subject'][:8]}",
        deed["description"],
    )


def _who(deed: dict[str, Any]) -> str:
    """The key's name, and of its id so much as tells it from others of that name."""
    if deed["key_name"] is None:
        return clean(deed["by"], 60)
    return f"{clean(deed['key_name'], 40)} ({deed['by'].removeprefix('key:')[:8]})"
