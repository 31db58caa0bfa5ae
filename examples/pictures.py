"""The pictures in the documents, taken from a live system: `python -m examples.pictures`."""

from __future__ import annotations

import io
import re
import subprocess
import time
from pathlib import Path

from rich.console import Console

from cli.client import Client, Server
from cli.watch import picture
from examples.demo import DATA as FOLDER
from examples.demo import PROCTOR, SUITES, shop_and_server, use_own_settings

WATCH = Path("docs/watch.svg")
BUSY = 5


def main() -> None:
    """Submits the suite twice and takes the picture while five runs are active."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    use_own_settings()
    with shop_and_server() as (shop_url, url):
        key = (FOLDER / "admin.key").read_text().strip()
        with Client(Server(url, key)) as client:
            for _ in range(2):
                command = [PROCTOR, "submit", SUITES[0], "--base-url", shop_url]
                subprocess.run(command, check=True, capture_output=True)
            while not busy(client):
                time.sleep(0.1)
            WATCH.write_text(drawn(client))


def busy(client: Client) -> bool:
    """Whether there is something to see."""
    status = client.get("/queue/status")
    finished = client.get("/runs", status=["passed", "failed"], limit=BUSY)["items"]
    return status["active"] == BUSY and len(finished) == BUSY


def drawn(client: Client) -> str:
    """What `proctor watch` shows, as a picture that loads nothing from anywhere."""
    console = Console(record=True, width=110, file=io.StringIO(), force_terminal=True)
    console.print(picture(client))
    return re.sub(
        r"@font-face \{.*?\}\s*", "", console.export_svg(title="proctor watch"), flags=re.S
    )


if __name__ == "__main__":
    main()
