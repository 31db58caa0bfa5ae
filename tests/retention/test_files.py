"""Files of old runs go when no other run has the same, and the log says what they were."""

from __future__ import annotations

import pytest

from domain.errors import ProctorError
from projections.retention import retaining
from runtime.artifacts import ArtifactStore
from runtime.database import connect


def test_a_file_goes_and_the_log_says_which_and_why(old):
    run = old.failed(b"pixels")
    removed = old.remove(artifacts="failed=0s", by="retention:ann")
    assert (removed.artifacts.runs, removed.artifacts.artifacts, removed.artifacts.bytes) == (
        1,
        1,
        6,
    )
    (event,) = old.log.retention(run).events
    assert (event.TOPIC, event.by, event.rule) == (
        "ArtifactsRemoved", "retention:ann", "failed after 0s",
    )  # fmt: skip
    (artifact,) = event.artifacts
    assert old.store.find(run, artifact) is None


def make_older(old, *runs):
    """These runs were over a day before."""
    old.would_remove()
    with connect(old.url, "test") as connection:
        connection.execute(
            "UPDATE retention.runs SET over_at = over_at - interval '1 day' WHERE run_id = ANY(%s)",
            (list(runs),),
        )


def test_what_another_run_has_as_well_stays_until_that_ones_goes(old):
    first, second = old.failed(b"pixels"), old.failed(b"pixels", b"more")
    third = old.failed(b"pixels", labels={"keep": "me"})
    make_older(old, first, second)
    assert old.remove(artifacts="12h").artifacts.artifacts == 3
    shared, own = old.log.history(second)[2].event.artifacts
    assert old.store.find(first, shared)
    assert old.store.find(second, own) is None
    assert old.remove(artifacts="0s").artifacts.artifacts == 1
    assert old.store.find(third, shared) is None


def test_only_runs_of_the_status_and_age_are_touched(old):
    old.failed(b"pixels")
    for rule in ("passed=0s", "failed=1h", "errored=0s,failed=9w"):
        assert old.remove(artifacts=rule).artifacts.artifacts == 0
    assert old.would_remove(artifacts="failed=0s").artifacts.artifacts == 1
    assert old.remove(artifacts="0s").artifacts.artifacts == 1


def test_a_second_time_there_is_nothing_to_do(old):
    old.failed(b"pixels")
    old.remove(artifacts="0s")
    head = old.log.head()
    assert old.remove(artifacts="0s").artifacts.artifacts == 0
    assert old.log.head() == head


def test_what_would_be_removed_is_only_counted(old):
    run = old.failed(b"pixels", b"more")
    old.passed()
    head = old.log.head()
    found = old.would_remove(artifacts="0s", details="0s")
    assert (found.artifacts.artifacts, found.artifacts.bytes, found.details.runs) == (2, 10, 2)
    assert old.log.head() == head
    assert old.store.find(run, old.log.history(run)[2].event.artifacts[0])


def test_a_removal_that_was_cut_off_is_finished_by_the_next(old, monkeypatch):
    run = old.failed(b"pixels")
    with monkeypatch.context() as broken:
        broken.setattr(ArtifactStore, "remove", _cut_off)
        with pytest.raises(_CutOffError):
            old.remove(artifacts="0s")
    (event,) = old.log.retention(run).events
    assert old.store.find(run, event.artifacts[0])
    old.remove()
    assert old.store.find(run, event.artifacts[0]) is None
    assert len(old.log.retention(run).events) == 1


class _CutOffError(BaseException):
    """As when the process is killed."""


def _cut_off(*_, **__):
    raise _CutOffError


def test_a_file_that_cannot_be_removed_is_left_for_later_and_keeps_no_other(old, monkeypatch):
    stubborn, other = old.failed(b"pixels"), old.failed(b"others")
    really = ArtifactStore.remove

    def remove(store, run, artifact, **said):
        if run == stubborn:
            raise PermissionError(13, "Permission denied")
        return really(store, run, artifact, **said)

    with monkeypatch.context() as refusing:
        refusing.setattr(ArtifactStore, "remove", remove)
        assert old.remove(artifacts="0s").artifacts.left == 1
    gone, stays = (old.log.retention(run).events[0].artifacts[0] for run in (other, stubborn))
    assert old.store.find(other, gone) is None
    assert old.store.find(stubborn, stays)
    assert old.remove().artifacts.left == 0
    assert old.store.find(stubborn, stays) is None


def test_where_other_files_are_nothing_is_said_to_be_removed(old, tmp_path):
    run = old.failed(b"pixels")
    elsewhere = ArtifactStore(tmp_path / "elsewhere", settled=0)
    elsewhere.keep("a.png", "screenshot", b"of somebody else")
    with pytest.raises(ProctorError, match="none of 1 artifacts that were to go is at"):
        retaining.retain(old.url, old.log, elsewhere, old._wanted("0s", "", "me"))
    assert old.log.retention(run).events == ()


def test_a_content_that_was_kept_a_moment_ago_stays_for_now(old):
    run = old.failed(b"pixels")
    fresh = ArtifactStore(old.store.folder)
    wanted = old._wanted("0s", "", "me")
    assert retaining.retain(old.url, old.log, fresh, wanted).artifacts.left == 1
    (event,) = old.log.retention(run).events
    assert old.store.find(run, event.artifacts[0])
    assert old.remove().artifacts.left == 0
    assert old.store.find(run, event.artifacts[0]) is None


def test_where_the_files_are_not_nothing_is_said_to_be_removed(old, tmp_path):
    run = old.failed(b"pixels")
    elsewhere = ArtifactStore(tmp_path / "elsewhere")
    with pytest.raises(ProctorError, match=r"the artifacts are not at .*elsewhere"):
        retaining.retain(old.url, old.log, elsewhere, old._wanted("0s", "", "me"))
    assert old.log.retention(run).events == ()


def test_two_do_not_remove_at_once(old):
    old.failed(b"pixels")
    with retaining._turn(old.url, old.log), pytest.raises(ProctorError, match="another process"):
        old.remove(artifacts="0s")


def test_a_file_that_is_missing_is_named_unless_the_log_says_that_it_was_removed(old):
    removed, missing, changed = (old.failed(each) for each in (b"one", b"two", b"three"))
    report, files = old.verify()
    assert (report.findings, files.good, files.removed) == ([], 3, 0)
    make_older(old, removed)
    old.remove(artifacts="12h")
    for run, change in ((missing, None), (changed, b"tree")):
        path = old.store.path(run, old.log.history(run)[2].event.artifacts[0])
        path.unlink() if change is None else path.write_bytes(change)
    report, files = old.verify()
    assert (files.good, files.removed) == (0, 1)
    assert [str(finding) for finding in report.findings] == [
        f"the artifact attempt-1-step-0-0.png of run {missing} is not there",
        f"the artifact attempt-1-step-0-0.png of run {changed} was changed",
    ]
