"""A process that another one started for its own sake ends when that one is gone."""

from __future__ import annotations

import os
import signal
import threading
import time

_LOOK_EVERY = 0.2


def end_with_parent() -> None:
    """Ends this process in order, as SIGTERM does, soon after its parent died.

    Otherwise an API worker whose parent was killed would serve on, with nobody to start it again,
    and keep the port from the parent's successor.
    """
    parent = os.getppid()
    threading.Thread(target=_watch, args=(parent,), name="parent watch", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_EVERY)
    os.kill(os.getpid(), signal.SIGTERM)
