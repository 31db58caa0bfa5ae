"""`proctor retention`: what it says, what it refuses, and that it does it."""

from __future__ import annotations

import json

import pytest
import structlog

from cli.main import main
from projections.ledger.role import ledger
from runtime.lifecycle import Crew
from runtime.settings import Settings
from tests.projections.projected import started, submit


@pytest.fixture
def proctor(database_url, monkeypatch, tmp_path, capsys):
    """Runs a command on the test's database; its exit status and what it printed."""
    monkeypatch.setenv("PROCTOR_DATABASE_URL", database_url)
    monkeypatch.setenv("PROCTOR_DATA_DIR", str(tmp_path))

    def proctor(*arguments):
        capsys.readouterr()
        status = main([*arguments])
        structlog.reset_defaults()
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return proctor


@pytest.fixture
def over(database_url, log, tmp_path):
    """A run that passed, in a log whose ledger is kept."""
    run = started(log, submit(log, variables={"who": "Ann"}))
    log.append(run.pass_("e1", duration=1.0))
    settings = Settings(data_dir=tmp_path, checkpoint_interval=3600)
    with ledger(database_url, settings) as keepers, Crew(keepers):
        yield run


def test_it_removes_what_it_is_told_to_and_says_how_much(proctor, over, log):
    status, out, err = proctor("retention", "--older-than", "0s", "--details")
    assert (status, out.splitlines()[-1]) == (0, "the details of 1 run (1 event) were removed"), err
    event = log.retention(over.id).events[0]
    assert event.by.startswith("retention:")
    assert event.origin.startswith("cli@")
    assert log.history(over.id)[0].event.redacted
    status, out, _ = proctor("audit", "verify")
    assert status == 0
    assert "1 of them are without their details, as the log says" in out


def test_first_it_can_be_asked_what_it_would_do(proctor, over, log):
    given = ("retention", "--older-than", "0s", "--details", "--artifacts", "--dry-run")
    _, out, _ = proctor(*given)
    assert out.splitlines() == [
        "0 artifacts (0.0 MB) of 0 runs would be removed",
        "the details of 1 run would be removed",
    ]
    found = json.loads(proctor(*given, "--json")[1])
    assert found["details"] == {"runs": 1, "events": 0, "left": 0}
    assert log.retention(over.id).events == ()


def test_without_options_it_does_what_the_settings_say(proctor, over, log, monkeypatch):
    monkeypatch.setenv("PROCTOR_RETAIN_DETAILS", "failed=0s,passed=9w")
    assert proctor("retention")[0] == 0
    assert log.retention(over.id).events == ()
    monkeypatch.setenv("PROCTOR_RETAIN_DETAILS", "passed=0s")
    assert proctor("retention")[0] == 0
    assert log.retention(over.id).events[0].rule == "passed after 0s"


def test_only_runs_of_the_status_are_touched(proctor, over, log):
    given = ("retention", "--older-than", "0s", "--details", "--status")
    proctor(*given, "failed", "--status", "errored")
    assert log.retention(over.id).events == ()
    proctor(*given, "passed")
    assert len(log.retention(over.id).events) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "nothing says what is to be removed: use --older-than, or set PROCTOR_RETAIN_"),
        (["--older-than", "1d"], "say what is to be removed: --artifacts, --details, or both"),
        (["--details"], "say how old the runs have to be, as in --older-than 30d"),
    ],
)
def test_what_is_not_clear_is_refused_with_what_would_be(proctor, arguments, said):
    status, _, err = proctor("retention", *arguments)
    assert status == 2
    assert err.startswith(said)


@pytest.mark.parametrize("arguments", [["--older-than", "1y"], ["--status", "queued"]])
def test_wrong_usage_is_two(proctor, arguments):
    with pytest.raises(SystemExit) as left:
        proctor("retention", *arguments)
    assert left.value.code == 2
