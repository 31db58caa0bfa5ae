"""Signing with Ed25519: the key in a file that only its owner reads."""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from domain.errors import ProctorError

if TYPE_CHECKING:
    from pathlib import Path

_OWNER_ONLY = 0o600


class PublicKey:
    """Says whether a signature is of the key that it belongs to."""

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key

    @classmethod
    def read(cls, pem: str) -> PublicKey:
        """Raises ProctorError if `pem` is no Ed25519 public key."""
        try:
            key = load_pem_public_key(pem.encode())
        except ValueError:
            key = None
        if not isinstance(key, Ed25519PublicKey):
            raise ProctorError("that is no Ed25519 public key in PEM form")
        return cls(key)

    @property
    def pem(self) -> str:
        """As text, to be kept where the database's owner cannot write."""
        return self._key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    @property
    def id(self) -> str:
        """A short name: the first 16 hexadecimal digits of its SHA-256."""
        raw = self._key.public_bytes(Encoding.Raw, PublicFormat.Raw)
        return hashlib.sha256(raw).hexdigest()[:16]

    def accepts(self, statement: bytes, signature: bytes) -> bool:
        """Whether `signature` was made for `statement` with the key."""
        with suppress(InvalidSignature):
            self._key.verify(signature, statement)
            return True
        return False


class SigningKey:
    """The private key."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = PublicKey(key.public_key())

    @classmethod
    def in_file(cls, path: Path) -> SigningKey:
        """The key in `path`, made there if there is none. Raises ProctorError if it is none."""
        with suppress(FileExistsError):
            _write_new(path)
        try:
            key = load_pem_private_key(path.read_bytes(), password=None)
        except (OSError, ValueError, TypeError) as error:
            raise ProctorError(f"{path} holds no signing key: {error}") from None
        if not isinstance(key, Ed25519PrivateKey):
            raise ProctorError(f"{path} holds no Ed25519 key, which checkpoints are signed with")
        return cls(key)

    @classmethod
    def of_seed(cls, seed: str) -> SigningKey:
        """The key of a seed, 64 hexadecimal digits. Raises ProctorError if it is something else."""
        if not re.fullmatch(r"[0-9a-fA-F]{64}", seed):
            raise ProctorError("PROCTOR_LEDGER_SEED is not 64 hexadecimal digits")
        return cls(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed)))

    def sign(self, statement: bytes) -> bytes:
        """The signature, 64 bytes."""
        return self._key.sign(statement)


def _write_new(path: Path) -> None:
    """Raises FileExistsError if there is a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
        os.link(draft, path)  # Whole or not at all, and never over another's.
    finally:
        draft.unlink()
