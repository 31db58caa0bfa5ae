"""Ending what a harness that was killed has left behind: its processes, disks and folders."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from runtime.ownership import lives, own_mark

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX = "chaos-"
SERVER_OF = "CHAOS_SERVER_OF"
"""In the environment of the servers under a deployment: its folder."""
ROLE_OF = "CHAOS_FOLDER"
"""In that of the roles, and of everything they start."""


def make_folder() -> Path:
    """A folder for a deployment, by whose name it is known when its harness is gone."""
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{own_mark()}-"))
    folder.chmod(0o755)
    return folder


def sweep() -> None:
    """Takes away the deployments whose harness does not live any more."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}[0-9]*-[0-9]*-*"):
        if not lives(folder.name.removeprefix(_PREFIX).rpartition("-")[0]):
            for process in _processes(folder):
                with suppress(psutil.Error):
                    process.kill()
            for disk in folder.glob("*.img"):
                subprocess.run(["umount", "-l", disk.with_suffix("")], check=False)
            shutil.rmtree(folder, ignore_errors=True)


def _processes(folder: Path) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            environment = process.environ()
            if str(folder) in {environment.get(ROLE_OF), environment.get(SERVER_OF)}:
                yield process
