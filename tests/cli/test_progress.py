"""How far runs have come, on a terminal and in the words behind a verdict; and leaving early."""

from __future__ import annotations

import io
from argparse import Namespace

import pytest
from rich.console import Console

from cli.origins import Origin
from cli.progress import picture
from cli.seeing_through import Submitted, see_through
from tests.cli.fake_api import BATCH, FakeApi, a_run, an_error


def drawn(runs, width=100, height=24):
    out = Console(file=io.StringIO(), width=width, force_terminal=False)
    out.print(picture(runs, width, height))
    return out.file.getvalue().splitlines()


def test_the_running_come_first_then_surprises_then_the_next():
    lines = drawn([
        a_run(1, status="passed", duration=1.0), a_run(2, queue_position=2),
        a_run(3, queue_position=1), a_run(4, status="failed", error=an_error("no"), duration=1.0),
        a_run(5, status="running", started_at="2026-11-23T12:00:00Z"),
    ])  # fmt: skip
    assert [line.split()[2] for line in lines[1:6]] == ["5", "4", "3", "2", "1"]
    assert "2/5, about " in lines[-1]
    assert "1 passed, 2 queued, 1 failed, 1 running" in lines[-1]


@pytest.mark.parametrize(("width", "height"), [(100, 24), (100, 10), (40, 5), (10, 1)])
def test_the_bar_is_in_sight_however_many_there_are(width, height):
    lines = drawn([a_run(n) for n in range(500)], 100, height)
    assert len(lines) <= max(height, 6)
    assert "0/500" in lines[-1]


class Interrupted(FakeApi):
    """Somebody presses Ctrl-C while it is followed."""

    def __call__(self, request):
        if request.url.path.endswith("/stream"):
            raise KeyboardInterrupt
        return super().__call__(request)


def test_whoever_leaves_early_is_told_that_the_runs_go_on(capsys):
    api = Interrupted(a_run(1))
    options = Namespace(json=False, timeout=None, junit=None, annotations="none")
    submitted = Submitted([a_run(1)], [Origin("s.yaml", 1)], 7, 0.0)
    with pytest.raises(KeyboardInterrupt):
        see_through(options, api.client(), submitted)
    assert capsys.readouterr().err == (
        f"the runs go on: see `proctor runs --batch {BATCH}`; `proctor cancel RUN` ends one\n"
    )
