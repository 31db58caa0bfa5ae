"""API keys: make, list, revoke."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

from api.keys import Admin, Viewer, key_id_in
from api.models.keys import KeyPage, KeyRequest, KeyView, NewKey, OwnKey
from api.requests import Now, Wired
from domain.api_key import Credential, create

router = APIRouter(prefix="/keys", tags=["keys"])


@router.post("", status_code=201)
def create_key(wanted: KeyRequest, who: Admin, looking: Now) -> NewKey:
    """Makes a key; the answer is the only place where it is ever shown."""
    credential = Credential.new()
    position = looking.services.log.append(create(credential, who, wanted.name, wanted.role))
    looking.services.clock.wait_for(position, 2.0)
    looking.response.headers["Location"] = f"/api/v1/keys/{credential.key_id}"
    return NewKey(id=credential.key_id, name=wanted.name, role=wanted.role, key=str(credential))


@router.get("")
def list_keys(_: Admin, looking: Now) -> KeyPage:
    """Every key, without what opens it."""
    with looking.snapshot() as snapshot:
        return KeyPage(items=[KeyView.model_validate(row) for row in snapshot.api_keys()])


@router.get("/own")
def own_key(who: Viewer, services: Wired) -> OwnKey:
    """The key that asks: who it is, and what it may do."""
    key = services.log.key(key_id_in(who))
    return OwnKey(id=key.id, name=key.name, role=key.role)


@router.delete("/{key_id}", status_code=204)
def revoke_key(key_id: UUID, who: Admin, looking: Now) -> None:
    """Lets a key open nothing any more, within a second everywhere."""
    log = looking.services.log
    position = log.append(log.key(key_id).revoke(who))
    looking.services.clock.wait_for(position, 2.0)
