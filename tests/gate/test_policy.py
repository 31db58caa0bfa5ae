"""Where a run may connect: lists of hosts as people write them, and places that no list opens."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as some

from domain.addresses import Asked, literal, settled
from domain.allowed_hosts import AllowedHosts, HostPattern
from executor.gate.own_places import OwnPlace
from executor.gate.policy import Policy, RefusedError

SHOP = "203.0.113.7"
DATABASE = OwnPlace("Proctor's own database", "127.0.0.1", 5432, forbidden=True)
API = OwnPlace("Proctor's own API", "127.0.0.1", 8000)


def judged(policy, host, port=80, address=SHOP, place=None):
    """Why it is refused; None if it is allowed."""
    asked = Asked.of(host, port)
    try:
        policy.judge_name(asked)
        policy.judge(asked, literal(host) or ip_address(address), place)
    except RefusedError as refusal:
        return str(refusal)
    return None


def only(*hosts):
    return Policy(allowed=(AllowedHosts.parse(hosts),))


@pytest.mark.parametrize(
    ("pattern", "host", "port"),
    [
        ("shop.example", "shop.example", 80),
        ("shop.example", "shop.example", 8443),
        ("shop.example", "SHOP.Example.", 80),
        ("Shop.Example.", "shop.example", 80),
        ("shop.example:8443", "shop.example", 8443),
        ("*.shop.example", "a.shop.example", 80),
        ("*.shop.example", "a.b.shop.example", 80),
        ("*.shop.example:8443", "a.shop.example", 8443),
        ("straße.example", "xn--strae-oqa.example", 80),
        ("BÜCHER.example", "xn--bcher-kva.example", 80),
        ("my_shop", "my_shop", 80),
        ("localhost", "localhost", 3000),
        ("*.localhost:3000", "shop.localhost", 3000),
        ("127.0.0.1", "127.0.0.1", 80),
        ("127.0.0.1:81", "0x7f.1", 81),
        ("127.1", "127.0.0.1", 80),
        ("10.0.0.0/8", "10.1.2.3", 80),
        ("10.0.0.0/8:81", "10.1.2.3", 81),
        ("::1", "[::1]", 80),
        ("[::1]:8080", "::1", 8080),
        ("[fd00::/8]:443", "fd00::1", 443),
        ("127.0.0.1", "::ffff:127.0.0.1", 80),
        ("203.0.113.0/24", "shop.example", 80),
    ],
)
def test_a_host_that_fits_the_pattern_is_allowed(pattern, host, port):
    assert judged(only(pattern), host, port) is None


@pytest.mark.parametrize(
    ("pattern", "host", "port"),
    [
        ("shop.example", "a.shop.example", 80),
        ("shop.example", "shop.example.evil.example", 80),
        ("shop.example", "evilshop.example", 80),
        ("shop.example:8443", "shop.example", 443),
        ("*.shop.example", "shop.example", 80),
        ("*.shop.example", "evilshop.example", 80),
        ("127.0.0.1", "127.0.0.2", 80),
        ("127.0.0.1:81", "127.0.0.1", 80),
        ("10.0.0.0/8", "11.0.0.1", 80),
        ("10.0.0.0/8", "shop.example", 80),
        ("10.0.0.0/8:81", "10.1.2.3", 80),
        ("203.0.113.7", "shop.example", 80),
        ("[::1]:8080", "::1", 80),
        ("shop.example", SHOP, 80),
    ],
)
def test_a_host_that_does_not_fit_is_refused_with_the_list(pattern, host, port):
    asked = Asked.of(host, port)
    assert (
        judged(only(pattern), host, port) == f"{asked} is not among the allowed hosts ({pattern})"
    )


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "*",
        "*.*.example",
        "shop.*",
        "http://shop.example",
        "shop.example/path",
        "shop.example:0",
        "shop.example:65536",
        "shop.example:http",
        "shop..example",
        "-shop.example",
        "shop example",
        "user@shop.example",
        "256.0.0.1",
        "1.2.3.4.5",
        "10.1.2.3/8",
        "10.0.0.0/33",
        "[::1",
        "a" * 64 + ".example",
    ],
)
def test_what_is_no_pattern_is_said_in_one_sentence(pattern):
    with pytest.raises(
        ValueError, match=r"is not an allowed host: .+; good ones are shop\.example"
    ):
        HostPattern.parse(pattern)


def test_every_list_has_to_allow_a_host():
    policy = Policy(allowed=(AllowedHosts.parse(["*.example"]), AllowedHosts.parse(["a.example"])))
    assert judged(policy, "a.example") is None
    assert judged(policy, "b.example") == "b.example:80 is not among the allowed hosts (a.example)"


def test_an_empty_list_allows_nothing():
    assert judged(only(), SHOP) == "203.0.113.7:80 is not among the allowed hosts (none)"


def test_a_long_list_is_not_said_in_full():
    said = judged(only(*(f"a{number}.example" for number in range(12))), SHOP)
    assert said.endswith("a8.example, a9.example and 2 more)")


def test_without_a_list_everything_is_allowed_that_is_not_guarded():
    assert judged(Policy(), "shop.example") is None
    assert judged(Policy(), "10.0.0.1") is None


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("169.254.169.254", ""),
        ("::ffff:169.254.169.254", ""),
        ("64:ff9b::a9fe:a9fe", ""),
        ("0xa9fea9fe", ""),
        ("fe80::1", ""),
        ("fd00:ec2::254", ""),
        ("100.100.100.200", ""),
        ("metadata.google.internal", "169.254.169.254"),
        ("rebound.example", "169.254.169.254"),
        ("rebound.example", "fe80::1%2"),
    ],
)
def test_metadata_and_link_local_addresses_are_refused_by_whatever_name(host, address):
    assert "in allowed_hosts if a test needs it" in judged(Policy(), host, address=address)


def test_a_guarded_address_is_opened_by_a_list_that_has_it_and_by_no_wider_one():
    at = {"host": "169.254.169.254"}
    assert judged(only("169.254.169.254"), **at) is None
    assert judged(only("169.254.0.0/16:80"), **at) is None
    assert (
        judged(only("rebound.example", at["host"]), "rebound.example", address=at["host"]) is None
    )
    for wide in ("0.0.0.0/0", "169.0.0.0/8"):
        assert judged(only(wide), **at) == (
            "169.254.169.254:80 is a link-local address:"
            " name that address in allowed_hosts if a test needs it"
        )


def test_an_allowed_name_opens_no_guarded_address():
    assert judged(only("rebound.example"), "rebound.example", address="169.254.169.254") == (
        "rebound.example:80 (169.254.169.254) is a link-local address:"
        " name that address in allowed_hosts if a test needs it"
    )


def test_proctors_own_api_is_opened_by_its_address_with_its_port_alone():
    def asked(*hosts, host="127.0.0.1"):
        policy = only(*hosts) if hosts else Policy()
        return judged(policy, host, 8000, "127.0.0.1", API)

    assert asked("127.0.0.1:8000") is None
    assert asked("localhost:8000", host="localhost") is None
    assert asked("127.0.0.1") == asked("127.0.0.0/8") == asked()
    assert asked() == (
        "127.0.0.1:8000 is Proctor's own API:"
        " name that address with its port in allowed_hosts if a test needs it"
    )
    assert "is Proctor's own API" in asked("rebound.example:8000", host="rebound.example")


def test_proctors_own_database_is_refused_even_if_named():
    policy = only("127.0.0.1:5432", "db.example:5432")
    assert judged(policy, "127.0.0.1", 5432, place=DATABASE) == (
        "127.0.0.1:5432 is Proctor's own database"
    )
    assert judged(policy, "db.example", 5432, "127.0.0.1", DATABASE) == (
        "db.example:5432 (127.0.0.1) is Proctor's own database"
    )


def test_a_name_that_no_entry_can_allow_is_refused_before_it_is_looked_up():
    for policy in (only("shop.example", SHOP), only("127.0.0.1:80")):
        with pytest.raises(RefusedError):
            policy.judge_name(Asked.of("my-secret.evil.example", 80))
    only("10.0.0.0/8").judge_name(Asked.of("inside.example", 80))


# -- spellings ------------------------------------------------------------------------------------


@some.composite
def spelt(draw, address):
    """A way to write an IPv4 address that some resolver, browser or kernel understands."""
    number = int(IPv4Address(address))
    if draw(some.booleans()):
        tail = draw(some.sampled_from([address, f"{number >> 16:x}:{number & 0xFFFF:x}"]))
        return draw(some.sampled_from([f"::ffff:{tail}", f"[0:0:0:0:0:FFFF:{tail}]"]))
    parts = draw(some.integers(1, 4))
    head = [number >> 8 * (3 - at) & 0xFF for at in range(parts - 1)]
    tail = number & (1 << 8 * (5 - parts)) - 1
    ways = [
        str,
        "0{:o}".format,
        "{:#x}".format,
        "{:#X}".format,
        "0x00{:x}".format,
        "000{:o}".format,
    ]
    text = ".".join(draw(some.sampled_from(ways))(part) for part in [*head, tail])
    return text + draw(some.sampled_from(["", "."]))


@given(spelt("169.254.169.254"))
def test_no_spelling_of_a_guarded_address_is_allowed(spelling):
    assert judged(Policy(), spelling) is not None


@given(spelt("127.0.0.1"))
def test_every_spelling_of_an_address_is_the_same_to_a_policy(spelling):
    assert Asked.of(spelling, 5432) == Asked("127.0.0.1", 5432)


@given(some.text("0123456789abcdefx.:", max_size=24))
def test_what_the_resolver_takes_for_an_address_is_not_taken_for_a_name(text):
    try:
        found = socket.getaddrinfo(text, None, flags=socket.AI_NUMERICHOST, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return
    assert literal(text) == settled(ip_address(found[0][4][0]))


@pytest.mark.parametrize("host", ["0.0.0.0", "0", "::", "[::]", "::ffff:0.0.0.0"])
def test_the_unspecified_address_is_loopback(host):
    assert Asked.of(host, 80).host in {"127.0.0.1", "::1"}
