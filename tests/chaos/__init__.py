"""The fault harness: a real deployment, attacked while clients use it, and judged by its log."""
