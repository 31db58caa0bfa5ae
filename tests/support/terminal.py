"""A command in a pseudo-terminal: what it draws, keys for it, and a size that changes."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import termios
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

ALTERNATE_SCREEN = b"\x1b[?1049h"
BACK_TO_THE_SHELL = b"\x1b[?1049l"
_END_TIMEOUT = 20.0


class Terminal:
    """Begin with `in_terminal`."""

    def __init__(self, leader: int, process: subprocess.Popen[bytes]) -> None:
        self._leader = leader
        self.process = process
        self._drawn = bytearray()
        self._reading = threading.Thread(target=self._read, name="terminal")
        self._reading.start()

    @property
    def drawn(self) -> bytes:
        """Everything so far, as it was sent."""
        return bytes(self._drawn)

    def shows(self, text: str, since: int = 0) -> bool:
        """Whether the text was drawn behind the first `since` bytes."""
        return text.encode() in self._drawn[since:]

    def press(self, keys: str) -> None:
        os.write(self._leader, keys.encode())

    def resize(self, columns: int, rows: int) -> None:
        """The kernel tells the process by SIGWINCH."""
        _set_size(self._leader, columns, rows)

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(_END_TIMEOUT)
        self._reading.join(_END_TIMEOUT)
        os.close(self._leader)

    def _read(self) -> None:
        while True:
            try:
                piece = os.read(self._leader, 65536)
            except OSError:  # The other side is closed.
                return
            if not piece:
                return
            self._drawn += piece


@contextmanager
def in_terminal(
    command: Sequence[str | Path], env: dict[str, str], columns: int = 120, rows: int = 36
) -> Iterator[Terminal]:
    """The command, on a terminal of its own until the context ends."""
    leader, follower = pty.openpty()
    _set_size(leader, columns, rows)
    # A session of its own: only then is it told when the size changes.
    process = subprocess.Popen(
        ["setsid", "--ctty", *command], stdin=follower, stdout=follower, stderr=follower, env=env
    )
    os.close(follower)
    terminal = Terminal(leader, process)
    try:
        yield terminal
    finally:
        terminal.end()


def _set_size(descriptor: int, columns: int, rows: int) -> None:
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
