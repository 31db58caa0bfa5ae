"""`python -m tests.chaos`: tries faults on a real deployment, and says what came of it."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import time

import structlog

from tests.chaos.campaign import Campaign
from tests.chaos.faults import FAULTS
from tests.chaos.protections import PROTECTIONS


def main() -> int:
    options = _parser().parse_args()
    if options.list:
        for name, fault in FAULTS.items():
            _say(f"{name:<34} {fault.about}")
        return 0
    names = options.fault or _default(options.broken)
    began = time.monotonic()
    # The table is what this says.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    for told_to_stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told_to_stop, signal.default_int_handler)  # So that everything is ended.
    try:
        with Campaign(_say, options.broken) as campaign:
            rows = campaign.run(names, _seeds(options), options.runs)
    except KeyboardInterrupt:
        _say("stopped; everything is ended")
        return 130
    ok = all(row.ok for row in rows)
    _say(f"{len(rows)} faults in {time.monotonic() - began:.0f} s: {'ok' if ok else 'FAILED'}")
    return 0 if ok else 1


def _default(broken: str | None) -> list[str]:
    return [PROTECTIONS[broken].fault] if broken else list(FAULTS)


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - what the command is for


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("fault", nargs="*", choices=[*FAULTS, []], help="all, if none is named")
    parser.add_argument("--seeds", type=int, default=3, help="trials of each fault (3)")
    parser.add_argument("--seed", type=int, default=1, help="the first seed (1)")
    parser.add_argument("--runs", type=int, default=200, help="runs of each trial (200)")
    parser.add_argument("--list", action="store_true", help="the faults there are")
    parser.add_argument(
        "--break", dest="broken", choices=[*PROTECTIONS], help="take one protection away"
    )
    return parser


def _seeds(options: argparse.Namespace) -> list[int]:
    return [options.seed + n for n in range(options.seeds)]


if __name__ == "__main__":
    sys.exit(main())
