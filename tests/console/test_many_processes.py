"""The dashboard where every role is a process, and the API several, on RabbitMQ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.support.deployment import separate

if TYPE_CHECKING:
    from pathlib import Path


def test_whoever_signed_in_at_one_is_signed_in_at_all_and_sees_runs_move(
    people, tmp_path: Path, database_url: str, rabbit_url: str
):
    with separate(tmp_path, database_url, rabbit_url, executors=2, copies=2) as proctor:
        person = people.person(proctor=proctor)
        page = person.signed_in()
        for _ in range(10):  # Connections are given out by turns.
            assert person.context.request.get(f"{proctor.url}/live/now").ok
        expect(page.locator("#link")).to_have_text("live")
        step = {"wait_for": {"css": "#never"}, "timeout": 60.0, "name": "Wait for something"}
        run = proctor.submit(step, name="far away")
        lane = page.locator(".lane", has_text="far away")
        expect(lane).to_contain_text("1 of 1 Wait for something")
        lane.get_by_role("button", name="Cancel far away").click()
        expect(page.locator(".verdicts li", has_text="far away")).to_contain_text("cancelled")
        assert proctor.run(run["id"])["status"] == "cancelled"
        person.context.close()
