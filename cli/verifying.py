"""`proctor audit verify`: the whole log against its ledger, or one export by itself."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from pydantic import ValidationError

from cli.shown import clean, complain, say
from cli.starting import settings_of
from domain.checkpoint import Checkpoint
from domain.errors import ProctorError
from projections.ledger.checking import artifacts_of, check, is_over, read_evidence
from projections.ledger.files import FileCheck
from projections.ledger.finding import Finding
from projections.ledger.verification import verify as verify_log
from runtime.artifacts import ArtifactStore, digest_of
from runtime.database import connect, database
from runtime.signing import PublicKey

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from domain.run_events import Artifact
    from projections.ledger import tables
    from projections.ledger.evidence import Evidence
    from projections.ledger.verification import Report
    from runtime.settings import Settings


def verify(options: argparse.Namespace) -> int:
    """0 if nothing was changed, 1 if something was, and what."""
    trusted = [PublicKey.read(_read(path)) for path in options.trust]
    if options.file is not None:
        return _verify_file(options, trusted)
    published = _published(options.published) if options.published else {}
    settings = settings_of(options)
    folder = options.artifacts or _artifacts_at_hand(settings)
    with ExitStack() as opened:
        url = opened.enter_context(database(settings))
        connection = opened.enter_context(connect(url, "proctor verify"))
        looking = opened.enter_context(connect(url, "proctor verify files"))
        files = FileCheck(looking, ArtifactStore(folder)) if folder else None
        keys = trusted or _noted_keys(connection)
        report = verify_log(connection, keys, published, files=files)
    _say_report(report, keys, trusted=bool(trusted))
    _say_files(files, folder)
    return _conclude(report.findings)


def _artifacts_at_hand(settings: Settings) -> Path | None:
    return settings.artifacts if settings.artifacts.is_dir() else None


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
    if report.redacted:
        say(f"{report.redacted:,} of them are without their details, as the log says")
    if not trusted:
        say("the key was taken from the database itself: name one you kept elsewhere with --trust")


def _say_files(files: FileCheck | None, folder: Path | None) -> None:
    if files is None:
        say("artifacts were not looked at: name their folder with --artifacts")
        return
    gone = f"; {files.removed:,} were removed, as the log says" if files.removed else ""
    say(f"{files.good:,} artifacts in {folder} are as the log says{gone}")


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
    """`folder` is a server's, or one with this run's files under their names."""
    for artifact, removed in artifacts_of(evidence).items():
        path = _file(evidence, artifact, folder)
        if path is None:
            if not removed:
                yield Finding("removed", 0, f"the artifact {artifact.name} is not in {folder}")
        elif digest_of(path) != artifact.sha256:
            yield Finding("altered", 0, f"the artifact {artifact.name} was changed")


def _file(evidence: Evidence, artifact: Artifact, folder: Path) -> Path | None:
    found = ArtifactStore(folder).find(evidence.run, artifact)
    loose = folder / artifact.name
    return found or (loose if loose.parent == folder and loose.is_file() else None)


def _named(keys: Sequence[PublicKey]) -> str:
    return ", ".join(f"key {key.id}" for key in keys) or "no key"


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise ProctorError(f"{path} cannot be read: {error}") from None
