"""Service types as typed are checked against the rules; as heard they are taken if they can be asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zeroconf._utils.name import service_type_name

from discovery.bonjour.types import (
    BrowsedType,
    heard_type,
    instance_label,
    parse_type,
    parse_types,
    well_known_subtypes,
)
from net.problems import ProblemError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("_http._tcp", BrowsedType("_http._tcp")),
        (" _HTTP._tcp.local. ", BrowsedType("_http._tcp")),
        ("_http._tcp.local", BrowsedType("_http._tcp")),
        ("_sleep-proxy._UDP.LOCAL", BrowsedType("_sleep-proxy._udp")),
        ("_printer._sub._http._tcp", BrowsedType("_http._tcp", "_printer")),
        ("_printer._sub._http._tcp.local.", BrowsedType("_http._tcp", "_printer")),
        ("_I0123ABCD._sub._matter._tcp", BrowsedType("_matter._tcp", "_I0123ABCD")),
    ],
)
def test_a_well_formed_type_is_taken_with_or_without_its_domain(text: str, expected: BrowsedType) -> None:
    assert parse_type(text) == expected
    assert service_type_name(expected.pointer)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "ends with ._tcp or ._udp"),
        ("_http", "ends with ._tcp or ._udp"),
        ("_http._sctp", "ends with ._tcp or ._udp"),
        ("_http._tcp.example.com", "in the domain local"),
        ("_tcp", "a service name stands before"),
        ("http._tcp", "begins with an underscore"),
        ("_._tcp", "1 to 15 characters"),
        ("_abcdefghijklmnop._tcp", "1 to 15 characters"),
        ("_ht tp._tcp", "letters, digits and hyphens"),
        ("_ht_tp._tcp", "letters, digits and hyphens"),
        ("_bücher._tcp", "letters, digits and hyphens"),
        ("_123._tcp", "at least one letter"),
        ("_-a._tcp", "hyphen"),
        ("_a-._tcp", "hyphen"),
        ("_a--b._tcp", "hyphen"),
        ("My NAS._http._tcp", "NAME._sub._service._tcp"),
        ("_sub._http._tcp", "NAME._sub._service._tcp"),
        (f"{'x' * 64}._sub._http._tcp", "at most 63 bytes"),
        ("a\nb._sub._http._tcp", "no control characters"),
    ],
)
def test_a_wrong_form_is_a_problem_that_names_the_rule(text: str, rule: str) -> None:
    with pytest.raises(ProblemError) as caught:
        parse_type(text)

    problem = caught.value.problem
    assert problem.code == "service_type_invalid"
    assert rule in problem.text
    assert "RFC 6" in problem.text
    assert "_http._tcp" in problem.remedy


def test_a_hostile_type_is_shown_harmless() -> None:
    with pytest.raises(ProblemError) as caught:
        parse_type("\u202e\x1b[2J" + "x" * 10_000)

    assert "\x1b" not in caught.value.problem.text
    assert "\u202e" not in caught.value.problem.text
    assert len(caught.value.problem.text) < 400


def test_the_well_formed_are_browsed_and_the_others_told() -> None:
    types, problems = parse_types(["_http._tcp", "nonsense", "_HTTP._tcp"])

    assert types == (BrowsedType("_http._tcp"),)
    assert [problem.subject for problem in problems] == ["nonsense"]


def test_nothing_but_wrong_types_is_refused() -> None:
    with pytest.raises(ProblemError, match="nonsense"):
        parse_types(["nonsense", "_x"])


def test_no_types_are_all_types() -> None:
    assert parse_types([]) == ((), ())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("_http._tcp.local.", BrowsedType("_http._tcp")),
        ("_tivo-videostream._tcp.local.", BrowsedType("_tivo-videostream._tcp")),
        ("_my_app._udp.local.", BrowsedType("_my_app._udp")),
        ("_printer._sub._http._tcp.local.", BrowsedType("_http._tcp", "_printer")),
        ("_http._tcp.example.", None),
        ("local.", None),
        ("_a--b._tcp.local.", None),
        ("_1._tcp.local.", None),
        ("_ü._tcp.local.", None),
        ("x._http._tcp.local.", None),
        ("20.1.168.192.in-addr.arpa.", None),
        ("_" + "a" * 62 + "._tcp.local.", None),
    ],
)
def test_a_heard_name_is_a_type_if_it_can_be_asked_for(name: str, expected: BrowsedType | None) -> None:
    assert heard_type(name) == expected


@given(st.text() | st.from_regex(r"[_a-z0-9.-]{0,40}\._(tcp|udp)\.local\.", fullmatch=True))
def test_whatever_is_taken_from_the_network_zeroconf_can_ask_for(name: str) -> None:
    browsed = heard_type(name)
    if browsed is not None:
        service_type_name(browsed.pointer, strict=False)


def test_an_instance_label_keeps_its_dots_and_case() -> None:
    assert instance_label("Dr. Web v1.2._HTTP._tcp.local.", "_http._tcp") == "Dr. Web v1.2"
    assert instance_label("Dr. Web._ipp._tcp.local.", "_http._tcp") is None
    assert instance_label("._http._tcp.local.", "_http._tcp") is None
    assert instance_label("_http._tcp.local.", "_http._tcp") is None


def test_only_subtypes_with_a_fixed_name_are_asked_for() -> None:
    assert BrowsedType("_http._tcp", "_printer") in well_known_subtypes("_http._tcp")
    assert well_known_subtypes("_matterc._udp") == (BrowsedType("_matterc._udp", "_CM"),)
    assert well_known_subtypes("_unknown._tcp") == ()
