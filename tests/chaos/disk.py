"""A small disk of its own for what a fault fills, where the machine lets us mount one."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from pathlib import Path

_FILLER = "filler"


class Disk:
    """An ext4 file system in a file, so that only the deployment runs out of space."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.folder = folder
        self._image = folder.with_suffix(".img")
        folder.mkdir(parents=True)
        self.why_not = self._mount(megabytes)
        """Why it cannot be filled; None if it can."""

    def fill(self) -> None:
        """Leaves no byte free, for root either."""
        with suppress(OSError), (self.folder / _FILLER).open("wb") as filler:
            while True:
                filler.write(b"x" * (1 << 20))
                filler.flush()
        with suppress(OSError), (self.folder / _FILLER).open("ab") as filler:
            while True:
                filler.write(b"x")
                filler.flush()

    def free(self) -> None:
        """Gives the space back."""
        (self.folder / _FILLER).unlink(missing_ok=True)

    def close(self) -> None:
        """Unmounts it, with everything that is on it."""
        if self.why_not is None:
            subprocess.run(["umount", "-l", self.folder], check=True)
            self._image.unlink()

    def _mount(self, megabytes: int) -> str | None:
        if os.geteuid() != 0:
            return "only root may mount a disk"
        try:
            with self._image.open("wb") as image:
                image.truncate(megabytes << 20)
            for command in (
                ["mkfs.ext4", "-q", "-m", "0", str(self._image)],
                ["mount", "-o", "loop", str(self._image), str(self.folder)],
            ):
                subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            self._image.unlink(missing_ok=True)
            return f"no disk can be mounted: {error}"
        (self.folder / "lost+found").rmdir()
        return None
