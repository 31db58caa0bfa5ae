"""Executors, dispatcher and broker together, in a world whose every next step is drawn."""
