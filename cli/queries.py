"""Looking: status, active, runs, show, events; and cancel."""

from __future__ import annotations

from argparse import ArgumentTypeError
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cli.client import AwayError, Client, ClientError, Server
from cli.decided import in_short
from cli.shown import (
    RUN_COLUMNS,
    clean,
    complain,
    console,
    run_row,
    say,
    say_json,
    seconds,
    styled,
    table,
)
from cli.steps import STEPS, step_row

if TYPE_CHECKING:
    import argparse

    from cli.commands import Commands

_SHORTEST_PREFIX = 4
_WHOLE_ID = 36


def add_query_commands(commands: Commands) -> None:
    """Adds the commands that look."""
    _add(commands.add_parser("status", help="how the queue stands"), status)
    _add(commands.add_parser("active", help="what runs now"), active)
    runs = commands.add_parser("runs", help="runs, the newest first")
    runs.add_argument("--status", action="append", help="queued, running, passed, ...")
    runs.add_argument("--test", dest="test_id", help="a test's id")
    runs.add_argument("--batch", dest="batch_id", help="a batch's id")
    runs.add_argument("--label", action="append", metavar="K=V")
    runs.add_argument("--limit", type=at_least_one, default=20)
    _add(runs, list_runs)
    show_one = commands.add_parser("show", help="one run: steps, error, artifacts")
    show_one.add_argument("run_id", metavar="RUN", help="an id, or the beginning of a recent one")
    _add(show_one, show)
    events_of = commands.add_parser("events", help="everything that happened to a run")
    events_of.add_argument("run_id", metavar="RUN")
    _add(events_of, events)
    stop = commands.add_parser("cancel", help="cancel runs")
    stop.add_argument("run_ids", metavar="RUN", nargs="+")
    _add(stop, cancel)


def add_server_options(parser: argparse.ArgumentParser) -> None:
    """Which server, and how to print."""
    parser.add_argument("--url", help="the server (PROCTOR_URL, or found in the data folder)")
    parser.add_argument("--key", help="the key (PROCTOR_KEY, or found in the data folder)")
    parser.add_argument("--json", action="store_true", help="print what the API answers")


def at_least_one(text: str) -> int:
    """The type of options that count something. Raises ArgumentTypeError."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(text)


def connected(options: argparse.Namespace) -> Client:
    """A client for the server that the options name."""
    return Client(Server.find(options.url, options.key))


def status(options: argparse.Namespace) -> int:
    """How the queue stands."""
    with connected(options) as client:
        found = client.get("/queue/status")
    if options.json:
        say_json(found)
    else:
        print_status(found)
    return 0


def print_status(found: dict[str, Any]) -> None:
    """The queue's status for reading."""
    paused = "  PAUSED" if found["paused"] else ""
    say(
        f"{found['active']} active of {found['max_concurrent']}, {found['queued']} queued{paused}"
        f"  (position {found['position']})"
    )
    if found["by_priority"]:
        say(
            "queued by priority: " + ", ".join(f"{p}: {n}" for p, n in found["by_priority"].items())
        )
    if found["oldest_queued_seconds"] is not None:
        say(f"the oldest waits for {seconds(found['oldest_queued_seconds'])}")
    rows = [(e["id"], styled(e["state"]), (e["run_id"] or "")[:8]) for e in found["executors"]]
    console().print(table(("executor", "state", "run"), rows))


def active(options: argparse.Namespace) -> int:
    """What runs now."""
    with connected(options) as client:
        _print_runs(options, client.get("/queue/active"))
    return 0


def list_runs(options: argparse.Namespace) -> int:
    """Runs, the newest first."""
    with connected(options) as client:
        page = client.page(
            "/runs", options.limit, status=options.status, test_id=options.test_id,
            batch_id=options.batch_id, label=options.label,
        )  # fmt: skip
    _print_runs(options, page)
    return 0


def show(options: argparse.Namespace) -> int:
    """One run."""
    with connected(options) as client:
        run_id = resolve(client, options.run_id)
        run = client.get(f"/runs/{run_id}")
        history = client.get(f"/runs/{run_id}/events")["items"]
        artifacts = client.get(f"/runs/{run_id}/artifacts")["items"]
    if options.json:
        say_json(run | {"artifacts": artifacts})
        return 0
    out = console()
    out.print(table(RUN_COLUMNS, [run_row(run)]))
    steps = [e for e in history if e["type"] in STEPS]
    rows = [step_row(event) for event in steps]
    out.print(table(("attempt", "", "step", "time", ""), rows))
    if run["error"]:
        say(f"{run['error']['kind']}: {clean(run['error']['message'], 2000)}")
    for artifact in artifacts:
        size = "removed" if artifact.get("removed") else f"{artifact['size']:,} bytes"
        url = client.server.at(clean(artifact["url"]))
        say(f"{clean(artifact['kind'], 40)}: {url} ({size})")
    return 0


def events(options: argparse.Namespace) -> int:
    """Everything that happened to a run."""
    with connected(options) as client:
        found = client.get(f"/runs/{resolve(client, options.run_id)}/events")
    if options.json:
        say_json(found)
        return 0
    for event in found["items"]:
        facts = _in_short(event["data"])
        said = clean(" ".join(f"{name}={value}" for name, value in facts.items()), 300)
        when = event["at"][11:23]
        kind = clean(event["type"], 40)
        say(f"{event['position']:>8}  {when}  {kind:<15} {_doer(event)}  {said}")
    return 0


def _doer(event: dict[str, Any]) -> str:
    who, origin = clean(event["by"], 80), event.get("origin")
    return f"{who} from {clean(origin, 80)}" if origin else who


def _in_short(data: dict[str, Any]) -> dict[str, Any]:
    """An event's facts as far as they fit in a line, the longest of them last."""
    facts = {name: fact for name, fact in data.items() if name not in {"definition", "artifacts"}}
    if "decision" in facts:
        facts["decision"] = in_short(facts["decision"])
    if "decisions" in facts:
        facts["decisions"] = f"{len(facts['decisions'])} known"
    if data.get("artifacts"):
        facts["artifacts"] = ", ".join(artifact["name"] for artifact in data["artifacts"])
    return facts


def cancel(options: argparse.Namespace) -> int:
    """Cancels runs; 1 if one of them was over already."""
    cancelled: list[dict[str, Any]] = []
    with connected(options) as client:
        for given in options.run_ids:
            try:
                run = client.post(f"/runs/{resolve(client, given)}/cancel")
            except AwayError:
                raise
            except ClientError as error:
                complain(str(error))
                continue
            cancelled.append(run)
            if not options.json:
                say(f"{run['id']} {run['status']}")
    if options.json:
        say_json({"items": cancelled, "next": None})
    return 0 if len(cancelled) == len(options.run_ids) else 1


def resolve(client: Client, given: str) -> str:
    """The whole id for the beginning of one among the latest runs. Raises ClientError."""
    if len(given) >= _WHOLE_ID:
        return _whole(given)
    if len(given) < _SHORTEST_PREFIX:
        raise ClientError(f"{given!r} is too short: give at least {_SHORTEST_PREFIX} characters")
    latest = client.get("/runs", limit=200)["items"]
    fits = [run["id"] for run in latest if run["id"].startswith(given)]
    if len(fits) != 1:
        raise ClientError(
            f"{given!r} begins {len(fits)} of the latest 200 runs' ids, not one: say more of it,"
            " or all of it"
        )
    return str(fits[0])


def _whole(given: str) -> str:
    try:
        return str(UUID(given))
    except ValueError:
        raise ClientError(f"{given!r} is no run's id: `proctor runs` lists the latest") from None


def _print_runs(options: argparse.Namespace, page: dict[str, Any]) -> None:
    if options.json:
        say_json(page)
    else:
        console().print(table(RUN_COLUMNS, map(run_row, page["items"])))


def _add(parser: argparse.ArgumentParser, run: object) -> None:
    add_server_options(parser)
    parser.set_defaults(run=run)
