"""The clients: threads that send their share of the workload and write down every answer."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import httpx

from tests.chaos.truthful import UNCERTAIN

if TYPE_CHECKING:
    from tests.chaos.ledger import Entry, Ledger
    from tests.chaos.workload import Ask

_CLIENTS = 6
_TIMEOUT = httpx.Timeout(12.0, connect=2.0)
_PATIENCE = 100.0
"""Seconds for which a client asks again."""
_PAUSE = 0.3


class Clients:
    """Send the ledger's workload to the API at `url`."""

    def __init__(self, url: str, key: str, ledger: Ledger) -> None:
        self._url = f"{url}/api/v1"
        self._headers = {"Authorization": f"Bearer {key}"}
        self._ledger = ledger
        self._began = time.monotonic()
        self._given_up = threading.Event()
        self._threads = [
            threading.Thread(target=self._send, args=(n,), name=f"chaos client {n}")
            for n in range(_CLIENTS)
        ]

    def start(self) -> None:
        """Begins to send; returns at once."""
        self._began = time.monotonic()
        for thread in self._threads:
            thread.start()

    def give_up(self) -> None:
        """Sends and waits for nothing more."""
        self._given_up.set()

    def join(self, timeout: float) -> None:
        """Waits until everything was sent and answered. Raises AssertionError after `timeout` s."""
        end = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
            assert not thread.is_alive(), f"{thread.name} was not done within {timeout:g} s"

    def _send(self, share: int) -> None:
        mine = [ask for ask in self._ledger.workload.asks if ask.number % _CLIENTS == share]
        todo = [(ask.at, "ask", ask) for ask in mine]
        todo += [(ask.at + 1.0, "ask", ask) for ask in mine if ask.repeated]
        todo += [
            (ask.at + ask.cancel_after, "cancel", ask)
            for ask in mine
            if ask.cancel_after is not None
        ]
        with httpx.Client(base_url=self._url, headers=self._headers, timeout=_TIMEOUT) as http:
            for at, what, ask in sorted(todo, key=lambda each: each[0]):
                if self._given_up.wait(max(0.0, self._began + at - time.monotonic())):
                    return
                (self._ask if what == "ask" else self._cancel)(http, ask)

    def _ask(self, http: httpx.Client, ask: Ask) -> None:
        entry = self._ledger.entries[ask.number]
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            entry.sent += 1
            if self._answered(http, ask, entry) or self._given_up.wait(_PAUSE):
                return

    def _answered(self, http: httpx.Client, ask: Ask, entry: Entry) -> bool:
        """Whether the client has reason to stop asking."""
        try:
            answer = self._post(http, ask)
        except httpx.ConnectError:
            return False  # Nobody has heard it.
        except httpx.TransportError:
            entry.lost_answers += 1
            return ask.key is None
        if answer.status_code == 202:
            self._ledger.accept(ask.number, ids_in(answer.json()))
            return True
        if answer.status_code not in {429, 503}:
            entry.wrong.append(f"{answer.status_code} {answer.text[:300]}")
            return True
        if UNCERTAIN in answer.text:
            entry.uncertain += 1
            return ask.key is None
        entry.refusals.append(answer.text[:300])
        return False

    def _post(self, http: httpx.Client, ask: Ask) -> httpx.Response:
        headers = {"Idempotency-Key": ask.key} if ask.key else {}
        if ask.batch:
            return http.post("/batches", json={"runs": list(ask.runs)}, headers=headers)
        return http.post("/runs", json=ask.runs[0], headers=headers)

    def _cancel(self, http: httpx.Client, ask: Ask) -> None:
        entry = self._ledger.entries[ask.number]
        if entry.accepted is None:
            return
        entry.cancel_sent = True
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            try:
                answer = http.post(f"/runs/{entry.accepted[0]}/cancel")
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code in {202, 409}:
                entry.cancelled = entry.cancelled or answer.status_code == 202
                return
            if answer is not None and answer.status_code not in {429, 503}:
                entry.wrong.append(f"cancel: {answer.status_code} {answer.text[:300]}")
                return
            if self._given_up.wait(_PAUSE):
                return


def ids_in(answer: dict[str, Any]) -> tuple[str, ...]:
    """The runs of an answer, in the order they were asked for."""
    runs = answer.get("runs", [answer])
    return tuple(run["id"] for run in runs)
