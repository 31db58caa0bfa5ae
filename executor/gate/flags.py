"""The flags with which a Chromium has no way out but the gate."""

from __future__ import annotations


def flags(port: int, side_door: str | None = None) -> tuple[str, ...]:
    """For a browser whose gate is at `port`; they hold for all its contexts, and for itself.

    What goes to `side_door`, a name under `.localhost`, passes by the gate. It is for an extension
    that talks to its own browser's debugging port, and no page may know it.
    """
    return (
        f"--proxy-server=socks5://127.0.0.1:{port}",
        # Loopback as well, which Chromium else keeps from every proxy.
        ";".join(filter(None, ("--proxy-bypass-list=<-loopback>", side_door))),
        # It looks no name up itself: full Chromium would, for WebRTC, and names can carry secrets.
        "--host-resolver-rules=MAP * ~NOTFOUND"
        + "".join(f" , EXCLUDE {host}" for host in ("127.0.0.1", side_door) if host),
        # WebRTC sends no UDP, only TCP through the gate. The headless shell knows the first name
        # of the flag, full Chromium the second, and each ignores the other.
        "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
        "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    )
