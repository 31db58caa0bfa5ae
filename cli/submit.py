"""`proctor submit`: suites in, verdicts out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from cli.follow import follow
from cli.junit import write_junit
from cli.queries import add_server_options, connected
from cli.shown import clean, say, say_json
from cli.suite_file import SuiteFileError, read_suite
from cli.summary import as_expected, print_summary
from domain.definition import Definition
from domain.errors import ProctorError

if TYPE_CHECKING:
    import argparse

    from cli.client import Client
    from cli.commands import Commands

_TOGETHER = 1_000


def add_submit_command(commands: Commands) -> None:
    """Adds `submit`."""
    parser = commands.add_parser("submit", help="queue the runs of suite files")
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path)
    parser.add_argument("--wait", action="store_true", help="follow them to their verdicts")
    parser.add_argument("--priority", type=int, help="1 (most urgent) to 10, for all of them")
    parser.add_argument("--label", action="append", default=[], metavar="K=V")
    parser.add_argument("--base-url", help="instead of the suites' own")
    parser.add_argument(
        "--junit", type=Path, metavar="FILE", help="write JUnit XML (implies --wait)"
    )
    parser.add_argument("--timeout", type=float, help="wait at most so many seconds")
    add_server_options(parser)
    parser.set_defaults(run=submit)


def submit(options: argparse.Namespace) -> int:
    """0 if all ended as their suites expect, 1 if some did not, 2 if nothing could be submitted."""
    definitions = _definitions(options)
    with connected(options) as client:
        position = int(client.get("/queue/status")["position"])
        runs = _send(client, definitions)
        if not (options.wait or options.junit):
            _print_accepted(options, runs)
            return 0
        ended = follow(client, runs, position, quiet=options.json, timeout=options.timeout)
        return _conclude(options, client, ended)


def _conclude(options: argparse.Namespace, client: Client, ended: list[dict[str, Any]]) -> int:
    if options.junit:
        write_junit(options.junit, ended)
    if options.json:
        say_json({"items": ended, "next": None})
    else:
        print_summary(client, ended)
    return 0 if all(as_expected(run) for run in ended) else 1


def _definitions(options: argparse.Namespace) -> list[Definition]:
    """Every test of every file; one bad file and nothing is submitted."""
    found: list[Definition] = []
    errors: list[str] = []
    for path in options.files:
        try:
            found += read_suite(path).definitions()
        except SuiteFileError as error:
            errors.append(str(error))
    if errors:
        raise SuiteFileError("\n".join([*errors, "nothing was submitted"]))
    return [_changed(definition, _changes(options)) for definition in found]


def _changes(options: argparse.Namespace) -> dict[str, Any]:
    labels = {}
    for given in options.label:
        key, equals, value = given.partition("=")
        if not equals:
            raise ProctorError(f"--label {given}: say it as KEY=VALUE")
        labels[key] = value
    changes = {"priority": options.priority, "base_url": options.base_url}
    return {k: v for k, v in changes.items() if v is not None} | {"labels": labels}


def _changed(definition: Definition, changes: dict[str, Any]) -> Definition:
    raw = definition.model_dump(by_alias=True, exclude_none=True)
    labels = {**definition.labels, **changes["labels"]}
    return Definition.model_validate(raw | changes | {"labels": labels})


def _send(client: Client, definitions: list[Definition]) -> list[dict[str, Any]]:
    runs: list[dict[str, Any]] = []
    for start in range(0, len(definitions), _TOGETHER):
        some = definitions[start : start + _TOGETHER]
        body = [d.model_dump(mode="json", by_alias=True, exclude_none=True) for d in some]
        answer = client.post("/batches", {"runs": body}, idempotency_key=uuid4().hex)
        runs += answer["runs"]
    return runs


def _print_accepted(options: argparse.Namespace, runs: list[dict[str, Any]]) -> None:
    if options.json:
        say_json({"items": runs, "next": None})
        return
    for run in runs:
        say(f"{run['id']}  {clean(run['name'])}")
