"""The full-screen view of `proctor watch`: loaded by that command alone."""
