"""Bonjour is browsed where it can be, and where it cannot the reason is told."""

from __future__ import annotations

import msgspec
import pytest

from discovery.bonjour.places import choose, left_out, places_of, suitable
from discovery.bonjour.restricted import Place
from net.records import Address, Interface

NOWHERE: frozenset[str] = frozenset()


def interface(name: str = "en0", /, *addresses: str, **facts: object) -> Interface:
    made = Interface(
        name=name,
        index=len(name),
        type="ethernet",
        label="",
        meaning="",
        multicast_meaning="",
        type_evidence="",
        type_verified=True,
        up=True,
        running=True,
        multicast=True,
        point_to_point=False,
        loopback=False,
        addresses=tuple(Address(address=address) for address in addresses or ("192.168.1.23", "fe80::1")),
    )
    return msgspec.structs.replace(made, **facts)


def names(places: tuple[Place, ...]) -> list[str]:
    return sorted({place.interface for place in places})


def test_one_place_a_family_with_the_first_address_of_each() -> None:
    places = places_of(interface("en0", "fe80::1", "192.168.1.23", "10.0.0.1", "fd00::1"))

    assert [(place.family, place.address) for place in places] == [("ipv4", "192.168.1.23"), ("ipv6", "fe80::1")]


def test_loopback_is_asked_over_ipv4_only() -> None:
    assert [place.family for place in places_of(interface("lo", "127.0.0.1", "::1", loopback=True))] == ["ipv4"]


@pytest.mark.parametrize(
    "facts",
    [
        {"type": "tunnel", "point_to_point": True},
        {"type": "ipsec"},
        {"type": "peer_to_peer"},
        {"type": "loopback", "loopback": True},
        {"point_to_point": True},
        {"up": False},
        {"running": False},
        {"multicast": False},
        {"addresses": ()},
    ],
    ids=str,
)
def test_what_carries_no_bonjour_is_left_out_unless_it_is_named(facts: dict[str, object]) -> None:
    en0, other = interface(), interface("other0", **facts)
    assert not suitable(other)
    assert names(choose({"en0": en0, "other0": other}, (), NOWHERE)[0]) == ["en0"]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"type": "tunnel", "point_to_point": True}, "is a tunnel"),
        ({"type": "loopback", "loopback": True, "multicast": False}, "this computer only"),
        ({"type": "peer_to_peer"}, "peer-to-peer"),
        ({"point_to_point": True}, "point-to-point"),
    ],
    ids=str,
)
def test_a_named_interface_that_is_left_out_by_design_is_tried_and_the_reason_told(
    facts: dict[str, object], words: str
) -> None:
    named = interface("utun3", "10.8.0.2", **facts)
    places, (problem,) = choose({"utun3": named}, ("utun3",), NOWHERE)
    assert names(places) == ["utun3"]
    assert (problem.code, problem.subject) == ("browse_by_design", "utun3")
    assert words in problem.text


@pytest.mark.parametrize(
    ("facts", "code", "words"),
    [
        ({"up": False}, "browse_not_ready", "is down"),
        ({"addresses": ()}, "browse_not_ready", "has no address"),
        ({"multicast": False}, "browse_no_multicast", "MULTICAST"),
    ],
)
def test_a_named_interface_that_cannot_carry_it_is_a_problem_and_the_others_go_on(
    facts: dict[str, object], code: str, words: str
) -> None:
    known = {"en0": interface(**facts), "en5": interface("en5")}

    places, (problem,) = choose(known, ("en0", "en5", "en5"), NOWHERE)

    assert names(places) == ["en5"]
    assert len(places) == 2
    assert (problem.code, problem.subject) == (code, "en0")
    assert words in problem.text


def test_a_named_interface_that_is_not_there_is_a_problem() -> None:
    places, (problem,) = choose({"en0": interface()}, ("en0", "en7"), NOWHERE)
    assert names(places) == ["en0"]
    assert (problem.code, problem.subject) == ("interface_unknown", "en7")


def test_an_interface_that_lacks_only_the_flag_is_told_even_if_none_was_named() -> None:
    known = {"en0": interface(multicast=False), "en5": interface("en5"), "lo": interface("lo", loopback=True)}
    places, (problem,) = choose(known, (), NOWHERE)
    assert names(places) == ["en5"]
    assert (problem.code, problem.subject) == ("browse_no_multicast", "en0")


def test_each_interface_that_is_left_out_has_its_reason() -> None:
    known = {
        "en0": interface(),
        "lo": interface("lo", loopback=True, multicast=False),
        "utun3": interface("utun3", type="tunnel", point_to_point=True),
        "awdl0": interface("awdl0", type="peer_to_peer", label="Apple peer link (AWDL)"),
        "ppp0": interface("ppp0", point_to_point=True),
        "en1": interface("en1", up=False),
        "en2": interface("en2", running=False),
        "en3": interface("en3", addresses=()),
        "en4": interface("en4", multicast=False),
    }
    places, _ = choose(known, (), NOWHERE)
    assert left_out(known, (), places) == {
        "lo": "this computer only",
        "utun3": "a tunnel",
        "awdl0": "peer to peer: Apple peer link (AWDL)",
        "ppp0": "point to point",
        "en1": "down",
        "en2": "no link",
        "en3": "no address",
        "en4": "no MULTICAST flag",
    }
    assert left_out(known, ("en0", "en1", "gone"), places) == {"en1": "down"}


def test_a_lost_carrier_does_not_end_what_is_open() -> None:
    known = {"en0": interface(running=False)}
    assert names(choose(known, (), frozenset({"en0"}))[0]) == ["en0"]
    assert names(choose({"en0": interface(up=False)}, (), frozenset({"en0"}))[0]) == []


def test_where_nothing_can_be_browsed_the_reason_names_each_interface() -> None:
    known = {
        "lo": interface("lo", loopback=True),
        "utun3": interface("utun3", type="tunnel"),
        "awdl0": interface("awdl0", type="peer_to_peer"),
        "en0": interface(up=False),
        "en1": interface("en1", running=False),
        "en2": interface("en2", addresses=()),
    }
    places, (problem,) = choose(known, (), NOWHERE)
    assert places == ()
    assert problem.code == "browse_nowhere"
    for words in (
        "lo (this computer only)",
        "utun3 (a tunnel)",
        "awdl0 (peer to peer)",
        "en0 (down)",
        "en1 (no link)",
        "en2 (no address)",
    ):
        assert words in problem.text
