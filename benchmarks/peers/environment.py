"""The peers' own Python environment and Node folder, so that Proctor's lock file carries neither.

Both are made once and again when their pinned requirements change; whatever goes wrong on the way
means "not measured", never a failed benchmark.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path

from benchmarks.peers.figure import NotMeasuredError
from benchmarks.peers.processes import ROOT, completed

FOLDER = ROOT / ".proctor" / "bench" / "peers"
_HERE = Path(__file__).parent
_REQUIREMENTS = _HERE / "requirements.txt"
_PACKAGES = (_HERE / "package.json", _HERE / "package-lock.json")
_INSTALL_TIMEOUT = 300.0


def python() -> Path:
    """The interpreter that has Celery, Procrastinate and pytest-playwright.

    Raises NotMeasuredError where they cannot be installed.
    """
    folder = FOLDER / "python"
    interpreter = folder / "bin" / "python"
    if _is_fresh(folder, _REQUIREMENTS):
        return interpreter
    _emptied(folder)
    _install([sys.executable, "-m", "venv", folder])
    quietly = ["--quiet", "--disable-pip-version-check"]
    _install(
        [interpreter, "-m", "pip", "install", *quietly, "--require-hashes", "-r", _REQUIREMENTS]
    )
    _mark(folder, _REQUIREMENTS)
    return interpreter


def playwright_test() -> list[str | Path]:
    """The command behind `npx playwright`: without npx in between, its process id is the runner's.

    Raises NotMeasuredError where it cannot be installed.
    """
    folder = node_folder()
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise NotMeasuredError("node and npm are not installed")
    if not _is_fresh(folder, *_PACKAGES):
        _emptied(folder)
        for file in _PACKAGES:
            shutil.copy(file, folder)
        _install([npm, "ci", "--no-audit", "--no-fund"], cwd=folder)
        _mark(folder, *_PACKAGES)
    return [node, folder / "node_modules" / "@playwright" / "test" / "cli.js"]


def node_folder() -> Path:
    """Where Node's packages are; test files must lie below it to find them."""
    return FOLDER / "node"


def _install(command: list[str | Path], cwd: Path = ROOT) -> None:
    skip = {"PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1"}
    log = FOLDER / "install.log"
    completed(command, log, timeout=_INSTALL_TIMEOUT, env=skip, cwd=cwd)


def _emptied(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def _is_fresh(folder: Path, *pinned: Path) -> bool:
    mark = folder / "ready"
    return mark.exists() and mark.read_text() == _digest(*pinned)


def _mark(folder: Path, *pinned: Path) -> None:
    (folder / "ready").write_text(_digest(*pinned))


def _digest(*pinned: Path) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in pinned)).hexdigest()
