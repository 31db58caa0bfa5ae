"""A run in words through the docs of a FastAPI application, Swagger UI as it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.web.serving import serving
from tests.web.swagger import library
from tests.web.ways import asking, made, nobody

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.executor.stage import Seen, Stage
    from tests.support.model_server import ModelServer

STEPS: tuple[dict[str, Any], ...] = (
    {"goto": "/docs"},
    {"act": "open Find Book"},
    {"act": "press the Try it out button"},
    {"act": "type ${isbn} into the isbn field"},
    {"act": 'set copies to "3"'},
    {"act": "press Execute"},
    {"expect": {"text": "200", "in": {"css": ".live-responses-table tbody .response-col_status"}}},
    {"verify": 'the page says "Book 978-0"'},
    {"verify": "the copies field holds 3"},
    {"extract": {"instruction": "Request URL", "schema": {"url": "string"}, "save_as": "asked"}},
    {"expect": {"text": "${asked.url}", "in": {"css": ".curl-command"}}},
)
WORDS = [step for step in STEPS if {"act", "extract", "verify"} & set(step)]
ISBN: dict[str, Any] = {"variables": {"isbn": "978-0"}}


@pytest.fixture(scope="module")
def docs() -> Iterator[str]:
    with serving(library()) as url:
        yield url


@pytest.fixture(scope="module")
def decided(staged: Stage, docs: str) -> Seen:
    """The run as the matcher decides it."""
    return staged.perform(docs, *STEPS, **ISBN, seconds=60)


def test_an_operation_is_tried_out_as_the_matcher_decides(decided: Seen) -> None:
    assert decided.outcome.verdict == "passed", decided.message
    assert made(decided) == {"matcher": len(WORDS)}


def test_it_is_tried_out_again_without_anybody_to_ask_nor_full_chromium(
    staged: Stage, docs: str, decided: Seen
) -> None:
    again = staged.perform(docs, *STEPS, **ISBN, known=decided.known(), model=nobody())
    assert again.outcome.verdict == "passed", again.message
    assert again.changes == []
    assert made(again) == {"replayed": len(WORDS)}


def test_it_is_tried_out_as_a_model_decides(
    staged: Stage, docs: str, model_server: ModelServer
) -> None:
    with asking(model_server, staged.runner) as model:
        seen = staged.perform(docs, *STEPS, **ISBN, model=model, seconds=60)
    assert seen.outcome.verdict == "passed", seen.message
    assert made(seen) == {"model": len(model_server.calls)}
