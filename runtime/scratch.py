"""A temporary folder for each process and all it starts, gone with it even after a kill."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from runtime.ownership import lives, own_mark

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX = "proctor-"


@contextmanager
def scratch() -> Iterator[Path]:
    """Makes this process's temporary files, and its children's, land in a folder of their own.

    Browsers and drivers leave profiles, traces and downloads behind when they are killed. The
    folder is removed at the end; what killed processes left is removed at the next start.
    """
    before = os.environ.get("TMPDIR")
    root = Path(tempfile.gettempdir())
    _sweep(root)
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{own_mark()}-"))
    _point_to(str(folder))
    try:
        yield folder
    finally:
        _point_to(before)
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(root: Path) -> None:
    for folder in root.glob(f"{_PREFIX}[0-9]*-[0-9]*-*"):
        if not lives(folder.name.removeprefix(_PREFIX).rpartition("-")[0]):
            shutil.rmtree(folder, ignore_errors=True)


def _point_to(folder: str | None) -> None:
    if folder is None:
        os.environ.pop("TMPDIR", None)
    else:
        os.environ["TMPDIR"] = folder
    tempfile.tempdir = None  # Otherwise Python goes on with the folder it found first.
