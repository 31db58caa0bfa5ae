"""`make demo`: the example shop, Proctor in one process, and the suite run through it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DATA = Path(".proctor/demo")
SUITE = Path("examples/shop.yaml")
PROCTOR = Path(sys.executable).parent / "proctor"
PATIENCE = 60.0


def main() -> int:
    """Runs the suite; 0 if every run ended as the suite expects."""
    DATA.mkdir(parents=True, exist_ok=True)
    with shop() as shop_url, server() as server_url:
        say(f"shop at {shop_url}, Proctor at {server_url}, logs in {DATA}")
        forget_interrupted_demo(server_url)
        command = [PROCTOR, "submit", SUITE, "--wait", "--base-url", shop_url]
        return subprocess.run(command, env=environment(), check=False).returncode


@contextmanager
def shop() -> Iterator[str]:
    """The example shop on a free port."""
    with running([sys.executable, "-m", "examples.shop", "--port", "0"], "shop.log") as process:
        log = DATA / "shop.log"
        wait(process, lambda: " on http" in log.read_text(), f"the shop to start, see {log}")
        yield log.read_text().split(" on ")[1].split()[0]


@contextmanager
def server() -> Iterator[str]:
    """Everything of Proctor in one process, on a free port."""
    note = DATA / "server.json"
    note.unlink(missing_ok=True)
    with running([PROCTOR, "serve", "--port", "0"], "server.log") as process:
        why = f"Proctor to start, see {DATA / 'server.log'}"
        wait(process, note.exists, why)
        url = json.loads(note.read_text())["url"]
        wait(process, lambda: is_ready(url), why)
        yield url


def forget_interrupted_demo(url: str) -> None:
    """Nothing accepted is lost: what an interrupted demo left would run now, its shop gone."""
    key = (DATA / "admin.key").read_text().strip()
    headers = {"Authorization": f"Bearer {key}"}
    httpx.post(f"{url}/api/v1/queue/clear", headers=headers, timeout=30).raise_for_status()


def is_ready(url: str) -> bool:
    """Whether the server at `url` says that it is ready."""
    try:
        return httpx.get(f"{url}/health/ready", timeout=2).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


@contextmanager
def running(command: list[str | Path], log: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends with the context, its output in a file of the data folder."""
    with (DATA / log).open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environment())
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)


def wait(process: subprocess.Popen[bytes], ready: Callable[[], bool], what: str) -> None:
    """Waits for a condition while the process lives."""
    deadline = time.monotonic() + PATIENCE
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"waited in vain for {what}")
        time.sleep(0.05)


def environment() -> dict[str, str]:
    """This one, with the demo's data folder and nothing of another installation."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PROCTOR_")}
    return kept | {"PROCTOR_DATA_DIR": str(DATA), "PYTHONUNBUFFERED": "1"}


def say(text: str) -> None:
    """One line for the person watching."""
    print(text, flush=True)  # noqa: T201 - the demo talks


if __name__ == "__main__":
    sys.exit(main())
