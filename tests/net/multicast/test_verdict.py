"""Tests of net.multicast.verdict and candidates: what the packets of a test lead to."""

from __future__ import annotations

import msgspec
import pytest

from net.multicast.candidates import candidate
from net.multicast.endpoint import parse_endpoint
from net.multicast.records import MulticastPath
from net.multicast.verdict import Unbound, conclude, leaving, listed
from net.problems import make_problem
from net.records import Address, Interface, Problem, Route
from net.verdict import Verdict
from tests.net.faces import LAN

GROUP = "224.224.0.77"
ENDPOINT = parse_endpoint(f"{GROUP}:23019")
OTHER_LAN = msgspec.structs.replace(LAN, name="en5", index=3, addresses=(Address(address="10.66.0.1", prefix=24),))
VPN = msgspec.structs.replace(
    LAN, name="utun3", index=4, type="tunnel", point_to_point=True, addresses=(Address(address="10.8.0.2"),)
)


def _route(interface: str | None) -> Route:
    return Route(address=GROUP, interface=interface, source="192.168.1.23" if interface else None)


def _path(sender: str | None, receiver: str, *, heard: int = 0, sent: int = 3) -> MulticastPath:
    return MulticastPath(
        group=GROUP,
        port=23019,
        send_interface=sender,
        receive_interface=receiver,
        received=heard > 0,
        unbound=sender is None,
        sent=sent,
        heard=heard,
    )


def _verdict(
    *interfaces: Interface, unbound: str | None, silent: tuple[str, ...] = (), elsewhere: tuple[Interface, ...] = ()
) -> Verdict:
    """The verdict where each interface hears itself, but those in ``silent``, and unbound packets leave as said."""
    names = [face.name for face in interfaces]
    paths = [_path(by, at, heard=3 if by == at and by not in silent else 0) for by in names for at in names]
    heard = {unbound: 3} if unbound in names and unbound not in silent else {}
    refused = make_problem("no_route", GROUP, OSError(101, "")) if unbound is None else None
    seen = Unbound(3 if unbound else 0, heard, {unbound: 3} if unbound else {}, _route(unbound), refused)
    everything = {face.name: face for face in (*interfaces, *elsewhere)}
    return conclude(ENDPOINT, [candidate(face, 4) for face in interfaces], paths, seen, (), everything)


def test_a_vpn_that_takes_unbound_multicast_is_named_with_the_way_around_it() -> None:
    verdict = _verdict(LAN, OTHER_LAN, VPN, unbound="utun3")
    assert (verdict.code, verdict.unbound_interface, verdict.working) == (
        "test_unbound_takes_tunnel",
        "utun3",
        ("en0", "en5"),
    )
    assert "utun3" in verdict.text
    assert "en0 and en5" in verdict.text
    assert any("ip_mreqn" in remedy and "en0 (2)" in remedy for remedy in verdict.remedy)
    assert verdict.certainty == "proven"
    assert [problem.code for problem in verdict.not_working] == ["test_tunnel"]


@pytest.mark.parametrize(
    ("interfaces", "unbound", "silent", "code"),
    [
        ((LAN,), "en0", (), "test_works"),
        ((LAN, OTHER_LAN), "en5", (), "test_works_on_several"),
        ((LAN, OTHER_LAN), None, (), "test_unbound_refused"),
        ((LAN, OTHER_LAN), "en5", ("en5",), "test_unbound_elsewhere"),
        ((LAN,), "en0", ("en0",), "test_nothing_works"),
        ((VPN,), "utun3", (), "test_nothing_works"),
        ((), "en0", (), "test_nothing_works"),
    ],
)
def test_the_verdict_follows_from_what_was_heard(
    interfaces: tuple[Interface, ...], unbound: str | None, silent: tuple[str, ...], code: str
) -> None:
    verdict = _verdict(*interfaces, unbound=unbound, silent=silent)
    assert verdict.code == code
    assert "{" not in verdict.text + verdict.cause + "".join(verdict.remedy)


def test_an_interface_outside_a_restricted_test_is_still_named_as_the_unbound_one() -> None:
    verdict = _verdict(LAN, unbound="en5", elsewhere=(OTHER_LAN,))
    assert (verdict.code, verdict.unbound_interface, verdict.certainty) == ("test_unbound_not_tested", "en5", "likely")
    verdict = _verdict(LAN, unbound="utun3", elsewhere=(VPN,))
    assert verdict.code == "test_unbound_takes_tunnel"


def test_the_copy_heard_back_outweighs_the_route() -> None:
    left = leaving(Unbound(3, {"utun3": 3}, {}, _route("en0")))
    assert (left.interface, left.certainty) == ("utun3", "proven")
    left = leaving(Unbound(3, {"en5": 3, "en0": 3}, {}, _route("en0")))
    assert (left.interface, left.certainty) == ("en0", "proven")
    left = leaving(Unbound(3, {"en5": 3, "en0": 3}, {}, _route("utun3")))
    assert (left.interface, left.certainty) == ("en5", "likely")


@pytest.mark.parametrize(
    ("rises", "interface", "certainty"),
    [
        ({"en0": 3}, "en0", "likely"),
        ({"en0": 5, "utun3": 4}, "en0", "likely"),
        ({"utun3": 3}, "utun3", "likely"),
        ({"utun3": 3, "en5": 9}, "en0", "possible"),
        ({"utun3": 2}, "en0", "possible"),
        ({}, "en0", "possible"),
    ],
)
def test_without_a_copy_the_counters_tell_whether_the_route_was_taken(
    rises: dict[str, int], interface: str, certainty: str
) -> None:
    left = leaving(Unbound(3, {}, rises, _route("en0")))
    assert (left.interface, left.certainty) == (interface, certainty)
    assert left.evidence


@pytest.mark.parametrize(
    ("change", "problem", "drawback"),
    [
        ({}, None, None),
        ({"up": False}, "test_interface_down", "test_interface_down"),
        ({"multicast": False}, "test_interface_without_multicast", "test_interface_without_multicast"),
        ({"addresses": ()}, "test_interface_without_address", "test_interface_without_address"),
        ({"addresses": (Address(address="fe80::1"),)}, "test_interface_without_address", None),
        ({"running": False}, None, "test_no_carrier"),
        ({"point_to_point": True}, None, "test_point_to_point"),
        ({"type": "ipsec"}, None, "test_tunnel"),
        ({"loopback": True, "multicast": False}, None, "test_loopback"),
    ],
)
def test_each_interface_is_judged_by_what_it_is(
    change: dict[str, object], problem: str | None, drawback: str | None
) -> None:
    def code(found: Problem | None) -> str | None:
        return found.code if found is not None else None

    judged = candidate(msgspec.structs.replace(LAN, **change), 4)
    assert (code(judged.problem), code(judged.drawback)) == (problem, drawback or problem)


def test_names_are_listed_as_people_do() -> None:
    assert [listed(()), listed(("a",)), listed(("a", "b")), listed(("a", "b", "c"))] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
