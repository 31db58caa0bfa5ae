"""The HTTP side of Proctor: routes, authentication, live stream."""
