"""The API with everything but executors, in this process, on a free port."""

from __future__ import annotations

import threading
from contextlib import ExitStack, contextmanager

import httpx
import pytest

from api.role import bind, server, url_of
from api.services import services
from dispatcher.role import dispatcher
from domain.api_key import Credential, create
from projections.role import projections
from runtime.broker import connect_broker
from runtime.settings import Settings
from tests.support.waiting import wait_until

_KEPT = httpx.Limits(max_connections=100, max_keepalive_connections=100)
"""All of them: one beyond the limit would be closed by one thread just as another takes it, since
httpcore asks only whether it is idle."""


class Api:
    """A running API; `as_` gives a client with a key of a role."""

    def __init__(self, url, served, stack):
        self.url, self.services, self._stack = url, served, stack
        self.log = served.log
        self.admin = self.as_("admin")

    def as_(self, role):
        credential = Credential.new()
        self.log.append(create(credential, "test", role, role))
        return self.with_key(str(credential))

    def with_key(self, key):
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        client = httpx.Client(
            base_url=f"{self.url}/api/v1", headers=headers, timeout=20, limits=_KEPT
        )
        return self._stack.enter_context(client)


@pytest.fixture
def api(database_url, tmp_path):
    with running(database_url, tmp_path) as api:
        yield api


@contextmanager
def running(database_url, folder, **said):
    """An API of these settings."""
    settings = Settings(data_dir=folder, checkpoint_interval=3600, **said)
    broker = connect_broker("memory:", role="test")
    with ExitStack() as stack:
        listener = stack.enter_context(bind("127.0.0.1", 0))
        stack.enter_context(dispatcher(database_url, broker, settings))
        stack.enter_context(projections(database_url, settings))
        served = stack.enter_context(services(database_url, broker, settings))
        serving = server(served)
        thread = threading.Thread(target=serving.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            url = url_of(listener)
            wait_until(
                lambda: serving.started and httpx.get(f"{url}/health/ready").status_code == 200,
                "the API to be ready",
            )
            yield Api(url, served, stack)
        finally:
            serving.should_exit = True
            thread.join(10)


BUY = {"name": "Buy", "steps": [{"goto": "/"}], "labels": {"team": "web"}}


@pytest.fixture
def buy():
    return dict(BUY)
