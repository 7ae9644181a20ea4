"""Tests of net.multicast.endpoint."""

from __future__ import annotations

import pytest

from net.multicast.endpoint import parse_endpoint
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
    ],
)
def test_a_bad_group_is_refused_with_its_reason(text: str, code: str) -> None:
    with pytest.raises(ProblemError) as failure:
        parse_endpoint(text)
    assert failure.value.problem.code == code
    assert failure.value.problem.remedy
