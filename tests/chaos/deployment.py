"""A real deployment: every role a process, and a proxy of ours between each and its servers."""

from __future__ import annotations

import shutil
import sys
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

import httpx

from tests.chaos.broker import ChaosNode
from tests.chaos.database import PostgresNode
from tests.chaos.disk import Disk
from tests.chaos.network import Network
from tests.chaos.protections import SETTING as BROKEN
from tests.chaos.proxy import Proxy
from tests.chaos.role import Role
from tests.chaos.site import Site
from tests.chaos.sweep import ROLE_OF, make_folder
from tests.support.deployment import PROCTOR, environment
from tests.support.ports import free_port
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

    from tests.chaos.oracle.finding import Finding

EXECUTORS = [f"executor-{n}" for n in range(1, 6)]
ROLES = ["dispatcher", "projections", *EXECUTORS, "api"]
_START = 180.0
_LOOK_EVERY = 0.05
_DATABASE_MB, _DATA_MB = 1500, 600


class Deployment:
    """Dispatcher, projections, API with two workers, five executors, PostgreSQL, RabbitMQ, a site.

    Everything it writes is in one folder, and everything it starts has that folder in its
    environment, so that what is left over can be found.
    """

    def __init__(self, broken: str | None = None) -> None:
        self.folder = make_folder()
        self.temporary = self.folder / "data" / "tmp"
        self.api_port = free_port()
        self.url = f"http://127.0.0.1:{self.api_port}"
        self.roles: dict[str, Role] = {}
        self.database_proxies: dict[str, Proxy] = {}
        self.broker_proxies: dict[str, Proxy] = {}
        self.findings: list[Finding] = []
        """What a fault saw that must not be."""
        self._broken = broken
        self._running = ExitStack()
        self._ending = threading.Event()
        self._keeper = threading.Thread(target=self._look_after_roles, name="chaos keeper")

    def __enter__(self) -> Self:
        with ExitStack() as starting:
            starting.callback(shutil.rmtree, self.folder, ignore_errors=True)
            self.network = starting.enter_context(Network())
            self.site = Site(self.network)
            self._start_servers(starting)
            self._start_roles(starting)
            self._running = starting.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    @property
    def key(self) -> str:
        """The admin's."""
        return (self.folder / "data" / "admin.key").read_text().strip()

    @property
    def artifacts(self) -> Path:
        """Where executors keep files."""
        return self.folder / "data" / "artifacts"

    @property
    def executors(self) -> list[Role]:
        """The roles that run browsers."""
        return [self.roles[name] for name in EXECUTORS]

    def add(self, name: str, role: str, *more: str, **settings: str) -> Role:
        """A further role with proxies of its own, not started yet."""
        self.database_proxies[name] = Proxy(self.network, "127.0.0.1", self.database.port)
        self.broker_proxies[name] = Proxy(self.network, "127.0.0.1", self.broker.port)
        program = [sys.executable, "-m", "tests.chaos.launcher"] if self._broken else [PROCTOR]
        env = self._environment(name, **settings)
        log = self.folder / f"{name}.log"
        self.roles[name] = Role(name, [*program, role, *more], env, log)
        return self.roles[name]

    def heal_network(self) -> None:
        """Every proxy passes everything on."""
        for proxy in [*self.database_proxies.values(), *self.broker_proxies.values()]:
            proxy.heal()

    def is_ready(self) -> bool:
        """Whether the API says that it is."""
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False

    # -- starting -----------------------------------------------------------------------------

    def _start_servers(self, starting: ExitStack) -> None:
        self.database_disk = self._disk(starting, "database", _DATABASE_MB)
        self.data_disk = self._disk(starting, "data", _DATA_MB)
        self.temporary.mkdir()
        self.database = PostgresNode(
            self.database_disk.folder / "postgres", self.folder / "postgres.log", self.folder
        )
        starting.callback(self.database.close)
        self.broker = ChaosNode(self.folder)
        starting.callback(self.broker.close)
        self.broker.start()
        self.vhost_url = starting.enter_context(self.broker.vhost())
        self.database.start()

    def _disk(self, starting: ExitStack, name: str, megabytes: int) -> Disk:
        disk = Disk(self.folder / name, megabytes)
        starting.callback(disk.close)
        return disk

    def _start_roles(self, starting: ExitStack) -> None:
        self.add("dispatcher", "dispatcher")
        self.add("projections", "projections")
        for name in EXECUTORS:
            self.add(name, "executor", "--id", name)
        self.add("api", "api", "--port", str(self.api_port), "--workers", "2")
        self._keeper.start()
        starting.callback(self._end_roles)
        for role in self.roles.values():
            role.start()
        try:
            wait_until(self.is_ready, "the API to be ready", _START)
        except AssertionError as error:
            says = {name: role.ready() for name, role in self.roles.items()}
            raise AssertionError(f"{error}; the roles say {says}") from None

    def _environment(self, name: str, **settings: str) -> dict[str, str]:
        broker_port = self.broker_proxies[name].port
        return environment(
            self.folder / "data",
            PROCTOR_DATABASE_URL=self.database.url_at(self.database_proxies[name].port),
            PROCTOR_BROKER_URL=self.broker.url_at(broker_port, self.vhost_url),
            PROCTOR_EXECUTION_TIMEOUT="30",
            PROCTOR_DRAIN_GRACE="3",
            PROCTOR_METRICS_HOST="127.0.0.1",
            PROCTOR_METRICS_PORT=str(self.api_port if name == "api" else free_port()),
            TMPDIR=str(self.temporary),
            **{ROLE_OF: str(self.folder)},
            **({BROKEN: self._broken} if self._broken else {}),
            **settings,
        )

    # -- keeping ------------------------------------------------------------------------------

    def _look_after_roles(self) -> None:
        while not self._ending.wait(_LOOK_EVERY):
            for role in list(self.roles.values()):
                role.look_after()

    def _end_roles(self) -> None:
        self._ending.set()
        self._keeper.join()
        self.heal_network()
        for role in reversed(list(self.roles.values())):
            if role.wanted:
                role.end()
