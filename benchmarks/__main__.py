"""`make bench`: the table, and the same as JSON in benchmarks.json."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from benchmarks import servers
from benchmarks.parts import PARTS, Place
from benchmarks.report import Report

if TYPE_CHECKING:
    from collections.abc import Sequence

RESULTS = Path("benchmarks.json")


def main(wanted: Sequence[str]) -> int:
    """Measures the parts `wanted`, all of them if none is named; 1 if a mark is missed."""
    unknown = set(wanted) - PARTS.keys()
    if unknown:
        print(f"no part is called {', '.join(unknown)}; there are {', '.join(PARTS)}")
        return 2
    console, report = Console(width=140), Report()
    with (
        tempfile.TemporaryDirectory() as folder,
        servers.shop(Path(folder)) as shop,
        servers.private_database(Path(folder)) as database,
        servers.private_broker() as broker,
    ):
        place = Place(Path(folder), shop, database, broker)
        for name in wanted or PARTS:
            console.log(f"measuring {name}")
            PARTS[name](place, report)
    for table in report.tables():
        console.print(table)
    RESULTS.write_text(json.dumps(report.as_json(), indent=2) + "\n")
    return int(any(figure.reached is False for figure in report.figures))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
