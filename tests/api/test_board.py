"""The Grafana board asks for nothing that no process tells."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx

BOARD = Path(__file__).parents[2] / "deploy" / "monitoring" / "grafana-board.json"


def test_every_figure_on_the_board_is_told_by_a_process(api):
    panels = json.loads(BOARD.read_text())["panels"]
    asked = {
        metric
        for panel in panels
        for target in panel.get("targets", [])
        for metric in re.findall(r"\bproctor_\w+", target["expr"])
    }
    # In one process the API tells of executors and followers too.
    told = re.findall(r"^# TYPE (\w+) (\w+)$", httpx.get(f"{api.url}/metrics").text, re.MULTILINE)
    names = {f"{name}_bucket" if kind == "histogram" else name for name, kind in told}
    assert asked - names == set()
    of_the_system = {name for name in names if not name.endswith("_created")}
    assert of_the_system - asked == set()
