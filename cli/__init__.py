"""The `proctor` command: every role, and the client that talks to a running server."""
