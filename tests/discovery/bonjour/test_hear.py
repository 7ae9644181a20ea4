"""Tests of discovery.bonjour.hear on the loopback, with real sockets."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path

import pytest

from discovery.bonjour import hearing, restricted
from discovery.bonjour.compose import compose
from discovery.bonjour.hear import MOST_KEPT, hear
from discovery.bonjour.rdata import HostAddress, Pointer
from discovery.bonjour.restricted import Place
from discovery.bonjour.wire import ResourceRecord
from discovery.records import BrowseState, LintFinding, MdnsPacket
from discovery.requests import HearRequest
from net.multicast.capture.survey import Rows
from net.multicast.records import Recording
from net.problems import ProblemError
from net.records import Problem, Record, Removed, Skipped

GROUP, PORT = "224.0.0.251", 5353
NAME = (b"hear-test", b"local")
LO = HearRequest(interfaces=("lo",))


@contextmanager
def speaker() -> Iterator[socket.socket]:
    """Sends to the group by the loopback, from a port of its own."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        mreqn = struct.pack("@4s4si", bytes(4), socket.inet_aton("127.0.0.1"), socket.if_nametoindex("lo"))
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, mreqn)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 255)
        yield sock


def say(sock: socket.socket, number: int = 0) -> bytes:
    """Answers with an address whose last byte is the number."""
    answer = ResourceRecord(NAME, 1, HostAddress(bytes((192, 168, 1, number % 256))), 120, flush=True)
    payload = compose(id=number, flags=0x8400, answers=(answer,))
    sock.sendto(payload, (GROUP, PORT))
    return payload


async def until(watch: AsyncGenerator[tuple[Record, ...], None], kind: type[Record]) -> list[Record]:
    """What came up to the first batch with a record of that kind."""
    records: list[Record] = []
    async with asyncio.timeout(10):
        while not any(isinstance(record, kind) for record in records):
            records += await anext(watch)
    return records


def packets(records: list[Record]) -> list[MdnsPacket]:
    """Those that this test sent."""
    return [record for record in records if isinstance(record, MdnsPacket) and b"hear-test".hex() in record.payload_hex]


async def test_a_packet_is_told_with_where_it_was_heard_and_from_whom() -> None:
    with speaker() as sock:
        async with aclosing(hear(HearRequest(interfaces=("lo",), sections=True))) as watch:
            first = await until(watch, BrowseState)
            payload = say(sock)
            (packet,) = packets(await until(watch, MdnsPacket))
    assert (packet.interface, packet.family, packet.source, packet.ttl) == ("lo", "ipv4", "127.0.0.1", 255)
    assert (packet.own, packet.response, packet.payload_hex) == (True, True, payload.hex())
    assert [answer.data for answer in packet.answers] == ["192.168.1.0"]
    states = [record for record in first if isinstance(record, BrowseState)]
    assert [(state.interface, state.state) for state in states] == [("lo", "browsing")]


async def test_of_a_flood_the_newest_are_handed_on_and_the_rest_is_counted() -> None:
    sent = MOST_KEPT + 150
    with speaker() as sock:
        async with aclosing(hear(LO)) as watch:
            await until(watch, BrowseState)
            for number in range(sent):
                say(sock, number)
            records = await until(watch, MdnsPacket)
    handed_on = [record for record in records if isinstance(record, MdnsPacket)]
    assert len(handed_on) == MOST_KEPT
    assert int(packets(records)[-1].payload_hex[:4], 16) == sent - 1
    # Others may speak on the loopback, too.
    assert sum(record.count for record in records if isinstance(record, Skipped)) >= sent - MOST_KEPT


async def test_with_lint_what_breaks_a_rule_is_found_and_packets_can_be_left_out() -> None:
    answer = ResourceRecord((b"_http", b"_tcp", b"local"), 12, Pointer(NAME), 4500, flush=True)
    with speaker() as sock:
        async with aclosing(hear(HearRequest(interfaces=("lo",), lint=True, packets=False))) as watch:
            await until(watch, BrowseState)
            sock.sendto(compose(flags=0x8400, answers=(answer,)), (GROUP, PORT))
            records = await until(watch, LintFinding)
    assert not [record for record in records if isinstance(record, MdnsPacket)]
    assert {"lo"} == {record.interface for record in records if isinstance(record, LintFinding)}


async def test_every_packet_is_recorded(tmp_path: Path) -> None:
    path = str(tmp_path / "heard.pcapng")
    with speaker() as sock:
        async with aclosing(hear(HearRequest(interfaces=("lo",), pcapng=path))) as watch:
            await until(watch, BrowseState)
            payloads = [say(sock, number).hex() for number in range(5)]
            recordings: list[Recording] = []
            while not recordings or recordings[-1].packets < len(payloads):
                found = await until(watch, Recording)
                recordings += [record for record in found if isinstance(record, Recording)]
    rows = Rows(path, 0, 100)
    recorded = rows.step(100)
    rows.close()
    assert [row.payload_hex for row in recorded if row.payload_hex in payloads] == payloads
    assert {(row.interface, row.group, row.port, row.ttl) for row in recorded} == {("lo", GROUP, PORT, 255)}


async def test_an_unknown_interface_is_refused_with_those_there_are() -> None:
    with pytest.raises(ProblemError) as failure:
        await anext(hear(HearRequest(interfaces=("en77",))))
    assert failure.value.problem.code == "interface_unknown"
    assert "lo" in failure.value.problem.text + failure.value.problem.remedy


async def test_a_file_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProblemError) as failure:
        await anext(hear(HearRequest(interfaces=("lo",), pcapng=str(tmp_path / "no" / "file"))))
    assert failure.value.problem.code == "record_refused"


async def test_a_refused_place_is_told_with_its_errno_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    listen, refused_still = restricted.listen, asyncio.Event()
    refused_still.set()

    def refusing(place: Place, *, buffer_bytes: int) -> socket.socket:
        if refused_still.is_set():
            raise OSError(105, "No buffer space available")
        return listen(place, buffer_bytes=buffer_bytes)

    monkeypatch.setattr(hearing, "listen", refusing)
    async with aclosing(hear(LO)) as watch:
        records = await until(watch, BrowseState)
        refused_still.clear()
        later = await until(watch, Removed)
        while not any(isinstance(record, BrowseState) for record in later):
            later += await anext(watch)
    refused = [record for record in records if isinstance(record, Problem) and record.code == "browse_refused"]
    assert [(problem.subject, problem.errno) for problem in refused] == [("lo", 105)]
    assert [record.state for record in records if isinstance(record, BrowseState)] == ["failed"]
    assert Removed(of="problem", name=refused[0].key().name) in later
    assert [record.state for record in later if isinstance(record, BrowseState)] == ["browsing"]
