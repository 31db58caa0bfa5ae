"""Whole commands against a server over HTTP: exit status, plain output, JSON."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest

from cli.main import main
from tests.cli.fake_api import FakeApi, a_run, an_error, run_id, served

SUITE = "name: S\ntests:\n- {name: one, steps: [goto: /]}\n- {name: two, steps: [goto: /]}\n"


@pytest.fixture
def suite(tmp_path):
    path = tmp_path / "suite.yaml"
    path.write_text(SUITE)
    return str(path)


@pytest.fixture
def proctor(capsys):
    """Runs a command against an API; its exit status and what it printed."""

    def proctor(api: FakeApi, *arguments: str):
        with served(api) as url:
            status = main([*arguments, "--url", url, "--key", "k"])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return proctor


def test_everything_as_expected_is_zero(proctor, suite):
    status, out, _ = proctor(FakeApi(), "submit", suite, "--wait")
    assert status == 0
    assert re.fullmatch(r"=+ 2 passed in \d\.\ds =+", out.splitlines()[-1])


def test_a_surprise_is_one_and_is_explained(proctor, suite):
    failed = {"status": "failed", "error": an_error("no [bold]text[/bold]", 1), "executor": "e1"}
    status, out, _ = proctor(FakeApi(verdicts={"two": failed}), "submit", suite, "--wait")
    assert status == 1
    assert "step 2: expectation: no [bold]text[/bold]" in out
    assert " 1 failed, 1 passed in " in out.splitlines()[-1]
    assert "\x1b" not in out


def test_without_waiting_the_ids_are_printed(proctor, suite):
    status, out, _ = proctor(FakeApi(), "submit", suite)
    assert (status, out) == (0, f"{run_id(1)}  one\n{run_id(2)}  two\n")


def test_priority_and_labels_are_those_said(proctor, suite):
    api = FakeApi()
    proctor(api, "submit", suite, "--priority", "2", "--label", "a=b=c")
    (request,) = [r for r in api.requests if r.method == "POST"]
    definitions = json.loads(request.content)["runs"]
    assert [d["priority"] for d in definitions] == [2, 2]
    assert definitions[0]["labels"] == {"suite": "S", "a": "b=c"}
    assert request.headers["Idempotency-Key"]


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (["--priority", "99"], "--priority: Input should be less than or equal to 10"),
        (["--label", "a b=c"], "--label: String should match pattern"),
        (["--label", "ab"], "--label ab: say it as KEY=VALUE"),
        (["--base-url", "shop"], "--base-url: String should match pattern"),
        (["--junit", "/no/such/folder/j.xml"], "--junit /no/such/folder/j.xml: cannot be written"),
        (["--junit", "/"], "--junit /: cannot be written"),
    ],
)
def test_an_option_that_is_wrong_is_named_and_nothing_is_submitted(proctor, suite, option, said):
    api = FakeApi()
    status, _, err = proctor(api, "submit", suite, *option)
    assert (status, len(err.splitlines())) == (2, 1)
    assert err.startswith(said)
    assert not api.requests


@pytest.mark.parametrize(
    "arguments",
    [["submit", "s.yaml", "--timeout", "-1"], ["submit", "s.yaml", "--timeout", "soon"],
     ["submit", "s.yaml", "--timeout", "nan"], ["runs", "--limit", "0"], ["runs", "--limit", "-3"],
     ["nonsense"], []],
)  # fmt: skip
def test_wrong_usage_is_two(arguments, capsys):
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
    assert "proctor" in capsys.readouterr().err


def test_one_bad_file_among_several_and_nothing_is_submitted(proctor, suite, tmp_path):
    (tmp_path / "bad.yaml").write_text("name: S\ntests:\n- {name: x, prio: 1}\n")
    api = FakeApi()
    bad = [str(tmp_path / "bad.yaml"), str(tmp_path / "none.yaml")]
    status, _, err = proctor(api, "submit", suite, *bad)
    assert (status, api.requests) == (2, [])
    assert err.splitlines() == [
        f"{bad[0]}:3: tests.0.prio: Extra inputs are not permitted; did you mean priority?",
        f"{bad[1]}: cannot be read: No such file or directory",
        "nothing was submitted",
    ]


def test_more_than_a_server_takes_at_once_goes_in_several_batches(proctor, tmp_path):
    tests = "".join(f"- {{name: t{n}}}\n" for n in range(700))
    for name in ("a", "b"):
        (tmp_path / name).write_text(f"name: {name}\ntests:\n{tests}")
    api = FakeApi()
    api.largest = 2_000
    status, out, _ = proctor(api, "submit", str(tmp_path / "a"), str(tmp_path / "b"))
    assert (status, len(out.splitlines()), api.asked["POST /batches"]) == (0, 1_400, 2)


def test_a_batch_refused_after_another_says_what_was_accepted(proctor, tmp_path):
    tests = "".join(f"- {{name: t{n}}}\n" for n in range(700))
    for name in ("a", "b"):
        (tmp_path / name).write_text(f"name: {name}\ntests:\n{tests}")
    status, _, err = proctor(FakeApi(), "submit", str(tmp_path / "a"), str(tmp_path / "b"))
    assert status == 2
    assert "runs: too many (HTTP 422); 1000 runs before were accepted, in batch b000" in err


def test_large_definitions_go_in_several_batches(proctor, tmp_path):
    upload = "upload: {label: f, files: [{name: a, content: " + "x" * 900_000 + "}]}"
    text = f"name: S\ntests:\n- name: a\n  steps: &s\n  - {upload}\n"
    text += "".join(f"- name: b{n}\n  steps: *s\n" for n in range(5))
    (tmp_path / "large.yaml").write_text(text)
    api = FakeApi()
    assert proctor(api, "submit", str(tmp_path / "large.yaml"))[0] == 0
    batches = [r for r in api.requests if r.method == "POST"]
    assert len(batches) == 2
    assert all(len(request.content) < 5_000_000 for request in batches)


def test_json_of_runs_is_the_page_with_its_cursor(proctor):
    _, out, _ = proctor(FakeApi(a_run(1)), "runs", "--json")
    assert json.loads(out) == {"items": [a_run(1)], "next": None}


def test_json_of_status_is_what_the_api_said(proctor):
    api = FakeApi()
    assert json.loads(proctor(api, "status", "--json")[1]) == api.status()


def test_cancelling_tells_of_each_run_and_is_one_if_one_was_over(proctor):
    api = FakeApi(a_run(1), a_run(2, status="passed"), a_run(3))
    status, out, err = proctor(api, "cancel", *api.runs)
    assert (status, out) == (1, f"{run_id(1)} cancelled\n{run_id(3)} cancelled\n")
    assert err == f"run {run_id(2)} is passed: cannot cancel (HTTP 409)\n"


def test_cancelling_as_json(proctor):
    api = FakeApi(a_run(1))
    status, out, _ = proctor(api, "cancel", run_id(1)[:8], "--json")
    assert (status, json.loads(out)["items"][0]["status"]) == (0, "cancelled")


def test_cancelling_without_a_server_is_two_and_said_once(capsys):
    assert main(["cancel", run_id(1), run_id(2), "--url", "http://127.0.0.1:9", "--key", "k"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [("abc", "is too short"), ("00000009", "begins 0 of the latest 200"),
     ("0000000", "begins 2 of the latest 200")],
)  # fmt: skip
def test_the_beginning_of_an_id_must_fit_one_run(proctor, given, said):
    status, _, err = proctor(FakeApi(a_run(1), a_run(2)), "show", given)
    assert (status, said in err) == (2, True)


def test_what_a_server_says_cannot_steer_the_terminal(proctor):
    api = FakeApi()
    api.runs["x"] = a_run(1, status="passed", name="n")
    status, _, err = proctor(api, "events", "\x1b[2J\u202e" + "0" * 40)
    assert status == 2
    assert not {"\x1b", "\u202e"} & set(err)


def test_a_reader_that_leaves_early_is_no_error():
    code = "import sys; from cli.main import main; sys.exit(main(sys.argv[1:]))"
    api = FakeApi(*(a_run(n, name="x" * 100) for n in range(1, 200)))
    with served(api) as url:
        command = [sys.executable, "-c", code, "runs", "--limit", "200", "--json"]
        process = subprocess.Popen(
            [*command, "--url", url, "--key", "k"], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env=dict(os.environ),
        )  # fmt: skip
        process.stdout.close()
        said = process.stderr.read().decode()
        process.stderr.close()
        assert (process.wait(), said) == (141, "")
