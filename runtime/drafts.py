"""Files that are being written: whole in their place or not there at all, and no rest of them."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import uuid4

from runtime.ownership import lives, own_mark

if TYPE_CHECKING:
    from pathlib import Path

ABANDONED = 3_600.0
"""Seconds after which a draft is taken for a dead writer's, on whatever machine that was."""

_BETWEEN = "~"


class Drafts:
    """A folder of drafts, on the same disk as the places they go to.

    Each bears its writer's machine and process in its name, so that what a killed one left is told
    from what another is writing.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, place: Path, content: bytes) -> None:
        """Writes a file; whoever looks at `place` sees all of it or none. Raises OSError."""
        draft = self.folder / _BETWEEN.join((socket.gethostname(), own_mark(), uuid4().hex))
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            draft.write_bytes(content)
            place.parent.mkdir(parents=True, exist_ok=True)
            draft.rename(place)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise

    def tidy(self) -> None:
        """Takes away what writers left that are dead."""
        for draft in self.folder.glob(f"*{_BETWEEN}*{_BETWEEN}*"):
            with suppress(OSError):
                if _is_left_over(draft):
                    draft.unlink()


def _is_left_over(draft: Path) -> bool:
    host, mark, _ = draft.name.split(_BETWEEN)
    if host == socket.gethostname() and not lives(mark):
        return True
    return time.time() - draft.stat().st_mtime > ABANDONED
