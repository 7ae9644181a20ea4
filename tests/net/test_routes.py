"""Tests of net.routes."""

from __future__ import annotations

import pytest

from net.problems import ProblemError
from net.requests import RouteRequest
from net.routes import egress, watch


@pytest.mark.parametrize("address", ["nowhere", "224.0.0", "", "224.0.0.1:80", "[ff02::fb]"])
async def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ProblemError) as failure:
        await egress(address)
    assert failure.value.problem.code == "address_invalid"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "destination_invalid"),
        ("224.0.0", "destination_invalid"),
        ("224.0.0.251.9", "destination_invalid"),
        ("a b", "destination_invalid"),
        ("en\u202e0.local", "destination_invalid"),
        ("-\x00-", "destination_invalid"),
        ("x" * 300, "destination_invalid"),
        ("fe80::1::2", "destination_invalid"),
        ("http://8.8.8.8/", "destination_invalid"),
        ("192.0.2.0/24", "destination_invalid"),
        ("::", "destination_unspecified"),
        ("0.0.0.0:80", "destination_unspecified"),
        ("fe80::1%nothing77", "interface_unknown"),
        ("224.0.0.251:0", "port_invalid"),
        ("224.0.0.251:65536", "port_invalid"),
        ("[ff02::fb]:mdns", "port_invalid"),
        ("224.0.0.251:", "port_invalid"),
        ("printer.invalid", "destination_unknown"),
    ],
)
async def test_a_destination_that_is_none_is_refused_in_words(text: str, code: str) -> None:
    with pytest.raises(ProblemError) as failure:
        await anext(watch(RouteRequest(address=text)))
    assert failure.value.problem.code == code
    assert failure.value.problem.remedy


@pytest.mark.parametrize(
    ("text", "address", "port", "name"),
    [
        ("127.0.0.1:5000", "127.0.0.1", 5000, None),
        (" 127.0.0.1 ", "127.0.0.1", None, None),
        ("[::1]:53", "::1", 53, None),
        ("::ffff:127.0.0.1", "127.0.0.1", None, None),
        ("[::1]", "::1", None, None),
        ("localhost:80", None, 80, "localhost"),
    ],
)
async def test_a_port_or_a_name_may_be_written(text: str, address: str | None, port: int | None, name: str) -> None:
    ((route,),) = [batch async for batch in watch(RouteRequest(address=text))]
    assert (route.port, route.name, route.interface) == (port, name, "lo")
    assert route.address in ({address} if address else {"127.0.0.1", "::1"})
    assert route.caution is None


async def test_the_way_to_this_host_is_told_with_its_source() -> None:
    route = await egress("127.0.0.1")
    assert (route.interface, route.source, route.problem) == ("lo", "127.0.0.1", None)


async def test_a_scope_that_is_no_interface_names_those_there_are() -> None:
    route = await egress("ff02::fb%nothing77")
    assert route.interface is None
    assert route.problem is not None
    assert (route.problem.code, route.problem.subject) == ("interface_unknown", "nothing77")
    assert "lo" in route.problem.text


async def test_a_single_question_is_answered_once() -> None:
    batches = [batch async for batch in watch(RouteRequest(address="127.0.0.1"))]
    assert [route.interface for batch in batches for route in batch] == ["lo"]


async def test_bound_to_an_interface_the_way_is_told_beside_the_unbound_one() -> None:
    ((unbound, bound),) = [batch async for batch in watch(RouteRequest(address="127.0.0.1", interfaces=("lo",)))]
    assert (unbound.bound, bound.bound) == (None, "lo")
    assert (bound.interface, bound.source, bound.source_of, bound.agrees) == ("lo", "127.0.0.1", ("lo",), True)
    assert unbound.key() != bound.key()


async def test_each_interface_in_turn_is_asked() -> None:
    ((unbound, *bound),) = [batch async for batch in watch(RouteRequest(address="127.0.0.1", each=True))]
    assert unbound.bound is None
    assert "lo" in [way.bound for way in bound]


async def test_an_unknown_interface_is_refused_with_those_there_are() -> None:
    with pytest.raises(ProblemError) as failure:
        await anext(watch(RouteRequest(address="127.0.0.1", interfaces=("en77",))))
    assert failure.value.problem.code == "interface_unknown"
