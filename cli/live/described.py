"""One run in full, for reading: facts, failure, steps, evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.text import Text

from cli.failures import error_lines
from cli.shown import clean, seconds, styled, table, took
from cli.steps import STEPS, step_row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from cli.server import Server


def described(
    run: dict[str, Any],
    events: list[dict[str, Any]],
    artifacts: list[dict[str, Any]],
    server: Server,
) -> Group:
    """The run, from what the API says of it, of its history and of its files."""
    steps = [step_row(event) for event in events if event["type"] in STEPS]
    parts: list[RenderableType] = [*_facts(run, server)]
    if run["error"]:
        parts += [Text(), *error_lines(run, events)]
    parts.append(Text())
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
