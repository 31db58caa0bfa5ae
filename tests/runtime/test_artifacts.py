"""Artifacts: each content once, whole, found by what events say, and gone when nobody has it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from uuid import uuid4

import pytest

from domain.errors import NotFoundError
from domain.run_events import Artifact
from runtime.artifacts import ArtifactError, ArtifactStore, digest_of

RUN = uuid4()


@pytest.fixture
def store(tmp_path):
    return ArtifactStore(tmp_path / "artifacts", settled=0)


def files(store):
    return sorted(path for path in store.folder.rglob("*") if path.is_file())


def age(path, seconds):
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_the_same_bytes_of_two_runs_are_kept_once(store):
    one = store.keep("attempt-1-failure.png", "screenshot", b"pixels")
    other = store.keep("attempt-2-step-1-form.png", "screenshot", b"pixels")
    assert one.sha256 == other.sha256 == digest_of(store.path(RUN, one))
    assert files(store) == [store.folder / one.sha256[:2] / one.sha256]


def test_a_file_that_is_not_what_its_name_says_is_replaced_when_its_content_comes_again(store):
    kept = store.keep("a.png", "screenshot", b"pixels")
    store.path(RUN, kept).write_bytes(b"pixelz")
    store.keep("a.png", "screenshot", b"pixels")
    assert store.path(RUN, kept).read_bytes() == b"pixels"


def test_files_of_a_data_folder_of_the_first_version_are_found_and_removed(store):
    kept = Artifact(name="attempt-1-failure.png", kind="screenshot", size=3, sha256="ab" * 32)
    former = store.folder / str(RUN) / kept.name
    former.parent.mkdir(parents=True)
    former.write_bytes(b"old")
    assert store.path(RUN, kept) == former
    assert store.find(uuid4(), kept) is None
    assert store.remove(RUN, kept, shared=False)
    assert not former.parent.exists()


@pytest.mark.parametrize(
    ("name", "sha256"), [("../../secret", "ab" * 32), ("a.png", "../" * 22), ("a.png", "AB" * 32)]
)
def test_no_name_leads_out_of_the_folder(store, name, sha256):
    with pytest.raises(NotFoundError):
        store.path(RUN, Artifact(name=name, kind="screenshot", size=1, sha256=sha256))


def test_a_name_that_is_none_is_refused(store):
    with pytest.raises(ArtifactError, match="no name of an artifact"):
        store.keep("../x", "screenshot", b"x")


def test_what_other_runs_have_too_stays(store):
    kept = store.keep("a.png", "screenshot", b"pixels")
    assert store.remove(RUN, kept, shared=True)
    assert store.find(RUN, kept)
    assert store.remove(RUN, kept, shared=False)
    assert store.find(RUN, kept) is None
    assert store.remove(RUN, kept, shared=False)


def test_what_was_kept_a_moment_ago_stays_for_now(tmp_path):
    store = ArtifactStore(tmp_path, settled=3600)
    kept = store.keep("a.png", "screenshot", b"pixels")
    assert not store.remove(RUN, kept, shared=False)
    age(store.path(RUN, kept), 4000)
    store.keep("b.png", "screenshot", b"pixels")
    assert not store.remove(RUN, kept, shared=False)
    age(store.path(RUN, kept), 4000)
    assert store.remove(RUN, kept, shared=False)


def test_a_disk_that_is_full_leaves_nothing_behind(store, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.rename", full)
    with pytest.raises(ArtifactError, match=r"a\.png was not kept: No space left on device"):
        store.keep("a.png", "screenshot", b"pixels")
    assert files(store) == []


def test_what_a_killed_process_left_half_written_is_tidied_away_and_nothing_of_the_living(store):
    store.keep("a.png", "screenshot", b"pixels")
    killed = subprocess.run(
        [sys.executable, "-c", _HALF_WRITTEN, str(store.folder)], check=False, timeout=30
    )
    assert killed.returncode == -9
    assert len(files(store)) == 2
    mine = store.folder / ".drafts" / f"another-machine~{os.getpid()}-1~x"
    mine.write_bytes(b"half")
    store.tidy()
    assert len(files(store)) == 2
    age(mine, 4000)
    store.tidy()
    assert len(files(store)) == 1


_HALF_WRITTEN = """
import os, pathlib, signal, sys
from runtime.artifacts import ArtifactStore
pathlib.Path.rename = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
ArtifactStore(pathlib.Path(sys.argv[1])).keep("b.png", "screenshot", b"half")
"""


def test_a_removal_that_was_killed_half_way_is_put_right(store):
    kept = store.keep("a.png", "screenshot", b"pixels")
    place = store.path(RUN, kept)
    place.rename(store.folder / ".drafts" / f"{kept.sha256}.gone")
    store.put_back()
    assert store.path(RUN, kept) == place


def test_what_was_kept_anew_meanwhile_is_newer_than_what_is_put_back(store):
    kept = store.keep("a.png", "screenshot", b"pixels")
    aside = store.folder / ".drafts" / f"{kept.sha256}.gone"
    store.path(RUN, kept).rename(aside)
    os.utime(aside, (0, 0))
    store.keep("a.png", "screenshot", b"pixels")
    store.put_back()
    assert store.path(RUN, kept).stat().st_mtime > 0
    assert not aside.exists()
