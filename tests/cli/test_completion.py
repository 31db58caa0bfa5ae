"""Shell completion: as a shell would ask for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli.main import main
from tests.cli.fake_api import FakeApi, a_run, run_id, served

BIN = Path(sys.executable).parent
COMPLETE = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
function_of=$(complete -p proctor | sed 's/.*-F \\([^ ]*\\).*/\\1/')
"$function_of" proctor "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


def script(shell, capsys):
    assert main(["completion", shell]) == 0
    return capsys.readouterr().out


@pytest.fixture
def completed(capsys, tmp_path):
    """What bash offers for the last of the words."""
    path = tmp_path / "proctor.bash"
    path.write_text(script("bash", capsys))

    def completed(*words, **environment):
        answer = subprocess.run(
            ["bash", "--norc", "-c", COMPLETE, "bash", str(path), "proctor", *words], cwd=tmp_path,
            env=os.environ | {"PATH": f"{BIN}:{os.environ['PATH']}"} | environment,
            capture_output=True, text=True, timeout=30, check=True,
        )  # fmt: skip
        return answer.stdout.split()

    return completed


def test_commands_are_offered(completed):
    assert completed("su") == ["submit"]
    assert set(completed("")) >= {"serve", "watch", "open", "audit", "completion"}


def test_options_and_choices_of_a_command_are_offered(completed):
    assert completed("submit", "--jun") == ["--junit"]
    assert completed("keys", "create", "--role", "sub") == ["submitter"]
    assert completed("audit", "ver") == ["verify"]


def test_files_are_offered_where_a_file_is_wanted(completed, tmp_path):
    (tmp_path / "suite.yaml").touch()
    assert completed("submit", "sui") == ["suite.yaml"]


def test_runs_are_offered_where_a_run_is_wanted(completed):
    with served(FakeApi(a_run(1), a_run(2))) as url:
        words = {"PROCTOR_URL": url, "PROCTOR_KEY": "k"}
        assert completed("show", run_id(2)[:8], **words) == [run_id(2)]
    assert completed("show", "0", PROCTOR_URL="http://127.0.0.1:9", PROCTOR_KEY="k") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_can_read_its_script(shell, capsys, tmp_path):
    path = tmp_path / "script"
    path.write_text(script(shell, capsys))
    assert "submit" in path.read_text()
    if found := shutil.which(shell):
        subprocess.run([found, "-n", str(path)], check=True, timeout=30)


def test_another_shell_is_wrong_usage(capsys):
    with pytest.raises(SystemExit) as left:
        main(["completion", "csh"])
    assert left.value.code == 2
