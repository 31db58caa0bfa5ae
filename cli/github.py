"""GitHub's workflow commands: surprises beside the lines of the suite that they are about.

Everything here is printed where a build reads it for commands, and holds text of tested pages.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from cli.failures import step_of
from cli.shown import clean
from cli.summary import as_expected

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from typing import TextIO

    from cli.origins import Origin

_LONGEST = 1_000


def wanted(asked: str | None) -> bool:
    """Whether annotations are: as the option says, else where GitHub's own builds run."""
    if asked is not None:
        return asked == "github"
    return os.environ.get("GITHUB_ACTIONS") == "true"


def annotate(
    runs: Collection[dict[str, Any]],
    origins: Mapping[str, Origin],
    url: str,
    out: TextIO,
) -> None:
    """An error for each run that is not as expected, a warning for each flaky one.

    `origins` are where they come from, by run id; `url` is the server's.
    """
    for run in runs:
        if not as_expected(run):
            _say(_command("error", run, origins.get(run["id"]), _reason(run), url), out)
        elif run["flaky"]:
            said = f"passed only at attempt {run['attempt']}"
            _say(_command("warning", run, origins.get(run["id"]), said, url), out)


@contextmanager
def unheard(out: TextIO | None) -> Iterator[None]:
    """While entered, no printed line is taken for a command, whoever it comes from.

    Nothing happens where `out` is None, because nobody listens for commands.
    """
    if out is None:
        yield
        return
    token = uuid4().hex  # A page that knew it could end the silence.
    _say(f"::stop-commands::{token}", out)
    try:
        yield
    finally:
        _say(f"::{token}::", out)


def _reason(run: dict[str, Any]) -> str:
    error = run["error"]
    if not error:
        return f"{run['status']}, expected {run['expect']}"
    where = step_of(run, ())
    return ": ".join(filter(None, [where, clean(error["message"], _LONGEST)]))


def _command(kind: str, run: dict[str, Any], origin: Origin | None, said: str, url: str) -> str:
    properties = {"title": clean(run["name"], 200)}
    if origin is not None:
        step = run["error"]["step"] if run["error"] else None
        properties |= {"file": origin.path, "line": str(origin.line_of(step))}
    given = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    page = f"{url}/runs/{run['id']}"
    return f"::{kind} {given}::{_data(f'{said} ({page})')}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _say(line: str, out: TextIO) -> None:
    print(line, file=out, flush=True)
