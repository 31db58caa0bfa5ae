"""Definitions: what is refused, and that the error names the field and what would be right."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from domain.definition import Definition
from domain.steps import Step


def refusal(raw: object, kind=Definition) -> str:
    with pytest.raises(ValidationError) as caught:
        kind.model_validate(raw)
    return str(caught.value)


def test_a_step_keeps_the_words_of_the_suite_file():
    raw = {"fill": {"label": "Name", "exact": False, "value": "Ann"}, "timeout": 3.0}
    step = Step.model_validate(raw)
    assert step.action == "fill"
    assert step.model_dump(mode="json", by_alias=True, exclude_none=True) == raw


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"text": "Order total: $42"}, 'expect text "Order total: $42"'),
        ({"text": "$42", "in": {"label": "Total"}}, 'expect text "$42" in label "Total"'),
        ({"url": "/" + 200 * "x"}, f'expect url "/{79 * "x"}…"'),
        ({"visible": {"role": "button", "name": "Buy"}}, 'expect visible button "Buy"'),
        ({"value": {"label": "Name", "equals": "Ann"}}, 'expect value label "Name" is Ann'),
        ({"count": {"css": "li", "equals": 3}}, 'expect count css "li" is 3'),
    ],
)
def test_an_expectation_is_called_by_what_is_expected(raw, said):
    assert str(Step.model_validate({"expect": raw})) == said


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"clik": {"css": "a"}}, "exactly one action of goto, click"),
        ({"goto": "/", "click": {"css": "a"}}, "got goto, click"),
        ({}, "got none"),
        ("goto /", "one action with its argument"),
        ({"click": {}}, "exactly one way"),
        ({"click": {"css": "a", "text": "b"}}, "got text and css"),
        ({"click": {"text": "b", "name": "c"}}, "name belongs to role"),
        ({"click": {"css": "a", "colour": "red"}}, "colour"),
        ({"expect": {"text": "a", "title": "b"}}, "exactly one of text"),
        ({"expect": {"title": "a", "in": {"css": "b"}}}, "belongs to text"),
        ({"goto": "/", "timeout": -1}, "greater than 0"),
        ({"goto": "/", "timeout": "3"}, "valid number"),
        ({"goto": "/", "timeout": float("nan")}, "finite number"),
        ({"fill": {"label": "a", "value": 5}}, "valid string"),
        ({"press": {"css": "a"}}, "key"),
    ],
)
def test_a_wrong_step_is_refused_with_what_would_be_right(raw, said):
    assert said in refusal(raw, Step)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("priority", 0, "greater than or equal to 1"),
        ("priority", 11, "less than or equal to 10"),
        ("priority", "5", "valid integer"),
        ("timeout", -5, "greater than 0"),
        ("timeout", 10**6, "less than or equal to 1500"),
        ("retries", 11, "less than or equal to 10"),
        ("name", "a\x00b", "control character"),
        ("name", "", "at least 1 character"),
        ("labels", {"no spaces": "x"}, "pattern"),
        ("expect", "maybe", "passed"),
        ("base_url", "http://user:secret@host/", "leave it out"),
        ("base_url", "ftp://host/", "pattern"),
        ("unknown", 1, "Extra inputs"),
    ],
)
def test_a_wrong_field_is_refused_by_name(field, value, said):
    message = refusal({"name": "x", "steps": [], field: value})
    assert field in message
    assert said in message


def test_a_secret_in_the_base_url_is_not_repeated_by_the_error_the_api_shows():
    with pytest.raises(ValidationError) as caught:
        Definition.model_validate({"name": "x", "base_url": "http://u:geheim@h/"})
    assert "geheim" not in str([error["msg"] for error in caught.value.errors()])
