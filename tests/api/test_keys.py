"""Nobody reads or changes anything without a key whose role allows it."""

from __future__ import annotations

from uuid import uuid4

import httpx
import pytest

from tests.support.waiting import wait_until

OPEN = {"/health/live", "/health/ready", "/metrics", "/openapi.json", "/"}


def routes(api):
    """Every route of the contract with a harmless request, from its own description."""
    document = httpx.get(f"{api.url}/openapi.json").json()
    for path, methods in document["paths"].items():
        for method in methods:
            yield (
                method.upper(),
                path.replace("{run_id}", str(uuid4()))
                .replace("{test_id}", str(uuid4()))
                .replace("{key_id}", str(uuid4()))
                .replace("{name}", "x"),
            )


def test_every_route_but_health_asks_for_a_key(api):
    asked = [(method, path) for method, path in routes(api) if path not in OPEN]
    assert len(asked) > 20
    for method, path in asked:
        answer = httpx.request(method, f"{api.url}{path}")
        assert answer.status_code == 401, (method, path)
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("key", ["", "nonsense", "proctor_zz_zz", f"proctor_{uuid4().hex}_secret"])
def test_a_key_that_is_none_opens_nothing(api, key):
    assert api.with_key(key).get("/runs").status_code == 401


@pytest.mark.parametrize(
    ("role", "method", "path", "allowed"),
    [
        ("viewer", "GET", "/runs", True),
        ("viewer", "POST", "/runs", False),
        ("viewer", "POST", f"/runs/{uuid4()}/cancel", False),
        ("submitter", "POST", "/runs", True),
        ("submitter", "POST", "/queue/clear", False),
        ("submitter", "POST", "/queue/pause", False),
        ("submitter", "POST", "/keys", False),
        ("submitter", "GET", "/keys", False),
        ("admin", "GET", "/keys", True),
        ("admin", "POST", "/queue/clear", True),
    ],
)
def test_a_role_may_do_its_own_and_no_more(api, role, method, path, allowed):
    answer = api.as_(role).request(method, path)
    assert (answer.status_code != 403) == allowed
    if not allowed:
        assert f"the key has role {role}" in answer.json()["detail"]


def test_a_new_key_is_shown_once_and_stored_as_a_hash(api):
    made = api.admin.post("/keys", json={"role": "viewer", "name": "ci"}).json()
    assert api.with_key(made["key"]).get("/runs").status_code == 200
    secret = made["key"].rsplit("_", 1)[1]
    everything = api.admin.get("/events", params={"limit": 1000}).text
    assert secret not in everything
    assert "digest" not in everything
    assert secret not in str([r.event for r in api.log.read(0)])
    assert made["id"] in [key["id"] for key in api.admin.get("/keys").json()["items"]]


def test_a_revoked_key_opens_nothing(api):
    made = api.admin.post("/keys", json={"role": "viewer"}).json()
    client = api.with_key(made["key"])
    assert client.get("/runs").status_code == 200
    assert api.admin.delete(f"/keys/{made['id']}").status_code == 204
    wait_until(lambda: client.get("/runs").status_code == 401, "the key to be refused", timeout=3)
