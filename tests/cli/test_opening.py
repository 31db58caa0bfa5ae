"""`proctor open`: the run's page, or where it is."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from tests.cli.fake_api import FakeApi, a_run, run_id, served
from tests.support.deployment import PROCTOR


@pytest.fixture
def opening():
    """Runs `proctor open` where nothing but $BROWSER can show a page; what it printed, and where
    the server is."""

    def opening(*arguments, browser="", status=0):
        without = {"DISPLAY", "WAYLAND_DISPLAY"}
        environment = {name: text for name, text in os.environ.items() if name not in without}
        with served(FakeApi(a_run(1))) as url:
            answer = subprocess.run(
                [PROCTOR, "open", *arguments, "--url", url, "--key", "k"],
                env=environment | {"BROWSER": str(browser)}, stdin=subprocess.DEVNULL,
                capture_output=True, text=True, timeout=30, check=False,
            )  # fmt: skip
        assert answer.returncode == status, answer.stderr
        return answer.stdout + answer.stderr, url

    return opening


@pytest.fixture
def browser(tmp_path):
    """A program that notes what it is to show."""
    path = tmp_path / "browser"
    path.write_text(f'#!/bin/sh\nprintf %s "$1" > {tmp_path}/opened\n')
    path.chmod(0o700)
    return path


def test_where_there_is_no_display_the_address_is_said(opening):
    said, url = opening(run_id(1)[:8])
    assert said == f"{url}/runs/{run_id(1)}\n"


def test_a_browser_is_given_the_page(opening, browser, tmp_path):
    said, url = opening(run_id(1), browser=browser)
    assert (said, (tmp_path / "opened").read_text()) == ("", f"{url}/runs/{run_id(1)}")


def test_print_only_says_it(opening, browser, tmp_path):
    said, url = opening(run_id(1), "--print", browser=browser)
    assert said == f"{url}/runs/{run_id(1)}\n"
    said, url = opening(run_id(1), "--json", browser=browser)
    assert json.loads(said) == {"url": f"{url}/runs/{run_id(1)}"}
    assert not (tmp_path / "opened").exists()


def test_a_browser_that_does_not_start_leaves_the_address(opening):
    said, url = opening(run_id(1), browser="/bin/false")
    assert said == f"{url}/runs/{run_id(1)}\n"


def test_without_a_run_it_is_the_first_page(opening):
    said, url = opening()
    assert said == f"{url}/\n"


def test_what_is_no_run_is_not_opened(opening, browser, tmp_path):
    said, _ = opening("no run at all, and longer than an id is", browser=browser, status=2)
    assert "is no run's id: `proctor runs` lists the latest" in said
    assert not (tmp_path / "opened").exists()
