"""A real RabbitMQ for tests: a private node on loopback, or one that already runs.

`PROCTOR_TEST_AMQP` and `PROCTOR_TEST_MANAGEMENT` name a running one (user and password in both
URLs); tests that must stop or reconfigure a node are then skipped.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import httpx
import pytest

from tests.support.ports import free_port
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEFINITIONS = Path(__file__).parents[2] / "deploy" / "rabbitmq" / "definitions.template.json"
POLICIES: list[dict[str, Any]] = [
    {key: value for key, value in policy.items() if key != "vhost"}
    for policy in json.loads(_DEFINITIONS.read_text())["policies"]
]
"""Those of a deployment: every virtual host of a test has them."""

_BIN = Path("/usr/lib/rabbitmq/bin")
_START_TIMEOUT = 90.0
_STOP_TIMEOUT = 30.0


class RabbitServer:
    """A broker that runs already. `amqp` and `management` are URLs without a path."""

    def __init__(self, amqp: str, management: str) -> None:
        self.amqp = amqp.rstrip("/")
        self.user = urlsplit(amqp).username or "guest"
        self.api = httpx.Client(base_url=f"{management.rstrip('/')}/api", trust_env=False)
        if not urlsplit(management).username:
            self.api.auth = (self.user, urlsplit(amqp).password or "guest")

    @contextmanager
    def vhost(self) -> Iterator[str]:
        """The AMQP URL of a fresh virtual host; it is deleted at the end with all that is in it."""
        name = f"test-{uuid.uuid4().hex[:8]}"
        self._put(f"/vhosts/{name}", {})
        try:
            everything = {"configure": ".*", "write": ".*", "read": ".*"}
            self._put(f"/permissions/{name}/{quote(self.user, safe='')}", everything)
            for policy in POLICIES:
                self._put(f"/policies/{name}/{policy['name']}", policy)
            yield f"{self.amqp}/{name}"
        finally:
            self.api.delete(f"/vhosts/{name}", timeout=30).raise_for_status()

    def purge(self, vhost_url: str, queue: str) -> None:
        """Empties a queue of a virtual host's, as an operator would."""
        vhost = urlsplit(vhost_url).path.removeprefix("/")
        self.api.delete(f"/queues/{vhost}/{queue}/contents", timeout=30).raise_for_status()

    def close(self) -> None:
        """Ends the client; the broker is not ours."""
        self.api.close()

    def _put(self, path: str, body: dict[str, Any]) -> None:
        self.api.put(path, json=body, timeout=30).raise_for_status()


class RabbitNode(RabbitServer):
    """A private node, with an epmd of its own, in a folder that is thrown away."""

    def __init__(self) -> None:
        ports = [free_port() for _ in range(4)]
        self._port, self._management_port, self._dist_port, self._epmd_port = ports
        super().__init__(
            f"amqp://guest:guest@127.0.0.1:{self._port}",
            f"http://127.0.0.1:{self._management_port}",
        )
        self._folder = Path(tempfile.mkdtemp(prefix="proctor-rabbitmq-"))
        self._environment = self._settings()
        self._epmd: subprocess.Popen[bytes] | None = None
        self._node: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts the node and waits until it serves."""
        if self._epmd is None:
            self._epmd = self._spawn("epmd", "-port", str(self._epmd_port), "-address", "127.0.0.1")
        self._node = self._spawn(str(_BIN / "rabbitmq-server"))
        wait_until(self._serves, f"RabbitMQ started ({self._log_path})", _START_TIMEOUT)

    def stop(self) -> None:
        """Shuts the node down in order; what is durable stays."""
        self._end_node(signal.SIGTERM)

    def kill(self) -> None:
        """Ends the node as a power cut would."""
        self._end_node(signal.SIGKILL)

    def restart(self) -> None:
        """Stops and starts it."""
        self.stop()
        self.start()

    def ctl(self, *arguments: str) -> str:
        """What `rabbitmqctl` prints; it takes a second or two."""
        return self.cli("rabbitmqctl", *arguments)

    def cli(self, tool: str, *arguments: str) -> str:
        """The same of any of RabbitMQ's tools."""
        command = [str(_BIN / tool), "-n", self._environment["RABBITMQ_NODENAME"]]
        done = subprocess.run(
            [*command, *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    def close(self) -> None:
        """Ends everything that was started, and removes the folder."""
        super().close()
        self.kill()
        if self._epmd is not None:
            self._epmd.kill()
            self._epmd.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _log_path(self) -> Path:
        return self._folder / "output.log"

    def _serves(self) -> bool:
        assert self._node is not None
        assert self._node.poll() is None, f"RabbitMQ ended: {self._log_path.read_text()[-2000:]}"
        try:
            return self.api.get("/health/checks/virtual-hosts", timeout=5).is_success
        except httpx.TransportError:
            return False

    def _spawn(self, *command: str) -> subprocess.Popen[bytes]:
        with self._log_path.open("ab") as output:
            return subprocess.Popen(
                command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _end_node(self, how: signal.Signals) -> None:
        """The script starts the Erlang machine beside itself: the whole group gets the signal."""
        node, self._node = self._node, None
        if node is None:
            return
        group = node.pid
        os.killpg(group, how)
        try:
            node.wait(_STOP_TIMEOUT)
            wait_until(lambda: not _alive(group), "RabbitMQ's processes ended", _STOP_TIMEOUT)
        except (subprocess.TimeoutExpired, AssertionError):
            os.killpg(group, signal.SIGKILL)
            node.wait()

    def _settings(self) -> dict[str, str]:
        folder = self._folder
        config = folder / "rabbitmq.conf"
        config.write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self._port}\n"
            "management.tcp.ip = 127.0.0.1\n"
            f"management.tcp.port = {self._management_port}\n"
            "disk_free_limit.absolute = 50MB\n"
        )
        plugins = folder / "enabled_plugins"
        plugins.write_text("[rabbitmq_management].\n")
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "RABBITMQ_NODENAME": f"test-{os.getpid()}-{self._port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self._port),
            "RABBITMQ_DIST_PORT": str(self._dist_port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_CONFIG_FILE": str(config),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(plugins),
        }


def _alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def _server() -> RabbitServer:
    amqp = os.environ.get("PROCTOR_TEST_AMQP")
    if amqp:
        return RabbitServer(amqp, os.environ["PROCTOR_TEST_MANAGEMENT"])
    if not (_BIN / "rabbitmq-server").exists():
        missing = f"RabbitMQ is not installed ({_BIN}): apt-get install rabbitmq-server"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return RabbitNode()


@pytest.fixture(scope="session")
def rabbit_server() -> Iterator[RabbitServer]:
    """The broker that this test session uses."""
    server = _server()
    try:
        if isinstance(server, RabbitNode):
            server.start()
        yield server
    finally:
        server.close()


@pytest.fixture
def rabbit_node(rabbit_server: RabbitServer) -> RabbitNode:
    """The same, for tests that stop it or reach into it."""
    if not isinstance(rabbit_server, RabbitNode):
        pytest.skip("this broker is not ours to control")
    return rabbit_server


@pytest.fixture
def rabbit_url(rabbit_server: RabbitServer) -> Iterator[str]:
    """The URL of a virtual host of this test's own."""
    with rabbit_server.vhost() as url:
        yield url
