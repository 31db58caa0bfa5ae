"""The ledger: proof that the log is what it was."""
