"""A recording's figures beside those of the same queue under other conditions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from projections.simulation.agreement import order_agreement
from projections.simulation.course import happened
from projections.simulation.figures import Figures, figures
from projections.simulation.playing import play

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.ageing import AgeingRule
    from projections.simulation.priority_rules import PriorityRule
    from projections.simulation.recording import Recording


@dataclass(frozen=True, slots=True)
class Simulated:
    """What would have been, and how closely its order of starts is that of what was (0 to 1)."""

    figures: Figures
    order_agreement: float


def simulate(
    recording: Recording, executors: Sequence[int], rule: PriorityRule, ageing: AgeingRule
) -> tuple[Figures, list[Simulated]]:
    """What happened, and what would have with each of these numbers of executors (1 or more).

    The same for the same recording, always. Runs, people's changes, cancellations and pauses come
    when they came; an attempt takes as long as it took, and a run has as many of them; a message
    takes no time to an executor, and an executor from one run to the next what they typically took.
    """
    was = happened(recording)
    simulated = []
    for number in executors:
        course = play(recording, number, rule, ageing)
        simulated.append(Simulated(figures(course, recording), order_agreement(was, course)))
    return figures(was, recording), simulated
