"""Browsers, pages and models for the tests here."""

from tests.executor.stage import staged
from tests.words.site import pages

__all__ = ["pages", "staged"]
