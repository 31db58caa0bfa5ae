"""Commands with an end: each in a process group of its own, all of which goes when it is late."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.peers.figure import NotMeasuredError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT = Path(__file__).parents[2]
_GRACE = 10.0
_SHOWN = 300


@contextmanager
def started(
    command: Sequence[str | Path], log: Path, *, env: Mapping[str, str], cwd: Path = ROOT
) -> Iterator[subprocess.Popen[bytes]]:
    """The command, running; at the end it is asked to stop, and made to after 10 s."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=dict(os.environ) | dict(env),
            cwd=cwd,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        _end(process)


def completed(
    command: Sequence[str | Path],
    log: Path,
    *,
    timeout: float,
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
    good: Sequence[int] = (0,),
) -> float:
    """Runs the command to its end and returns the seconds it took.

    Raises NotMeasuredError if it takes longer than `timeout` seconds or its exit code is not
    among the `good` ones.
    """
    begun = time.perf_counter()
    with started(command, log, env=env or {}, cwd=cwd) as process:
        try:
            code = process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise NotMeasuredError(f"{_called(command)}: not over after {timeout:g} s") from None
    if code not in good:
        raise NotMeasuredError(f"{_called(command)}: exit code {code}: {last_words(log)}")
    return time.perf_counter() - begun


def last_words(log: Path) -> str:
    """The end of what a process printed."""
    return log.read_text(errors="replace").strip()[-_SHOWN:]


def _called(command: Sequence[str | Path]) -> str:
    return " ".join([Path(command[0]).name, *map(str, command[1:4])])


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)
    # Also after an orderly end: a worker or browser that outlived its parent is in the group.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(_GRACE)
