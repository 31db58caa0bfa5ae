"""The commands that run a part of Proctor or look after its machine, loaded when they are used."""

from __future__ import annotations

import argparse
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from cli.queries import add_server_options

if TYPE_CHECKING:
    from cli.commands import Commands


def add_role_commands(commands: Commands) -> None:
    """Adds `serve`, `api`, `dispatcher`, `projections`, `executor`, `migrate` and `doctor`."""
    everything = commands.add_parser("serve", help="everything in one process")
    everything.add_argument("--executors", type=int, dest="max_concurrent_executions")
    _add_address(everything)
    _add(everything, "run_serve", "cli.serving")
    api = commands.add_parser("api", help="the HTTP side alone")
    _add_address(api)
    api.add_argument("--workers", type=int, help="processes that share the port (1)")
    api.add_argument("--listen-on", type=int, help=argparse.SUPPRESS)
    _add(api, "run_api", "cli.serving")
    relay = commands.add_parser("dispatcher", help="from the log to the broker")
    _add(relay, "run_dispatcher", "cli.following")
    views = commands.add_parser("projections", help="from the log to the views")
    views.add_argument("action", nargs="?", choices=["rebuild"], help="make the views anew")
    _add(views, "run_projections", "cli.following")
    executor = commands.add_parser("executor", help="one executor: one browser, one run at a time")
    executor.add_argument("--pool", help="which runs it takes (default)")
    executor.add_argument("--id", dest="executor_id", help="its name; host and pid by default")
    _add(executor, "run_executor", "cli.executing")
    migrate = commands.add_parser("migrate", help="the database's tables and users, up to date")
    _add(migrate, "run_migrate", "cli.migrating")
    doctor = commands.add_parser("doctor", help="what is missing, and how to get it")
    add_server_options(doctor)
    doctor.set_defaults(run=partial(_run, "cli.doctor:doctor"))


def _add_address(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on (8000); 0 takes a free one")


def _add(parser: argparse.ArgumentParser, name: str, module: str) -> None:
    parser.add_argument("--data-dir", help="where everything is kept (.proctor)")
    parser.set_defaults(run=partial(_run, f"{module}:{name}"))


def _run(place: str, options: argparse.Namespace) -> int:
    # Late, because a client command must not wait for web server, browser and broker to load.
    module, _, name = place.partition(":")
    status: int = getattr(import_module(module), name)(options)
    return status
