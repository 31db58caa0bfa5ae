"""Histories written by hand, at moments of one's own, and read for a simulation."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from domain.event import UnknownEvent
from domain.log import Recorded
from domain.run import evolve
from domain.run_events import RunEvent
from projections.simulation.reading import TOPICS, Reading
from projections.simulation.recording import SECOND
from projections.simulation.span import Span
from tests.support.examples import FAILURE, MOMENT, requested

MICROSECOND = timedelta(microseconds=1)


class History:
    """A log in memory; moments are microseconds from its beginning."""

    def __init__(self):
        self.recorded = []
        self.runs = {}

    def append(self, at, *events):
        for event in events:
            dated = event.model_copy(update={"at": MOMENT + at * MICROSECOND})
            self.recorded.append(Recorded(len(self.recorded) + 1, dated))
            if isinstance(event, RunEvent):
                run_id = event.originator_id
                self.runs[run_id] = evolve(self.runs.get(run_id), event)

    def request(self, at, **said):
        run_id = UUID(int=len(self.runs) + 1)
        self.append(at, requested(run_id, **said))
        return run_id

    def ran(self, run_id, began, ended, executor="e1"):
        """One attempt that passed."""
        self.start(run_id, began, executor)
        self.append(ended, self.runs[run_id].pass_(executor, duration=0.0))

    def start(self, run_id, at, executor="e1"):
        run = self.runs[run_id]
        self.append(at, run.start(executor, run.dispatch_id))

    def newer(self, at, topic, subject):
        """An event of this name in a form that only a newer Proctor knows."""
        version = self.runs[subject].version + 1 if subject in self.runs else 1
        event = UnknownEvent(
            originator_id=subject, originator_version=version, by="key:1",
            stored_topic=topic, state={"class_version": 99},
        )  # fmt: skip
        self.append(at, event)
        if subject in self.runs:
            self.runs[subject] = evolve(self.runs[subject], event)

    def give_back(self, run_id, at):
        self.append(at, *self.runs[run_id].give_up_attempt("e1", FAILURE))

    def recording(self, since=0, until=None, pool="default", ends=None, paused=False):
        """Read as a span of a real log is."""
        ended_by = self._position(until) if ends is None else ends
        span = Span(
            MOMENT + since * MICROSECOND, MOMENT + timedelta(days=1), pool, 0,
            self._position(since - 1), ended_by, paused,
        )  # fmt: skip
        reading = Reading(span)
        for each in self.recorded:
            if reading.complete:
                break
            if each.event.topic in TOPICS:
                reading.take(each)
        return reading.finish()

    def _position(self, until):
        return max(
            (
                each.position
                for each in self.recorded
                if until is None or each.event.at <= MOMENT + until * MICROSECOND
            ),
            default=0,
        )


def seconds(number):
    return round(number * SECOND)
