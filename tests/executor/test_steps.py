"""Every exact step, as it passes and as it fails, with the message a person reads."""

from __future__ import annotations

import pytest

HOME = {"goto": "/"}
SAID = {"test_id": "who"}


@pytest.mark.parametrize(
    "steps",
    [
        [{"fill": {"label": "Name", "value": "Ann"}}, {"click": {"role": "button", "name": "Buy"}},
         {"expect": {"text": "Thank you, Ann"}}],
        [{"fill": {"placeholder": "your name", "value": "Bo"}},
         {"expect": {"value": {"test_id": "who", "equals": "Bo"}}}],
        [{"click": {"label": "Name"}}, {"press": "Enter"}, {"expect": {"text": "entered"}}],
        [{"press": {"css": "#name", "key": "Enter"}}, {"expect": {"text": "entered"}}],
        [{"select": {"label": "Colour", "option": "Blue"}},
         {"expect": {"value": {"label": "Colour", "equals": "b"}}}],
        [{"check": {"label": "Gift wrap"}}, {"check": {"label": "Gift wrap", "checked": False}}],
        [{"hover": {"text": "Menu"}}, {"expect": {"visible": {"text": "secret door"}}}],
        [{"upload": {"label": "File", "files": [{"name": "a.txt", "content": "hello"}]}},
         {"expect": {"text": "a.txt: hello"}}],
        [{"wait_for": {"text": "secret door", "state": "hidden"}}],
        [{"expect": {"title": "Form"}}, {"expect": {"url": "/"}}],
        [{"expect": {"hidden": {"text": "secret door"}}}],
        [{"expect": {"count": {"css": "li", "equals": 3}}}],
        [{"expect": {"text": "2", "in": {"css": "li", "nth": 1}}}],
        [{"goto": "/frame"}, {"fill": {"label": "Name", "value": "x", "frame": "#f"}},
         {"click": {"text": "Buy now", "frame": "#f"}},
         {"expect": {"text": "Thank you, x", "in": {"css": "#said", "frame": "#f"}}}],
        [{"goto": "/late"}, {"expect": {"text": "at last"}}],
        [{"goto": "/confirm"}, {"dialog": "accept"}, {"click": {"text": "Go"}},
         {"expect": {"text": "yes"}}],
        [{"goto": "/prompt"}, {"dialog": {"accept": "Ann"}}, {"click": {"text": "Go"}},
         {"expect": {"text": "Ann"}}],
        [{"click": {"text": "Twin", "nth": 1}}],
    ],
    ids=lambda steps: next(iter(steps[-1])) + "-" + next(iter(steps[0])),
)  # fmt: skip
def test_steps_that_fit_the_page_pass(staged, site, steps):
    seen = staged.perform(site, HOME, *steps)
    assert seen.outcome.verdict == "passed", seen.message
    assert [step.index for step in seen.steps] == list(range(len(steps) + 1))


@pytest.mark.parametrize(
    ("step", "kind", "said"),
    [
        ({"click": {"text": "No such"}}, "timeout", 'click text "No such" was not done within 1 s'),
        ({"click": {"text": "Sold out"}}, "timeout", "not enabled"),
        ({"click": {"text": "Twin"}}, "target", "2 elements fit"),
        ({"expect": {"text": "$42"}}, "expectation", "to contain '$42' within 1 s; found"),
        ({"expect": {"title": "Shop"}}, "expectation", "found 'Form'"),
        ({"expect": {"url": "/thanks"}}, "expectation", "the address '/thanks'"),
        ({"expect": {"visible": {"text": "secret door"}}}, "expectation", "none visible"),
        ({"expect": {"hidden": {"text": "Buy now"}}}, "expectation", "it is visible"),
        ({"expect": {"value": {"label": "Name", "equals": "x"}}}, "expectation", "found ''"),
        ({"expect": {"count": {"css": "li", "equals": 9}}}, "expectation", "found '3'"),
        ({"goto": "/slow"}, "timeout", "within 1 s"),
        ({"goto": "/loop"}, "navigation", "redirects in a loop"),
        ({"goto": "http://127.0.0.1:9/"}, "navigation", "refuse"),
        ({"fill": {"label": "Name", "value": "${nobody}"}}, "variable", "no variable nobody"),
        ({"fill": {"label": "Name", "value": "${secret:NO}"}}, "variable", "PROCTOR_SECRET_NO"),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, dict) else "",
)
def test_a_step_that_does_not_fit_fails_and_says_why(staged, site, step, kind, said):
    seen = staged.perform(site, HOME, step | {"timeout": 1})
    assert (seen.outcome.verdict, seen.kind) == ("failed", kind), seen.message
    assert said in seen.message
    assert seen.outcome.error.step == 1
    assert "\x1b" not in seen.message


def test_a_site_that_is_down_is_named(staged, site):
    seen = staged.perform("http://127.0.0.1:1", {"goto": "/"})
    assert seen.kind == "navigation"


def test_a_certificate_nobody_trusts_is_named(staged, untrusted_site):
    seen = staged.perform(untrusted_site, {"goto": "/"})
    assert (seen.outcome.verdict, seen.kind) == ("failed", "navigation")
    assert "the site's certificate is not valid" in seen.message


def test_variables_are_filled_in_and_the_run_knows_itself(staged, site):
    seen = staged.perform(
        site,
        {"goto": "/${where}"},
        {"fill": {"label": "Name", "value": "${run_id} ${attempt}"}},
        {"click": {"text": "Buy now"}},
        {"expect": {"text": "Thank you, ${run_id} 1"}},
        variables={"where": ""},
    )
    assert seen.outcome.verdict == "passed", seen.message


def test_a_dialog_nobody_answers_is_dismissed_and_mentioned(staged, site):
    seen = staged.perform(
        site, {"goto": "/confirm"}, {"click": {"text": "Go"}},
        {"expect": {"text": "yes"}, "timeout": 1},
    )  # fmt: skip
    said = " ".join(step.message or "" for step in seen.steps)
    assert "a confirm dialog nobody answers was dismissed: 'sure?'" in said
    assert seen.outcome.verdict == "failed"


def test_fifty_popups_are_closed_and_mentioned(staged, site):
    seen = staged.perform(
        site, {"goto": "/popups"}, {"click": {"text": "Go"}}, {"goto": "/late"},
        {"expect": {"text": "at last"}}, {"expect": {"text": "never"}, "timeout": 1},
    )  # fmt: skip
    assert "opened more than 5 windows" in " ".join(step.message or "" for step in seen.steps)


def test_a_download_of_a_gigabyte_is_cut_off_and_mentioned(staged, site):
    seen = staged.perform(
        site, {"goto": "/download"}, {"click": {"text": "Get it"}},
        {"expect": {"text": "never"}, "timeout": 5},
    )  # fmt: skip
    assert "larger than 50,000,000 bytes" in " ".join(step.message or "" for step in seen.steps)


def test_two_attempts_share_no_cookies(staged, site):
    for _ in range(2):
        seen = staged.perform(site, {"goto": "/cookie"}, {"expect": {"text": "no cookie"}})
        assert seen.outcome.verdict == "passed", seen.message
