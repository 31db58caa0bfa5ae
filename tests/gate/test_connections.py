"""What a gate bears from those who connect to it, and from those it connects to."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import AsyncExitStack

import pytest

from executor.gate.limits import Limits
from tests.gate.dialling import ANYWHERE, GREETING, answer, gate_to_echo, hung_up, request, through
from tests.support.waiting import eventually, in_loop


@in_loop
async def test_a_gate_bears_so_many_connections_and_the_rest_later():
    async with gate_to_echo() as (gate, port):
        with gate.open(ANYWHERE):
            async with AsyncExitStack() as held:
                came_in = 0
                for _ in range(300):
                    try:
                        await held.enter_async_context(through(gate, "127.0.0.1", port))
                        came_in += 1
                    except ConnectionError:
                        continue
                assert came_in == Limits().connections == 256
            await eventually(lambda: not gate._visitors, "the gate to be empty")
            assert await answer(gate, "127.0.0.1", port) == 0


@pytest.mark.parametrize(
    "said",
    [
        b"GET / HTTP/1.1\r\n",
        b"\x04\x01\x00\x50\x7f\x00\x00\x01\x00",
        b"\x05\x01\x02",
        b"\x05\x00",
        GREETING + b"\x05\x02\x00\x01" + bytes(6),
        GREETING + b"\x05\x01\x00\x05" + bytes(6),
        GREETING + request("shop example", 80),
        GREETING + request("", 80),
        GREETING + request("shöp.example", 80),
        GREETING + request("127.0.0.1", 80) + b"too early",
    ],
)
@in_loop
async def test_what_no_browser_says_ends_the_connection(said):
    async with gate_to_echo() as (gate, _):
        with gate.open(ANYWHERE) as passage:
            reader, writer = await asyncio.open_connection("127.0.0.1", gate.port)
            welcomed = said.startswith(GREETING) and len(said) > len(GREETING)
            writer.write(said[: len(GREETING)] if welcomed else said)
            if welcomed:
                assert await reader.readexactly(2) == b"\x05\x00"
                writer.write(said[len(GREETING) :])
            await hung_up(reader)
            writer.close()
        assert passage.failures == passage.refusals == []


@in_loop
async def test_what_a_browser_says_may_come_byte_by_byte():
    async with gate_to_echo() as (gate, port):
        with gate.open(ANYWHERE):
            reader, writer = await asyncio.open_connection("127.0.0.1", gate.port)
            for said, length in ((GREETING, 2), (request("localhost", port), 10)):
                for byte in said:
                    writer.write(bytes([byte]))
                    await asyncio.sleep(0)
                answered = await reader.readexactly(length)
            assert answered[1] == 0
            writer.close()


@pytest.mark.parametrize("said", [b"", b"\x05", GREETING])
@in_loop
async def test_who_does_not_say_where_to_is_sent_away(said):
    async with gate_to_echo(limits=Limits(asking=0.05)) as (gate, _):
        with gate.open(ANYWHERE):
            reader, writer = await asyncio.open_connection("127.0.0.1", gate.port)
            writer.write(said)
            await hung_up(reader)
            writer.close()


@in_loop
async def test_a_side_that_has_ended_still_hears_the_other():
    async def late(reader, writer):
        assert await reader.read() == b"that is all"
        writer.write(b"and that is the answer")

    async with gate_to_echo(serve=late) as (gate, port):
        with gate.open(ANYWHERE):
            async with through(gate, "127.0.0.1", port) as (reader, writer):
                writer.write(b"that is all")
                writer.write_eof()
                assert await reader.read() == b"and that is the answer"


@in_loop
async def test_a_side_that_has_ended_hears_the_other_for_a_while_only():
    async def endless(reader, writer):
        await reader.read()
        await asyncio.Event().wait()

    async with gate_to_echo(serve=endless, limits=Limits(half_open=0.05)) as (gate, port):
        with gate.open(ANYWHERE):
            async with through(gate, "127.0.0.1", port) as (reader, writer):
                writer.write_eof()
                await hung_up(reader)


@in_loop
async def test_a_reset_is_passed_on():
    async def reset(reader, writer):
        linger = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.transport.abort()

    async with gate_to_echo(serve=reset) as (gate, port):
        with gate.open(ANYWHERE):
            async with through(gate, "127.0.0.1", port) as (reader, _):
                with pytest.raises(ConnectionResetError):
                    await reader.read()
