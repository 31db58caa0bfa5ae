"""One suite in words on three pages, each drawn by the framework it names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import Route

from tests.web.packages import Package
from tests.web.serving import serving
from tests.web.ways import asking, made, nobody

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.executor.stage import Seen, Stage
    from tests.support.model_server import ModelServer

PAGES = Path(__file__).with_name("todo")
FRAMEWORKS = ("react", "vue", "angular")
NEW = {"label": "What needs to be done?"}
STEPS: tuple[dict[str, Any], ...] = (
    {"goto": "/"},
    {"act": 'type "Buy milk" into What needs to be done?'},
    {"act": "press Enter"},
    {"fill": {**NEW, "value": "Dance"}},
    {"press": {**NEW, "key": "Enter"}},
    {"act": "type ${whom} into the text field"},
    {"act": "press Enter in the text field"},
    {"verify": 'the page says "3 items left"'},
    {"act": "check Done in the item Call Ann"},
    {"expect": {"text": "2 items left"}},
    {"act": 'double-click "Buy milk"'},
    {"act": "type Buy oat milk into Edit todo"},
    {"act": "press Enter in Edit todo"},
    {"act": "click Active"},
    {"expect": {"hidden": {"text": "Call Ann"}}},
    {"observe": "the text field"},
    {"act": "click the Completed link"},
    {"act": "click Remove in the item Call Ann"},
    {"act": "click All"},
    {"extract": {"instruction": "number of items left", "schema": {"left": "integer"},
                 "save_as": "todos"}},
    {"expect": {"text": "${todos.left} items left"}},
    {"expect": {"count": {"role": "listitem", "equals": 2}}},
    {"verify": 'the page says "Buy oat milk"'},
)  # fmt: skip
WORDS = [step for step in STEPS if {"act", "observe", "extract", "verify"} & set(step)]
ANN: dict[str, Any] = {"variables": {"whom": "Call Ann"}}


@pytest.fixture(scope="module", params=FRAMEWORKS)
def page(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of the page drawn by one of the frameworks."""
    react, vue, angular = map(Package, ("dash", "nicegui", "xstatic_angular"))
    file = PAGES / f"{request.param}.html"
    routes = [
        Route("/", lambda _: FileResponse(file)),
        react.at("/react.js", "dash/deps/react@18.3.1.min.js"),
        react.at("/react-dom.js", "dash/deps/react-dom@18.3.1.min.js"),
        vue.at("/vue.js", "nicegui/static/vue.esm-browser.prod.js"),
        angular.at("/angular.js", "xstatic/pkg/angular/data/angular.js"),
    ]
    with serving(Starlette(routes=routes)) as url:
        yield url


@pytest.fixture(scope="module")
def decided(staged: Stage, page: str) -> Seen:
    """The suite as the matcher decides it."""
    return staged.perform(page, *STEPS, **ANN, seconds=60)


def test_the_suite_passes_as_the_matcher_decides_it(decided: Seen) -> None:
    assert decided.outcome.verdict == "passed", decided.message
    assert made(decided) == {"matcher": len(WORDS)}


def test_it_passes_again_without_anybody_to_ask_nor_full_chromium(
    staged: Stage, page: str, decided: Seen
) -> None:
    again = staged.perform(page, *STEPS, **ANN, known=decided.known(), model=nobody())
    assert again.outcome.verdict == "passed", again.message
    assert again.changes == []
    assert made(again) == {"replayed": len(WORDS)}


def test_it_passes_as_a_model_decides_it(
    staged: Stage, page: str, model_server: ModelServer
) -> None:
    with asking(model_server, staged.runner) as model:
        seen = staged.perform(page, *STEPS, **ANN, model=model, seconds=60)
    assert seen.outcome.verdict == "passed", seen.message
    assert made(seen)["model"] == len(model_server.calls)
