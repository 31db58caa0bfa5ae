"""The key that checkpoints are signed with."""

from __future__ import annotations

import pytest

from domain.errors import ProctorError
from runtime.signing import PublicKey, SigningKey


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    path = tmp_path / "keys" / "ledger.key"
    key = SigningKey.in_file(path)
    assert SigningKey.in_file(path).public.id == key.public.id
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["ledger.key"]


def test_its_public_half_tells_its_signatures_from_others(tmp_path):
    key = SigningKey.in_file(tmp_path / "ledger.key")
    public = PublicKey.read(key.public.pem)
    assert public.id == key.public.id
    assert public.accepts(b"so it was", key.sign(b"so it was"))
    assert not public.accepts(b"so it is", key.sign(b"so it was"))
    assert not public.accepts(b"so it was", SigningKey.of_seed("0" * 64).sign(b"so it was"))


def test_a_seed_is_always_the_same_key():
    assert SigningKey.of_seed("ab" * 32).public.id == SigningKey.of_seed("AB" * 32).public.id
    with pytest.raises(ProctorError, match="64 hexadecimal digits"):
        SigningKey.of_seed("ab")


@pytest.mark.parametrize("content", ["", "hello", "-----BEGIN PRIVATE KEY-----\nx\n"])
def test_a_file_that_holds_no_key_is_said(tmp_path, content):
    path = tmp_path / "ledger.key"
    path.write_text(content)
    with pytest.raises(ProctorError, match=r"ledger\.key holds no signing key"):
        SigningKey.in_file(path)
    with pytest.raises(ProctorError, match="no Ed25519 public key"):
        PublicKey.read(content)
