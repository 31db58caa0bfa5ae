"""`proctor serve` and `proctor api`: what answers over HTTP."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from typing import TYPE_CHECKING

from api.first_key import FILE, ensure_admin_key
from api.role import announced, bind, serve, url_of
from api.services import services
from cli.executing import executors
from cli.starting import (
    broker_of,
    commanded_here,
    settings_of,
    shared_broker,
    until_told_to_stop,
    wait_until_told_to_stop,
)
from cli.workers import workers
from dispatcher.role import dispatcher
from domain.addresses import Asked
from domain.api_key import Credential
from executor.browser.reaper import reap_orphans
from projections.retention.keeper import keeper
from projections.role import projections
from runtime.database import database, open_log
from runtime.parent import end_with_parent
from runtime.scratch import scratch
from runtime.settings import Settings, take_secrets
from runtime.sole_use import sole_use

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from api.services import Services
    from dispatcher.role import Dispatcher
    from domain.log import EventLog
    from runtime.broker.port import Broker
    from runtime.lifecycle import Crew

_BACKLOG = 2048


def run_serve(options: argparse.Namespace) -> int:
    """Everything in one process, on the embedded database and queue unless told otherwise."""
    settings = settings_of(options)
    secrets = take_secrets()
    broker = broker_of(settings, "serve")
    with ExitStack() as running:
        running.enter_context(sole_use(settings.data_dir))
        reap_orphans()
        listener = running.enter_context(bind(settings.host, settings.port))
        url = running.enter_context(database(settings))
        running.enter_context(scratch())  # After the database, whose socket may be in the old one.
        crews: list[Crew | Dispatcher] = [
            running.enter_context(dispatcher(url, broker, settings)),
            running.enter_context(projections(url, settings)),
            running.enter_context(executors(url, broker, _guarding(listener, settings), secrets)),
            running.enter_context(keeper(url, settings)),
        ]
        served = running.enter_context(services(url, broker, settings, lambda: _troubles(crews)))
        _ensure_admin_key(served.log, settings)
        running.enter_context(announced(settings.data_dir, url_of(listener)))
        _say_where(url_of(listener), served, settings)
        until_told_to_stop()
        serve(served, listener)
    return 0


def _guarding(listener: socket.socket, settings: Settings) -> Settings:
    host, port = listener.getsockname()[:2]
    return settings.model_copy(
        update={"guarded_hosts": (*settings.guarded_hosts, str(Asked(host, port)))}
    )


def run_api(options: argparse.Namespace) -> int:
    """The HTTP side alone, in one process or several that share the port."""
    settings = settings_of(options)
    broker = shared_broker(settings, "api")
    if options.listen_on is not None:
        end_with_parent()
        return _serve_on(socket.socket(fileno=options.listen_on), broker, settings)
    with bind(settings.host, settings.port) as listener, database(settings) as url:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        with open_log(url, "proctor api", connections=1) as log:
            _ensure_admin_key(log, settings)
        with announced(settings.data_dir, url_of(listener)):
            if settings.workers == 1:
                return _serve_on(listener, broker, settings)
            listener.listen(_BACKLOG)
            with workers(settings.workers, listener, settings.data_dir):
                wait_until_told_to_stop()
    return 0


def _ensure_admin_key(log: EventLog, settings: Settings) -> None:
    with commanded_here():
        ensure_admin_key(log, settings.data_dir, owns_log=settings.database_url is None)


def _serve_on(listener: socket.socket, broker: Broker, settings: Settings) -> int:
    with database(settings) as url, services(url, broker, settings) as served:
        until_told_to_stop()
        serve(served, listener)
    return 0


def _troubles(crews: Sequence[Crew | Dispatcher]) -> dict[str, str]:
    return {name: trouble for crew in crews for name, trouble in crew.troubles.items()}


def _say_where(url: str, served: Services, settings: Settings) -> None:
    key_file = settings.data_dir / FILE
    print(f"Proctor is at {url}, its admin key in {key_file}", flush=True)  # noqa: T201
    credential = Credential.parse(key_file.read_text().strip()) if key_file.exists() else None
    if credential is not None:
        link = f"{url}/sign-in#{served.links.make(credential.key_id)}"
        print(f"Open it signed in, once and within 15 minutes: {link}", flush=True)  # noqa: T201
