"""A service is announced on the local network, and beyond it only where a person said so."""

from __future__ import annotations

from msgspec.structs import replace

from discovery.bonjour.publisher.where import places_to_publish
from discovery.requests import PublishRequest
from net.records import Address, Interface
from tests.net.faces import LAN

TUNNEL = replace(LAN, name="utun3", index=9, type="tunnel", point_to_point=True)
AWDL = replace(LAN, name="awdl0", index=10, type="peer_to_peer")
DOCKER = replace(LAN, name="docker0", index=11, type="bridge")
LOOPBACK = replace(LAN, name="lo", index=1, type="loopback", loopback=True)
ALL = {face.name: face for face in (LAN, TUNNEL, AWDL, DOCKER, LOOPBACK)}


def chosen(known: dict[str, Interface], *names: str, point_to_point: bool = False) -> tuple[list[str], list[str]]:
    """The interfaces, and the codes of the problems."""
    request = PublishRequest(name="x", type="_http._tcp", port=1, interfaces=names, point_to_point=point_to_point)
    places, problems = places_to_publish(known, request)
    return [place.interface for place in places], [problem.code for problem in problems]


def test_without_names_only_the_lan() -> None:
    assert chosen(ALL) == (["en0"], [])


def test_a_bridge_that_holds_the_default_route_is_the_lan() -> None:
    assert chosen({**ALL, "br0": replace(DOCKER, name="br0", default_v4=True)}) == (["en0", "br0"], [])


def test_tunnels_and_peer_links_need_the_word_even_where_they_are_named() -> None:
    assert chosen(ALL, "utun3", "awdl0") == ([], ["publish_by_design"] * 2)
    assert chosen(ALL, "utun3", "en0") == (["en0"], ["publish_by_design"])
    assert chosen(ALL, "utun3", point_to_point=True) == (["utun3"], [])
    assert chosen(ALL, point_to_point=True) == (["en0", "utun3", "awdl0"], [])


def test_a_bridge_is_announced_on_where_it_is_named() -> None:
    assert chosen(ALL, "docker0") == (["docker0"], [])


def test_nowhere_to_announce_is_told() -> None:
    assert chosen({"lo": LOOPBACK, "utun3": TUNNEL}) == ([], ["publish_nowhere"])


def test_over_ipv6_the_link_local_address_speaks() -> None:
    addresses = (Address(address="fd66:1::23", prefix=64), Address(address="fe80::1%en0", prefix=64, scope="link"))
    places, _ = places_to_publish(
        {"en0": replace(LAN, addresses=addresses)}, PublishRequest(name="x", type="_http._tcp", port=1)
    )

    assert [place.address for place in places] == ["fe80::1%en0"]
