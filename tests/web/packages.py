"""Other people's pages and scripts, read straight out of the packages that carry them.

`python -m tests.web.packages` downloads them, once; the tests do so too where nobody has.
"""

from __future__ import annotations

import mimetypes
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

from starlette.responses import Response
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request

_REQUIREMENTS = Path(__file__).with_name("requirements.txt")
_FOLDER = Path(__file__).parents[2] / ".proctor" / "packages"
_DOWNLOAD = (
    "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--retries", "1",
    "--timeout", "15", "--no-deps", "--require-hashes", "--only-binary", ":all:",
)  # fmt: skip
_LONGEST = 90.0


class PackagesMissingError(Exception):
    """They are not here, and could not be had; the message is pip's."""


class Package:
    """The files of one package, as they lie in its wheel."""

    def __init__(self, name: str) -> None:
        (wheel,) = _FOLDER.glob(f"{name}-*.whl")
        self._files = ZipFile(wheel)
        self.paths = frozenset(self._files.namelist())

    def text(self, path: str) -> str:
        return self._files.read(path).decode()

    def at(self, url: str, path: str) -> Route:
        """One file at a URL; what the URL ends with where it has a `{path:path}`."""

        async def served(request: Request) -> Response:
            wanted = path.format(**request.path_params)
            if wanted not in self.paths:
                return Response(status_code=404)
            kind = mimetypes.guess_type(wanted)[0]
            return Response(self._files.read(wanted), media_type=kind)

        return Route(url, served)


def fetch() -> None:
    """Sees to it that every package is here. Raises PackagesMissingError."""
    stamp = _FOLDER / _REQUIREMENTS.name
    wanted = _REQUIREMENTS.read_text()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    _FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_FOLDER.parent) as fresh:
        _download(fresh)
        for outdated in _FOLDER.glob("*.whl"):
            outdated.unlink()
        for wheel in Path(fresh).iterdir():
            wheel.replace(_FOLDER / wheel.name)
    stamp.write_text(wanted)


def _download(folder: str) -> None:
    command = (sys.executable, *_DOWNLOAD, "--dest", folder, "--requirement", str(_REQUIREMENTS))
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=_LONGEST)
    except subprocess.TimeoutExpired:
        raise PackagesMissingError(f"pip was not done after {_LONGEST:g} s") from None
    except subprocess.CalledProcessError as failed:
        raise PackagesMissingError(" ".join(failed.stderr.split()[-30:])) from None


if __name__ == "__main__":
    try:
        fetch()
    except PackagesMissingError as missing:
        sys.exit(f"The packages of {_REQUIREMENTS.name} cannot be had: {missing}")
