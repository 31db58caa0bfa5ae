"""One run in full, for reading: facts, failure, steps, evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.text import Text

from cli.decided import in_short
from cli.failures import step_of
from cli.shown import clean, seconds, styled, table, took
from domain.expectation import expected_and_actual

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from cli.server import Server

_LONGEST = 2_000
_STEPS = {"StepPassed": "passed", "StepFailed": "failed"}


def described(
    run: dict[str, Any],
    events: list[dict[str, Any]],
    artifacts: list[dict[str, Any]],
    server: Server,
) -> Group:
    """The run, from what the API says of it, of its history and of its files."""
    steps = [_step(event) for event in events if event["type"] in _STEPS]
    parts: list[RenderableType] = [*_facts(run, server), *_failure(run, events), Text()]
    parts.append(table(("attempt", "", "step", "time", ""), steps))
    if artifacts:
        parts += [Text(), Text("artifacts", style="bold")]
        parts += [_artifact(artifact, server) for artifact in artifacts]
    parts += [Text(), Text("events", style="bold"), *map(_event, events)]
    return Group(*parts)


def _facts(run: dict[str, Any], server: Server) -> Iterator[Text]:
    yield Text(clean(run["name"], 200), style="bold") + Text("  ") + styled(run["status"])
    page = server.at(f"/runs/{run['id']}")
    yield Text(page, style="dim")
    place = f", place {run['queue_position']}" if run["queue_position"] else ""
    executor = f" on {clean(run['executor'], 80)}" if run["executor"] else ""
    time = f", {seconds(took(run))}" if took(run) is not None else ""
    yield Text(
        f"priority {run['priority']}{place}, attempt {run['attempt']}{executor}{time},"
        f" {run['steps_passed']} of {run['steps_total']} steps passed"
    )
    if run["labels"]:
        yield Text(clean(", ".join(f"{k}={v}" for k, v in run["labels"].items())), style="dim")


def _failure(run: dict[str, Any], events: list[dict[str, Any]]) -> Iterator[Text]:
    error = run["error"]
    if not error:
        return
    yield Text()
    where = ": ".join(filter(None, [step_of(run, events), clean(error["kind"], 40)]))
    yield Text(where, style="bold red")
    both = expected_and_actual(error["message"])
    if both is None:
        yield Text(clean(error["message"], _LONGEST))
        return
    yield Text("expected: ") + Text(clean(both[0], _LONGEST), style="green")
    yield Text("actual:   ") + Text(clean(both[1], _LONGEST), style="red")


def _step(event: dict[str, Any]) -> list[object]:
    data = event["data"]
    decided = in_short(data["decision"]) if data.get("decision") else ""
    said = "; ".join(filter(None, [data.get("message"), decided]))
    mark = styled(_STEPS[event["type"]])
    return [data["attempt"], mark, data["step"], seconds(data["duration"]), said]


def _artifact(artifact: dict[str, Any], server: Server) -> Text:
    kind, url = clean(artifact["kind"], 40), server.at(clean(artifact["url"]))
    size = "removed" if artifact.get("removed") else f"{artifact['size']:,} bytes"
    return Text(f"{kind:<12} {size:>18}  {url}")


def _event(event: dict[str, Any]) -> Text:
    when = clean(event["at"], 40)[11:23]
    who = clean(event["by"], 80)
    return Text(
        f"{event['position']:>8}  {when}  {clean(event['type'], 40):<16} {who}", style="dim"
    )
