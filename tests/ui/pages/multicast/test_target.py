from __future__ import annotations

import pytest

from net.multicast.endpoint import parse_endpoint
from net.problems import ProblemError
from net.records import Problem
from ui.pages.multicast.target import Target, parse_target

GOOD = (
    ("224.224.0.77:23019", Target("224.224.0.77", 23019)),
    ("  239.1.2.3:1 ", Target("239.1.2.3", 1)),
    ("[ff02::1:3]:5355", Target("ff02::1:3", 5355)),
    ("[FF02:0::FB%en0]:5353", Target("ff02::fb", 5353, "en0")),
    ("224.0.0.1:65535", Target("224.0.0.1", 65535)),
)
BAD = (
    ("", "group_without_port"),
    ("224.224.0.77", "group_without_port"),
    ("ff02::1:3", "group_without_port"),
    ("[ff02::fb]", "group_without_port"),
    ("ff02::fb%en0:5353", "group_without_port"),
    (":5353", "group_without_port"),
    ("224.224.0.77:", "port_invalid"),
    ("224.224.0.77:0", "port_invalid"),
    ("224.224.0.77:65536", "port_invalid"),
    ("224.224.0.77:-5", "port_invalid"),
    ("224.224.0.77:٣", "port_invalid"),
    ("224.224.0.77:" + "9" * 5000, "port_invalid"),
    ("224.224.0:23019", "address_invalid"),
    ("mdns:5353", "address_invalid"),
    ("192.168.1.20:23019", "group_not_multicast"),
    ("[fe80::1]:5353", "group_not_multicast"),
    ("\u202e224.0.0.1:5", "address_invalid"),
)


@pytest.mark.parametrize(("text", "expected"), GOOD)
def test_a_group_is_read_as_the_probe_reads_it(text: str, expected: Target) -> None:
    target = parse_target(text)
    assert target == expected
    theirs = parse_endpoint(text)
    assert (str(theirs.group), theirs.port, theirs.scope) == (expected.group, expected.port, expected.scope)
    assert str(theirs) == expected.endpoint


@pytest.mark.parametrize(("text", "code"), BAD)
def test_bad_input_is_told_in_the_words_of_the_probe(text: str, code: str) -> None:
    problem = parse_target(text)
    assert isinstance(problem, Problem)
    assert problem.code == code
    assert problem.remedy
    with pytest.raises(ProblemError) as theirs:
        parse_endpoint(text)
    assert (theirs.value.problem.code, theirs.value.problem.remedy) == (problem.code, problem.remedy)


def test_the_version_of_a_group() -> None:
    assert [Target("224.0.0.1", 1).version, Target("ff02::1", 1).version] == [4, 6]
