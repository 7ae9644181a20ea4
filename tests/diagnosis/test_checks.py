"""Tests of the checks that read what an interface is: on interfaces written here, and on recorded ones of Macs."""

from __future__ import annotations

import msgspec
import pytest

from diagnosis.checks import addresses, guests, interfaces
from diagnosis.context import Context
from diagnosis.records import Finding
from net.kinds import kind_of
from net.platform.macos import ifconfig
from net.records import Address, Interface
from net.roles import Situation, owners, with_owners
from tests.net.faces import LAN
from tests.samples import sample, samples

LINK_LOCAL = Address(address="fe80::1%en0", prefix=64, scope="link")
BRIDGE = msgspec.structs.replace(LAN, name="docker0", type="bridge", label="Docker default network")
TUNNEL = msgspec.structs.replace(LAN, name="ipsec0", type="ipsec", label="IPsec tunnel", point_to_point=True)


def _lan(**changes: object) -> Interface:
    return msgspec.structs.replace(LAN, **changes)


def _context(*faces: Interface, named: bool = False) -> Context:
    return Context(faces, faces, 1.0, named)


def _codes(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(finding.code, finding.severity) for finding in findings]


def _recorded(name: str) -> tuple[Interface, ...]:
    """The interfaces of a Mac, without its routes."""
    links = ifconfig.parse(sample(name))
    situation = Situation({4: None, 6: None}, {4: None, 6: None}, {}, owners(links))
    found = []
    for link in links:
        kind = kind_of(link, "macos")
        found.append(
            msgspec.structs.replace(
                LAN,
                name=link.name,
                type=kind.type,
                label=kind.label,
                up="UP" in link.flags,
                running="RUNNING" in link.flags,
                multicast="MULTICAST" in link.flags,
                point_to_point="POINTOPOINT" in link.flags,
                loopback="LOOPBACK" in link.flags,
                flags=tuple(sorted(link.flags)),
                addresses=with_owners(link, situation),
                member_of=link.member_of,
            )
        )
    return tuple(found)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"up": False}, "interface_down"),
        ({"running": False}, "interface_no_carrier"),
        ({"point_to_point": True}, "interface_point_to_point"),
        ({"multicast": False}, "interface_without_multicast"),
        ({"addresses": (LINK_LOCAL,)}, "interface_no_address"),
    ],
)
async def test_what_is_in_the_way_is_an_error_where_the_interface_was_named(
    changes: dict[str, object], code: str
) -> None:
    assert _codes(await interfaces.check(_context(_lan(**changes), named=True))) == [(code, "error")]
    assert _codes(await interfaces.check(_context(_lan(**changes)))) == [(code, "warning")]


@pytest.mark.parametrize(
    "changes",
    [
        {"up": False, "running": False, "addresses": ()},
        {"running": False, "addresses": (LINK_LOCAL,)},
        {"addresses": (LINK_LOCAL,), "member_of": "br0"},
        {"addresses": (LINK_LOCAL,)},
        {"addresses": (), "type": "virtual"},
        {"running": False, "type": "bridge", "name": "docker0"},
        {"multicast": False, "type": "tunnel"},
    ],
)
async def test_a_port_that_nobody_uses_is_no_fault(changes: dict[str, object]) -> None:
    assert await interfaces.check(_context(_lan(name="en5"), _lan(**changes))) == ()


async def test_a_host_without_any_lan_is_told() -> None:
    unused = _lan(up=False, running=False, addresses=())
    assert _codes(await interfaces.check(_context(unused, TUNNEL))) == [("no_lan", "error")]


@pytest.mark.parametrize("name", samples("macos/ifconfig--*"))
async def test_on_recorded_macs_nothing_is_called_a_fault(name: str) -> None:
    context = _context(_lan(), *_recorded(name))
    findings = (*await interfaces.check(context), *await addresses.check(context), *await guests.check(context))
    assert [finding for finding in findings if finding.severity in ("warning", "error")] == []


async def test_an_address_that_failed_detection_is_an_error() -> None:
    refused = Address(address="fd66::1", prefix=64, duplicate=True)
    (finding,) = await addresses.check(_context(_lan(addresses=(refused,))))
    assert (finding.code, finding.severity, finding.certainty) == ("address_refused", "error", "proven")
    assert "dadfailed" in finding.evidence[0]


def _sharing(face: Interface, other: str) -> Interface:
    return msgspec.structs.replace(face, addresses=(Address(address="192.0.0.6", prefix=32, also_on=(other,)),))


async def test_one_address_on_two_tunnels_is_only_told_and_on_two_lans_a_warning() -> None:
    tunnels = _sharing(TUNNEL, "ipsec1"), _sharing(msgspec.structs.replace(TUNNEL, name="ipsec1"), "ipsec0")
    assert _codes(await addresses.check(_context(*tunnels))) == [("address_on_tunnels", "info")]
    lans = _sharing(LAN, "en5"), _sharing(_lan(name="en5"), "en0")
    assert _codes(await addresses.check(_context(*lans))) == [("address_twice", "warning")]


async def test_a_host_with_the_loopback_alone_says_so() -> None:
    (finding,) = await interfaces.check(_context(_lan(name="lo", loopback=True, type="loopback")))
    assert (finding.code, finding.evidence) == ("no_lan", ("Only the loopback is there.",))


async def test_the_gateway_of_containers_with_a_veth_each_is_no_fault() -> None:
    seen = {"type": "virtual", "type_evidence": "rtnl.kind=veth"}
    ways = [_sharing(_lan(name=name, **seen), other) for name, other in (("cali1", "cali2"), ("cali2", "cali1"))]
    assert await addresses.check(_context(LAN, *ways)) == ()
    own = Address(address="10.0.0.2", prefix=24)
    cards = [msgspec.structs.replace(face, addresses=(*face.addresses, own)) for face in ways]
    assert _codes(await addresses.check(_context(*cards))) == [("address_twice", "warning")]


async def test_an_address_that_the_loopback_has_too_is_no_fault() -> None:
    faces = _sharing(LAN, "lo"), _sharing(_lan(name="lo", loopback=True), "en0")
    assert await addresses.check(_context(*faces)) == ()


async def test_a_bridge_for_guests_that_merely_exists_is_no_fault_and_no_lan() -> None:
    context = _context(LAN, BRIDGE)
    assert await guests.check(context) == ()
    assert [face.name for face in context.lans] == ["en0"]
    assert [face.name for face in _context(BRIDGE, named=True).lans] == ["docker0"]


async def test_a_bridge_with_a_gateway_is_a_lan() -> None:
    bridge = msgspec.structs.replace(BRIDGE, name="br0", gateways=("192.168.1.1",), takes_multicast_v4=True)
    context = _context(bridge)
    assert [face.name for face in context.lans] == ["br0"]
    assert await guests.check(context) == ()


async def test_a_bridge_with_a_card_is_a_lan_also_without_a_router() -> None:
    bridge = msgspec.structs.replace(BRIDGE, name="br0", gateways=(), takes_multicast_v4=True)
    card = _lan(name="eth1", addresses=(), member_of="br0")
    guest = _lan(name="veth1", type="virtual", addresses=(), member_of="br0")
    assert await guests.check(_context(LAN, bridge, card, guest)) == ()
    assert bridge in _context(LAN, bridge, card).lans
    (finding,) = await guests.check(_context(LAN, bridge, guest))
    assert finding.code == "guests_take_multicast"


async def test_a_container_with_two_cards_is_no_host_of_guests() -> None:
    second = _lan(name="eth1", type="virtual", type_evidence="rtnl.kind=veth", takes_multicast_v4=True)
    assert await guests.check(_context(LAN, second)) == ()
