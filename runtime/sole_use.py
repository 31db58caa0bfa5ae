"""One server a data folder: two would give out the same runs and take each other's leases."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from domain.errors import ProctorError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def sole_use(folder: Path) -> Iterator[None]:
    """Holds the folder for this process; the system lets go of it even if we are killed.

    Raises ProctorError, naming the process that has it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "server.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            raise ProctorError(
                f"{folder} is in use by another server (process {holder}):"
                " stop it, or choose another folder with --data-dir"
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
