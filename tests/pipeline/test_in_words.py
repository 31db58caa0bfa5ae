"""The suite in words passes three times: decided by a model, replayed without one, and healed."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.support.deployment import PROCTOR, ROOT, Deployment, embedded, environment, running_shop

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.model_server import ModelServer

SUITE = ROOT / "examples" / "words.yaml"
BUY, TEA = "Buy one, said in words", "Look for tea, said in words"

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def proctor(tmp_path: Path, model_server: ModelServer):
    settings = {"PROCTOR_MODEL": "test/model", "PROCTOR_MODEL_URL": model_server.url}
    with embedded(tmp_path / "proctor", executors=2, **settings) as proctor:
        yield proctor


def command(proctor: Deployment, *words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROCTOR, *words], env=environment(proctor.data_dir), capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip


def submit(proctor: Deployment, shop: str, *options: str | Path) -> None:
    done = command(proctor, "submit", SUITE, "--wait", "--base-url", shop, *options)
    assert done.returncode == 0, done.stdout + done.stderr


def latest(proctor: Deployment, name: str = BUY) -> dict:
    runs = proctor.get("/runs", limit=50)["items"]
    return next(run for run in runs if run["name"] == name)


def made(proctor: Deployment, name: str = BUY) -> list[tuple[str, str]]:
    steps = [e["data"] for e in proctor.events(latest(proctor, name)["id"])]
    return [(s["decision"]["instruction"], s["decision"]["made"]) for s in steps if "decision" in s]


def healed(proctor: Deployment, name: str) -> list[str]:
    return [what for what, how in made(proctor, name) if how == "healed"]


def test_decided_then_replayed_with_the_model_switched_off_then_healed(
    proctor: Deployment, model_server: ModelServer, tmp_path: Path
):
    log = tmp_path / "shop.log"
    with running_shop(log) as shop:
        submit(proctor, shop)
        assert {how for _, how in made(proctor)} == {"model"}
        asked = len(model_server.calls)
        assert asked > 10
        model_server.misbehave(lambda call: pytest.fail("the model is off"))
        submit(proctor, shop)
        assert {how for _, how in made(proctor)} == {"replayed"}
        assert len(model_server.calls) == asked
        model_server.behave()
    with running_shop(log, redesigned=True) as shop:
        submit(proctor, shop)
        assert healed(proctor, BUY) == ["press the buy button", "the order total"]
        assert healed(proctor, TEA) == ["there is a button Buy now"]
        again = [str(call["messages"]) for call in model_server.calls[asked:]]
        changed = healed(proctor, BUY) + healed(proctor, TEA)
        assert len(again) == len(changed)
        assert all(any(what in said for said in again) for what in changed)
        shown = command(proctor, "events", latest(proctor)["id"]).stdout
        assert "BrowserChanged" in shown
        assert "decision=replayed" in shown
        assert "decision=healed" in shown
        submit(proctor, shop)
        assert {how for _, how in made(proctor)} == {"replayed"}
    listed = command(proctor, "decisions", BUY, "--diff").stdout
    assert "act press the buy button: version 2" in listed
    assert "form[1]/button[1]" in listed
    assert "form[1]/div[1]/button[1]" in listed
    total = proctor.get("/queue/statistics")["total"]["words"]
    assert (total["calls"], total["healed"]) == (len(model_server.calls), 3)
    assert 0.5 < total["replayed_share"] < 1


def test_replay_alone_fails_on_a_changed_shop_at_the_right_step(
    proctor: Deployment, tmp_path: Path
):
    log = tmp_path / "shop.log"
    with running_shop(log) as shop:
        submit(proctor, shop)
    strict = tmp_path / "strict.yaml"
    strict.write_text(SUITE.read_text().replace("{timeout: 60,", "{timeout: 60, words: replay,"))
    with running_shop(log, redesigned=True) as shop:
        done = command(proctor, "submit", strict, "--wait", "--base-url", shop)
        assert done.returncode == 1
    error = latest(proctor)["error"]
    assert (error["kind"], error["step"]) == ("decision", 2)
    assert "decision 1 of this step no longer fits: nothing stands at /html[1]" in error["message"]


def test_what_is_forgotten_is_asked_again(
    proctor: Deployment, model_server: ModelServer, tmp_path: Path
):
    with running_shop(tmp_path / "shop.log") as shop:
        submit(proctor, shop)
        press = "press the buy button"
        forgot = command(proctor, "decisions", BUY, "--forget", "--instruction", press)
        assert forgot.stdout == "1 forgotten\n"
        asked = len(model_server.calls)
        submit(proctor, shop)
        assert dict(made(proctor))[press] == "model"
        assert len(model_server.calls) == asked + 1
