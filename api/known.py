"""The decisions that a run is given when it is requested: those known for its test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.decision import Decision, KnownDecision
from domain.said import said_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from psycopg.rows import DictRow

    from domain.definition import Definition
    from domain.said import Said
    from domain.test_definition import TestDefinition
    from projections.reader import ViewReader


def known_for(
    reader: ViewReader, definitions: Sequence[Definition], test: TestDefinition | None = None
) -> list[tuple[KnownDecision, ...] | None]:
    """For each definition what its run may replay; None for one that has nothing to replay."""
    wanting = {_test(one, test) for one in definitions if _replays(one)}
    if not wanting:
        return [None] * len(definitions)
    with reader.now() as snapshot:
        known = snapshot.known_decisions(wanting)
    return [
        _decisions(one, known.get(_test(one, test), {})) if _replays(one) else None
        for one in definitions
    ]


def _replays(definition: Definition) -> bool:
    return definition.in_words and definition.words != "decide"


def _test(definition: Definition, test: TestDefinition | None) -> tuple[str, str]:
    """As the views tell tests apart."""
    name = str(test.id) if test is not None else definition.name
    return name, definition.labels.get("suite", "")


def _decisions(
    definition: Definition, known: Mapping[Said, DictRow]
) -> tuple[KnownDecision, ...] | None:
    found = tuple(
        KnownDecision(
            step=index,
            version=known[said]["version"],
            decision=Decision.model_validate(known[said]["decision"]),
        )
        for index, said in said_in(definition)
        if said in known
    )
    return found or None
