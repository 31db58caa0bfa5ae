"""A run's history is exported and proven, and what somebody changes in the database is named."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from runtime.database import connect
from runtime.embedded_postgres import embedded_postgres
from tests.support.deployment import PROCTOR, Deployment, embedded, environment

if TYPE_CHECKING:
    from pathlib import Path

FAILING = ({"goto": "/"}, {"expect": {"text": "nowhere to be found"}, "timeout": 0.5})


@pytest.fixture
def here(tmp_path: Path):
    published = str(tmp_path / "checkpoints.jsonl")
    with embedded(tmp_path / "data", 1, PROCTOR_CHECKPOINT_FILE=published) as proctor:
        yield proctor


def audit(proctor: Deployment, *words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROCTOR, "audit", *words], env=environment(proctor.data_dir), capture_output=True,
        text=True, timeout=60, check=False,
    )  # fmt: skip


def test_an_export_is_checked_without_the_server_and_shows_a_changed_artifact(
    here: Deployment, shop: str, tmp_path: Path
):
    run = here.submit(*FAILING, base_url=shop)
    here.wait_for_status(run["id"], "failed")
    file, key = tmp_path / "evidence.json", tmp_path / "key.pem"
    assert audit(here, "export", run["id"][:8], "--to", file).returncode == 0
    page = here.get("/audit/checkpoints")
    key.write_text(next(iter(page["keys"].values())))
    artifacts = here.data_dir / "artifacts"
    words = ("verify", file, "--trust", key, "--artifacts", artifacts)
    good = audit(here, *words)
    assert good.returncode == 0, good.stderr
    assert "nothing was altered, removed, inserted or reordered" in good.stdout
    kept = here.get(f"/runs/{run['id']}/artifacts")["items"]
    (digest,) = (item["sha256"] for item in kept if item["name"] == "attempt-1-failure.png")
    picture = artifacts / digest[:2] / digest
    picture.write_bytes(picture.read_bytes()[:-1] + b"!")
    changed = audit(here, *words)
    assert (changed.returncode, changed.stderr.strip()) == (
        1,
        "the artifact attempt-1-failure.png was changed",
    )
    whole = audit(here, "verify")
    assert (whole.returncode, whole.stderr.strip()) == (
        1,
        f"the artifact attempt-1-failure.png of run {run['id']} was changed",
    )
    assert f"{len(kept) - 1} artifacts in {artifacts} are as the log says" in whole.stdout
    file.write_text(file.read_text()[:-20])
    cut = audit(here, "verify", file)
    assert cut.returncode == 2
    assert "evidence.json: it is cut off or no JSON" in cut.stderr


def test_the_log_is_verified_while_the_server_runs_and_names_what_was_changed(
    here: Deployment, shop: str, tmp_path: Path
):
    run = here.submit({"goto": "/"}, base_url=shop)
    here.wait_for_status(run["id"], "passed")
    audit(here, "export", run["id"], "--to", tmp_path / "evidence.json")
    whole = audit(here, "verify")
    assert whole.returncode == 0, whole.stderr
    verdict = here.events(run["id"])[-1]
    with embedded_postgres(here.data_dir) as url, connect(url, "test") as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            "UPDATE proctor_events SET topic = 'RunFailed' WHERE notification_id = %s",
            (verdict["position"],),
        )
    told = audit(here, "verify", "--published", tmp_path / "checkpoints.jsonl")
    assert told.returncode == 1
    what = f"the event at position {verdict['position']} (RunFailed, version"
    assert told.stderr.startswith(what)
    assert len(told.stderr.splitlines()) == 1


def test_what_is_removed_of_old_runs_is_proven_while_the_server_runs(here: Deployment, shop: str):
    run = here.submit(*FAILING, base_url=shop)
    here.wait_for_status(run["id"], "failed")
    said = retention(here, "--older-than", "0s", "--artifacts", "--details")
    assert "of 1 run were removed" in said.splitlines()[0]
    assert "stay for now: the same was kept again within the last hour" in said.splitlines()[1]
    assert said.splitlines()[2].startswith("the details of 1 run (4 events) were removed")
    assert here.http.get(f"/runs/{run['id']}/artifacts/attempt-1-failure.png").status_code == 410
    assert here.run(run["id"])["error"]["kind"] == "expectation"
    whole = audit(here, "verify")
    assert whole.returncode == 0, whole.stderr
    assert "4 of them are without their details, as the log says" in whole.stdout


def retention(proctor: Deployment, *words: str) -> str:
    done = subprocess.run(
        [PROCTOR, "retention", *words], env=environment(proctor.data_dir), capture_output=True,
        text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout
