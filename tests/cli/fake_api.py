"""A server that answers as Proctor does: over `httpx.MockTransport`, or real HTTP."""

from __future__ import annotations

import json
import threading
from collections import Counter, defaultdict
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import httpx

from cli.client import Client, Server

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

BATCH = "b0000000-0000-4000-8000-000000000000"


def run_id(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-000000000000"


def a_run(number: int = 1, **facts: Any) -> dict[str, Any]:
    return {
        "id": run_id(number), "name": f"test {number}", "status": "queued", "priority": 5,
        "queue_position": None, "queued_at": "2026-11-23T12:00:00Z", "started_at": None,
        "finished_at": None, "attempt": 1, "executor": None, "steps_total": 2, "steps_passed": 0,
        "flaky": False, "labels": {"suite": "S"}, "test_id": None, "test_version": None,
        "batch_id": BATCH, "error": None, "expect": "passed", "queue_seconds": None,
        "duration": None,
    } | facts  # fmt: skip


def an_error(message: str, step: int | None = 0) -> dict[str, Any]:
    return {"kind": "expectation", "message": message, "step": step}


class FakeApi:
    """Runs that move on when their events are read; `refusals` are answered before anything else.

    `verdicts` are what submitted tests come to, by name.
    """

    def __init__(self, *runs: dict[str, Any], verdicts: dict[str, Any] | None = None) -> None:
        self.runs = {run["id"]: run for run in runs}
        self.verdicts = verdicts or {}
        self.refusals: list[httpx.Response | Exception] = []
        self.streams: list[httpx.Response | Exception] = []
        self.asked: Counter[str] = Counter()
        self.requests: list[httpx.Request] = []
        self.largest = 1_000
        self.decisions: list[dict[str, Any]] = []
        self.events: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        self.artifacts: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        self.executors: list[dict[str, Any]] = []
        self.figures: dict[str, Any] | None = None
        self.paused = False
        self.role = "admin"

    def client(self) -> Client:
        transport = httpx.MockTransport(self)
        return Client(Server("http://proctor", "k"), transport, pause=self.pauses.append)

    @property
    def pauses(self) -> list[float]:
        return self.__dict__.setdefault("_pauses", [])

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api/v1")
        self.asked[f"{request.method} {path}"] += 1
        self.requests.append(request)
        planned = self.streams if path == "/stream" else self.refusals
        if planned:
            answer = planned.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        return self._answer(request, path)

    def _answer(self, request: httpx.Request, path: str) -> httpx.Response:
        rooms = {"queue": self._queue, "runs": self._runs, "executors": self._executors}
        room, *parts = path.strip("/").split("/")
        if room in rooms:
            answer = rooms[room](request, [request.method, *parts])
        else:
            answer = self._other(request, [request.method, room, *parts])
        return answer or httpx.Response(404, json={"detail": f"there is no {path}"})

    def _queue(self, _: httpx.Request, parts: list[str]) -> httpx.Response | None:
        match parts:
            case ["GET", "status"]:
                return httpx.Response(200, json=self.status())
            case ["GET", ("active" | "waiting") as which]:
                wanted = {"active": "running", "waiting": "queued"}[which]
                return self._page([r for r in self.runs.values() if r["status"] == wanted])
            case ["GET", "latest"]:
                over = [r for r in self.runs.values() if r["status"] not in {"queued", "running"}]
                over.sort(key=lambda run: run["finished_at"] or "", reverse=True)
                return self._page(over)
            case ["GET", "statistics"]:
                return httpx.Response(200, json={"total": self.figures})
            case ["POST", ("pause" | "resume") as verb]:
                self.paused = verb == "pause"
                return httpx.Response(200, json=self.status())
        return None

    def _executors(self, _: httpx.Request, parts: list[str]) -> httpx.Response | None:
        match parts:
            case ["POST", one, ("drain" | "resume") as verb]:
                for executor in self.executors:
                    if executor["id"] == one:
                        executor["state"] = "drained" if verb == "drain" else "idle"
                        return httpx.Response(200, json=self.status())
        return None

    def _runs(self, request: httpx.Request, parts: list[str]) -> httpx.Response | None:
        match parts:
            case ["GET"]:
                wanted = request.url.params.get_list("status")
                fits = [r for r in self.runs.values() if not wanted or r["status"] in wanted]
                return self._page(fits)
            case ["GET", one, ("artifacts" | "events") as kind]:
                return self._page((self.events if kind == "events" else self.artifacts)[one])
            case ["GET", one]:
                return httpx.Response(200, json=self.runs[one])
            case ["POST", one, "cancel"]:
                return self._cancel(one)
            case ["PATCH", one]:
                self.runs[one]["priority"] = json.loads(request.content)["priority"]
                return httpx.Response(200, json=self.runs[one])
        return None

    def _other(self, request: httpx.Request, parts: list[str]) -> httpx.Response | None:
        match parts:
            case [method, "decisions"]:
                forgotten = httpx.Response(200, json={"forgotten": len(self.decisions)})
                return self._page(self.decisions) if method == "GET" else forgotten
            case ["GET", "keys", "own"]:
                return httpx.Response(200, json={"id": run_id(0), "name": "k", "role": self.role})
            case ["GET", "stream"]:
                return self._ended()
            case ["POST", "batches"]:
                return self._accept(json.loads(request.content)["runs"])
        return None

    def status(self) -> dict[str, Any]:
        return {
            "queued": len(self.runs), "active": 0, "max_concurrent": 5, "available": 5,
            "paused": self.paused, "by_priority": {}, "oldest_queued_seconds": None,
            "executors": self.executors,
            "broker": {"kind": "memory", "ready": 0, "unacked": 0, "consumers": 5}, "position": 7,
        }  # fmt: skip

    def _page(self, items: list[dict[str, Any]]) -> httpx.Response:
        return httpx.Response(200, json={"items": items, "next": None})

    def _accept(self, definitions: list[dict[str, Any]]) -> httpx.Response:
        if len(self.runs) + len(definitions) > self.largest:
            return httpx.Response(422, json={"detail": "runs: too many"})
        made = []
        for definition in definitions:
            facts = {"name": definition["name"], "expect": definition["expect"]}
            made.append(a_run(len(self.runs) + 1, **facts, labels=definition["labels"]))
            self.runs[made[-1]["id"]] = made[-1]
        return httpx.Response(202, json={"batch_id": BATCH, "runs": made})

    def _cancel(self, one: str) -> httpx.Response:
        if self.runs[one]["status"] != "queued":
            said = f"run {one} is {self.runs[one]['status']}: cannot cancel"
            return httpx.Response(409, json={"detail": said})
        self.runs[one]["status"] = "cancelled"
        return httpx.Response(202, json=self.runs[one])

    def _ended(self) -> httpx.Response:
        """Every run comes to its verdict, and the stream says so."""
        events = []
        for position, run in enumerate(self.runs.values(), 8):
            run.update({"status": "passed", "duration": 0.5} | self.verdicts.get(run["name"], {}))
            events.append(an_event(position, run["id"], "RunPassed"))
        return streamed(*events)


def an_executor(number: int = 1, **facts: Any) -> dict[str, Any]:
    return {
        "id": f"executor-{number}", "state": "idle", "run_id": None, "since": "2026-11-23T12:00:00Z"
    } | facts  # fmt: skip


def an_artifact(kind: str, run: str, **facts: Any) -> dict[str, Any]:
    return {
        "name": f"{kind}.png", "kind": kind, "size": 1_000, "sha256": "0" * 64, "attempt": 1,
        "step": 0, "url": f"/api/v1/runs/{run}/artifacts/{kind}.png",
    } | facts  # fmt: skip


def an_event(position: int, run: str, kind: str, **data: Any) -> dict[str, Any]:
    return {
        "position": position, "run_id": run, "version": 1, "type": kind,
        "at": "2026-11-23T12:00:00Z", "by": "executor-1", "data": data,
    }  # fmt: skip


def streamed(*events: dict[str, Any]) -> httpx.Response:
    blocks = [f"id: {e['position']}\nevent: {e['type']}\ndata: {json.dumps(e)}\n\n" for e in events]
    return httpx.Response(200, text=": connected\n\n" + "".join(blocks))


@contextmanager
def served(api: FakeApi, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """The same over HTTP, for whole commands; over TLS where there is a certificate."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            content = self.rfile.read(length)
            answer = api(
                httpx.Request(
                    self.command,
                    f"http://x{self.path}",
                    headers=dict(self.headers),
                    content=content,
                )
            )
            self.send_response(answer.status_code)
            for name in ("Content-Type", "Retry-After", "Location"):
                if name in answer.headers:
                    self.send_header(name, answer.headers[name])
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_POST = do_PATCH = do_DELETE = do_GET  # noqa: N815 - named by the library

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
