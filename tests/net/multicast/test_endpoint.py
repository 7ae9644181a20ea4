"""Tests of net.multicast.endpoint."""

from __future__ import annotations

import pytest

from net.multicast.endpoint import parse_endpoint, parse_endpoints
from net.problems import ProblemError


@pytest.mark.parametrize(
    ("text", "group", "port", "scope"),
    [
        ("224.224.0.77:23019", "224.224.0.77", 23019, None),
        (" 239.255.255.250:1900 ", "239.255.255.250", 1900, None),
        ("[ff02::fb]:5353", "ff02::fb", 5353, None),
        ("[ff02::fb%en0]:5353", "ff02::fb", 5353, "en0"),
        ("ff02:0:0:0:0:0:0:fb:5353", "ff02::fb", 5353, None),
        ("224.0.0.251:65535", "224.0.0.251", 65535, None),
    ],
)
def test_reads_group_and_port_as_a_person_writes_them(text: str, group: str, port: int, scope: str | None) -> None:
    endpoint = parse_endpoint(text)
    assert (str(endpoint.group), endpoint.port, endpoint.scope) == (group, port, scope)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("224.0.0.251", "group_without_port"),
        ("ff02::fb", "group_without_port"),
        ("[ff02::fb]", "group_without_port"),
        (":5353", "group_without_port"),
        ("", "group_without_port"),
        ("224.0.0.251:", "port_invalid"),
        ("224.0.0.251:0", "port_invalid"),
        ("224.0.0.251:65536", "port_invalid"),
        ("224.0.0.251:mdns", "port_invalid"),
        ("224.0.0.251:-1", "port_invalid"),
        ("224.0.0.251:٣", "port_invalid"),
        ("224.0.0:5353", "address_invalid"),
        ("printer.local:5353", "address_invalid"),
        ("192.168.1.1:5353", "group_not_multicast"),
        ("[fe80::1]:5353", "group_not_multicast"),
        ("ff02::fb%en0:5353", "group_without_port"),
        ("224.0.0.251:" + "9" * 5000, "port_invalid"),
        ("224.0.0.251:000001999999", "port_invalid"),
        ("\u202e224.0.0.1:5", "address_invalid"),
    ],
)
def test_a_bad_group_is_refused_with_its_reason(text: str, code: str) -> None:
    with pytest.raises(ProblemError) as failure:
        parse_endpoint(text)
    assert failure.value.problem.code == code
    assert failure.value.problem.remedy


@pytest.mark.parametrize(
    ("text", "first", "last", "number"),
    [
        ("239.1.1.1:5000", "239.1.1.1:5000", "239.1.1.1:5000", 1),
        ("239.1.1.1-20:5000", "239.1.1.1:5000", "239.1.1.20:5000", 20),
        ("239.1.1.1-239.1.2.1:5000", "239.1.1.1:5000", "239.1.2.1:5000", 257),
        ("239.1.1.1:5000-5003", "239.1.1.1:5000", "239.1.1.1:5003", 4),
        ("239.1.1.1-2:5000-5003", "239.1.1.1:5000", "239.1.1.2:5003", 8),
        ("239.1.0.0-239.1.1.243:5000", "239.1.0.0:5000", "239.1.1.243:5000", 500),
        ("[ff15::1-2f]:5000", "[ff15::1]:5000", "[ff15::2f]:5000", 47),
        ("[ff15::1-ff15::3]:5000", "[ff15::1]:5000", "[ff15::3]:5000", 3),
    ],
)
def test_ranges_are_written_out(text: str, first: str, last: str, number: int) -> None:
    endpoints = parse_endpoints(text)
    assert (str(endpoints[0]), str(endpoints[-1]), len(endpoints)) == (first, last, number)
    assert len(set(endpoints)) == number


def test_a_range_keeps_its_scope() -> None:
    assert {endpoint.scope for endpoint in parse_endpoints("[ff02::1-3%en0]:5000")} == {"en0"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("239.1.1.20-1:5000", "range_reversed"),
        ("239.1.1.1:5003-5000", "range_reversed"),
        ("239.1.1.1-ff15::1:5000", "address_invalid"),
        ("239.1.1.1-:5000", "address_invalid"),
        ("239.1.1.1-256:5000", "address_invalid"),
        ("239.255.255.1-240.0.0.1:5000", "group_not_multicast"),
        ("239.1.1.1:5000-", "port_invalid"),
        ("239.1.1.1-20", "group_without_port"),
        ("239.1.0.0-239.1.1.244:5000", "too_many_joins"),
        ("[ff15::-ff15:ffff::]:5000", "too_many_joins"),
        ("239.1.1.1-20:1-65535", "too_many_joins"),
        ("239.1.1.1-2-3:5", "address_invalid"),
        ("[ff15::-x]:5", "address_invalid"),
        ("-:5", "address_invalid"),
        ("-", "group_without_port"),
    ],
)
def test_a_bad_range_is_refused_with_its_reason(text: str, code: str) -> None:
    with pytest.raises(ProblemError) as failure:
        parse_endpoints(text)
    assert failure.value.problem.code == code
