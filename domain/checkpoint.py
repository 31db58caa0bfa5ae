"""A checkpoint: a signed word on the log up to a position, which nobody can take back."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated

from pydantic import AwareDatetime, Field, PlainSerializer, PlainValidator

from domain.values import Frozen


def _bytes(raw: object) -> bytes:
    return raw if isinstance(raw, bytes) else bytes.fromhex(str(raw))


Hex = Annotated[bytes, PlainValidator(_bytes), PlainSerializer(bytes.hex, return_type=str)]
"""Bytes, written in hexadecimal."""


class Checkpoint(Frozen):
    """The `count` events from position `first` to `last`, and by the chain all before them.

    `root` is the Merkle root over those events, `chain` the link of the last of them, `previous`
    the hash of the checkpoint before. `key` names the public key that `signature` was made for.
    """

    number: Annotated[int, Field(ge=1)]
    first: Annotated[int, Field(ge=1)]
    last: Annotated[int, Field(ge=1)]
    count: Annotated[int, Field(ge=1)]
    root: Hex
    chain: Hex
    previous: Hex
    at: AwareDatetime
    key: str
    signature: Hex = b""

    @property
    def statement(self) -> bytes:
        """What is signed: every field but the signature, as compact JSON with sorted keys."""
        fields = self.model_dump(mode="json", exclude={"signature"})
        return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()

    @property
    def digest(self) -> bytes:
        """What the next checkpoint names this one by."""
        return hashlib.sha256(self.statement + self.signature).digest()


BEFORE_ALL = bytes(32)
"""What the first checkpoint names as the one before."""
