"""What became of a submission: the surprises first to be read, then the counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from cli.client import ClientError
from cli.shown import STYLES, clean, console

if TYPE_CHECKING:
    from cli.client import Client

_MOST_SHOWN = 50


def as_expected(run: dict[str, Any]) -> bool:
    """Whether the run came to the verdict its suite expects."""
    return bool(run["status"] == run["expect"])


def print_summary(client: Client, runs: list[dict[str, Any]]) -> None:
    """Each surprise with step, message and artifacts; then how many of what."""
    out = console()
    surprises = [run for run in runs if not as_expected(run)]
    for run in surprises[:_MOST_SHOWN]:
        out.print()
        out.print(Text(f"── {clean(run['name'])} ", style="bold") + _verdict(run))
        _print_error(client, run)
    counts: dict[str, int] = {}
    for run in runs:
        counts[run["status"]] = counts.get(run["status"], 0) + 1
    line = Text(", ").join(Text(f"{n} {s}", style=STYLES.get(s, "")) for s, n in counts.items())
    flaky = sum(run["flaky"] for run in runs)
    if flaky:
        line.append(f", {flaky} flaky", style="yellow")
    surprising = f"{len(surprises)} not as expected" if surprises else "all as expected"
    line.append(f" in {len(runs)} runs: ")
    line.append(surprising, style="bold red" if surprises else "bold green")
    out.print()
    out.print(line)


def _print_error(client: Client, run: dict[str, Any]) -> None:
    out = console()
    error = run["error"]
    if error:
        step = "" if error["step"] is None else f"step {error['step'] + 1}: "
        out.print(Text(f"   {step}{error['kind']}: {clean(error['message'], 2000)}"))
    out.print(Text(f"   run {run['id']}, attempt {run['attempt']} on {run['executor']}"))
    for artifact in _artifacts(client, run):
        out.print(Text(f"   {artifact['kind']}: {artifact['url']}", style="dim"))


def _artifacts(client: Client, run: dict[str, Any]) -> list[dict[str, Any]]:
    """Those of the failure, not of the steps before it. None if they cannot be had any more: the
    verdict is what the exit status is about."""
    try:
        items: list[dict[str, Any]] = client.get(f"/runs/{run['id']}/artifacts")["items"]
    except ClientError:
        return []
    failed = run["error"]["step"] if run["error"] else None
    return [item for item in items if item["step"] in {None, failed}]


def _verdict(run: dict[str, Any]) -> Text:
    verdict = Text(run["status"], style=STYLES.get(run["status"], ""))
    return verdict + Text(f", expected {run['expect']}")
