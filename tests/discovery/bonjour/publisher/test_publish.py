"""A service is announced, found, verified and withdrawn over real sockets of the loopback; nothing is left behind."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from discovery.bonjour.ask import ask
from discovery.bonjour.compose import compose
from discovery.bonjour.exchange import exchanges
from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.names import name_text
from discovery.bonjour.publisher import publish as publishing
from discovery.bonjour.publisher.publication import parse_publication
from discovery.bonjour.publisher.publish import publish
from discovery.bonjour.publisher.publisher import Publisher
from discovery.bonjour.publisher.site import Site
from discovery.bonjour.rdata import AAAA, ANY, PTR, SRV, TXT, A, Server
from discovery.bonjour.restricted import Place
from discovery.bonjour.verify import verify
from discovery.bonjour.wire import AUTHORITATIVE, RESPONSE, Question, ResourceRecord, decode
from discovery.records import AskSummary, MdnsAnswer, Published, Verified
from discovery.requests import AskRequest, PublishRequest, VerifyRequest
from net.interfaces import snapshot
from net.problems import ProblemError
from net.tasks import start, stop
from tests.discovery.bonjour.publisher.scene import INSTANCE, TYPE, WEB, latest, records, server_record
from tests.net.faces import LAN

NAME = f"test of {os.getpid()}"
LAST = Question((b"last", str(os.getpid()).encode(), b"local"), PTR)
FULL_NAME = f"{NAME}._lanscout-test._tcp.local"
REQUEST = PublishRequest(name="Dr. Web", type="_http._tcp", port=8080)


async def loopback() -> str:
    return next(face.name for face in await snapshot() if face.loopback)


async def consume(request: PublishRequest, announced: asyncio.Event) -> None:
    async with aclosing(publish(request)) as batches:
        async for batch in batches:
            if any(isinstance(record, Published) and record.state == "announced" for record in batch):
                announced.set()


def loopback_place(interface: str) -> Place:
    return Place(interface=interface, index=socket.if_nametoindex(interface), family="ipv4", address="127.0.0.1")


async def gone(interface: str, publishing: asyncio.Task[None]) -> list[ResourceRecord]:
    """Stop it; the records that the group hears meanwhile."""
    answers: list[ResourceRecord] = []
    done = asyncio.Event()

    def take(packet: HeardPacket) -> None:
        message = decode(packet.payload)
        answers.extend(message.answers)
        if [question.name for question in message.questions] == [LAST.name]:
            done.set()

    async with exchanges([loopback_place(interface)], take) as ((exchange,), _):
        await stop(publishing)
        exchange.send(compose(questions=[LAST]))  # what was sent before it was heard before it
        async with asyncio.timeout(5):
            await done.wait()
    return answers


async def test_a_service_is_announced_found_verified_and_withdrawn() -> None:
    interface = await loopback()
    announced = asyncio.Event()
    request = PublishRequest(name=NAME, type="_lanscout-test._tcp", port=80, interfaces=(interface,))
    publishing = start(consume(request, announced), "test publish")
    question = AskRequest(name=FULL_NAME, type="SRV", interfaces=(interface,), seconds=1.5)
    try:
        async with asyncio.timeout(10):
            await announced.wait()
        told = [record async for batch in ask(question) for record in batch]
        verified = [
            record
            async for batch in verify(VerifyRequest(name=FULL_NAME, type="SRV", interfaces=(interface,)))
            for record in batch
        ]
    finally:
        heard = await gone(interface, publishing)
    answers = [record for record in told if isinstance(record, MdnsAnswer)]
    assert {(answer.interface, answer.source, answer.ip_ttl) for answer in answers} == {(interface, "127.0.0.1", 255)}
    assert answers[0].records[0].data.startswith("0 0 80 lanscout-")
    assert isinstance(told[-1], AskSummary)
    assert [record.alive for record in verified if isinstance(record, Verified)] == [True]

    (addresses,) = [face.addresses for face in await snapshot() if face.name == interface]
    host = answers[0].records[0].data.split()[-1]
    assert {(name_text(record.name), record.type) for record in heard if record.ttl == 0} == {
        ("_lanscout-test._tcp.local.", PTR),
        ("_services._dns-sd._udp.local.", PTR),
        (f"{NAME}._lanscout-test._tcp.local.", SRV),
        (f"{NAME}._lanscout-test._tcp.local.", TXT),
        *((host, A if address.family == "ipv4" else AAAA) for address in addresses),
    }
    silent = [record async for batch in ask(question) for record in batch]
    assert not [record for record in silent if isinstance(record, MdnsAnswer)]


async def test_a_rival_is_heard_though_another_socket_of_the_port_was_opened_later() -> None:
    """A unicast answer would go to that one alone (RFC 6762 section 15.1)."""
    place = loopback_place(await loopback())

    def contest(packet: HeardPacket) -> None:
        message = decode(packet.payload)
        for question in message.questions if message.authorities else ():
            if question.name[:1] == (NAME.encode(),):
                theirs = ResourceRecord(question.name, SRV, Server(0, 0, 1, LAST.name), 120, flush=True)
                payload = compose(flags=RESPONSE | AUTHORITATIVE, answers=[theirs])
                if question.unicast:
                    rivals[0].reply(payload, packet.source, packet.source_port)
                else:
                    rivals[0].send(payload)

    request = PublishRequest(name=NAME, type="_lanscout-test._tcp", port=80, interfaces=(place.interface,))
    async with asyncio.timeout(10), aclosing(publish(request)) as batches:
        await anext(batches)
        async with exchanges([place], contest) as (rivals, _):
            (state,) = await anext(batches)
    assert isinstance(state, Published)
    assert (state.state, state.name, state.renamed_from) == ("probing", f"{NAME} (2)", NAME)


async def test_an_interface_that_is_not_there_is_refused() -> None:
    with pytest.raises(ProblemError) as refused:
        await anext(publish(PublishRequest(name="x", type="_http._tcp", port=1, interfaces=("no such",))))
    assert refused.value.problem.code == "interface_unknown"


async def test_when_the_system_tells_no_more_of_its_interfaces_publishing_ends_with_that(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Deaf:
        async def changes(self) -> AsyncGenerator[None, None]:
            for _ in range(1):
                yield
            raise OSError(errno.ENOBUFS, "netlink")

    monkeypatch.setattr(publishing, "this_platform", Deaf)
    request = replace(REQUEST, interfaces=(await loopback(),))
    async with asyncio.timeout(5):
        with pytest.raises(OSError, match="netlink"):
            await consume(request, asyncio.Event())


PACKETS = (
    compose(questions=[Question(INSTANCE, ANY, unicast=True)], authorities=[server_record()]),
    compose(questions=[Question(TYPE, PTR)], answers=records().shared),
    compose(flags=RESPONSE | AUTHORITATIVE, answers=(*records().unique, *records().denials, server_record())),
)


@given(
    packet=st.sampled_from(PACKETS),
    changes=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=8),
    cut=st.integers(0, 400),
    announced=st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_whatever_arrives_is_taken(packet: bytes, changes: list[tuple[int, int]], cut: int, announced: bool) -> None:
    async def take() -> None:
        publisher, site = still()
        site.claim._announcements = int(announced)
        data = bytearray(packet)
        for at, byte in changes:
            data[at % len(data)] = byte
        publisher._heard(site, heard(bytes(data[: cut or None])))
        publisher.news()
        site.responder.turn(10.0)

    asyncio.run(take())


@pytest.mark.parametrize(("port", "deferred"), [(8081, True), (8079, False)])
async def test_a_simultaneous_probe_with_greater_data_makes_us_wait_a_second(port: int, deferred: bool) -> None:
    publisher, site = still()
    before = site.claim.due
    now = asyncio.get_running_loop().time()
    theirs = [server_record(port)]
    question = Question(INSTANCE, ANY, unicast=True)
    publisher._heard(site, heard(compose(questions=[question], authorities=[*theirs, records().unique[1]])))

    due = site.claim.due
    assert due is not None
    assert (due >= now + 1.0) == deferred
    assert (due == before) == (not deferred)


def still() -> tuple[Publisher, Site]:
    """A publisher that probes at one site, whose sockets are not open."""
    publisher = Publisher(REQUEST, parse_publication(REQUEST))
    place = Place(interface="en0", index=2, family="ipv4", address="192.168.1.23")
    site = Site(place, LAN, publisher._heard, publisher._sent, latest)
    site.claim_for(WEB, 0.0)
    publisher._sites[place] = site
    return publisher, site


def heard(payload: bytes) -> HeardPacket:
    return HeardPacket(0.0, "en0", "ipv4", "192.168.1.20", 5353, 255, payload)
