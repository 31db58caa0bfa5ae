"""How a browser is launched: its flags, and an environment that marks it as ours."""

from __future__ import annotations

import os

from runtime.ownership import lives, own_mark

MARKER = "PROCTOR_BROWSER_OWNER"
"""In every browser's environment: the owning process's mark, and a token of the browser's own."""

ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--mute-audio",
)
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "FONTCONFIG_FILE", "XDG_RUNTIME_DIR",
         "SSL_CERT_FILE")  # fmt: skip


def environment(token: str) -> dict[str, str | float | bool]:
    """What the browser may know: nothing of ours but the mark by which it is found."""
    kept: dict[str, str | float | bool] = {n: os.environ[n] for n in _KEPT if n in os.environ}
    kept[MARKER] = mark(token)
    return kept


def sandboxed() -> bool:
    """Chromium's sandbox is on, but for root, for whom Chromium refuses it."""
    return os.geteuid() != 0


def mark(token: str) -> str:
    """The marker's value for a browser of this process."""
    return f"{own_mark()}:{token}"


def owner_lives(marked: str) -> bool:
    """Whether the process that launched a browser so marked still runs."""
    return lives(marked.partition(":")[0])
