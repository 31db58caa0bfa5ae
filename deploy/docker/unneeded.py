"""Names the installed packages that Proctor runs without, for `pip uninstall --requirement`.

The lock file holds what checks and tests need too; images do without a compiler of types and pip.
"""

from __future__ import annotations

from importlib.metadata import distributions

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def needed(name: str, requirements: dict[str, list[str]]) -> set[str]:
    """The packages that `name` needs here, directly or not, and itself."""
    seen: set[tuple[str, str]] = set()
    waiting = [(canonicalize_name(name), "")]
    while waiting:
        package, extra = waiting.pop()
        if (package, extra) in seen:
            continue
        seen.add((package, extra))
        for requirement in map(Requirement, requirements.get(package, [])):
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                required = canonicalize_name(requirement.name)
                waiting += [(required, wanted) for wanted in ("", *requirement.extras)]
    return {package for package, _ in seen}


if __name__ == "__main__":
    installed = {canonicalize_name(each.name): each.requires or [] for each in distributions()}
    unneeded = installed.keys() - needed("proctor", installed)
    # pip last: it is what takes the others away.
    print(*sorted(unneeded, key=lambda name: (name == "pip", name)), sep="\n")  # noqa: T201
