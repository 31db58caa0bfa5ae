"""The parts of the benchmark, each with what it is to reach."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from benchmarks import watching, words, workload
from benchmarks.appends import Appends, events_per_second
from benchmarks.backlog import fill
from benchmarks.evidence import speeds
from benchmarks.history import READS, answer_times, make_history, p50_and_p99, p99_ratio
from benchmarks.memory import megabytes_by_stage, peaks_by_stage
from benchmarks.peers import celery_noop, npx_suite, procrastinate_noop, pytest_suite
from benchmarks.peers.figure import NotMeasuredError
from benchmarks.peers.private_database import private_database
from benchmarks.report import at_least, at_most
from benchmarks.throughput import BARE, DRIVERS, Pipeline, Work, bare_loop, throughput
from tests.support.deployment import embedded, separate
from tests.support.model_server import ModelServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from benchmarks.peers.figure import Figure
    from benchmarks.report import Report
    from tests.support.deployment import Deployment
    from tests.support.rabbitmq import RabbitNode

EMBEDDED = "embedded"
RABBITMQ = "RabbitMQ"
_PAGES = {
    "Now": "/",
    "Tests": "/tests",
    "History": "/history",
    "System": "/system",
    "the past": "/past",
}

_SHARES = {EMBEDDED: at_least(0.95), RABBITMQ: at_least(0.90)}
_ROUNDS = 4
_RUNS = 80
_NO_OP_ROUNDS = 3
_RUNS_IN_WORDS, _ROUNDS_IN_WORDS = 40, 3
_WAITING = 100_000
_SMALL, _LARGE = 1_000, 200_000
_EVENTS = 1_000_000
_SLOWDOWN = 1.3


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is measured: a folder, the shop, and servers of our own."""

    folder: Path
    shop: str
    database_url: str
    broker: RabbitNode

    @contextmanager
    def both(self, name: str) -> Iterator[dict[str, Deployment]]:
        """Proctor in one process and in one for every role, on empty servers."""
        with embedded(self.folder / name / EMBEDDED) as one, self.on_rabbitmq(name) as many:
            yield {EMBEDDED: one, RABBITMQ: many}

    @contextmanager
    def on_rabbitmq(self, name: str, executors: int = 5) -> Iterator[Deployment]:
        """A process for every role, on a database and a virtual host that hold nothing yet."""
        with (
            private_database(self.database_url) as database,
            self.broker.vhost() as broker,
            separate(self.folder / name / RABBITMQ, database, broker, executors) as running,
        ):
            yield running


def browsers(place: Place, report: Report) -> None:
    """Browser runs a second beside bare loops, and where the processor's time goes."""
    with place.both("browsers") as proctors, bare_loop() as bare, bare_loop(drivers=5) as five:
        pipelines = {name: Pipeline(proctor) for name, proctor in proctors.items()}
        contestants = {BARE: bare, DRIVERS: five, **pipelines}
        measured = throughput(Work("buy", place.shop, _RUNS), contestants, _ROUNDS)
    for name in contestants:
        report.add(f"{name}: four steps", measured.rate(name), "runs/s")
    for name in pipelines:
        share = measured.ratio(name)
        report.add(f"{name}: of the bare loop", share, "", _SHARES[name])
        report.add(f"{name}: of one with five drivers", measured.ratio(name, DRIVERS), "")
    report.cpu = {name: measured.milliseconds(name) for name in contestants}


def latency(place: Place, report: Report) -> None:
    """From submission to start on an idle system."""
    with place.both("latency") as proctors:
        for name, proctor in proctors.items():
            p50, p99 = p50_and_p99(workload.submission_to_start(proctor, 200))
            report.add(f"{name}: submission to start, p50", p50, "ms", at_most(30))
            report.add(f"{name}: submission to start, p99", p99, "ms", at_most(100))


def accepting(place: Place, report: Report) -> None:
    """Submissions of 50 clients at once."""
    # One after the other: what was accepted here is still being cleared away while it is over.
    for name, running in (
        (EMBEDDED, embedded(place.folder / "accepting")),
        (RABBITMQ, place.on_rabbitmq("accepting")),
    ):
        with running as proctor:
            single, batches = workload.accepted_per_second(proctor)
        report.add(f"{name}: accepted one by one", single, "runs/s", at_least(500))
        report.add(f"{name}: accepted in batches", batches, "runs/s", at_least(5_000))


def reading(place: Place, report: Report) -> None:
    """Answers with a short history and a long one."""
    with ExitStack() as running:
        servers = {}
        for runs in (_SMALL, _LARGE):
            url = running.enter_context(private_database(place.database_url))
            folder = place.folder / f"history-{runs}"
            server = embedded(folder, executors=1, PROCTOR_DATABASE_URL=url)
            servers[f"{runs:,}"] = running.enter_context(server)
            make_history(url, runs)
        taken = answer_times(servers)
    small, large = taken.values()
    for route in READS:
        p99 = p50_and_p99(large[route])[1]
        report.add(f"GET {route} with 200,000 runs, p99", p99, "ms", at_most(20))
        ratio = p99_ratio(small[route], large[route])
        report.add(f"GET {route}: of the same with 1,000", ratio, "", at_most(_SLOWDOWN))


def memory(place: Place, report: Report) -> None:
    """`serve` that has nothing to do, its database included."""
    with embedded(place.folder / "memory") as proctor:
        proctor.wait_for_status(proctor.submit(name="nothing")["id"])
        used = megabytes_by_stage(proctor.processes["serve"].pid, proctor.data_dir)
    total = used["server"] + used["database"]
    note = ", ".join(f"{stage} {megabytes:.0f}" for stage, megabytes in used.items())
    report.add("idle server with its database", total, "MB", at_most(250), note)


def backlog(place: Place, report: Report) -> None:
    """A hundred thousand runs that wait, while nobody takes any."""
    with place.on_rabbitmq("backlog", executors=0) as proctor:
        filled = fill(proctor, _WAITING)
        report.add(f"{_WAITING:,} waiting: accepted", filled.accepted, "runs/s")
        report.add(f"{_WAITING:,} waiting: shown", filled.shown, "runs/s")
        report.add(f"{_WAITING:,} waiting: published", filled.published, "runs/s")
        peaks = peaks_by_stage()
    note = ", ".join(f"{stage} {megabytes:.0f}" for stage, megabytes in peaks.items())
    report.add("the largest process, at its peak", max(peaks.values()), "MB", at_most(500), note)


def log(place: Place, report: Report) -> None:
    """Eight processes that append as fast as they are answered."""
    ways = {
        "one by one, on disk": Appends(durable=True),
        "one by one, without waiting for the disk": Appends(durable=False),
        "in hundreds, on disk": Appends(durable=True, events=100),
    }
    for name, way in ways.items():
        with private_database(place.database_url) as url:
            report.add(f"the log: {name}", events_per_second(url, way), "events/s")


def evidence(place: Place, report: Report) -> None:
    """A million events: chained, verified, shown anew, and asked about the past."""
    with private_database(place.database_url) as url:
        found = speeds(url, _EVENTS)
    note = f"{found.chained_cpu:.3g} s of a core for 1,000 events"
    report.add("the ledger: chained", found.chained, "events/s", at_least(1_000), note)
    report.add("the ledger: verified", found.verified, "events/s", at_least(50_000))
    report.add("the views: made anew", found.rebuilt, "events/s", at_least(10_000))
    export = found.export_seconds * 1000
    report.add("evidence on one run", export, "ms", at_most(100))
    name = f"a moment in the past of {_EVENTS:,} events"
    report.add(f"{name}, p50", median(found.moments), "s")
    report.add(f"{name}, the slowest of {len(found.moments)}", max(found.moments), "s", at_most(2))


def in_words(place: Place, report: Report) -> None:
    """Replaying what is known, and launching ahead for what is not."""
    over = words.seconds_over_exact(place.shop) * 1000
    report.add("a replayed act over the exact step", over, "ms", at_most(150))
    hidden = words.hidden_by_launching_ahead()
    report.add("of Stagehand's start hidden by launching ahead", hidden, "", at_least(0.8))
    with (
        ModelServer() as model,
        embedded(
            place.folder / "words", PROCTOR_MODEL="test/model", PROCTOR_MODEL_URL=model.url
        ) as proctor,
    ):
        speed = words.speed_of_replay(proctor, place.shop, _RUNS_IN_WORDS, _ROUNDS_IN_WORDS)
        decided = proctor.get("/queue/statistics")["total"]["words"]
        asked = len(model.calls)
    note = f"{asked} model calls for {decided['steps']:,} steps in words"
    report.add("in words, replayed: of the exact steps' speed", speed, "", at_least(0.8), note)


def dashboard(place: Place, report: Report) -> None:
    """What the dashboard is to those who look at it, and to everybody else."""
    with private_database(place.database_url) as url:
        history = embedded(place.folder / "history", executors=1, PROCTOR_DATABASE_URL=url)
        with history as proctor:
            make_history(url, _LARGE)
            paints = {name: watching.first_paint(proctor, at) for name, at in _PAGES.items()}
    for name, paint in paints.items():
        mark = at_most(300) if name == "Now" else None
        report.add(f"first paint of {name} with 200,000 runs", paint, "ms", mark)
    with embedded(place.folder / "dashboard") as proctor:
        for tabs, mark in ((1, None), (20, at_most(300))):
            taken = watching.event_to_screen(proctor, tabs, 40, apart=0.5)
            p95 = taken[int(0.95 * len(taken))]
            report.add(f"an event on the screens of {tabs} tabs, p95", p95, "ms", mark)
        pipeline = Pipeline(proctor)
        contestants = {
            "alone": pipeline,
            "watched": watching.Watched(pipeline, proctor),
            "filmed": watching.Filmed(pipeline, proctor),
        }
        measured = throughput(Work("buy", place.shop, _RUNS), contestants, _ROUNDS)
    share = measured.ratio("watched", "alone")
    report.add("runs a second while somebody watches, of those alone", share, "")
    share = measured.ratio("filmed", "alone")
    report.add("the same while somebody watches all five browsers live", share, "")
    # Rates of neighbours differ by more than this; what server and database use does not.
    alone, watched = (measured.milliseconds(name) for name in ("alone", "watched"))
    more = sum(watched[stage] - alone[stage] for stage in ("server", "database"))
    cost = more / sum(alone.values())
    report.add("processor time of a run that watching takes", cost, "", at_most(0.03))


def no_ops(place: Place, report: Report) -> None:
    """Runs without steps, and the peers' tasks that do nothing, in turn."""
    rates: dict[str, list[float]] = {RABBITMQ: [], "Celery": [], "Procrastinate": []}
    for number in range(_NO_OP_ROUNDS):
        with place.on_rabbitmq(f"no-ops-{number}") as proctor:
            rates[RABBITMQ].append(workload.no_ops_per_second(proctor))
        with private_database(place.database_url) as url, place.broker.vhost() as broker:
            rates["Celery"].append(_rate(celery_noop.measure(broker, url)))
        with private_database(place.database_url) as url:
            rates["Procrastinate"].append(_rate(procrastinate_noop.measure(url)))
    for name, seen in rates.items():
        report.add(f"{name}: runs that do nothing", median(seen), "runs/s")
    shares = [own / peer for own, peer in zip(rates[RABBITMQ], rates["Celery"], strict=True)]
    report.add("RabbitMQ: of Celery's", median(shares), "", at_least(1))


def suite(place: Place, report: Report) -> None:
    """The example suite, twice, and the same under Playwright's own runners."""
    definitions = workload.suite(place.shop)
    with place.both("suite") as proctors:
        for name, proctor in proctors.items():
            seconds = workload.submission_to_verdict(proctor, definitions)
            report.add(
                f"{name}: {len(definitions)} tests, submission to last verdict", seconds, "s"
            )
    for peer in (pytest_suite.measure, npx_suite.measure):
        try:
            figure = peer(place.shop)
        except NotMeasuredError as error:
            report.add(f"{peer.__module__}", None, "", note=str(error))
            continue
        note = f"{figure.workers} workers, start-up included"
        report.add(f"{figure.peer}: the same suite", figure.seconds, "s", note=note)


def _rate(figure: Figure) -> float:
    if figure.per_second is None:
        raise NotMeasuredError(figure.reason)
    return figure.per_second


PARTS: dict[str, Callable[[Place, Report], None]] = {
    "browsers": browsers,
    "latency": latency,
    "accepting": accepting,
    "reading": reading,
    "memory": memory,
    "backlog": backlog,
    "log": log,
    "evidence": evidence,
    "words": in_words,
    "dashboard": dashboard,
    "no-ops": no_ops,
    "suite": suite,
}
