"""A browser and a site for the tests here."""

from tests.executor.site import site, untrusted_site
from tests.executor.stage import staged

__all__ = ["site", "staged", "untrusted_site"]
