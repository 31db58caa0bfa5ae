"""The first key: whoever owns the data folder is an admin."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import structlog

from api.keys import KeyRing
from domain.api_key import FIRST_START, Credential, KeyCreated, create
from domain.errors import TooNewError

if TYPE_CHECKING:
    from pathlib import Path

    from domain.log import EventLog

logger = structlog.get_logger()

FILE = "admin.key"


def ensure_admin_key(log: EventLog, data_dir: Path, *, owns_log: bool) -> None:
    """Makes an admin key and writes it to `data_dir`/admin.key (mode 600), unless one is there.

    Where the log is somebody else's (`owns_log` false) only the very first key is made so.
    """
    path = data_dir / FILE
    if path.exists() and _opens(log, path.read_text().strip()):
        return
    if not owns_log and log.read(0, limit=1, topics=[KeyCreated.TOPIC]):
        return
    credential = Credential.new()
    log.append(create(credential, FIRST_START, "admin", "admin"))
    _write(path, str(credential))
    logger.info("keys.admin_key_written", path=str(path))


def _opens(log: EventLog, text: str) -> bool:
    try:
        return KeyRing(log).opens(text)
    except TooNewError:
        return True  # The Proctor that made it will know.


def _write(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text + "\n")
