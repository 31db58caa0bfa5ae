"""Every fault, by the name of its file."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.chaos.fault import Fault

FAULTS: dict[str, Fault] = {
    module.name: import_module(f"{__name__}.{module.name}").FAULT
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name)
}
