"""Somebody watches a server that has just been started, and goes on while it is started again."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.support.deployment import PROCTOR, Deployment, end, environment, process, reached
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Restarting(Deployment):
    """A server that is started anew on the same port and data folder."""

    @contextmanager
    def running(self) -> Iterator[None]:
        port = str(urlsplit(self.url).port)
        log = self.data_dir / "again.log"
        command = [PROCTOR, "serve", "--port", port, "--executors", "2"]
        with process(command, log, environment(self.data_dir)) as server:
            reached(self.data_dir, server, log)
            yield


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Restarting]:
    """A deployment in which nothing has run yet."""
    log = tmp_path / "server.log"
    command = [PROCTOR, "serve", "--port", "0", "--executors", "2"]
    settings = {"PROCTOR_DRAIN_GRACE": "0"}
    with process(command, log, environment(tmp_path, **settings)) as server:
        url, key = reached(tmp_path, server, log)
        deployment = Restarting(url, key, tmp_path, {"serve": server})
        with deployment.http:
            yield deployment


def test_a_newcomers_first_run_moves_and_the_page_survives_a_restart(people, fresh: Restarting):
    person = people.person(proctor=fresh)
    page = person.signed_in()
    page.evaluate("window.stayed = true")
    expect(page.get_by_text("proctor submit suite.yaml --wait").first).to_be_visible()
    page.get_by_role("button", name="Run a first test").click()
    lane = page.locator(".lane.running")
    expect(lane).to_contain_text("A first run")
    expect(lane).to_contain_text("5 of 6 Wait for the greeting")
    bar = lane.get_by_role("progressbar")
    used = bar.evaluate("bar => bar.value")
    wait_until(lambda: bar.evaluate("bar => bar.value") > used, "the bar to move")
    verdict = page.locator(".verdicts li").first
    expect(verdict).to_contain_text("passed")
    expect(verdict).to_contain_text("A first run")

    end(fresh.processes["serve"])
    expect(page.locator("#link")).to_have_text("connecting…")
    with fresh.running():
        expect(page.locator("#link")).to_have_text("live", timeout=15_000)
        fresh.submit({"goto": "about:blank"}, name="after the restart")
        expect(page.locator(".verdicts")).to_contain_text("after the restart")
        assert page.evaluate("window.stayed === true")
