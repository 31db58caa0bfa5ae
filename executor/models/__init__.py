"""Language models behind OpenAI-compatible APIs."""
