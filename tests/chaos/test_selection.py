"""A short selection of the faults: for each protection the one that would show it missing.

`make chaos` tries all of them, with three seeds, and judges times too.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.chaos.campaign import Campaign
from tests.chaos.table import evidence

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
RUNS = 80
SELECTION = [
    "executor_killed_mid_step",  # late acknowledgement, takeover
    "executor_killed_browser_frozen",  # the reaper
    "executor_frozen",  # fencing
    "delivery_duplicated",  # the version check
    "broker_killed_publishing",  # the publisher confirm
    "database_reply_lost",  # commits in doubt
    "database_stopped",  # readiness, refusals, supervision
]


@pytest.fixture(scope="module")
def campaign() -> Iterator[Campaign]:
    if not SERVER.exists():
        missing = f"RabbitMQ is not installed ({SERVER}): apt-get install rabbitmq-server"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    with Campaign(print) as campaign:
        yield campaign


@pytest.mark.timeout(240)
@pytest.mark.parametrize("fault", SELECTION)
def test_nothing_is_lost_doubled_or_left_over(campaign: Campaign, fault: str) -> None:
    (row,) = campaign.run([fault], seeds=[int(os.environ.get("SEED", "1"))], runs=RUNS)
    assert row.true, "\n".join(evidence(row))
