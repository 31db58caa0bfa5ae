"""`proctor audit simulate`: what would have happened with other executors, or by another rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli.client import ClientError
from cli.moments import latest_moment, moment_of
from cli.queries import add_server_options, at_least_one, connected
from cli.shown import console, say, say_json, seconds, table
from projections.simulation.priority_rules import PriorityRule

if TYPE_CHECKING:
    import argparse

    from cli.commands import Commands

_PATIENCE = 180.0
"""Seconds: the most runs with the most numbers take an idle server twenty."""

_WAITS = ("p50", "p95", "longest")


def add_simulate(actions: Commands) -> None:
    """Adds `audit simulate`."""
    parser = actions.add_parser("simulate", help="what would have happened with other executors")
    parser.add_argument(
        "--executors", type=at_least_one, action="append", required=True, metavar="N",
        help="how many; several times to compare",
    )  # fmt: skip
    parser.add_argument(
        "--priority-rule", dest="rule", choices=[*PriorityRule], default=PriorityRule.RECORDED,
        help="what the queue goes by: priorities with ageing (recorded) or without it, or neither",
    )  # fmt: skip
    parser.add_argument("--from", dest="since", required=True, metavar="TIME", help="RFC 3339")
    parser.add_argument("--to", dest="until", metavar="TIME", help="the last request's moment; now")
    parser.add_argument("--pool", help="whose queue (default)")
    add_server_options(parser)
    parser.set_defaults(run=simulate)


def simulate(options: argparse.Namespace) -> int:
    """Prints waiting times as they were and as they would have been."""
    since = moment_of("--from", options.since)
    until = moment_of("--to", options.until) if options.until else latest_moment()
    if since >= until:
        raise ClientError(f"--from {since.isoformat()} is not before {until.isoformat()}")
    asked = {"executors": options.executors, "rule": options.rule, "pool": options.pool}
    span = {"from": since.isoformat(), "to": until.isoformat()}
    with connected(options) as client:
        found = client.get_slowly("/queue/simulation", _PATIENCE, **asked, **span)
    if options.json:
        say_json(found)
    else:
        _print(found)
    return 0


def _print(found: dict[str, Any]) -> None:
    say(f"{found['runs']} runs of pool {found['pool']}, from {found['from']} to {found['to']}")
    courses = [found["happened"], *found["simulated"]]
    heads = [f"with {course['executors']} executors" for course in found["simulated"]]
    rows = [row for name, key in _groups(courses) for row in _wait_rows(name, key, courses)]
    rows += [
        ["never started", *(course["never_started"] for course in courses)],
        ["executors", *(course["executors"] for course in courses)],
        ["executors busy", *(f"{course['busy_share']:.0%}" for course in courses)],
        ["until the last end", *(seconds(course["makespan_seconds"]) for course in courses)],
        ["order as recorded", "", *(_percent(course) for course in found["simulated"])],
    ]
    console().print(table(("", "what happened", *heads), rows))
    if found["estimated_attempts"]:
        say(
            f"{found['estimated_attempts']} attempts were cancelled, never began or are not over:"
            " their durations are estimated"
        )


def _groups(courses: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    priorities = sorted({key for course in courses for key in course["by_priority"]}, key=int)
    return [("waiting", None), *((f"priority {key}", key) for key in priorities)]


def _wait_rows(name: str, key: str | None, courses: list[dict[str, Any]]) -> list[list[object]]:
    waits = [_waits(course, key) for course in courses]
    return [
        [f"{name}, runs", *(wait.get("count", 0) for wait in waits)],
        *([f"{name}, {which}", *(seconds(wait.get(which)) for wait in waits)] for which in _WAITS),
    ]


def _waits(course: dict[str, Any], key: str | None) -> dict[str, Any]:
    found: dict[str, Any] = (
        course["waiting_seconds"] if key is None else course["by_priority"].get(key, {})
    )
    return found


def _percent(course: dict[str, Any]) -> str:
    # Cut off, not rounded: only the very same order is 100 %.
    return f"{int(course['order_agreement'] * 1_000) / 10:.1f} %"
