"""Tests of net.multicast.places: groups, interfaces and sources as they are asked for."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest

from net.multicast.endpoint import parse_endpoint
from net.multicast.places import SourceFilter, check_filter, parse_groups, places, source_filter, source_specific
from net.platform.options import LINUX, MACOS, WINDOWS
from net.problems import ProblemError
from net.requests import ListenRequest
from tests.net.multicast.senders import LOOPBACK

GROUP = "239.1.1.1:5000"


def _filter(**asked: Any) -> SourceFilter:
    return source_filter(ListenRequest(groups=(GROUP,), **asked), LINUX)


def test_sources_are_read_once_each() -> None:
    chosen = _filter(sources=("192.0.2.1", "192.0.2.2", "192.0.2.1"))
    assert chosen.included == (ipaddress.ip_address("192.0.2.1"), ipaddress.ip_address("192.0.2.2"))
    assert _filter(excluded=("fe80::1%en0",)).excluded == (ipaddress.ip_address("fe80::1"),)
    assert _filter() == SourceFilter()


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"sources": ("printer.local",)}, "source_invalid"),
        ({"sources": (" ",)}, "source_empty"),
        ({"sources": ("239.1.1.1",)}, "source_invalid"),
        ({"excluded": ("0.0.0.0",)}, "source_invalid"),
        ({"sources": ("192.0.2.1",), "excluded": ("192.0.2.2",)}, "sources_conflict"),
        ({"sources": ("192.0.2.1",), "observe": True}, "observe_filtered"),
    ],
)
def test_what_cannot_be_a_source_is_refused_with_its_reason(asked: dict[str, Any], code: str) -> None:
    with pytest.raises(ProblemError) as failure:
        _filter(**asked)
    assert failure.value.problem.code == code
    assert failure.value.problem.remedy


@pytest.mark.parametrize("options", [MACOS, WINDOWS], ids=["macos", "windows"])
def test_only_linux_can_observe(options: Any) -> None:
    assert _filter(observe=True).observe
    with pytest.raises(ProblemError) as failure:
        source_filter(ListenRequest(groups=(GROUP,), observe=True), options)
    assert failure.value.problem.code == "observe_impossible"


@pytest.mark.parametrize(
    ("group", "specific"),
    [
        ("232.0.0.0", True),
        ("232.255.255.255", True),
        ("231.255.255.255", False),
        ("233.0.0.0", False),
        ("ff35::1", True),
        ("ff3e::8000:1", True),
        ("ff3e:1::1", False),
        ("ff15::1", False),
        ("ff7e::1", False),
    ],
)
def test_groups_reserved_for_source_specific_joins(group: str, specific: bool) -> None:
    assert source_specific(ipaddress.ip_address(group)) is specific


@pytest.mark.parametrize(
    ("group", "asked", "code"),
    [
        ("232.1.1.1:5000", {}, "source_missing"),
        ("232.1.1.1:5000", {"excluded": ("192.0.2.1",)}, "source_missing"),
        ("[ff3e::1]:5000", {}, "source_missing"),
        ("239.1.1.1:5000", {"sources": ("2001:db8::1",)}, "source_wrong_family"),
        ("[ff15::1]:5000", {"sources": ("192.0.2.1",)}, "source_wrong_family"),
        ("239.1.1.1:5000", {"excluded": ("2001:db8::1",)}, "source_wrong_family"),
    ],
)
def test_a_group_and_sources_that_do_not_fit_are_refused(group: str, asked: dict[str, Any], code: str) -> None:
    with pytest.raises(ProblemError) as failure:
        check_filter(parse_endpoint(group), _filter(**asked))
    assert failure.value.problem.code == code
    assert "{" not in failure.value.problem.text
    if code == "source_missing":
        assert ("239.0.0.0/8" if group.startswith("232") else "ff15::/16") in failure.value.problem.remedy
        assert "--source" in failure.value.problem.remedy


@pytest.mark.parametrize("asked", [{"sources": ("192.0.2.1",)}, {"observe": True}])
def test_a_source_specific_group_is_taken_with_a_source_or_to_observe(asked: dict[str, Any]) -> None:
    check_filter(parse_endpoint("232.1.1.1:5000"), _filter(**asked))


async def test_every_group_is_joined_on_every_interface() -> None:
    endpoints = parse_groups(("239.1.1.1-3:5000", "[ff15::1]:5001"))
    found, problems = await places(endpoints, (LOOPBACK,))
    assert [(str(place.endpoint), place.interface.name) for place in found] == [
        (str(endpoint), LOOPBACK) for endpoint in endpoints
    ]
    assert problems == ()


async def test_the_scope_of_a_group_chooses_its_interface() -> None:
    ((place,), _) = await places(parse_groups((f"[ff02::1%{LOOPBACK}]:5000",)), ())
    assert place.interface.name == LOOPBACK


async def test_more_joins_than_can_be_overseen_are_refused() -> None:
    endpoints = parse_groups(("239.1.0.0-239.1.1.43:5000",))
    with pytest.raises(ProblemError) as failure:
        await places(endpoints, (LOOPBACK, "other"))
    assert failure.value.problem.code == "too_many_joins"
    with pytest.raises(ProblemError):
        parse_groups(("239.1.0.0-239.1.1.43:5000", "239.2.0.0-239.2.1.43:5000"))
