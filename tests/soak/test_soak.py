"""The soak's judgement: what grows is told from what merely moves."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING

import pytest

from tests.soak.judging import judged
from tests.soak.plot import plot
from tests.soak.report import save, table
from tests.soak.sampling import Sample
from tests.soak.trend import theil_sen

if TYPE_CHECKING:
    from pathlib import Path

NOISE = [0.0, 9.0, -4.0, 2.0, -8.0, 5.0, -1.0]


def soaked(number: int = 120, **growth_per_sample: float) -> list[Sample]:
    """Samples that move as real ones do, and grow as they are told to."""
    steady = {
        "own_memory": 450.0, "browser_memory": 600.0, "database_memory": 200.0, "processes": 40,
        "descriptors": 900, "views_lag": 5, "relay_lag": 2, "connections": 30,
    }  # fmt: skip
    moves = cycle(NOISE)
    return [
        Sample(
            seconds=number * 5.0,
            submitted=number * 10,
            **{  # type: ignore[arg-type]
                name: value * (1 + next(moves) / 1000) + growth_per_sample.get(name, 0.0) * number
                for name, value in steady.items()
            },
        )
        for number in range(number)
    ]


def growing(samples: list[Sample]) -> list[str]:
    return [figure.name for figure in judged(samples) if figure.grows]


def test_what_only_moves_does_not_grow() -> None:
    assert growing(soaked()) == []


@pytest.mark.parametrize("figure", ["own_memory", "browser_memory", "descriptors", "processes",
                                    "views_lag", "relay_lag", "connections"])  # fmt: skip
def test_what_grows_by_little_each_time_is_found(figure: str) -> None:
    assert growing(soaked(120, **{figure: 2.0})) == [figure]


def test_a_single_peak_is_not_a_trend() -> None:
    samples = soaked()
    peak = Sample(595.0, 1190, 5000, 6000, 200, 400, 9000, 900, 900, 300)
    assert growing([*samples[:-1], peak]) == []


def test_what_fills_while_everything_warms_up_is_not_a_trend() -> None:
    cold = [Sample(n * 5.0, n * 10, 450 - 5 * (60 - n), 600, 200, 40, 900, 5, 2, 30)
            for n in range(60)]  # fmt: skip
    assert growing([*cold, *soaked()[60:]]) == []


def test_the_buffers_of_the_database_are_not_judged() -> None:
    assert growing(soaked(database_memory=5.0)) == []


def test_too_short_a_soak_says_so() -> None:
    with pytest.raises(ValueError, match="15 samples are too few"):
        judged(soaked(15))


def test_the_slope_is_that_of_most_pairs() -> None:
    assert theil_sen([0, 1, 2, 3, 4], [0, 2, 4, 60, 8]).slope == 2


def test_a_report_has_every_sample_and_a_chart_for_every_figure(tmp_path: Path) -> None:
    samples = soaked(connections=2.0)
    figures = judged(samples)
    save(tmp_path / "new" / "soak.json", samples, figures)
    plot(tmp_path / "soak.svg", samples, figures)
    assert (tmp_path / "new" / "soak.json").read_text().count('"seconds"') == len(samples)
    assert (tmp_path / "soak.svg").read_text().count("<polyline") == len(figures)
    assert table(samples, figures).row_count == len(figures)
