"""Steps in words on pages that nobody here wrote."""
