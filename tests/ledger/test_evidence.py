"""An export proves a run's history by itself, and shows whatever was done to it."""

from __future__ import annotations

import json

import pytest

from domain.errors import ConflictError, NotFoundError, ProctorError
from projections.ledger.checking import check, is_over, read_evidence
from projections.ledger.evidence import evidence_on
from runtime.database import connect
from runtime.signing import SigningKey
from tests.support.examples import KEY, RUN, requested


@pytest.fixture
def exported(kept):
    """The evidence on a run among others, as it is written into a file."""
    kept.happen(5)
    wanted = requested()
    kept.log.append(wanted)
    kept.seal()
    kept.happen(3)
    kept.log.append(kept.log.run(RUN).cancel(f"key:{KEY}"))
    kept.happen(2)
    kept.seal()
    with connect(kept.url, "test") as connection:
        return json.loads(evidence_on(connection, RUN).model_dump_json())


def checked(exported, *keys):
    evidence = read_evidence(json.dumps(exported))
    return [(finding.sort, finding.position) for finding in check(evidence, keys)]


def test_an_export_that_nobody_touched_holds(exported, key):
    assert checked(exported, key.public) == []
    evidence = read_evidence(json.dumps(exported))
    assert is_over(evidence)
    assert [event.topic for event in evidence.events] == ["RunRequested", "RunCancelled"]
    assert [event.checkpoint for event in evidence.events] == [1, 2]


def test_every_field_of_every_event_is_proven(exported, key):
    for at, event in enumerate(exported["events"]):
        for field, value in (
            ("position", event["position"] + 1),
            ("version", event["version"] + 1),
            ("topic", "RunPassed"),
            ("state", event["state"].replace("key", "kay")),
            ("index", event["index"] - 1),
        ):
            forged = json.loads(json.dumps(exported))
            forged["events"][at][field] = value
            assert checked(forged, key.public) != [], field


def test_an_event_left_out_or_doubled_is_missed(exported, key):
    first, second = exported["events"]
    assert checked(exported | {"events": [second]}, key.public) == [("removed", 0)]
    assert checked(exported | {"events": [first, first, second]}, key.public) == [("removed", 0)]
    assert checked(exported | {"events": [second, first]}, key.public) == [("reordered", 0)]


def test_a_history_cut_short_is_not_over(exported, key):
    evidence = read_evidence(json.dumps(exported | {"events": exported["events"][:1]}))
    assert check(evidence, [key.public]) == []
    assert not is_over(evidence)


def test_a_checkpoint_of_another_key_is_told(exported, tmp_path):
    other = SigningKey.in_file(tmp_path / "other.key")
    assert [sort for sort, _ in checked(exported, other.public)] == ["checkpoint", "checkpoint"]


def test_a_forgers_checkpoint_is_told(exported, key):
    exported["checkpoints"][1]["root"] = "00" * 32
    assert {sort for sort, _ in checked(exported, key.public)} == {"checkpoint", "altered"}
    del exported["checkpoints"][1]
    assert checked(exported, key.public) == [("checkpoint", exported["events"][1]["position"])]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "cut off or no JSON: .* line 1"),
        ('{"format": "proctor-evidence/1", "run": ', "cut off or no JSON"),
        ('{"format": "proctor-evidence/3"}', "format"),
        ("[]", "the file"),
        ('{"run": 1, "run": 2}', "'run' is in it twice"),
    ],
)
def test_what_is_no_export_is_one_clear_error(text, said):
    with pytest.raises(ProctorError, match=said):
        read_evidence(text)


def test_two_exports_in_one_file_are_an_error(exported):
    with pytest.raises(ProctorError, match="Extra data"):
        read_evidence(json.dumps(exported) * 2)


def test_there_is_no_evidence_before_a_checkpoint_nor_on_what_never_was(kept):
    with connect(kept.url, "test") as connection:
        with pytest.raises(NotFoundError, match="there is no run"):
            evidence_on(connection, RUN)
        kept.log.append(requested())
        with pytest.raises(ConflictError, match="position 1 yet"):
            evidence_on(connection, RUN)
