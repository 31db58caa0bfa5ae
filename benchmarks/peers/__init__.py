"""What else runs tasks and browser tests, measured beside Proctor on the same machine."""
