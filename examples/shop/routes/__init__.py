"""The shop's pages, one noun a module."""
