"""The pictures in the documents, taken from a live system: `python -m examples.pictures`."""

from __future__ import annotations

import asyncio
import re
import subprocess
import time
from pathlib import Path

from cli.client import Client, Server
from cli.live.app import Watch
from examples.demo import DATA as FOLDER
from examples.demo import (
    PATIENCE,
    PROCTOR,
    SUITES,
    forget_interrupted_demo,
    shop_and_server,
    use_own_settings,
)

WATCH = Path("docs/watch.svg")
BUSY = 5
SIZE = (120, 36)


def main() -> None:
    """Submits the suite twice and takes the picture while five runs are active."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    use_own_settings()
    with shop_and_server() as (shop_url, url):
        forget_interrupted_demo(url)
        key = (FOLDER / "admin.key").read_text().strip()
        with Client(Server(url, key)) as client:
            for _ in range(2):
                command = [PROCTOR, "submit", SUITES[0], "--base-url", shop_url]
                subprocess.run(command, check=True, capture_output=True)
            while not busy(client):
                time.sleep(0.1)
            WATCH.write_text(asyncio.run(drawn(client.server)))


def busy(client: Client) -> bool:
    """Whether there is something to see."""
    status = client.get("/queue/status")
    finished = client.get("/runs", status=["passed", "failed"], limit=BUSY)["items"]
    return status["active"] == BUSY and len(finished) == BUSY


async def drawn(server: Server) -> str:
    """What `proctor watch` shows, as a picture that loads nothing from anywhere."""
    app = Watch(server, interval=0.1)
    async with app.run_test(size=SIZE) as pilot:
        async with asyncio.timeout(PATIENCE):
            while app.board is None or app.board.status["active"] < BUSY:
                await pilot.pause(0.05)
        await pilot.pause()
        svg = app.export_screenshot(title="proctor watch")
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.S)


if __name__ == "__main__":
    main()
