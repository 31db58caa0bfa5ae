"""A suite that is good YAML and a bad suite: field, line, and what would be right."""

from __future__ import annotations

import pytest

from cli.suite_file import SuiteFileError, read_suite


@pytest.fixture
def refusal(tmp_path):
    def refusal(text: str) -> str:
        path = tmp_path / "s.yaml"
        path.write_text(text)
        with pytest.raises(SuiteFileError) as caught:
            read_suite(path)
        return str(caught.value).replace(f"{tmp_path}/", "")

    return refusal


def of_step(step: str) -> str:
    return f"name: S\ntests:\n  - name: A\n    steps:\n      - {step}\n"


def of_test(field: str) -> str:
    return f"name: S\ntests:\n  - name: A\n    steps: [goto: /]\n    {field}\n"


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("priority: high", "tests.0.priority: Input should be a valid integer; got 'high'"),
        ("priority: 11", "tests.0.priority: Input should be less than or equal to 10; got 11"),
        ("priority: 0", "tests.0.priority: Input should be greater than or equal to 1; got 0"),
        ("priority: 1.5", "tests.0.priority: Input should be a valid integer; got 1.5"),
        ("priority:", "tests.0.priority: Input should be a valid integer; got nothing"),
        ("timeout: -1", "tests.0.timeout: Input should be greater than 0; got -1"),
        ("timeout: 60s", "tests.0.timeout: Input should be a valid number; got '60s'"),
        ("timeout: .nan", "tests.0.timeout: Input should be a finite number; got nan"),
        ("retries: -1", "tests.0.retries: Input should be greater than or equal to 0; got -1"),
        ("prio: 1", "tests.0.prio: Extra inputs are not permitted; did you mean priority?"),
        ("expect: fail", "tests.0.expect: Input should be 'passed', 'failed', 'errored',"),
        ("labels: {a: 5}", "tests.0.labels.a: Input should be a valid string: put quotes around"),
        ("labels: {a b: x}", "tests.0.labels.a b: String should match pattern"),
        ("labels: [a]", "tests.0.labels: Input should be a mapping"),
        ('labels: {a: "\\u0007"}', r"tests.0.labels.a: has the control character '\x07'"),
    ],
)
def test_a_test_with_a_mistake(refusal, field, said):
    message = refusal(of_test(field))
    assert message.startswith(f"s.yaml:5: {said}")
    assert len(message.splitlines()) == 1


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("jump: /", "tests.0.steps.0: a step has exactly one action of goto,"),
        ("goto", "tests.0.steps.0: a step is one action with its argument, as in {goto: /}"),
        ("click: Buy", "tests.0.steps.0.click: Input should be a mapping; got 'Buy'"),
        ("click: {rol: button}", "tests.0.steps.0.click.rol: Extra inputs are not permitted; did"),
        ("click: {role: a, css: b}", "tests.0.steps.0.click: a target is found in exactly one way"),
        (
            "expect: {text: a, in: {labl: b}}",
            "tests.0.steps.0.expect.in.labl: Extra inputs are not",
        ),
        (
            "fill: {label: a, value: 7}",
            "tests.0.steps.0.fill.value: Input should be a valid string",
        ),
        ("press: 5", "tests.0.steps.0.press: Input should be a mapping or Input should be a valid"),
        ("press: {role: a}", "tests.0.steps.0.press.key: Field required"),
        ("dialog: maybe", "tests.0.steps.0.dialog: Input should be 'accept' or 'dismiss' or Input"),
        ("dialog: {accept: 5}", "tests.0.steps.0.dialog.accept: Input should be a valid string"),
        ("{goto: /, timeout: -2}", "tests.0.steps.0.timeout: Input should be greater than 0"),
    ],
)
def test_a_step_with_a_mistake_is_one_error_without_pydantics_notes(refusal, step, said):
    message = refusal(of_step(step))
    assert message.startswith(f"s.yaml:5: {said}")
    assert len(message.splitlines()) == 1
    for note in ("function-", "constrained", "literal[", "PressOn", "DialogAnswer", "instance of"):
        assert note not in message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tests: []\n", ["s.yaml:1: name: Field required", "s.yaml:1: tests: needs at least one"]),
        ("name: S\ntests: goto\n", ["s.yaml:2: tests: Input should be a list; got 'goto'"]),
        ("name: S\ntests:\n", ["s.yaml:2: tests: Input should be a list; got nothing"]),
        ("name: S\nurl: x\ntests:\n- {name: A}\n",
         ["s.yaml:2: url: Extra inputs are not permitted; known here: base_url, budget,"]),
        ("name: S\nbase_url: shop\ntests:\n- {name: A}\n",
         ["s.yaml:2: base_url: String should match pattern '^(https?|data|about|file):'"]),
        ("name: S\ndefaults:\n  priority: 0\ntests:\n- {name: A}\n",
         ["s.yaml:3: defaults.priority: Input should be greater than or equal to 1; got 0"]),
        ("name: S\ntests:\n- name: A\n  allowed_hosts:\n  - shop\n  - http://x\n",
         ["s.yaml:6: tests.0.allowed_hosts.1: 'http://x' is not an allowed host: of a URL,"]),
    ],
)  # fmt: skip
def test_a_suite_with_mistakes(refusal, text, said):
    lines = refusal(text).splitlines()
    assert len(lines) == len(said)
    for line, beginning in zip(lines, said, strict=True):
        assert line.startswith(beginning)


def test_a_password_in_the_address_is_refused_and_not_repeated(refusal):
    message = refusal("name: S\nbase_url: http://ann:hunter2@shop/\ntests:\n- {name: A}\n")
    assert message.startswith("s.yaml:2: base_url: holds a user or password")
    assert "hunter2" not in message


def test_a_variable_that_is_no_text_is_not_repeated(refusal):
    message = refusal("name: S\nvariables:\n  pin: 4711\ntests:\n- {name: A}\n")
    assert message.startswith("s.yaml:3: variables.pin: Input should be a valid string")
    assert "4711" not in message


def test_too_many_labels_together_are_found_before_anything_is_sent(refusal):
    labels = ", ".join(f"l{n}: x" for n in range(50))
    message = refusal(
        f"name: S\ndefaults: {{labels: {{{labels}}}}}\ntests:\n- name: A\n- name: B\n"
    )
    too_many = "Dictionary should have at most 50 items after validation, not more"
    assert message.splitlines() == [
        f"s.yaml:{line}: tests.{number}.labels: {too_many}" for number, line in enumerate((4, 5))
    ]


def test_a_mistake_in_a_shared_step_is_shown_where_it_is_written(refusal):
    text = "name: S\ntests:\n- name: A\n  steps: &s\n  - clik: {css: a}\n- name: B\n  steps: *s\n"
    assert [line.split(":")[1] for line in refusal(text).splitlines()] == ["5", "5"]
