"""`proctor watch` on a whole screen, its keys pressed as somebody would."""

from __future__ import annotations

import re
from html import unescape

import httpx
import pytest
from textual.widgets import Static

from cli.live.details import Details
from cli.live.run_table import RunTable
from tests.cli.fake_api import a_run, an_artifact, an_error, an_event, an_executor, run_id
from tests.cli.live.stage import LiveApi, shown, watching
from tests.support.waiting import eventually, in_loop

SIZE = (110, 32)
FIGURES = {
    "runs": 34, "pass_rate": 0.97, "flaky": 1,
    "queue_seconds": {"p50": 0.2, "p95": 1.1}, "duration_seconds": {"p50": 0.8, "p95": 2.0},
}  # fmt: skip


def busy():
    api = LiveApi(
        a_run(1, status="running", executor="executor-1", steps_passed=1,
              started_at="2026-11-23T12:00:00Z"),
        a_run(2, queue_position=1, priority=1, estimated_start="2026-11-23T12:00:00Z"),
        a_run(3, queue_position=2),
        a_run(4, status="failed", error=an_error("no total"), duration=0.5),
        a_run(5, status="passed", flaky=True, duration=0.5),
    )  # fmt: skip
    api.executors = [an_executor(1, state="running", run_id=run_id(1)), an_executor(2)]
    api.figures = FIGURES
    return api


def table(app, name):
    """What stands in a table, row by row."""
    found = app.screen_stack[0].query_one(f"#{name}", RunTable)
    return [
        [cell.plain.strip() for cell in found.get_row_at(row)] for row in range(found.row_count)
    ]


def line(app, name):
    return str(app.screen_stack[0].query_one(f"#{name}", Static).content)


def screen(app):
    """What a person sees, as text."""
    svg = app.export_screenshot()
    words = unescape(re.sub(r"<[^>]*>", " ", svg[svg.index("<g class") :]))
    return " ".join(words.split())


@in_loop
async def test_lanes_queue_verdicts_and_figures_are_shown():
    app = watching(busy())
    async with app.run_test(size=SIZE) as pilot:
        await shown(app)
        await pilot.pause()
        first, second = table(app, "lanes")
        assert first[:3] == ["executor-1", "running", "test 1"]
        assert first[3].endswith("1/2")
        assert second[:3] == ["executor-2", "idle", ""]
        assert [row[:3] for row in table(app, "waiting")] == [
            ["1", "p1", "test 2"], ["2", "p5", "test 3"],
        ]  # fmt: skip
        assert [row[0] for row in table(app, "latest")] == ["failed", "passed"]
        assert table(app, "latest")[0][3] == "no total"
        assert "34 runs   97% passed   1 flaky   waited 0.2 s (p50), 1.1 s (p95)" in line(
            app, "figures"
        )
        assert "memory, position 7" in line(app, "headline")


@in_loop
async def test_what_happens_is_shown_as_it_does():
    api = busy()
    app = watching(api)
    async with app.run_test(size=SIZE):
        await shown(app)
        await eventually(lambda: api.opened, "the stream")
        api.runs[run_id(2)] |= {"status": "running", "executor": "executor-2"}
        api.stream.send(an_event(8, run_id(2), "RunStarted"))
        await eventually(lambda: table(app, "lanes")[1][2] == "test 2", "the run in its lane")
        assert [row[2] for row in table(app, "waiting")] == ["test 3"]


@in_loop
async def test_the_cursor_stays_on_its_run_when_the_queue_moves():
    api = busy()
    app = watching(api)
    async with app.run_test(size=SIZE) as pilot:
        await shown(app)
        await pilot.press("down")
        assert app.chosen["id"] == run_id(3)
        await eventually(lambda: api.opened, "the stream")
        del api.runs[run_id(2)]
        api.stream.send(an_event(8, run_id(2), "RunCancelled"))
        await eventually(lambda: len(table(app, "waiting")) == 1, "the queue to move")
        assert app.chosen["id"] == run_id(3)


@in_loop
async def test_a_run_is_cancelled_when_that_is_meant():
    api = busy()
    app = watching(api)
    async with app.run_test(size=SIZE) as pilot:
        await shown(app)
        await pilot.press("c")
        assert "Cancel test 2?" in screen(app)
        await pilot.press("n", "c", "y")
        await eventually(lambda: api.runs[run_id(2)]["status"] == "cancelled", "the cancellation")
        assert api.asked[f"POST /runs/{run_id(2)}/cancel"] == 1


@in_loop
async def test_the_priority_is_changed_by_number_and_by_level():
    api = busy()
    app = watching(api)
    async with app.run_test(size=SIZE) as pilot:
        await shown(app)
        await pilot.press("down", "p", "0")
        await eventually(lambda: api.runs[run_id(3)]["priority"] == 10, "priority 10")
        await eventually(lambda: app.chosen["priority"] == 10, "to see it", 5)
        await pilot.press("minus")
        await pilot.press("plus", "plus", "plus")
        await eventually(lambda: api.runs[run_id(3)]["priority"] == 7, "priority 7")
        assert api.asked[f"PATCH /runs/{run_id(3)}"] == 4


@in_loop
async def test_the_queue_is_paused_and_goes_on():
    api = busy()
    app = watching(api)
    async with app.run_test(size=SIZE) as pilot:
        await shown(app)
        await pilot.press("space")
        await eventually(lambda: "PAUSED" in line(app, "headline"), "to be paused", 5)
        await pilot.press("space")
        await eventually(lambda: not api.paused, "to go on")


@pytest.mark.parametrize(
    ("role", "allowed"),
    [("viewer", set()), ("submitter", {"cancel", "priority", "urgency"}),
     ("admin", {"cancel", "priority", "urgency", "pause"})],
)  # fmt: skip
def test_a_key_does_what_its_role_allows(role, allowed):
    @in_loop
    async def look():
        api = busy()
        api.role = role
        app = watching(api)
        async with app.run_test(size=SIZE) as pilot:
            await shown(app)
            await eventually(lambda: app.role == role, "the role to be known")
            actions = ("cancel", "priority", "urgency", "pause")
            assert {name for name in actions if app.check_action(name, ())} == allowed
            await pilot.press("space")
            await pilot.pause()
            assert api.asked["POST /queue/pause"] == ("pause" in allowed)

    look()


@in_loop
async def test_a_refusal_is_said_and_the_view_goes_on():
    api = busy()
    app = watching(api)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await shown(app)
        await pilot.press("tab", "tab")
        assert app.chosen["id"] == run_id(1)
        await pilot.press("c", "y")
        await eventually(lambda: "(HTTP 409)" in screen(app), "the refusal")
        assert app.is_running


@in_loop
async def test_a_run_is_shown_in_full_and_goes_on():
    api = busy()
    api.events[run_id(4)] = [
        an_event(5, run_id(4), "StepFailed", attempt=1, index=0, step="expect", duration=0.2,
                 message="no total"),
    ]  # fmt: skip
    api.artifacts[run_id(4)] = [an_artifact("screenshot", run_id(4))]
    api.runs[run_id(4)]["error"] = an_error("expected the title 'A' within 2 s; found 'B'")
    app = watching(api)
    async with app.run_test(size=SIZE) as pilot:
        await shown(app)
        await pilot.press("tab", "enter")
        await eventually(lambda: "step 1 (expect): expectation" in screen(app), "the details")
        said = screen(app)
        assert "expected: the title 'A', within 2 s" in said
        assert "actual: 'B'" in said
        assert "/artifacts/screenshot.png" in said
        api.runs[run_id(4)]["labels"] = {"seen": "again"}
        api.stream.send(an_event(9, run_id(4), "RunRequeued"))
        await eventually(lambda: "seen=again" in screen(app), "the details anew")
        await pilot.press("escape")
        assert not isinstance(app.screen, Details)


@in_loop
async def test_a_server_that_is_away_is_said_and_waited_for():
    api = busy()
    app = watching(api)
    async with app.run_test(size=SIZE):
        await shown(app)
        await eventually(lambda: api.opened, "the stream")
        api.refusals = [httpx.ConnectError("down")] * 10
        api.stream.cut()
        await eventually(lambda: "no Proctor server answers" in line(app, "headline"), "the word")
        await eventually(lambda: "position 7" in line(app, "headline"), "the server again", 10)
        assert len(table(app, "lanes")) == 2


@in_loop
async def test_a_key_that_is_revoked_ends_it_with_a_sentence():
    api = busy()
    app = watching(api)
    async with app.run_test(size=SIZE):
        await shown(app)
        await eventually(lambda: api.opened, "the stream")
        api.refusals = [httpx.Response(401, json={"detail": "no"})] * 20
        api.stream.cut()
        await eventually(lambda: app.return_value is not None, "the end")
    assert "does not know this key" in str(app.return_value)


@pytest.mark.parametrize("size", [(200, 50), (80, 24), (40, 10), (20, 5), (1, 1)])
def test_it_fits_every_terminal_and_follows_its_size(size):
    @in_loop
    async def look():
        app = watching(busy())
        async with app.run_test(size=SIZE) as pilot:
            await shown(app)
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert app.size == size
            assert len(table(app, "waiting")) == 2
            await pilot.resize_terminal(*SIZE)
            await pilot.pause()
            assert table(app, "lanes")[0][2] == "test 1"

    look()


@in_loop
async def test_hostile_text_is_shown_as_text():
    hostile = "[red]x[/red][link=evil]\x1b[2J\x9b\u202e\n" + "y" * 1_000_000
    api = busy()
    for run in api.runs.values():
        run["name"] = hostile
    api.runs[run_id(4)]["error"] = an_error(hostile)
    api.events[run_id(4)] = [
        an_event(5, run_id(4), "StepFailed", attempt=1, index=0, step=hostile, duration=0.2,
                 message=hostile),
    ]  # fmt: skip
    app = watching(api)
    async with app.run_test(size=(200, 40)) as pilot:
        await shown(app)
        await pilot.pause()
        for name, column in (("lanes", 2), ("waiting", 2), ("latest", 3)):
            assert table(app, name)[0][column].startswith("[red]x[/red][link=evil][2J yyy")
        assert "[red]x[/red]" in screen(app)
        await pilot.press("c")
        assert "Cancel [red]x[/red][link=evil][2J yyy" in screen(app)
        await pilot.press("n", "tab", "enter")
        await eventually(lambda: "step 1 ([red]x[/red]" in screen(app), "the details")


@in_loop
async def test_a_server_without_executors_or_runs_is_shown_too():
    app = watching(LiveApi())
    async with app.run_test(size=SIZE) as pilot:
        await shown(app)
        await pilot.press("c", "p", "o", "enter", "plus", "tab")
        assert "no run has ended yet" in line(app, "figures")


@in_loop
async def test_leaving_leaves_nothing_open():
    api = busy()
    app = watching(api)
    async with app.run_test(size=SIZE) as pilot:
        await shown(app)
        await eventually(lambda: api.opened, "the stream")
        await pilot.press("q")
    assert api.stream.closed
    assert app.return_value is None
    app._hear(an_event(8, run_id(1), "RunPassed"))  # What was on its way harms nobody.
