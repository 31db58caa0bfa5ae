"""A picture of a soak: one small chart a figure, with its trend in the second half."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.soak.judging import Figure
    from tests.soak.sampling import Sample

_WIDTH, _HEIGHT, _GAP, _LEFT = 640, 90, 34, 10


def plot(path: Path, samples: Sequence[Sample], figures: Sequence[Figure]) -> None:
    """Writes the SVG."""
    height = len(figures) * (_HEIGHT + _GAP) + _GAP
    charts = "\n".join(
        line
        for number, figure in enumerate(figures)
        for line in _chart(figure, samples, _GAP + number * (_HEIGHT + _GAP))
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH + 2 * _LEFT}" height="{height}"'
        f' font-family="sans-serif" font-size="12">\n'
        f'<rect width="100%" height="100%" fill="white"/>\n{charts}\n</svg>\n'
    )


def _chart(figure: Figure, samples: Sequence[Sample], top: float) -> Iterator[str]:
    values = [float(getattr(sample, figure.name)) for sample in samples]
    highest, length = max(*values, 1.0), samples[-1].seconds or 1.0
    points = " ".join(
        f"{_LEFT + _WIDTH * sample.seconds / length:.1f},"
        f"{top + _HEIGHT * (1 - value / highest):.1f}"
        for sample, value in zip(samples, values, strict=True)
    )
    colour = "firebrick" if figure.grows else "steelblue"
    middle = _LEFT + _WIDTH * samples[len(samples) // 2].seconds / length
    name = f"{figure.name.replace('_', ' ')} {figure.unit}".strip()
    yield (
        f'<text x="{_LEFT}" y="{top - 6}">{name}: up to {highest:,.0f},'
        f" growth {figure.growth:+,.1f}</text>"
    )
    yield f'<rect x="{_LEFT}" y="{top}" width="{_WIDTH}" height="{_HEIGHT}" fill="whitesmoke"/>'
    yield f'<line x1="{middle}" y1="{top}" x2="{middle}" y2="{top + _HEIGHT}" stroke="silver"/>'
    yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
