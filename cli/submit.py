"""`proctor submit`: suites in, verdicts out."""

from __future__ import annotations

import json
import os
from argparse import ArgumentTypeError
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from pydantic import ValidationError

from cli.client import ClientError
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
    from collections.abc import Iterator

    from cli.client import Client
    from cli.commands import Commands

_TOGETHER = 1_000
_MOST_BYTES = 4_000_000


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
    definitions = _definitions(options)
    if options.junit:
        _check_writable(options.junit)
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


def _send(client: Client, definitions: list[Definition]) -> list[dict[str, Any]]:
    runs: list[dict[str, Any]] = []
    for batch in _batches(definitions):
        try:
            runs += client.post("/batches", {"runs": batch}, idempotency_key=uuid4().hex)["runs"]
        except ClientError as error:
            raise ClientError(f"{error}{_said_of(runs)}") from error
    return runs


def _said_of(runs: list[dict[str, Any]]) -> str:
    if not runs:
        return ""
    return f"; {len(runs)} runs before were accepted, in batch {runs[-1]['batch_id']}"


def _batches(definitions: list[Definition]) -> Iterator[list[Any]]:
    """What the server takes at once: so many runs, of so many bytes."""
    batch: list[Any] = []
    size = 0
    for definition in definitions:
        body = definition.model_dump(mode="json", by_alias=True, exclude_none=True)
        length = len(json.dumps(body))
        if batch and (len(batch) == _TOGETHER or size + length > _MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(body)
        size += length + len(", ")
    yield batch


def _print_accepted(options: argparse.Namespace, runs: list[dict[str, Any]]) -> None:
    if options.json:
        say_json({"items": runs, "next": None})
        return
    for run in runs:
        say(f"{run['id']}  {clean(run['name'])}")
