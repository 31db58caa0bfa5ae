"""Something to run Proctor on."""
