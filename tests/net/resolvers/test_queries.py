"""One question on real sockets: answered, refused, silent, or answered by something that is no answer."""

from __future__ import annotations

import asyncio
import errno
import socket
import struct
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import cast

import dns.message
import dns.name
import pytest

from net.resolvers import cells
from net.resolvers.address import ServerAddress
from net.resolvers.cells import Asked
from net.resolvers.queries import Way, ask_tcp, ask_udp, other_source
from net.resolvers.questions import parse_name, small

NAME: dns.name.Name = parse_name("printer.example")
HOME = "127.0.0.1"
Answering = Callable[[bytes], bytes | None]


def properly(wire: bytes) -> bytes:
    return dns.message.make_response(dns.message.from_wire(wire)).to_wire()


def silently(_: bytes) -> None:
    return None


def wrongly(_: bytes) -> bytes:
    return b"\x00\x01 no DNS"


class Server(asyncio.DatagramProtocol):
    """Answers each datagram as it is told; from another port, once it has ``instead``."""

    def __init__(self, answer: Answering) -> None:
        self.answer = answer
        self.instead: asyncio.DatagramTransport | None = None
        self.asked = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.asked += 1
        answer = self.answer(data)
        if answer is not None:
            (self.instead or self.transport).sendto(answer, addr)


@asynccontextmanager
async def udp_server(answer: Answering) -> AsyncIterator[tuple[Server, ServerAddress]]:
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(lambda: Server(answer), local_addr=(HOME, 0))
    try:
        yield server, ServerAddress(HOME, transport.get_extra_info("sockname")[1])
    finally:
        transport.close()
        await asyncio.sleep(0)


@asynccontextmanager
async def tcp_server(answer: Answering) -> AsyncIterator[ServerAddress]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        (length,) = struct.unpack("!H", await reader.readexactly(2))
        said = answer(await reader.readexactly(length))
        if said is not None:
            # In two pieces: a length may come without its message.
            writer.write(struct.pack("!H", len(said)))
            await writer.drain()
            writer.write(said)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, HOME, 0)
    async with server:
        yield ServerAddress(HOME, server.sockets[0].getsockname()[1])


@contextmanager
def nobody() -> Iterator[ServerAddress]:
    """A port where nothing listens while it is held."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as holder:
        holder.bind((HOME, 0))
        yield ServerAddress(HOME, holder.getsockname()[1])


async def test_a_proper_answer_comes_with_its_time() -> None:
    async with udp_server(properly) as (_, address):
        outcome = await ask_udp(small(NAME), address, None, 5)
    assert outcome.answer is not None
    assert outcome.answer.rcode == "NOERROR"
    assert outcome.seconds is not None
    assert outcome.seconds < 5


async def test_a_closed_port_refuses_at_once_and_silence_does_not() -> None:
    with nobody() as address:
        assert (await ask_udp(small(NAME), address, None, 5)).errno == errno.ECONNREFUSED
        assert (await ask_tcp(small(NAME), address, None, 5)).errno == errno.ECONNREFUSED
    async with udp_server(silently) as (_, address):
        outcome = await ask_udp(small(NAME), address, None, 0.05)
    assert (outcome.answer, outcome.errno, outcome.malformed) == (None, None, 0)


async def test_garbage_is_counted_and_a_proper_answer_behind_it_still_heard() -> None:
    async with udp_server(wrongly) as (server, address):
        outcome = await ask_udp(small(NAME), address, None, 0.05)
        assert (outcome.answer, outcome.malformed) == (None, 1)
    async with udp_server(properly) as (server, address):
        plain = server.datagram_received

        def twice(data: bytes, addr: tuple[str, int]) -> None:
            server.transport.sendto(wrongly(data), addr)
            plain(data, addr)

        server.datagram_received = twice  # type: ignore[method-assign]
        outcome = await ask_udp(small(NAME), address, None, 5)
    assert outcome.answer is not None
    assert outcome.malformed == 1


async def test_tcp_takes_an_answer_in_pieces_and_tells_what_is_none() -> None:
    async with tcp_server(properly) as address:
        outcome = await ask_tcp(small(NAME), address, None, 5)
    assert outcome.answer is not None
    for answer in (wrongly, silently):
        async with tcp_server(answer) as address:
            outcome = await ask_tcp(small(NAME), address, None, 5)
        assert (outcome.answer, outcome.malformed) == (None, 1), "a stream that ends early is no answer either"


async def test_whoever_answers_instead_is_named_and_the_connected_socket_hears_nothing() -> None:
    async with udp_server(silently) as (other, other_address), udp_server(properly) as (server, address):
        assert await other_source(small(NAME), address, None, 5) is None
        server.instead = other.transport
        assert await other_source(small(NAME), address, None, 5) == f"{HOME}:{other_address.port}"
        assert (await ask_udp(small(NAME), address, None, 0.05)).answer is None


@pytest.mark.parametrize("ask", [ask_udp, ask_tcp])
async def test_an_interface_that_is_gone_is_told_by_its_number(ask: Callable[..., object]) -> None:
    outcome = await ask(small(NAME), ServerAddress(HOME), Way("gone9", 0), 5)  # type: ignore[misc]
    assert outcome.errno == errno.ENODEV


async def test_a_cell_counts_what_was_answered_and_says_what_that_means() -> None:
    async with udp_server(properly) as (server, address):
        asked = Asked(NAME, address, "lo", None, tries=3, seconds=0.05)
        cell = await cells.udp(asked)
        assert (cell.ok, cell.tries, cell.answered, cell.rcode) == (True, 3, 3, "NOERROR")
        assert cell.problem is None
        server.answer = silently
        cell = await cells.udp_large(asked)
        assert (cell.ok, cell.answered, cell.fits) == (False, 0, None)
        assert cell.problem is not None
        assert cell.problem.code == "resolver_silent"


async def test_large_questions_that_fit_when_less_is_offered_are_told_so() -> None:
    def small_only(wire: bytes) -> bytes | None:
        return properly(wire) if dns.message.from_wire(wire).payload <= 512 else None

    async with udp_server(small_only) as (_, address):
        cell = await cells.udp_large(Asked(NAME, address, "lo", None, tries=1, seconds=0.1))
    assert (cell.answered, cell.fits) == (0, 512)
