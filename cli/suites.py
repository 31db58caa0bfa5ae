"""The tests of suite files, changed as the command's options say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from cli.sending import Portion
from cli.suite_file import SuiteFileError, read_suite_and_origins
from domain.definition import Definition
from domain.errors import ProctorError

if TYPE_CHECKING:
    import argparse


def read_portions(options: argparse.Namespace) -> list[Portion]:
    """Every test of every file: those of a suite with a budget by themselves, all others together.

    One bad file and nothing is submitted: raises SuiteFileError.
    """
    together = Portion()
    portions = [together]
    errors: list[str] = []
    for path in options.files:
        try:
            suite, origins = read_suite_and_origins(path)
        except SuiteFileError as error:
            errors.append(str(error))
            continue
        portion = together
        if suite.budget is not None:
            portions.append(portion := Portion(budget=suite.budget))
        changes = _changes(options)
        portion.tests.extend(_changed(test, changes) for test in suite.definitions())
        portion.origins.extend(origins)
    if errors:
        raise SuiteFileError("\n".join([*errors, "nothing was submitted"]))
    return [portion for portion in portions if portion.tests]


def _changes(options: argparse.Namespace) -> dict[str, Any]:
    changes = {"priority": options.priority, "base_url": options.base_url}
    pairs = {
        "labels": _pairs("--label", "KEY=VALUE", options.label),
        "variables": _pairs("--variable", "NAME=VALUE", options.variable),
    }
    return {k: v for k, v in changes.items() if v is not None} | pairs


def _pairs(option: str, form: str, given: list[str]) -> dict[str, str]:
    found = {}
    for each in given:
        key, equals, value = each.partition("=")
        if not equals:
            raise ProctorError(f"{option} {each}: say it as {form}")
        found[key] = value
    return found


def _changed(definition: Definition, changes: dict[str, Any]) -> Definition:
    raw = definition.model_dump(by_alias=True, exclude_none=True)
    merged = {name: {**raw[name], **changes[name]} for name in ("labels", "variables")}
    try:
        return Definition.model_validate(raw | changes | merged)
    except ValidationError as error:
        first = error.errors()[0]
        option = str(first["loc"][0]).removesuffix("s").replace("_", "-")
        raise ProctorError(f"--{option}: {first['msg']}") from None
