"""`proctor watch` and `submit --wait` on a real terminal, on a server that works."""

from __future__ import annotations

import pytest

from tests.support.deployment import PROCTOR, embedded, environment
from tests.support.terminal import ALTERNATE_SCREEN, BACK_TO_THE_SHELL, in_terminal
from tests.support.waiting import wait_until

ENDLESS = [{"goto": "/"}, {"wait_for": {"text": "xyzzy"}, "timeout": 60}]
TERMINAL = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


@pytest.fixture
def proctor(tmp_path):
    with embedded(tmp_path / "data", executors=1) as deployment:
        yield deployment


def on_terminal(proctor, *arguments):
    return in_terminal([PROCTOR, *arguments], environment(proctor.data_dir, **TERMINAL))


def test_somebody_watches_cancels_resizes_and_leaves(proctor, shop):
    busy = proctor.submit(*ENDLESS, name="Occupies the lane", base_url=shop)
    proctor.wait_for_status(busy["id"], "running")
    first = proctor.submit(*ENDLESS, name="Waits [red]first[/red]", base_url=shop)
    with on_terminal(proctor, "watch") as terminal:
        wait_until(lambda: terminal.shows("Waits [red]first[/red]"), "the queue to be shown", 20)
        wait_until(lambda: terminal.shows("Occupies the lane"), "the lane to be shown")
        assert ALTERNATE_SCREEN in terminal.drawn

        terminal.press("c")
        wait_until(lambda: terminal.shows("Cancel Waits"), "the question")
        terminal.press("y")
        assert proctor.wait_for_status(first["id"])["status"] == "cancelled"

        before = len(terminal.drawn)
        second = proctor.submit(*ENDLESS, name="Comes while we look", base_url=shop)
        wait_until(lambda: terminal.shows("Comes while we look", before), "the new run")
        before = len(terminal.drawn)
        terminal.resize(80, 24)
        wait_until(lambda: terminal.shows("Occupies the lane", before), "to be drawn anew")

        terminal.press("q")
        wait_until(lambda: terminal.process.poll() is not None, "the view to end")
    assert terminal.process.returncode == 0
    assert BACK_TO_THE_SHELL in terminal.drawn
    assert b"Traceback" not in terminal.drawn
    for run in (busy, second):
        proctor.post(f"/runs/{run['id']}/cancel")


def test_a_submission_shows_how_far_it_is(proctor, shop, tmp_path):
    suite = tmp_path / "suite.yaml"
    suite.write_text(
        "name: S\ntests:\n- {name: fine, steps: [goto: /]}\n"
        "- {name: wrong, steps: [goto: /, {expect: {text: xyzzy}, timeout: 0.2}]}\n"
    )
    with on_terminal(proctor, "submit", str(suite), "--wait", "--base-url", shop) as terminal:
        wait_until(lambda: terminal.process.poll() is not None, "the verdicts", 40)
    assert terminal.process.returncode == 1
    said = terminal.drawn.decode()
    assert "2/2" in said
    assert "expected: " in said
    assert "1 failed, 1 passed in " in said
