"""Suite files: each mistake gets one clear error with file, line and field."""

from __future__ import annotations

import pytest

from cli.suite_file import SuiteFileError, read_suite

GOOD = """name: Shop
base_url: http://127.0.0.1:1
defaults: {priority: 3, timeout: 9, labels: {team: web}}
variables: {who: Ann}
tests:
  - name: Buy
    steps:
      - goto: /
      - click: {role: button, name: Buy}
  - name: Urgent
    priority: 1
    expect: failed
    labels: {team: api}
"""


def refusal(tmp_path, text, raw=None):
    path = tmp_path / "suite.yaml"
    path.write_bytes(raw) if raw is not None else path.write_text(text)
    with pytest.raises(SuiteFileError) as caught:
        read_suite(path)
    return str(caught.value).replace(str(tmp_path) + "/", "")


def test_defaults_are_filled_in_and_tests_have_the_last_word(tmp_path):
    path = tmp_path / "suite.yaml"
    path.write_text(GOOD)
    buy, urgent = read_suite(path).definitions()
    assert (buy.priority, buy.timeout, buy.base_url) == (3, 9, "http://127.0.0.1:1")
    assert buy.labels == {"suite": "Shop", "team": "web"}
    assert (urgent.priority, urgent.expect, urgent.labels["team"]) == (1, "failed", "api")
    assert urgent.variables == {"who": "Ann"}


def test_aliases_may_share_steps(tmp_path):
    path = tmp_path / "suite.yaml"
    path.write_text(
        "name: S\ntests:\n- name: a\n  steps: &login\n  - goto: /\n- name: b\n  steps: *login\n"
    )
    assert [len(d.steps) for d in read_suite(path).definitions()] == [1, 1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: S\ntests:\n- name: a\n  steps:\n  - clik: {css: a}\n",
         "suite.yaml:5: tests.0.steps.0: a step has exactly one action"),
        ("name: S\ntests:\n- name: a\n  colour: red\n",
         "suite.yaml:4: tests.0.colour: Extra inputs are not permitted"),
        ("name: S\ntests:\n- name: a\n  priority: 11\n", "suite.yaml:4: tests.0.priority: Input"),
        ("name: S\ntests:\n- name: a\n  priority: high\n", "suite.yaml:4: tests.0.priority: Input"),
        ("name: S\ntests:\n- name: a\n  timeout: -3\n", "suite.yaml:4: tests.0.timeout: Input"),
        ("name: S\ntests:\n- name: a\n  steps:\n  - fill: {label: x, value: 5}\n",
         "suite.yaml:5: tests.0.steps.0.fill.value: Input should be a valid string"),
        ("name: S\ntests:\n- name: \"a\\u0007\"\n", "suite.yaml:3: tests.0.name: has the control"),
        ("name: S\nname: T\ntests: []\n", 'suite.yaml:2: found duplicate key "name"'),
        ("name: S\ntests:\n\t- name: a\n", "suite.yaml:3: found character"),
        ("name: !!python/object:os.system x\ntests: []\n", "suite.yaml:1: the tag"),
        ("name: S\ntests: !foo\n- name: a\n", "the tag !foo is not allowed"),
        ("name: S\n", "suite.yaml:1: tests: Field required"),
        ("name: S\ntests: []\n", "suite.yaml:2: tests: "),
        ("- a\n- b\n", "suite.yaml:1: a suite begins with"),
        ("", "suite.yaml:1: a suite begins with"),
        ("name: S\ntests: [\n", "suite.yaml:"),
        ("name: S\ntests: " + "[" * 5000 + "]" * 5000, "nested too deeply"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place(tmp_path, text, said):
    message = refusal(tmp_path, text)
    assert said in message
    assert len(message.splitlines()) <= 2
    assert "function-" not in message


def test_tabs_get_a_hint(tmp_path):
    assert "YAML knows no tabs" in refusal(tmp_path, "name: S\ntests:\n\t- name: a\n")


def test_aliases_that_explode_are_refused(tmp_path):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert "aliases amount to more than" in refusal(tmp_path, "\n".join(lines))


def test_bytes_that_are_no_text_and_files_that_are_not_there(tmp_path):
    assert "not UTF-8 text (byte 6)" in refusal(tmp_path, "", raw=b"name: \xff\xfe")
    with pytest.raises(SuiteFileError, match="cannot be read: No such file"):
        read_suite(tmp_path / "missing.yaml")


def test_a_hundred_mistakes_are_not_all_shown(tmp_path):
    tests = "\n".join(f"- {{name: t{n}, priority: 99}}" for n in range(100))
    message = refusal(tmp_path, f"name: S\ntests:\n{tests}\n")
    assert message.splitlines()[-1] == "suite.yaml: and 90 more"
