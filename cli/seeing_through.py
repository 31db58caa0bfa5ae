"""`submit --wait`: runs followed to their verdicts, and told of in every form asked for."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cli import github
from cli.failures import print_failures
from cli.follow import follow
from cli.junit import write_junit
from cli.shown import complain, console, say_json
from cli.summary import as_expected, summary_line

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from cli.client import Client
    from cli.origins import Origin


@dataclass(frozen=True, slots=True)
class Submitted:
    """Runs that were accepted, where each stands in its file, a position of the log before all of
    them, and when their submission began by the monotonic clock."""

    runs: Sequence[dict[str, Any]]
    origins: Sequence[Origin]
    position: int
    began: float


def see_through(options: argparse.Namespace, client: Client, submitted: Submitted) -> int:
    """0 if all ended as their suites expect, 1 if some did not."""
    annotating = github.wanted(options.annotations)
    heard_on = sys.stderr if options.json else sys.stdout  # What scripts read stays theirs alone.
    with github.unheard(heard_on if annotating else None):
        ended = _followed(options, client, submitted)
        _tell(options, client, ended, time.monotonic() - submitted.began)
    if annotating:
        ids = (run["id"] for run in submitted.runs)
        origins = dict(zip(ids, submitted.origins, strict=True))
        github.annotate(ended, origins, client.server.url, heard_on)
    return 0 if all(as_expected(run) for run in ended) else 1


def _followed(
    options: argparse.Namespace, client: Client, submitted: Submitted
) -> list[dict[str, Any]]:
    quiet, timeout = options.json, options.timeout
    try:
        return follow(client, submitted.runs, submitted.position, quiet=quiet, timeout=timeout)
    except KeyboardInterrupt:
        batches = sorted({run["batch_id"] for run in submitted.runs})
        shown = ", ".join(f"`proctor runs --batch {batch}`" for batch in batches)
        complain(f"the runs go on: see {shown}; `proctor cancel RUN` ends one")
        raise


def _tell(
    options: argparse.Namespace, client: Client, ended: list[dict[str, Any]], seconds: float
) -> None:
    if options.junit:
        write_junit(options.junit, ended)
    if options.json:
        say_json({"items": ended, "next": None})
        return
    out = console()
    print_failures(client, ended, out)
    out.print()
    out.print(summary_line(ended, seconds, out.width), soft_wrap=True)
