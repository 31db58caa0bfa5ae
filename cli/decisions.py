"""`proctor decisions`: what steps in words were decided to mean."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from cli.decided import lines_of
from cli.queries import add_server_options, connected
from cli.shown import clean, console, say, say_json, table

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from cli.commands import Commands

_SHORT = 70


def add_decision_commands(commands: Commands) -> None:
    """Adds `decisions`."""
    parser = commands.add_parser("decisions", help="what steps in words were decided to mean")
    parser.add_argument("test", metavar="TEST", help="a test's id, or the name of inline runs")
    parser.add_argument("--suite", help="of inline runs: only those of this suite")
    parser.add_argument("--diff", action="store_true", help="how each version differs")
    parser.add_argument("--forget", action="store_true", help="have them decided anew")
    parser.add_argument("--instruction", help="with --forget: only this step's")
    add_server_options(parser)
    parser.set_defaults(run=decisions)


def decisions(options: argparse.Namespace) -> int:
    """Lists, compares or forgets."""
    with connected(options) as client:
        if options.forget:
            asked = {"test": options.test, "instruction": options.instruction}
            answer = client.delete("/decisions", **asked)
            if options.json:
                say_json(answer)
            else:
                say(f"{answer['forgotten']} forgotten")
            return 0
        found = client.get("/decisions", test=options.test, suite=options.suite)
    if options.json:
        say_json(found)
    elif options.diff:
        for line in _differences(found["items"]):
            say(clean(line, 300))
    else:
        rows = [_row(one) for one in found["items"]]
        console().print(table(("step", "", "version", "decided", "what", "run"), rows))
    return 0


def _row(one: dict[str, Any]) -> tuple[str, ...]:
    state = "known" if one["known"] else "forgotten" if one["forgotten"] else ""
    decided = f"{one['decision']['made']} {one['decision'].get('version') or ''}"
    return (
        clean(f"{one['words']} {one['instruction']}", _SHORT),
        state,
        str(one["version"]),
        clean(decided, _SHORT),
        clean("; ".join(lines_of(one["decision"])), _SHORT),
        one["run_id"][:8],
    )


def _differences(items: list[dict[str, Any]]) -> Iterator[str]:
    before: dict[tuple[str, ...], dict[str, Any]] = {}
    for one in items:
        step = (one["suite"], one["words"], one["instruction"], str(one["nth"]))
        earlier = before.get(step)
        yield f"{one['words']} {one['instruction']}: version {one['version']}"
        old, new = _full(earlier["decision"]) if earlier else [], _full(one["decision"])
        yield from [line for line in difflib.ndiff(old, new) if line[0] in "+-"]
        before[step] = one


def _full(decision: dict[str, Any]) -> list[str]:
    paths = [action["selector"] or "" for action in decision["actions"]]
    paths += [source["selector"] for source in decision["sources"]]
    return [f"{said}  {path}" for said, path in zip(lines_of(decision), paths, strict=True)]
