"""An API key: what it may do, and the hash that recognises it; never the key itself."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Literal
from uuid import UUID, uuid4

from domain.errors import IllegalTransitionError
from domain.event import Event
from domain.values import Name

if TYPE_CHECKING:
    from typing import Self

Role = Literal["viewer", "submitter", "admin"]
ROLES: tuple[Role, ...] = ("viewer", "submitter", "admin")
"""Each role may do what the ones before it may."""

FIRST_START = "first start"
"""Whose doing the key is that a server makes for its owner."""

_PREFIX = "proctor"


class KeyCreated(Event):
    """Somebody created a key; `digest` is the SHA-256 of its secret, which has 256 random bits."""

    TOPIC: ClassVar[str] = "KeyCreated"
    NOUN: ClassVar[str] = "key"
    HIDDEN: ClassVar[frozenset[str]] = frozenset({"digest"})

    name: Name
    role: Role
    digest: str


class KeyRevoked(Event):
    """The key opens nothing any more."""

    TOPIC: ClassVar[str] = "KeyRevoked"
    NOUN: ClassVar[str] = "key"


@dataclass(frozen=True, slots=True)
class Credential:
    """A key as its owner holds it: `proctor_<id>_<secret>`."""

    key_id: UUID
    secret: str

    @classmethod
    def new(cls) -> Self:
        """A fresh one."""
        return cls(uuid4(), secrets.token_hex(32))

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The credential in `text`, or None if it is not of that form."""
        prefix, _, rest = text.partition("_")
        key_id, _, secret = rest.partition("_")
        if prefix != _PREFIX or not secret:
            return None
        try:
            return cls(UUID(hex=key_id), secret)
        except ValueError:
            return None

    @property
    def digest(self) -> str:
        """What is stored of it."""
        return hashlib.sha256(self.secret.encode()).hexdigest()

    def __str__(self) -> str:
        return f"{_PREFIX}_{self.key_id.hex}_{self.secret}"

    def __repr__(self) -> str:
        return f"Credential({self.key_id}, secret hidden)"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key at one version of its history."""

    id: UUID
    version: int
    name: str
    role: Role
    digest: str
    revoked: bool = False

    def opens_with(self, credential: Credential) -> bool:
        """Whether the credential is this key's, and still good."""
        return not self.revoked and hmac.compare_digest(self.digest, credential.digest)

    def allows(self, role: Role) -> bool:
        """Whether the key may do what `role` may."""
        return ROLES.index(self.role) >= ROLES.index(role)

    def revoke(self, by: str) -> KeyRevoked:
        """The key opens nothing any more."""
        if self.revoked:
            raise IllegalTransitionError(f"key {self.id}", "revoke it", "revoked")
        return KeyRevoked(originator_id=self.id, originator_version=self.version + 1, by=by)


def create(credential: Credential, by: str, name: str, role: Role) -> KeyCreated:
    """The first event of a key."""
    return KeyCreated(
        originator_id=credential.key_id,
        originator_version=1,
        by=by,
        name=name,
        role=role,
        digest=credential.digest,
    )


def evolve(key: ApiKey | None, event: Event) -> ApiKey:
    """The key after `event`, the next in its history.

    A newer Proctor may say more of a revocation than this one knows; it is one all the same.
    """
    if isinstance(event, KeyCreated):
        return ApiKey(event.originator_id, 1, event.name, event.role, event.digest)
    if key is None:
        raise TypeError(f"a key begins with KeyCreated, not {event.topic}")
    revoked = key.revoked or event.topic == KeyRevoked.TOPIC
    return replace(key, version=event.originator_version, revoked=revoked)
