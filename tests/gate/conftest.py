"""A town for the tests here."""

from tests.gate.sites import town, town_of_module

__all__ = ["town", "town_of_module"]
