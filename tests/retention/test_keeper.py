"""Where one process does all, it removes by the settings' rules, and ends when it is told to."""

from __future__ import annotations

import threading

from projections.retention.keeper import Keeper, keeper
from runtime.settings import Settings
from tests.support.waiting import wait_until


def settings(old, **said):
    return Settings(data_dir=old.store.folder.parent, retention_interval=1, **said)


def test_what_is_due_goes_without_anybody_asking(old):
    run = old.failed()
    with keeper(old.url, settings(old, retain_details="failed=0s")) as crew:
        wait_until(lambda: old.log.history(run)[0].event.redacted, "the details to be gone")
        assert crew.troubles == {}
    assert old.log.retention(run).events[0].by == "retention"


def test_without_a_rule_nobody_is_there(old):
    with keeper(old.url, settings(old)) as crew:
        assert crew.members == []


def test_what_cannot_be_removed_now_is_no_trouble_of_the_server(old, tmp_path):
    old.failed(b"pixels")
    elsewhere = settings(old, retain_artifacts="0s", artifacts_dir=tmp_path / "elsewhere")
    Keeper(old.url, old.log, elsewhere).look(threading.Event())
    assert old.would_remove(artifacts="0s").artifacts.artifacts == 1


def test_it_stops_between_two_commits_when_it_is_told_to(old):
    run = old.failed()
    stop = threading.Event()
    stop.set()
    Keeper(old.url, old.log, settings(old, retain_details="0s")).look(stop)
    assert old.log.retention(run).events == ()
