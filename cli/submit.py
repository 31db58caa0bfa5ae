"""`proctor submit`: suites in, verdicts out."""

from __future__ import annotations

import os
from argparse import ArgumentTypeError
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from cli.follow import follow
from cli.junit import write_junit
from cli.queries import add_server_options, connected
from cli.sending import Portion, send
from cli.shown import clean, say, say_json
from cli.suite_file import SuiteFileError, read_suite
from cli.summary import as_expected, print_summary
from domain.definition import Definition
from domain.errors import ProctorError

if TYPE_CHECKING:
    import argparse

    from cli.client import Client
    from cli.commands import Commands


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
    parser.add_argument("--timeout", type=_seconds, help="wait at most so many seconds")
    add_server_options(parser)
    parser.set_defaults(run=submit)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return seconds


def submit(options: argparse.Namespace) -> int:
    """0 if all ended as their suites expect, 1 if some did not, 2 if nothing could be submitted."""
    portions = _portions(options)
    if options.junit:
        _check_writable(options.junit)
    with connected(options) as client:
        position = int(client.get("/queue/status")["position"])
        runs = send(client, portions)
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


def _portions(options: argparse.Namespace) -> list[Portion]:
    """Every test of every file: those of a suite with a budget by themselves, all others together.

    One bad file and nothing is submitted.
    """
    together = Portion([], None)
    portions = [together]
    errors: list[str] = []
    for path in options.files:
        try:
            suite = read_suite(path)
        except SuiteFileError as error:
            errors.append(str(error))
            continue
        tests = [_changed(test, _changes(options)) for test in suite.definitions()]
        if suite.budget is None:
            together.tests.extend(tests)
        else:
            portions.append(Portion(tests, suite.budget))
    if errors:
        raise SuiteFileError("\n".join([*errors, "nothing was submitted"]))
    return [portion for portion in portions if portion.tests]


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
    try:
        return Definition.model_validate(raw | changes | {"labels": labels})
    except ValidationError as error:
        first = error.errors()[0]
        option = str(first["loc"][0]).removesuffix("s").replace("_", "-")
        raise ProctorError(f"--{option}: {first['msg']}") from None


def _check_writable(path: Path) -> None:
    """Now, rather than when the runs are over."""
    is_there = path.is_file() or (path.parent.is_dir() and not path.exists())
    if not is_there or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise ProctorError(
            f"--junit {path}: cannot be written; name a file in a folder that exists"
        )


def _print_accepted(options: argparse.Namespace, runs: list[dict[str, Any]]) -> None:
    if options.json:
        say_json({"items": runs, "next": None})
        return
    for run in runs:
        say(f"{run['id']}  {clean(run['name'])}")
