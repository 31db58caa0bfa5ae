"""Each surprise for reading: its step, what was expected and what was there, and the evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from cli.answers import AwayError, ClientError
from cli.shown import STYLES, clean
from cli.summary import as_expected
from domain.expectation import expected_and_actual

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from rich.console import Console

    from cli.client import Client

_MOST_SHOWN = 50
_LONGEST = 2_000


def print_failures(client: Client, runs: Collection[dict[str, Any]], out: Console) -> None:
    """A block for each run that did not end as its suite expects, fifty at the most."""
    surprises = [run for run in runs if not as_expected(run)]
    evidence = _Evidence(client)
    for run in surprises[:_MOST_SHOWN]:
        out.print()
        name = f" {clean(run['name'], 80)} "
        out.print(Text(name.center(out.width, "_"), style="bold"), soft_wrap=True)
        for line in _block(evidence, run):
            out.print(line, soft_wrap=True)  # A line of a page's must not begin one of the log's.
    if len(surprises) > _MOST_SHOWN:
        out.print(f"\nand {len(surprises) - _MOST_SHOWN} more, not shown")


def step_of(run: dict[str, Any], events: Collection[dict[str, Any]]) -> str:
    """`step 2 (expect text)`: where the run's error was, from its events; empty without a step."""
    index = run["error"]["step"] if run["error"] else None
    if index is None:
        return ""
    names = [
        event["data"].get("step")
        for event in events
        if event["type"] == "StepFailed" and event["data"].get("index") == index
    ]
    return f"step {index + 1}" + (f" ({clean(names[-1], 120)})" if names and names[-1] else "")


class _Evidence:
    """What else there is of runs. The verdict is what the exit status is about: where this cannot
    be had it is left out, and a server that went away is not waited for again and again."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._away = False

    def at(self, path: str) -> str:
        """The whole address."""
        return self._client.server.at(path)

    def items(self, run: dict[str, Any], what: str) -> list[dict[str, Any]]:
        """A list that the run has."""
        if self._away:
            return []
        try:
            items: list[dict[str, Any]] = self._client.get(f"/runs/{run['id']}/{what}")["items"]
        except AwayError:
            self._away = True
        except ClientError:
            pass
        else:
            return items
        return []


def _block(evidence: _Evidence, run: dict[str, Any]) -> Iterator[Text]:
    verdict = Text(run["status"], style=STYLES.get(run["status"], ""))
    yield verdict + Text(f", expected {run['expect']}")
    if run["error"]:
        for line in error_lines(run, evidence.items(run, "events")):
            yield Text("   ") + line
    where = f"attempt {run['attempt']} on {clean(run['executor'] or 'no executor', 80)}"
    page = evidence.at(f"/runs/{run['id']}")
    yield Text(f"   run: {page} ({where})")
    for artifact in _artifacts(evidence, run):
        yield Text(
            f"   {clean(artifact['kind'], 40)}: {evidence.at(clean(artifact['url']))}",
            style="dim",
        )


def error_lines(run: dict[str, Any], events: Collection[dict[str, Any]]) -> Iterator[Text]:
    """Where the run's error was and what it said, an expectation's two sides below each other."""
    error = run["error"]
    where = ": ".join(filter(None, [step_of(run, events), clean(error["kind"], 40)]))
    both = expected_and_actual(error["message"])
    if both is None:
        yield Text(f"{where}: {clean(error['message'], _LONGEST)}")
        return
    yield Text(where)
    yield Text("expected: ") + Text(clean(both[0], _LONGEST), style="green")
    yield Text("actual:   ") + Text(clean(both[1], _LONGEST), style="red")


def _artifacts(evidence: _Evidence, run: dict[str, Any]) -> list[dict[str, Any]]:
    """Those of the failure, not of the steps or attempts before it."""
    failed = run["error"]["step"] if run["error"] else None
    return [
        item
        for item in evidence.items(run, "artifacts")
        if item["step"] in {None, failed} and item["attempt"] in {0, run["attempt"]}
    ]
