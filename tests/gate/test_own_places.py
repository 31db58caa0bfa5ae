"""Where Proctor itself is, as its settings say."""

from __future__ import annotations

import socket
from ipaddress import ip_address

import psutil
import pytest

from executor.gate.names import Names
from executor.gate.own_places import OwnPlace, own_places, place_at
from tests.support.waiting import in_loop


def places(database=None, broker="memory:", **said):
    """What there is, as `host:port` each; the forbidden ones marked."""
    found = own_places(database_url=database, broker_url=broker, **said)
    return {f"{place.host}:{place.port}{'!' * place.forbidden}" for place in found}


@pytest.mark.parametrize(
    ("url", "where"),
    [
        (None, set()),
        ("postgresql:///proctor?host=/var/run/postgresql", set()),
        ("postgresql://u:p@%2Fvar%2Frun/proctor", set()),
        ("postgresql://u:p@db/proctor", {"db:5432!"}),
        ("postgresql://u:p@db:5433/proctor", {"db:5433!"}),
        ("postgresql://u:p@[fd00::5]:5433/proctor", {"fd00::5:5433!"}),
        ("postgresql://a:5433,b,/var/run:1/proctor", {"a:5433!", "b:5432!"}),
        ("host=a,b port=5433 dbname=proctor", {"a:5433!", "b:5433!"}),
        ("host=db hostaddr=10.0.0.5", {"10.0.0.5:5432!"}),
    ],
)
def test_the_database_is_where_its_url_says(url, where):
    assert places(url) == where


def test_the_brokers_ports_are_forbidden_and_its_management_is_guarded():
    management = {"mq:15672", "mq:15671"}
    assert places(broker="amqp://u:p@mq") == {"mq:5672!", "mq:5671!", *management}
    assert places(broker="amqp://u:p@mq:5700/v") >= {"mq:5700!", *management}


def test_what_else_is_proctors_is_guarded():
    assert places(guarded=["0.0.0.0:8000", "ui.example:443"]) == {"0.0.0.0:8000", "ui.example:443"}


@pytest.mark.parametrize(
    "urls",
    [
        {"database_url": "mysql:/what", "broker_url": "memory:"},
        {"database_url": None, "broker_url": "amqp://mq?what=1"},
        {"database_url": None, "broker_url": "memory:", "guarded": ["mq"]},
    ],
)
def test_a_url_that_cannot_be_read_is_said(urls):
    with pytest.raises(ValueError, match=r"URL|host:port"):
        own_places(**urls)


# -- what stands where ----------------------------------------------------------------------------

OF_THIS_MACHINE = [
    card.address
    for cards in psutil.net_if_addrs().values()
    for card in cards
    if card.family in (socket.AF_INET, socket.AF_INET6)
]


async def stands(host, address):
    """Whether what the settings have at `host` is at `address`, where `db` has two of them."""
    names = Names({"db": ["203.0.113.5", "fd00::5"]}.__getitem__)
    try:
        return await OwnPlace("", host, 1).stands_at(ip_address(address), names)
    finally:
        names.close()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "127.0.0.1", "localhost"])
@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", *OF_THIS_MACHINE])
@in_loop
async def test_what_is_on_this_machine_is_at_each_of_its_addresses(host, address):
    assert await stands(host, address)


@in_loop
async def test_what_is_elsewhere_is_at_the_addresses_of_its_name_now():
    assert await stands("db", "203.0.113.5")
    assert await stands("db", "fd00::5")
    assert not await stands("db", "203.0.113.6")
    assert not await stands("db", "127.0.0.1")
    assert not await stands("127.0.0.1", "203.0.113.5")


@in_loop
async def test_a_place_whose_host_is_not_known_may_be_anywhere():
    def unknown(_):
        raise socket.gaierror("nobody knows it")

    assert await OwnPlace("", "db", 1).stands_at(ip_address("203.0.113.5"), Names(unknown))


@in_loop
async def test_of_two_places_at_one_port_the_forbidden_one_counts():
    api = OwnPlace("the API", "127.0.0.1", 8000)
    database = OwnPlace("the database", "127.0.0.1", 8000, forbidden=True)
    here, names = ip_address("127.0.0.1"), Names()
    assert await place_at([api, database], here, 8000, names) == database
    assert await place_at([api, database], here, 8001, names) is None
