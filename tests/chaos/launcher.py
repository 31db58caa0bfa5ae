"""The `proctor` command with one of its protections taken away."""

from __future__ import annotations

import sys

from cli.main import main
from tests.chaos.protections import take_away

if __name__ == "__main__":
    take_away()
    sys.exit(main())
