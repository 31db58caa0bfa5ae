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

from cli.main import main as proctor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DATA = Path(".proctor/demo")
SUITES = (Path("examples/shop.yaml"), Path("examples/words.yaml"))
PROCTOR = Path(sys.executable).parent / "proctor"
PATIENCE = 60.0


def main() -> int:
    """Runs the suite; 0 if every run ended as the suite expects."""
    DATA.mkdir(parents=True, exist_ok=True)
    use_own_settings()
    with shop_and_server() as (shop_url, server_url):
        say(f"shop at {shop_url}, Proctor at {server_url}, logs in {DATA}")
        forget_interrupted_demo(server_url)
        # In this process, which has loaded the client while the server was starting.
        return proctor(["submit", *map(str, SUITES), "--wait", "--base-url", shop_url])


@contextmanager
def shop_and_server() -> Iterator[tuple[str, str]]:
    """The example shop, and all of Proctor in one process, started side by side on free ports."""
    note, shop_log, server_log = DATA / "server.json", DATA / "shop.log", DATA / "server.log"
    note.unlink(missing_ok=True)
    with (
        running([PROCTOR, "serve", "--port", "0"], server_log) as server,
        running([sys.executable, "-m", "examples.shop", "--port", "0"], shop_log) as shop,
    ):
        wait(shop, lambda: " on http" in shop_log.read_text(), f"the shop to start, see {shop_log}")
        wait(server, note.exists, f"Proctor to start, see {server_log}")
        url = json.loads(note.read_text())["url"]
        wait(server, lambda: is_ready(url), f"Proctor to be ready, see {server_log}")
        yield shop_log.read_text().split(" on ")[1].split()[0], url


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
def running(command: list[str | Path], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends with the context, its output in a file."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
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


def use_own_settings() -> None:
    """The demo's data folder, and nothing of another installation, for this process and its own."""
    for name in [name for name in os.environ if name.startswith("PROCTOR_")]:
        del os.environ[name]
    os.environ |= {"PROCTOR_DATA_DIR": str(DATA), "PYTHONUNBUFFERED": "1"}


def say(text: str) -> None:
    """One line for the person watching."""
    print(text, flush=True)  # noqa: T201 - the demo talks


if __name__ == "__main__":
    sys.exit(main())
