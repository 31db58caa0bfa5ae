"""Whoever listens outside hears of every verdict, as the example does."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.support.deployment import environment, process, separate
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.rabbitmq import RabbitServer

VERDICTS = 5


def lines(file: Path) -> list[str]:
    return file.read_text().splitlines()


def test_the_example_prints_verdicts_as_they_come(
    tmp_path: Path, database_url: str, rabbit_url: str, rabbit_server: RabbitServer
):
    vhost = urlsplit(rabbit_url).path[1:]

    def listens() -> bool:
        bindings = rabbit_server.api.get(f"/bindings/{vhost}").json()
        return len([each for each in bindings if each["source"] == "proctor.events"]) == VERDICTS

    heard = tmp_path / "heard.log"
    with separate(tmp_path, database_url, rabbit_url, executors=1) as proctor:
        listening = [sys.executable, "-m", "examples.listen", rabbit_url]
        with process(listening, heard, environment(tmp_path)) as listener:
            wait_until(listens, "the example to have its queue")
            run = proctor.submit()
            cancelled = proctor.submit(priority=9)
            proctor.wait_for_status(run["id"], "passed")
            proctor.wait_for_status(cancelled["id"], "passed")
            wait_until(lambda: len(lines(heard)) == 2, "both verdicts to be printed")
            assert listener.poll() is None
    told = [line.split() for line in lines(heard)]
    assert [(kind, subject) for _, kind, subject in told] == [
        ("proctor.RunPassed", run["id"]),
        ("proctor.RunPassed", cancelled["id"]),
    ]
    assert [int(position) for position, _, _ in told] == sorted(int(p) for p, _, _ in told)
