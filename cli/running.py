"""Running a part of Proctor, or all of it, until told to stop."""

from __future__ import annotations

import signal
import socket
import threading
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import structlog

from api.first_key import ensure_admin_key
from api.role import announced, bind, serve, url_of
from api.services import services
from cli.workers import workers
from dispatcher.role import dispatcher
from domain.addresses import Asked
from domain.errors import ProctorError
from executor.browser.reaper import reap_orphans
from executor.role import ExecutorRole
from projections.rebuild import rebuild
from projections.role import projections
from runtime import garbage
from runtime.broker import connect_broker
from runtime.database import database, open_log
from runtime.lifecycle import Crew
from runtime.logs import configure_logs
from runtime.parent import end_with_parent
from runtime.probe import Probe
from runtime.scratch import scratch
from runtime.settings import Settings, take_secrets
from runtime.sole_use import sole_use
from runtime.watchpost import watchpost

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from dispatcher.role import Dispatcher
    from runtime.broker.port import Broker

logger = structlog.get_logger()

_BACKLOG = 2048


def run_serve(options: argparse.Namespace) -> int:
    """Everything in one process, on the embedded database and queue unless told otherwise."""
    settings = settings_of(options)
    secrets = take_secrets()
    broker = _broker(settings, "serve")
    with ExitStack() as running:
        running.enter_context(sole_use(settings.data_dir))
        reap_orphans()
        listener = running.enter_context(bind(settings.host, settings.port))
        url = running.enter_context(database(settings))
        running.enter_context(scratch())  # After the database, whose socket may be in the old one.
        crews: list[Crew | Dispatcher] = [
            running.enter_context(dispatcher(url, broker, settings)),
            running.enter_context(projections(url, settings)),
            running.enter_context(_executors(url, broker, _guarding(listener, settings), secrets)),
        ]
        served = running.enter_context(services(url, broker, settings, lambda: _troubles(crews)))
        ensure_admin_key(served.log, settings.data_dir, owns_log=settings.database_url is None)
        running.enter_context(announced(settings.data_dir, url_of(listener)))
        _say_where(url_of(listener), settings)
        _until_told_to_stop()
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
    broker = _shared_broker(settings, "api")
    if options.listen_on is not None:
        end_with_parent()
        return _serve_on(socket.socket(fileno=options.listen_on), broker, settings)
    with bind(settings.host, settings.port) as listener, database(settings) as url:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        with open_log(url, "proctor api", connections=1) as log:
            ensure_admin_key(log, settings.data_dir, owns_log=settings.database_url is None)
        with announced(settings.data_dir, url_of(listener)):
            if settings.workers == 1:
                return _serve_on(listener, broker, settings)
            listener.listen(_BACKLOG)
            with workers(settings.workers, listener, settings.data_dir):
                _until_told_to_stop().wait()
    return 0


def _serve_on(listener: socket.socket, broker: Broker, settings: Settings) -> int:
    with database(settings) as url, services(url, broker, settings) as served:
        _until_told_to_stop()
        serve(served, listener)
    return 0


def run_dispatcher(options: argparse.Namespace) -> int:
    """Relay and timekeeper alone."""
    settings = settings_of(options)
    broker = _shared_broker(settings, "dispatcher")
    with (
        database(settings) as url,
        dispatcher(url, broker, settings) as running,
        watchpost(settings, lambda: running.troubles),
    ):
        _until_told_to_stop().wait()
    return 0


def run_projections(options: argparse.Namespace) -> int:
    """The views' follower alone; or, with `rebuild`, the views made anew."""
    settings = settings_of(options)
    with database(settings) as url:
        if options.action == "rebuild":
            with open_log(url, "proctor rebuild", connections=2) as log:
                position = rebuild(url, log, _show_progress)
            print(f"views rebuilt up to position {position}")  # noqa: T201 - the command's answer
        else:
            with projections(url, settings) as crew, watchpost(settings, lambda: crew.troubles):
                _until_told_to_stop().wait()
    return 0


def run_executor(options: argparse.Namespace) -> int:
    """One executor alone."""
    settings = settings_of(options)
    secrets = take_secrets()
    reap_orphans()
    broker = _shared_broker(settings, "executor")
    with (
        database(settings) as url,
        scratch(),
        open_log(url, "proctor executor", connections=2) as log,
    ):
        role = ExecutorRole(settings.executor_id, log, broker, settings, secrets)
        probe = Probe("database", log.head)
        with (
            Crew([role, probe], join_timeout=settings.drain_grace + 10) as crew,
            watchpost(settings, lambda: crew.troubles),
        ):
            _until_told_to_stop().wait()
    return 0


@contextmanager
def _executors(
    url: str, broker: Broker, settings: Settings, secrets: dict[str, str]
) -> Iterator[Crew]:
    count = settings.max_concurrent_executions
    with open_log(url, "proctor executor", connections=min(2 * count, 20)) as log:
        roles = [
            ExecutorRole(f"executor-{number + 1}", log, broker, settings, secrets)
            for number in range(count)
        ]
        with Crew(roles, join_timeout=settings.drain_grace + 10) as crew:
            yield crew


def settings_of(options: argparse.Namespace) -> Settings:
    """The settings from the environment, overridden by the command's options; logs set up."""
    given = {
        name: value
        for name, value in vars(options).items()
        if name in Settings.model_fields and value is not None
    }
    settings = Settings(**given)
    configure_logs(settings.log_level)
    return settings


def _broker(settings: Settings, role: str) -> Broker:
    url = settings.broker_url.get_secret_value()
    return connect_broker(
        url, role=role, queue_type=settings.queue_type, pools=settings.known_pools
    )


def _shared_broker(settings: Settings, role: str) -> Broker:
    if settings.in_process_broker:
        raise ProctorError(
            f"`proctor {role}` needs a broker that other processes reach:"
            " set PROCTOR_BROKER_URL=amqp://user:password@host:5672/vhost, or use `proctor serve`"
        )
    return _broker(settings, role)


def _until_told_to_stop() -> threading.Event:
    """An event that the first SIGTERM or SIGINT sets; the second ends the process at once.

    Called when everything runs.
    """
    garbage.settle()
    told = threading.Event()

    def tell(number: int, _: object) -> None:
        logger.info("process.stopping", signal=signal.Signals(number).name)
        told.set()
        signal.signal(number, signal.SIG_DFL)

    signal.signal(signal.SIGTERM, tell)
    signal.signal(signal.SIGINT, tell)
    return told


def _troubles(crews: Sequence[Crew | Dispatcher]) -> dict[str, str]:
    return {name: trouble for crew in crews for name, trouble in crew.troubles.items()}


def _say_where(url: str, settings: Settings) -> None:
    print(f"Proctor is at {url}, its admin key in {settings.data_dir / 'admin.key'}", flush=True)  # noqa: T201


def _show_progress(position: int, head: int) -> None:
    print(f"{position} of {head} events", flush=True)  # noqa: T201
