"""Steps in words in a real browser: decided once, then repeated, never on another element."""

from __future__ import annotations

from contextlib import suppress

import psutil
import pytest

from executor.words import fit, reading
from tests.support.waiting import eventually

FORM = """<!doctype html><title>Form</title><h1>Order</h1>
<label>Name <input id=who></label>
<label><input type=checkbox> Gift wrap</label>
<label>Colour <select><option>Red<option>Blue</select></label>
<button onclick="said.textContent = `Thank you, ${who.value}.`">Buy</button>
<button onclick="said.textContent = 'everything is gone'">Delete all</button>
<p id=said>nothing yet</p><p>Order total: $42.50</p>"""
MOVED = FORM.replace("<button onclick", "<div><span></span></div><div><button onclick", 1).replace(
    "Buy</button>", "Buy</button></div>"
)
SWAPPED = (
    FORM.replace(">Buy<", ">X<").replace(">Delete all<", ">Buy<").replace(">X<", ">Delete all<")
)

GOTO = {"goto": "/"}
TYPE = {"act": "type ${user} into the name field"}
BUY = {"act": "press the buy button"}
THANKS = {"verify": 'the page says "Thank you, ${user}."'}
TOTAL = {
    "extract": {"instruction": "the order total", "schema": {"total": "number"}, "save_as": "o"}
}
STEPS = (GOTO, TYPE, BUY, THANKS, TOTAL, {"expect": {"text": "total: $${o.total}0"}})
ANN = {"variables": {"user": "Ann"}}


def made(seen):
    return [decision.made for decision in seen.decisions]


@pytest.mark.parametrize(
    ("snapshot", "is_"),
    [
        ('- button "Buy now"', ("button", "Buy now")),
        ("- checkbox [checked]", ("checkbox", None)),
        ("- text: Thank you", (None, "Thank you")),
        ("", (None, None)),
    ],
)
def test_an_element_has_the_role_and_the_name_that_its_snapshot_begins_with(snapshot, is_):
    assert fit.role_and_name(snapshot) == is_


@pytest.fixture
def form(pages):
    pages.pages["/"] = FORM
    return pages


@pytest.fixture
def perform(staged, form):
    def perform(*steps, **said):
        return staged.perform(form.url, *(steps or STEPS), **(ANN | said))

    return perform


@pytest.fixture
def decided(perform):
    """What one run has decided, for others to replay."""
    return perform().known()


# -- deciding -----------------------------------------------------------------------------------


def test_words_and_exact_steps_share_one_page(perform):
    seen = perform()
    assert seen.outcome.verdict == "passed", seen.message
    assert made(seen) == ["matcher"] * 4


def test_a_decision_says_what_was_decided_and_how(perform):
    typed, bought, thanks, total = perform().decisions
    (action,) = typed.actions
    assert (action.method, action.role, action.name) == ("fill", "textbox", "Name")
    assert action.arguments == ("${user}",)
    assert (bought.actions[0].role, bought.actions[0].name) == ("button", "Buy")
    assert (thanks.holds, thanks.sources[0].quote) == (True, "Thank you, Ann.")
    assert (total.value, total.sources[0].before) == ({"total": 42.5}, "Order total: $")
    assert (typed.by, typed.version, len(typed.page or "")) == ("matcher", "matcher 2", 16)


def test_tree_prompt_and_answer_are_kept_as_artifacts(staged, perform):
    seen = perform(GOTO, BUY)
    names = [artifact.name for artifact in seen.steps[1].artifacts]
    assert names == [f"attempt-1-step-1-{part}.txt" for part in ("tree", "prompt", "answer")]
    tree, prompt, answer = (staged.content(seen, name).decode() for name in names)
    assert "button: Buy" in tree
    assert tree in prompt
    assert '"method": "click"' in answer


def test_a_box_is_ticked_and_not_merely_clicked(perform):
    tick = {"act": "tick gift wrap"}
    seen = perform(GOTO, tick, tick, {"expect": {"count": {"css": ":checked", "equals": 2}}})
    assert seen.outcome.verdict == "passed", seen.message
    assert seen.decisions[0].actions[0].method == "check"


def test_an_option_is_chosen_and_keys_are_pressed(perform, form):
    form.pages["/next"] = "<h1>Next</h1>"
    seen = perform(
        GOTO, {"act": "choose Blue in Colour"}, {"goto": "/next"}, {"act": "go back"},
        {"act": "press Tab"}, {"verify": "the heading is Order"},
    )  # fmt: skip
    assert seen.outcome.verdict == "passed", seen.message
    assert [d.actions[0].method for d in seen.decisions[:3]] == ["select", "back", "press"]


FRAMED = "<iframe srcdoc='<button onclick=\"parent.said.textContent=1\">In</button>'></iframe>"
SHADED = """<x-card></x-card><script>
customElements.define("x-card", class extends HTMLElement { connectedCallback() {
  this.attachShadow({mode: "open"}).innerHTML = '<button onclick="said.textContent=1">In</button>'
}})</script>"""


@pytest.mark.parametrize("page", [FRAMED, SHADED], ids=["an iframe", "a shadow root"])
def test_an_element_inside_is_found_and_found_again(perform, form, page):
    form.pages["/in"] = f"{page}<p id=said>0</p>"
    said = {"expect": {"text": "1", "in": {"css": "#said"}}}
    steps = ({"goto": "/in"}, {"act": "press In"}, said)
    first = perform(*steps)
    assert first.outcome.verdict == "passed", first.message
    again = perform(*steps, known=first.known())
    assert (again.outcome.verdict, made(again)) == ("passed", ["replayed"]), again.message


def test_an_element_in_a_closed_shadow_root_is_said_to_be_out_of_reach(perform, form):
    form.pages["/in"] = SHADED.replace('"open"', '"closed"') + "<p id=said>0</p>"
    seen = perform({"goto": "/in"}, {"act": "press In"})
    assert (seen.outcome.verdict, seen.kind) == ("failed", "target")
    assert "/x-card[1]//button[1] is inside a closed shadow root" in seen.message


def test_an_element_that_comes_late_is_waited_for(perform, form):
    form.pages["/late"] = (
        "<script>setTimeout(() => document.write('<button>Go</button>'), 700)</script>"
    )
    assert perform({"goto": "/late"}, {"act": "press Go"}).outcome.verdict == "passed"


def test_two_that_fit_equally_well_are_refused_and_named(perform, form):
    form.pages["/twins"] = (
        "<form aria-label=A><button>Go</button></form><nav aria-label=B><button>Go</button></nav>"
    )
    seen = perform({"goto": "/twins"}, {"act": "press go", "timeout": 1})
    assert (seen.outcome.verdict, seen.kind) == ("failed", "target")
    assert "A" in seen.message
    assert "B" in seen.message


def test_what_the_matcher_cannot_say_needs_a_model(perform):
    seen = perform(GOTO, {"verify": "the page is friendly", "timeout": 1})
    assert (seen.outcome.verdict, seen.kind) == ("errored", "model")
    assert "PROCTOR_MODEL" in seen.message


def test_a_statement_that_does_not_hold_fails_with_the_reason(perform):
    seen = perform(GOTO, {"verify": 'the page says "Thank you"', "timeout": 1})
    assert (seen.outcome.verdict, seen.kind) == ("failed", "verification")
    assert seen.decisions[0].holds is False


# -- replaying ----------------------------------------------------------------------------------


def test_what_is_known_is_replayed_without_a_model_and_without_full_chromium(perform, decided):
    seen = perform(known=decided, model=nobody())
    assert (seen.outcome.verdict, made(seen)) == ("passed", ["replayed"] * 4), seen.message
    assert seen.changes == []


def nobody():
    class Nobody:
        name = "nobody"

        async def answer(self, question):
            raise AssertionError(f"a model was asked: {question.instruction}")

    return Nobody()


def test_a_decision_holds_for_other_values_of_the_variables_it_types(perform, decided):
    seen = perform(known=decided, variables={"user": "Bob"})
    assert seen.outcome.verdict == "passed", seen.message
    assert made(seen) == ["replayed", "replayed", "matcher", "replayed"]  # it names the user
    assert seen.changes == []
    typed = perform(GOTO, TYPE, known=decided[:1], variables={"user": "Bob"})
    assert made(typed) == ["replayed"]


def test_what_no_longer_fits_is_healed_and_the_change_of_browser_recorded(perform, form, decided):
    form.pages["/"] = MOVED
    seen = perform(known=decided)
    assert seen.outcome.verdict == "passed", seen.message
    assert made(seen) == ["replayed", "healed", "replayed", "replayed"]
    (change,) = seen.changes
    assert change.browser == "chromium"
    assert "nothing stands at" in change.reason or 'button "Buy" was' in change.reason


def test_a_recorded_action_never_hits_another_element(perform, form, decided):
    form.pages["/"] = SWAPPED
    seen = perform(GOTO, TYPE, BUY, {"expect": {"text": "everything is gone"}}, known=decided[:2])
    assert made(seen) == ["replayed", "healed"]  # the button named Buy, at its new place
    strict = perform(GOTO, TYPE, BUY, known=decided[:2], words="replay")
    assert (strict.outcome.verdict, strict.kind) == ("failed", "decision")
    assert 'stands button "Delete all", where button "Buy" was' in strict.message


def test_replay_alone_fails_at_the_step_that_nothing_is_known_of(perform, decided):
    seen = perform(known=decided[:1], words="replay")
    assert (seen.outcome.verdict, seen.kind) == ("failed", "decision")
    assert seen.outcome.error.step == 2
    assert "no decision is known of 'press the buy button'" in seen.message


def test_decide_alone_always_asks(perform, decided):
    seen = perform(known=decided, words="decide")
    assert (seen.outcome.verdict, made(seen)) == ("passed", ["matcher"] * 4)


def test_a_value_is_read_anew_when_it_is_replayed(perform, form, decided):
    form.pages["/"] = FORM.replace("$42.50", "$1,042.50")
    seen = perform(GOTO, TOTAL, known=[decided[3].model_copy(update={"step": 1})])
    assert seen.decisions[0].value == {"total": 1042.5}


def test_what_is_replaced_while_it_is_read_is_read_again(perform, form, monkeypatch):
    form.pages["/inner"] = "<p>You are on the list</p>"
    form.pages["/"] = '<iframe src="/inner"></iframe>'
    steps = (GOTO, {"verify": 'the page says "You are on the list"'})
    known = perform(*steps).known()
    goes_away_once = """(elements) => name ? elements.map((element) => element.innerText)
      : new Promise(() => { name = "came back"; location.reload(); })"""
    monkeypatch.setattr(reading, "_READ", goes_away_once)
    seen = perform(*steps, known=known, words="replay")
    assert seen.outcome.verdict == "passed", seen.message


def test_a_browser_that_dies_while_it_is_made_ready_is_replaced_soon(staged, perform):
    perform()

    def full():
        shell = "headless-shell"
        return [each for each in staged.processes() if shell not in " ".join(each.cmdline())]

    async def kill():
        await eventually(lambda: staged.chromiums.ready or full(), "the next one to be launched")
        for process in full():
            with suppress(psutil.NoSuchProcess):
                process.kill()

    with suppress(psutil.NoSuchProcess):
        staged.runner.run(kill())
    seen = perform(seconds=40)
    assert seen.outcome.verdict in {"passed", "lost"}, seen.message
    assert perform(seconds=40).outcome.verdict == "passed"


def test_nothing_of_a_run_in_words_is_left(staged, perform):
    perform(GOTO, BUY)
    staged.runner.run(staged.chromiums.__aexit__(None, None, None))
    left = [p for p in staged.processes() if "headless-shell" not in " ".join(p.cmdline())]
    assert left == []
