"""What the ledger has heard becomes statements about hosts."""

from __future__ import annotations

import socket

from discovery.bonjour.names import parse_name
from discovery.bonjour.rdata import SRV, TXT, A, HostAddress, Server, Text
from discovery.bonjour.wire import ResourceRecord
from discovery.devices.mdns import MdnsView
from discovery.devices.statement import Statement
from tests.discovery.bonjour.link import BETA, GAMMA, Link, T, address, server


def text(name: str, *strings: bytes) -> ResourceRecord:
    raw = b"".join(bytes((len(each),)) + each for each in strings)
    return ResourceRecord(parse_name(name), TXT, Text(strings, raw), 4500, flush=True)


def statements(link: Link, view: MdnsView | None = None, at: float = T + 2) -> dict[tuple[str, str], Statement]:
    view = MdnsView() if view is None else view
    view.take(link.ledger.news(at, 1))
    return {(each.interface, each.subject): each for each in view.statements()}


def test_a_host_has_its_addresses_services_and_names_and_spoke_for_itself() -> None:
    link = Link()
    link.response(T, server(), address())
    found = statements(link)["en0", "beta.local"]
    assert (found.addresses, found.spoke, found.host) == ((BETA,), frozenset((BETA,)), "beta.local")
    facts = set(found.facts)
    assert {("host", "beta.local", None), ("service", "_http._tcp", "web"), ("name", "web", "_http._tcp")} <= facts


def test_who_speaks_for_another_is_known_to() -> None:
    link = Link()
    link.response(T, address(), source=GAMMA)
    found = statements(link)["en0", "beta.local"]
    assert (found.addresses, found.spoke) == ((BETA,), frozenset())
    assert found.facts["address", BETA, None] == GAMMA


def test_each_interface_has_a_statement_of_its_own() -> None:
    link = Link()
    link.response(T, address())
    link.response(T, address(), interface="en5")
    assert set(statements(link)) == {("en0", "beta.local"), ("en5", "beta.local")}


def test_models_names_and_uuids_are_read_from_txt() -> None:
    link = Link()
    cast, info = "tv._googlecast._tcp.local.", "tv._device-info._tcp.local."
    link.response(
        T,
        ResourceRecord(parse_name(cast), SRV, Server(0, 0, 8009, parse_name("tv.local.")), 120, flush=True),
        ResourceRecord(parse_name("tv.local."), A, HostAddress(socket.inet_aton(BETA)), 120, flush=True),
        text(cast, b"md=Chromecast Ultra", b"fn=Den", b"id=2f402f80da5011e19b23001788685f61"),
        text(info, b"model=J42dAP"),
    )
    found = statements(link)["en0", "tv.local"]
    assert found.uuids == {"2f402f80-da50-11e1-9b23-001788685f61"}
    told = {(what, value) for what, value, _ in found.facts}
    assert {("model", "Chromecast Ultra"), ("name", "Den"), ("model", "J42dAP")} <= told


def printer(*services: str) -> Statement:
    link = Link()
    link.response(T, address(), *(
        ResourceRecord(parse_name(each), SRV, Server(0, 0, 80, parse_name("beta.local.")), 120, flush=True)
        for each in services
    ), text("Laser._ipp._tcp.local.", b"ty=Laser 3000", b"UUID=2f402f80-da50-11e1-9b23-001788685f61"))  # fmt: skip
    return statements(link)["en0", "beta.local"]


def test_a_printer_has_the_model_of_its_queue() -> None:
    found = printer("Laser._ipp._tcp.local.", "Laser._http._tcp.local.")
    assert ("model", "Laser 3000", None) in found.facts
    assert found.uuids


def test_a_queue_that_a_computer_shares_tells_nothing_of_the_computer() -> None:
    found = printer("Laser._ipp._tcp.local.", "Router._http._tcp.local.")
    assert not any(what == "model" for what, _, _ in found.facts)
    assert not found.uuids


def test_what_was_withdrawn_is_told_no_more() -> None:
    link, view = Link(), MdnsView()
    link.response(T, address())
    assert statements(link, view)
    link.response(T + 10, address(ttl=0))
    assert not statements(link, view, T + 20)
