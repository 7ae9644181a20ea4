"""Which addresses are asked, and who answers at them on this host."""

from __future__ import annotations

import asyncio
import os
import socket
from contextlib import closing

import msgspec
import pytest

from net.ports import answers
from net.ports.answers import Place, places, watch
from net.ports.records import Answer
from net.records import Address, Interface
from net.requests import AnswersRequest
from net.verdict import Verdict
from tests.net.faces import LAN


def with_addresses(name: str, *addresses: Address) -> Interface:
    return msgspec.structs.replace(LAN, name=name, addresses=addresses)


LO = with_addresses("lo0", Address(address="127.0.0.1"), Address(address="::1"), Address(address="127.0.1.1"))
EN0 = with_addresses("en0", Address(address="10.0.0.2"), Address(address="fe80::1", scope="link"))
EN1 = with_addresses("en1", Address(address="fe80::1", scope="link"), Address(address="fe80::2%en1", scope="link"))


def test_every_own_address_is_asked_once_and_link_local_ones_on_their_interface() -> None:
    assert places((EN0, EN1, LO), ("::1", "127.0.0.1")) == (
        Place("127.0.0.1", "lo0", 2),
        Place("::1", "lo0", 1),
        Place("10.0.0.2", "en0", None),
        Place("fe80::1%en0", "en0", None),
        Place("fe80::1%en1", "en1", None),
        Place("fe80::2%en1", "en1", None),
        Place("127.0.1.1", "lo0", None),
    )


def test_an_address_that_is_not_here_is_not_asked_although_localhost_leads_there() -> None:
    assert "203.0.113.9" not in [place.address for place in places((LO,), ("203.0.113.9", "127.0.0.1"))]
    assert places((), ())[:2] == (Place("127.0.0.1", None, None), Place("::1", None, None))


async def test_a_plain_development_server_is_named_and_not_called_airplay() -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 403 FORBIDDEN\r\nServer: Werkzeug/3.0.1 Python/3.11.8\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        records = [record async for batch in watch(AnswersRequest(port=port)) for record in batch]
    found = {record.address: record for record in records if isinstance(record, Answer)}
    mine = found["127.0.0.1"]
    assert (mine.connected, mine.pid, mine.owner, mine.status) == (True, os.getpid(), "proved", 403)
    assert mine.identity == "Werkzeug (Flask's development server)"
    assert not any(answer.connected for address, answer in found.items() if address != "127.0.0.1")
    verdict = records[-1]
    assert isinstance(verdict, Verdict)
    assert f"(PID {os.getpid()})" in verdict.text
    assert "AirPlay" not in f"{verdict}"


async def test_many_addresses_are_asked_in_batches_and_none_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    many = tuple(Address(address=f"127.0.{number // 250}.{number % 250 + 1}") for number in range(120))

    async def snapshot() -> tuple[Interface, ...]:
        return (with_addresses("lo0", *many),)

    monkeypatch.setattr(answers, "interfaces", snapshot)
    with closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))
        batches = [batch async for batch in watch(AnswersRequest(port=unused.getsockname()[1]))]
    assert [len(batch) for batch in batches] == [50, 50, 21, 1]
