"""Views for the tests here."""

from tests.projections.projected import projected

__all__ = ["projected"]
