"""Exits 0 if the Proctor in this container says that it is ready; for the image's HEALTHCHECK."""

import os
import sys
from http.client import HTTPConnection, HTTPException

# The API answers on its own port, every other role on that of its metrics.
PORTS = (os.environ.get("PROCTOR_METRICS_PORT", "9464"), os.environ.get("PROCTOR_PORT", "8000"))


def status(port: str) -> int:
    """What it answers, 0 where nobody does."""
    connection = HTTPConnection("127.0.0.1", int(port), timeout=3)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(all(status(port) != 200 for port in PORTS))  # noqa: PLR2004 - HTTP's own number
