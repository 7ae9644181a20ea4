"""Where it is browsed, how that stands, and what is heard there besides."""

from __future__ import annotations

import asyncio
import errno
import os
import socket

import pytest
from msgspec.structs import replace

from discovery.bonjour import hearing
from discovery.bonjour.catalogue import Catalogue
from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.ledger import Ledger
from discovery.bonjour.querier import Querier
from discovery.bonjour.restricted import GROUPS, PORT, Place, open_restricted, started
from discovery.bonjour.station import Stations
from discovery.records import BrowseState
from net.records import Address, Removed
from tests.discovery.bonjour.packets import announcement
from tests.discovery.bonjour.test_places import interface

LOOPBACK = {index: name for index, name in socket.if_nameindex() if name in ("lo", "lo0")}
INDEX, NAME = next(iter(LOOPBACK.items()), (0, "lo"))
PLACE = Place(interface=NAME, index=INDEX, family="ipv4", address="127.0.0.1")
LO = interface(NAME, "127.0.0.1", index=INDEX, loopback=True)
pytestmark = pytest.mark.skipif(not LOOPBACK, reason="This host has no loopback interface named lo or lo0.")


def stations(ledger: Ledger | None = None) -> Stations:
    return Stations((), Catalogue(), lambda: None, ledger=ledger)


async def test_a_place_that_is_refused_is_told_with_its_errno_until_it_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(self: Querier) -> None:
        raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))

    places = stations()
    with monkeypatch.context() as patch:
        patch.setattr(Querier, "open", refuse)
        await places.reconcile({NAME: LO}, (NAME,))
    (failed,) = places.states()
    assert isinstance(failed, BrowseState)
    assert (failed.interface, failed.state, failed.errno) == (NAME, "failed", errno.EADDRINUSE)
    assert failed.reason == os.strerror(errno.EADDRINUSE)

    await places.reconcile({NAME: LO}, (NAME,))
    (browsing,) = places.states()
    assert isinstance(browsing, BrowseState)
    assert (browsing.state, browsing.errno, browsing.reason) == ("browsing", None, None)
    assert browsing.since > failed.since
    assert places.states() == []
    await places.close()


async def test_an_interface_that_is_left_out_and_goes_is_told() -> None:
    places = stations()
    await places.reconcile({"utun3": interface("utun3", type="tunnel")}, ())
    (skipped,) = places.states()
    assert isinstance(skipped, BrowseState)
    assert (skipped.interface, skipped.state, skipped.reason) == ("utun3", "skipped", "a tunnel")

    await places.reconcile({}, ())
    assert places.states() == [Removed(of="browse_state", name="utun3")]


async def test_where_only_the_ear_is_refused_services_are_browsed_and_the_ledger_says_what_it_lacks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(place: Place, *, buffer_bytes: int) -> socket.socket:
        raise OSError(errno.ENOBUFS, os.strerror(errno.ENOBUFS))

    monkeypatch.setattr(hearing, "listen", refuse)
    places = stations(Ledger())
    await places.reconcile({NAME: LO}, (NAME,))
    (state,) = places.states()
    assert isinstance(state, BrowseState)
    assert (state.state, state.packets) == ("browsing", None)
    assert [(p.code, p.subject, p.errno) for p in places.problems() if p.code == "ledger_deaf"] == [
        ("ledger_deaf", NAME, errno.ENOBUFS)
    ]
    await places.close()


async def test_what_comes_from_beyond_the_link_is_not_in_the_ledger() -> None:
    ledger = Ledger()
    places = stations(ledger)
    await places.reconcile({NAME: replace(LO, addresses=(Address(address="127.0.0.1", prefix=8),))}, (NAME,))
    payload = announcement(b"NAS", "_http._tcp")
    counts = []
    for source, port in (("8.8.8.8", PORT), ("127.0.0.2", 40000), ("127.0.0.2", PORT)):
        places._note(HeardPacket(0.0, NAME, "ipv4", source, port, 255, payload, unicast=True))
        counts.append(len(ledger) > 0)
    await places.close()
    assert counts == [False, False, True]


async def test_what_the_ledger_leaves_out_is_a_problem_that_is_told_anew_only_when_it_has_doubled() -> None:
    ledger = Ledger()
    places = stations(ledger)
    texts = []
    for left_out in (0, 1, 2, 3, 5, 1000, 1001):
        ledger.left_out = left_out
        ledger.limits = {"set"}
        texts += [problem.text for problem in places.problems()]
    assert len(texts) == 6
    assert len(set(texts)) == 4
    assert "(1,000 records of one name and type)" in texts[-1], "the limit that was reached and no other"
    assert "at least 512" in texts[-1]


async def test_an_answer_by_unicast_is_handed_on_and_still_reaches_the_querier() -> None:
    answered: list[HeardPacket] = []
    arrived = asyncio.Event()

    def take(packet: HeardPacket) -> None:
        answered.append(packet)
        arrived.set()

    payload = announcement(b"NAS", "_http._tcp")
    querier = Querier(PLACE, (), lambda: None, answered=take)
    await querier.open()
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind(("127.0.0.1", 0))
            port = sock.getsockname()[1]
            sock.sendto(payload, ("127.0.0.1", PORT))
        async with asyncio.timeout(5):
            await arrived.wait()
        assert list(querier.heard.instances) == ["nas._http._tcp.local."]
    finally:
        await querier.close()
    (packet,) = answered
    assert packet[1:] == (NAME, "ipv4", "127.0.0.1", port, None, payload, True)


async def test_what_may_change_nothing_is_handed_on_but_never_reaches_zeroconf() -> None:
    told: list[HeardPacket] = []
    arrived = asyncio.Event()

    def take(packet: HeardPacket) -> None:
        told.append(packet)
        if packet.payload == payloads[-1]:
            arrived.set()

    payloads = [announcement(label, "_http._tcp") for label in (b"far", b"near")]
    querier = Querier(PLACE, (), lambda: None, accepts=lambda packet: packet.payload != payloads[0], answered=take)
    await querier.open()
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            for payload in payloads:
                sock.sendto(payload, ("127.0.0.1", PORT))
        async with asyncio.timeout(5):
            await arrived.wait()
        assert list(querier.heard.instances) == ["near._http._tcp.local."]
    finally:
        await querier.close()
    assert [packet.payload for packet in told] == payloads


async def test_an_instance_that_asks_listens_to_the_group_and_to_nothing_else() -> None:
    zeroconf = await open_restricted(PLACE)
    try:
        await started(zeroconf)
        engine = zeroconf.zeroconf.engine
        asking = {wrapped.transport for wrapped in engine.senders}
        (ear,) = (wrapped for wrapped in engine.readers if wrapped.transport not in asking)
        assert ear.sock.getsockname() == (str(GROUPS["ipv4"]), PORT)
    finally:
        await zeroconf.async_close()


async def test_a_quiet_instance_has_no_socket_to_send_by_and_hears_only_the_group() -> None:
    zeroconf = await open_restricted(PLACE, quiet=True)
    try:
        await started(zeroconf)
        engine = zeroconf.zeroconf.engine
        assert engine.senders == []
        (reader,) = engine.readers
        assert reader.sock.getsockname() == (str(GROUPS["ipv4"]), PORT)
    finally:
        await zeroconf.async_close()
