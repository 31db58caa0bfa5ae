"""`proctor audit verify`: the whole log against its ledger, or one export by itself."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from pydantic import ValidationError

from cli.shown import clean, complain, say
from cli.starting import settings_of
from domain.checkpoint import Checkpoint
from domain.errors import ProctorError
from projections.ledger.checking import artifacts_of, check, is_over, read_evidence
from projections.ledger.finding import Finding
from projections.ledger.verification import verify as verify_log
from runtime.database import connect, database
from runtime.signing import PublicKey

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from projections.ledger import tables
    from projections.ledger.evidence import Evidence
    from projections.ledger.verification import Report


def verify(options: argparse.Namespace) -> int:
    """0 if nothing was changed, 1 if something was, and what."""
    trusted = [PublicKey.read(_read(path)) for path in options.trust]
    if options.file is not None:
        return _verify_file(options, trusted)
    published = _published(options.published) if options.published else {}
    with database(settings_of(options)) as url, connect(url, "proctor verify") as connection:
        keys = trusted or _noted_keys(connection)
        report = verify_log(connection, keys, published)
    _say_report(report, keys, trusted=bool(trusted))
    return _conclude(report.findings)


def _verify_file(options: argparse.Namespace, trusted: Sequence[PublicKey]) -> int:
    path: Path = options.file
    try:
        evidence = read_evidence(_read(path))
    except ProctorError as error:
        raise ProctorError(f"{path}: {error}") from None
    keys = trusted or [PublicKey.read(pem) for pem in evidence.keys.values()]
    findings = check(evidence, keys)
    if options.artifacts is not None:
        findings += _changed_artifacts(evidence, options.artifacts)
    say(f"run {evidence.run}: {len(evidence.events)} events under checkpoints of {_named(keys)}")
    if not is_over(evidence):
        say("the run was not over when this was exported")
    if not trusted:
        say("whose key that is, the file cannot say: compare it, or name it with --trust")
    return _conclude(findings)


def _say_report(report: Report, keys: Sequence[PublicKey], *, trusted: bool) -> None:
    say(f"{report.events:,} events, {report.checkpoints:,} checkpoints signed with {_named(keys)}")
    if report.not_sealed:
        say(f"{report.not_sealed:,} of them are chained, and under no checkpoint yet")
    if report.not_chained:
        say(f"{report.not_chained:,} more are not chained yet: look again soon")
    if not trusted:
        say("the key was taken from the database itself: name one you kept elsewhere with --trust")


def _conclude(findings: Sequence[Finding]) -> int:
    if not findings:
        say("nothing was altered, removed, inserted or reordered")
        return 0
    for finding in findings:
        complain(clean(str(finding)))
    return 1


def _noted_keys(connection: tables.Connection) -> list[PublicKey]:
    rows = connection.execute("SELECT pem FROM ledger.keys ORDER BY since").fetchall()
    return [PublicKey.read(row["pem"]) for row in rows]


def _published(path: Path) -> dict[int, Checkpoint]:
    found = {}
    for number, line in enumerate(_read(path).splitlines(), 1):
        try:
            checkpoint = Checkpoint.model_validate_json(line)
        except ValidationError as error:
            what = error.errors()[0]["msg"]
            raise ProctorError(f"{path}:{number}: that is no checkpoint: {what}") from None
        found[checkpoint.number] = checkpoint
    return found


def _changed_artifacts(evidence: Evidence, folder: Path) -> Iterable[Finding]:
    for name, wanted in artifacts_of(evidence).items():
        path = folder / name
        if not path.is_file():
            yield Finding("removed", 0, f"the artifact {name} is not in {folder}")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != wanted:
            yield Finding("altered", 0, f"the artifact {name} was changed")


def _named(keys: Sequence[PublicKey]) -> str:
    return ", ".join(f"key {key.id}" for key in keys) or "no key"


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise ProctorError(f"{path} cannot be read: {error}") from None
