"""What every role does first, and waits for in the end."""

from __future__ import annotations

import signal
import socket
import threading
from typing import TYPE_CHECKING

import structlog

from domain.errors import ProctorError
from domain.origin import coming_from
from runtime import garbage
from runtime.broker import connect_broker
from runtime.logs import configure_logs
from runtime.settings import Settings

if TYPE_CHECKING:
    import argparse
    from contextlib import AbstractContextManager

    from runtime.broker.port import Broker

logger = structlog.get_logger()

_LOOK_EVERY = 0.2


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


def commanded_here() -> AbstractContextManager[None]:
    """What is done within is done by a command on this machine, as the log has it."""
    return coming_from(f"cli@{socket.gethostname()}")


def broker_of(settings: Settings, role: str) -> Broker:
    """The broker that the settings name, for a role."""
    url = settings.broker_url.get_secret_value()
    return connect_broker(
        url, role=role, queue_type=settings.queue_type, pools=settings.known_pools
    )


def shared_broker(settings: Settings, role: str) -> Broker:
    """The same where it has to be one that other processes reach. Raises ProctorError."""
    if settings.in_process_broker:
        raise ProctorError(
            f"`proctor {role}` needs a broker that other processes reach:"
            " set PROCTOR_BROKER_URL=amqp://user:password@host:5672/vhost, or use `proctor serve`"
        )
    return broker_of(settings, role)


def until_told_to_stop() -> threading.Event:
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


def wait_until_told_to_stop() -> None:
    """Returns after the first SIGTERM or SIGINT."""
    told = until_told_to_stop()
    # The kernel may hand a signal to any thread, and only this one acts on it: a wait without an
    # end is not always interrupted for it.
    while not told.wait(_LOOK_EVERY):
        pass
