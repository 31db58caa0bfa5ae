"""The database: brought up to date, never taken back, and open to each role as far as it needs."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
import structlog

from api.console.links import SignInLinks
from api.console.tables import secret_of
from cli.main import main
from dispatcher.announcer import Announcer
from dispatcher.role import prepare as prepare_dispatcher
from domain.errors import ProctorError
from domain.retention import replay
from projections.ledger import tables
from projections.ledger.role import ledger
from projections.reader import ViewReader
from projections.rebuild import rebuild
from projections.retention.retaining import Wanted, retain, would_remove
from projections.role import prepare as prepare_projections
from runtime.artifacts import ArtifactStore
from runtime.database import connect, open_log
from runtime.settings import Settings
from tests.support.examples import RUN, requested

PASSWORDS = {"api": "a-pw", "dispatcher": "d-pw", "projections": "p-pw", "executor": "e-pw"}


@pytest.fixture
def migrate(database_url, monkeypatch, tmp_path, capsys):
    """Runs `proctor migrate` on the test's database."""

    def run(**environment):
        monkeypatch.setenv("PROCTOR_DATABASE_URL", database_url)
        monkeypatch.setenv("PROCTOR_DATA_DIR", str(tmp_path))
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        status = main(["migrate"])
        structlog.reset_defaults()
        return status, capsys.readouterr()

    return run


@pytest.fixture
def as_role(migrate, database_url):
    """The database's URL for a role's own user."""
    status, said = migrate(**{f"PROCTOR_PASSWORD_{r.upper()}": p for r, p in PASSWORDS.items()})
    assert status == 0, said.err

    def url(role):
        parts = urlsplit(database_url)
        host = parts.netloc.rpartition("@")[2]
        user = f"proctor_{role}:{PASSWORDS[role]}@{host}"
        return urlunsplit(parts._replace(netloc=user))

    return url


def set_version(url, name, version):
    with connect(url, "test") as connection:
        connection.execute("UPDATE proctor_schemas SET version = %s WHERE name = %s",
                           (version, name))  # fmt: skip


def test_migrating_twice_changes_nothing(migrate):
    assert migrate()[0] == migrate()[0] == 0


@pytest.mark.parametrize("name", ["log", "dispatcher", "views"])
def test_a_database_of_a_newer_proctor_is_refused_with_what_to_do(migrate, database_url, name):
    migrate()
    set_version(database_url, name, 99)
    status, said = migrate()
    assert status == 2
    assert f"tables for the {name} are of version 99" in said.err
    assert "start the newer one" in said.err


def test_views_of_an_older_version_are_made_anew(migrate, database_url, log):
    log.append(requested())
    migrate()
    set_version(database_url, "views", 1)
    with connect(database_url, "test") as connection:
        connection.execute("ALTER TABLE views.runs DROP COLUMN pool")
    assert migrate()[0] == 0
    with connect(database_url, "test") as connection:
        (run,) = connection.execute("SELECT pool FROM views.runs").fetchall()
    assert run["pool"] == "default"


def test_open_runs_of_an_older_version_are_kept(database_url, log):
    prepare_dispatcher(database_url)
    with connect(database_url, "test") as connection:
        connection.execute("ALTER TABLE dispatch.open_runs DROP COLUMN waiting_since")
    set_version(database_url, "dispatcher", 1)
    prepare_dispatcher(database_url)
    with connect(database_url, "test") as connection:
        connection.execute("SELECT waiting_since FROM dispatch.open_runs")


def test_a_password_that_is_missing_is_named(migrate):
    status, said = migrate(PROCTOR_PASSWORD_API="x")
    assert status == 2
    assert "PROCTOR_PASSWORD_EXECUTOR" in said.err


def test_an_executor_may_read_and_append_events_and_nothing_else(as_role):
    with open_log(as_role("executor"), "test", connections=1) as log:
        log.append(requested())
        assert log.head() == 1
    with connect(as_role("executor"), "test") as connection:
        for forbidden in (
            "UPDATE proctor_events SET topic = 'x'",
            "DELETE FROM proctor_events",
            "TRUNCATE proctor_events",
            "SELECT * FROM views.runs",
            "SELECT * FROM dispatch.open_runs",
            "CREATE TABLE mine (x int)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(forbidden)


def test_every_role_can_do_its_work_as_its_own_user(as_role):
    prepare_dispatcher(as_role("dispatcher"))
    with open_log(as_role("projections"), "test", connections=1) as log:
        prepare_projections(as_role("projections"), log)
        rebuild(as_role("projections"), log)
        with pytest.raises(Exception, match="permission denied"):
            log.append(requested())
    with open_log(as_role("api"), "test", connections=1) as log:
        reader = ViewReader(as_role("api"), log, connections=1)
        try:
            with reader.now() as snapshot:
                assert snapshot.queued() == {}
        finally:
            reader.close()


def test_an_older_program_is_refused_at_the_log_itself(migrate, database_url):
    migrate()
    set_version(database_url, "log", 99)
    with pytest.raises(ProctorError, match="newer"), open_log(database_url, "test"):
        pass


def test_the_ledger_is_kept_by_the_projections_user_and_read_by_the_apis(as_role, tmp_path):
    with open_log(as_role("executor"), "test", connections=1) as log:
        log.append(requested())
    url = as_role("projections")
    with (
        ledger(url, Settings(data_dir=tmp_path, checkpoint_file=tmp_path / "c")) as keepers,
        connect(url, "test") as connection,
    ):
        chaining, notary, herald = keepers
        assert not chaining.step(connection)
        tables.add_key(connection, notary._key.public)
        notary.look(connection, now_asked=True)
        herald.bring_up_to_date(connection, herald._destinations[0])
    assert len((tmp_path / "c").read_text().splitlines()) == 1
    with connect(as_role("api"), "test") as connection:
        assert len(tables.checkpoints(connection)) == 1
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM ledger.checkpoints")


def test_events_are_announced_as_the_dispatchers_user(as_role):
    prepare_dispatcher(as_role("dispatcher"))
    with connect(as_role("dispatcher"), "test") as connection:
        assert Announcer(None).lock_position(connection) == 0


def test_no_role_of_a_service_removes_anything_or_says_that_it_was(as_role):
    said = replay(RUN, []).remove_details("me", "all after 1d", [])
    for role in ("executor", "api", "dispatcher"):
        with open_log(as_role(role), "test", connections=1) as log:
            with pytest.raises(Exception, match="only the owner of the log removes anything"):
                log.append(said)
            with pytest.raises(ProctorError, match="may not remove anything"):
                would_remove(as_role(role), log, Wanted((), (), "me"))
        with (
            connect(as_role(role), "test") as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute("SELECT proctor_remove_details('{1}', '{1}', '{x}')")


def test_the_owner_removes(as_role, database_url, log, tmp_path):
    log.append(replay(RUN, []).remove_details("me", "all after 1d", []))
    store = ArtifactStore(tmp_path)
    assert retain(database_url, log, store, Wanted((), (), "me")).details.runs == 0


def test_the_dashboards_secret_and_links_are_the_apis_alone(as_role):
    key_id = uuid4()
    links = SignInLinks(as_role("api"))
    token = links.make(key_id)
    assert (links.redeem(token), links.redeem(token)) == (key_id, None)
    assert len(secret_of(as_role("api"))) == 32
    for role in ("dispatcher", "projections", "executor"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            secret_of(as_role(role))
