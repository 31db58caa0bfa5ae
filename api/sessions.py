"""Sessions of people who signed in with a browser: a signed cookie that names their key.

It holds nothing that opens anything anywhere else, and the key is looked up with every request, so
a key that is revoked ends its sessions. Any process that knows the secret reads it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as EncodingError
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Mapping

LASTS = 7 * 86_400
"""Seconds after which somebody who did not look any more has to sign in again."""

_RENEWED_AFTER = 86_400
_ID, _TIME, _NONCE, _MAC = 16, 8, 12, 32
_PAYLOAD = _ID + _TIME + _NONCE


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody signed in. `token` is in every form that a page of theirs has, and nowhere else."""

    key_id: UUID
    began: int
    token: str

    @property
    def is_old(self) -> bool:
        """Whether it is time for a new cookie: whoever comes every day is never signed out."""
        return time.time() - self.began > _RENEWED_AFTER


class Sessions:
    """Makes and reads the cookie."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        # Browsers send cookies to every port of a host: two servers on one must not share a name.
        self.cookie = f"proctor_{hashlib.sha256(secret).hexdigest()[:8]}"

    def begin(self, key_id: UUID) -> str:
        """The cookie's value for a new session."""
        began = int(time.time()).to_bytes(_TIME)
        payload = key_id.bytes + began + secrets.token_bytes(_NONCE)
        return urlsafe_b64encode(payload + self._mac(b"session", payload)).decode()

    def read(self, cookies: Mapping[str, str]) -> Session | None:
        """The session that a request's cookies name, if it is one of ours and not over."""
        payload = self._payload(cookies.get(self.cookie, ""))
        if payload is None:
            return None
        began = int.from_bytes(payload[_ID : _ID + _TIME])
        if time.time() - began > LASTS:
            return None
        return Session(UUID(bytes=payload[:_ID]), began, self._mac(b"form", payload).hex())

    def _payload(self, value: str) -> bytes | None:
        try:
            whole = urlsafe_b64decode(value)
        except (EncodingError, ValueError):
            return None
        payload, mac = whole[:_PAYLOAD], whole[_PAYLOAD:]
        is_ours = len(mac) == _MAC and hmac.compare_digest(mac, self._mac(b"session", payload))
        return payload if is_ours else None

    def _mac(self, purpose: bytes, payload: bytes) -> bytes:
        return hmac.digest(self._secret, purpose + payload, "sha256")
