"""The gate with real sockets: what passes, what does not, and what becomes of it."""

from __future__ import annotations

import asyncio
import socket
import threading

import pytest

from domain.allowed_hosts import AllowedHosts
from executor.gate.gate import Gate
from executor.gate.limits import Limits
from executor.gate.own_places import OwnPlace
from executor.gate.passage import Trouble
from executor.gate.policy import Policy
from tests.gate.dialling import ANYWHERE, answer, gate_to_echo, hung_up, through
from tests.support.waiting import eventually, in_loop

REFUSED, UNREACHABLE = 2, 4


def only(*hosts):
    return Policy(allowed=(AllowedHosts.parse(hosts),))


@in_loop
async def test_what_is_allowed_passes_both_ways():
    async with gate_to_echo() as (gate, port):
        with gate.open(only(f"127.0.0.1:{port}")) as passage:
            async with through(gate, "127.0.0.1", port) as (reader, writer):
                writer.write(b"hello")
                assert await reader.readexactly(5) == b"hello"
    assert passage.refusals == passage.failures == []


@in_loop
async def test_twenty_megabytes_pass_both_ways_at_once():
    sent = bytes(range(256)) * 80_000
    async with gate_to_echo() as (gate, port):
        with gate.open(ANYWHERE):
            async with through(gate, "localhost", port) as (reader, writer):
                writer.write(sent)
                writer.write_eof()
                assert await reader.read() == sent


@in_loop
async def test_a_server_that_does_not_read_keeps_the_browser_waiting():
    reading, received, waiting = asyncio.Event(), [], [0, -1]

    async def slow(reader, writer):
        await reading.wait()
        received.append(len(await reader.read()))

    async with gate_to_echo(serve=slow) as (gate, port):
        with gate.open(ANYWHERE):
            async with through(gate, "127.0.0.1", port) as (_, writer):
                writer.write(bytes(64_000_000))

                def is_stuck():
                    waiting.append(writer.transport.get_write_buffer_size())
                    return waiting[-1] == waiting[-2]

                await eventually(is_stuck, "the gate to take no more")
                assert waiting[-1] > 32_000_000
                reading.set()
                writer.write_eof()
                await eventually(lambda: received == [64_000_000], "everything to arrive")


# -- refused, and unreachable ---------------------------------------------------------------------


@in_loop
async def test_what_is_refused_is_not_connected_to_and_is_explained():
    arrived = []

    async def note(reader, writer):
        arrived.append(await reader.read())

    async with gate_to_echo(serve=note) as (gate, port):
        with gate.open(only("shop.example", "*.cdn.example")) as passage:
            assert await answer(gate, "127.0.0.1", port) == REFUSED
        reason = f"127.0.0.1:{port} is not among the allowed hosts (shop.example, *.cdn.example)"
        assert passage.refusals == [Trouble("127.0.0.1", port, reason, refused=True)]
        assert passage.trouble("127.0.0.1", port) == passage.trouble("0x7F.1", port)
        assert passage.trouble("127.0.0.1", port).reason == reason
        assert passage.trouble("127.0.0.1", 80) is passage.trouble("no host", 80) is None
        assert passage.failures == []
    assert arrived == []


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0.0.0.0", "::ffff:7f00:1", "127.9.9.9"]
)
@in_loop
async def test_proctors_own_database_is_refused_in_every_spelling(host):
    async with gate_to_echo() as (gate, port):
        database = OwnPlace("Proctor's own database", "localhost", port, forbidden=True)
        lists = (AllowedHosts.parse(["127.0.0.0/8", "::1", "localhost"]),)
        with gate.open(Policy(lists, (database,))) as passage:
            assert await answer(gate, host, port) == REFUSED
        assert passage.refusals[0].reason.endswith("is Proctor's own database")


@in_loop
async def test_a_name_that_moves_is_judged_by_the_address_it_is_connected_to():
    answers = iter([["127.0.0.1"], ["169.254.169.254", "fe80::1"], ["127.0.0.1"]])
    async with gate_to_echo(lookup=lambda _: next(answers)) as (gate, port):
        with gate.open(only("rebound.example")) as passage:
            codes = [await answer(gate, "rebound.example", port) for _ in range(3)]
        assert codes == [0, REFUSED, 0]
        assert "(169.254.169.254) is a link-local address" in passage.refusals[0].reason
    assert next(answers, None) is None  # Each was looked up once.


@in_loop
async def test_a_name_that_cannot_be_allowed_is_not_looked_up():
    looked_up = []
    async with gate_to_echo(lookup=looked_up.append) as (gate, port):
        with gate.open(only("shop.example", "127.0.0.1")):
            assert await answer(gate, "my-secret.evil.example", port) == REFUSED
    assert looked_up == []


@in_loop
async def test_an_allowed_address_is_used_though_another_one_is_refused():
    addresses = ["169.254.169.254", "127.0.0.1"]
    async with gate_to_echo(lookup=lambda _: addresses) as (gate, port):
        with gate.open(ANYWHERE) as passage:
            assert await answer(gate, "shop.example", port) == 0
        assert passage.refusals == passage.failures == []


@in_loop
async def test_proctors_own_place_is_looked_up_anew_for_every_connection():
    homes = iter(["203.0.113.1", "127.0.0.1"])

    def lookup(host):
        return ["127.0.0.1"] if host == "shop.example" else [next(homes)]

    async with gate_to_echo(lookup=lookup) as (gate, port):
        database = OwnPlace("Proctor's own database", "db.internal", port, forbidden=True)
        with gate.open(Policy(own=(database,))):
            assert await answer(gate, "shop.example", port) == 0
            assert await answer(gate, "shop.example", port) == REFUSED


@in_loop
async def test_what_cannot_be_reached_is_explained():
    def unknown(_):
        raise socket.gaierror("nobody knows it")

    async with gate_to_echo(lookup=unknown) as (gate, _):
        with socket.create_server(("127.0.0.1", 0)) as server:
            free = server.getsockname()[1]
        with gate.open(ANYWHERE) as passage:
            assert await answer(gate, "localhost", free) == UNREACHABLE
            assert await answer(gate, "nosuch.example", 80) == UNREACHABLE
        assert passage.trouble("localhost", free).reason == "connection refused"
        assert passage.trouble("nosuch.example", 80).reason == "the host name is not known"
        assert len(passage.failures) == 2


@in_loop
async def test_a_name_that_nobody_answers_for_is_given_up():
    answered = threading.Event()

    def slow(_):
        answered.wait(10)
        return ["127.0.0.1"]

    async with gate_to_echo(lookup=slow, limits=Limits(connecting=0.05)) as (gate, port):
        with gate.open(ANYWHERE) as passage:
            assert await answer(gate, "slow.example", port) == UNREACHABLE
        assert passage.trouble("slow.example", port).reason == "no connection within 0.05 s"
        answered.set()


@in_loop
async def test_the_latest_hundred_troubles_are_remembered_each_once():
    async with gate_to_echo() as (gate, _):
        with gate.open(only()) as passage:
            for port in [*range(1, 121), 50, 50]:
                await answer(gate, "127.0.0.1", port)
        ports = [trouble.port for trouble in passage.refusals]
        assert ports == [*range(21, 50), *range(51, 121), 50]


# -- runs -----------------------------------------------------------------------------------------


@in_loop
async def test_nothing_passes_while_no_run_is_in_hand():
    async with gate_to_echo() as (gate, port):
        with pytest.raises(ConnectionError):
            await answer(gate, "127.0.0.1", port)


@in_loop
async def test_the_end_of_a_run_cuts_its_connections_on_both_sides():
    ended = asyncio.Event()

    async def until_end(reader, writer):
        await hung_up(reader)
        ended.set()

    async with gate_to_echo(serve=until_end) as (gate, port):
        with gate.open(ANYWHERE):
            connection = through(gate, "127.0.0.1", port)
            reader, _ = await connection.__aenter__()
        await hung_up(reader)
        await asyncio.wait_for(ended.wait(), 10)
        await connection.__aexit__(None, None, None)


@in_loop
async def test_the_end_of_a_run_stops_what_was_being_connected():
    asked, answered = threading.Event(), threading.Event()

    def slow(_):
        asked.set()
        answered.wait(10)
        return ["127.0.0.1"]

    async with gate_to_echo(lookup=slow) as (gate, port):
        with gate.open(ANYWHERE):
            waiting = asyncio.create_task(answer(gate, "slow.example", port))
            await eventually(asked.is_set, "the name to be looked up")
        with gate.open(ANYWHERE), pytest.raises(ConnectionError):
            await waiting
        answered.set()


@in_loop
async def test_a_gate_is_open_for_one_run_at_a_time():
    async with Gate() as gate:
        with gate.open(ANYWHERE), pytest.raises(RuntimeError, match="open for another run"):
            gate.open(ANYWHERE).__enter__()
