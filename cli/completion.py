"""`proctor completion`: a script that completes commands, options, files and runs in a shell."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from cli.client import ClientError
from cli.queries import connected
from cli.shown import say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from cli.commands import Commands

_SHELLS = ("bash", "zsh", "fish")
_LATEST = 50
_RUNS = "proctor completion runs 2>/dev/null"
"""Asked by the shell at a Tab where a run is wanted."""

_RUNS_IN_ZSH = f'_proctor_runs() {{ compadd -- ${{(f)"$({_RUNS})"}} }}'
"""A function: a command in its place would be asked when the script is loaded."""


def add_completion_command(commands: Commands, root: argparse.ArgumentParser) -> None:
    """Adds `completion`, which knows all that `root` has by the time it is run."""
    parser = commands.add_parser("completion", help="complete commands in bash, zsh or fish")
    parser.add_argument("shell", choices=(*_SHELLS, "runs"), metavar="bash|zsh|fish")
    parser.set_defaults(run=partial(complete, root), url=None, key=None)


def complete(root: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    """Prints the script; or the ids of the latest runs, which the script asks for."""
    if options.shell == "runs":
        return _say_runs(options)
    # Late, because no other command needs it.
    shtab = import_module("shtab")
    runs = shtab.cmd(_RUNS)
    runs |= {"zsh": "_proctor_runs", "preamble": runs["preamble"] | {"zsh": _RUNS_IN_ZSH}}
    for action in _arguments(root):
        if action.type is Path:
            action.complete = shtab.FILE  # type: ignore[attr-defined]
        elif action.dest == "data_dir":
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
        elif action.metavar == "RUN":
            action.complete = runs  # type: ignore[attr-defined]
    say(shtab.complete(root, options.shell))
    return 0


def _say_runs(options: argparse.Namespace) -> int:
    """None, rather than a complaint in the middle of somebody's line."""
    try:
        with connected(options) as client:
            for run in client.get("/runs", limit=_LATEST)["items"]:
                say(run["id"])
    except ClientError:
        return 1
    return 0


def _arguments(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Of this command and of all below it."""
    for action in parser._actions:  # noqa: SLF001 - argparse has no public way to look
        yield action
        for below in action.choices.values() if isinstance(action.choices, dict) else ():
            yield from _arguments(below)
