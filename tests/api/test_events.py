"""The log over HTTP: in pages, and live."""

from __future__ import annotations

import json
import threading


def test_events_come_in_pages_from_a_position(api, buy):
    for _ in range(3):
        api.admin.post("/runs", json=buy)
    first = api.admin.get("/events", params={"limit": 2}).json()
    rest = api.admin.get("/events", params={"after": first["next"]}).json()
    events = first["items"] + rest["items"]
    assert [event["type"] for event in events] == ["KeyCreated"] + ["RunRequested"] * 3
    positions = [event["position"] for event in events]
    assert positions == sorted(positions)


def streamed(lines, count):
    found = []
    for line in lines:
        if line.startswith("data: "):
            found.append(json.loads(line.removeprefix("data: ")))
            if len(found) == count:
                return found
    return found


def test_the_stream_sends_what_was_and_then_what_comes(api, buy):
    api.admin.post("/runs", json=buy)
    with api.admin.stream("GET", "/stream", params={"after": 0}) as stream:
        lines = stream.iter_lines()
        assert [e["type"] for e in streamed(lines, 2)] == ["KeyCreated", "RunRequested"]
        threading.Thread(target=lambda: api.admin.post("/runs", json=buy)).start()
        assert streamed(lines, 1)[0]["type"] == "RunRequested"


def test_the_stream_goes_on_behind_the_last_event_seen(api, buy):
    runs = [api.admin.post("/runs", json=buy).json()["id"] for _ in range(3)]
    second = api.log.history(runs[1])[0].position
    headers = {"Last-Event-ID": str(second)}
    with api.admin.stream("GET", "/stream", headers=headers) as stream:
        assert streamed(stream.iter_lines(), 1)[0]["run_id"] == runs[2]
