"""`make soak`: a deployment works for long; exits 1 if something grew.

`SOAK_SECONDS` (1800) and `SOAK_RUNS` (5000): whichever comes first ends it. `SOAK_EXECUTORS` (5),
`SOAK_EVERY` (5 seconds between samples), `SOAK_ROLES=1` for one process a role with RabbitMQ
instead of `proctor serve`, and `SOAK_REPORT` (.proctor/soak) for the folder of report and plot.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from tests.soak.deployments import in_one, in_roles
from tests.soak.judging import judged
from tests.soak.plot import plot
from tests.soak.report import save, table
from tests.soak.sampling import Sampler
from tests.soak.stream import Stream, soak


def main() -> int:
    """Soaks, reports, and says how it went."""
    seconds, runs = _number("SOAK_SECONDS", 1800), _number("SOAK_RUNS", 5000)
    deployed = in_roles if os.environ.get("SOAK_ROLES") else in_one
    with (
        tempfile.TemporaryDirectory(prefix="proctor-soak-") as folder,
        deployed(Path(folder), _number("SOAK_EXECUTORS", 5)) as (proctor, shop, database),
        Sampler(Path(folder), proctor, database) as sampler,
    ):
        samples = soak(Stream(proctor, shop), sampler, seconds, runs, _number("SOAK_EVERY", 5))
    figures = judged(samples)
    report = Path(os.environ.get("SOAK_REPORT", ".proctor/soak"))
    save(report / "soak.json", samples, figures)
    plot(report / "soak.svg", samples, figures)
    console = Console()
    console.print(table(samples, figures))
    console.print(f"{report / 'soak.json'} and {report / 'soak.svg'} have every sample.")
    return int(any(figure.grows for figure in figures))


def _number(name: str, otherwise: int) -> int:
    return int(os.environ.get(name, otherwise))


if __name__ == "__main__":
    sys.exit(main())
