from __future__ import annotations

import pytest

from net.multicast.endpoint import parse_endpoints
from net.problems import ProblemError
from net.records import Problem
from ui.pages.multicast.target import Target, parse_target, parse_targets

GOOD = (
    ("  239.1.2.3:1 ", Target("239.1.2.3", 1)),
    ("[ff02::1:3]:5355", Target("ff02::1:3", 5355)),
    ("[FF02:0::FB%en0]:5353", Target("ff02::fb", 5353, "en0")),
    ("[ff02::fb%3]:5353", Target("ff02::fb", 5353, "3")),
)
BAD = (
    ("224.224.0.77", "group_without_port"),
    ("224.224.0.77:" + "9" * 5000, "port_invalid"),
    ("\u202e224.0.0.1:5", "address_invalid"),
    ("192.168.1.20:23019", "group_not_multicast"),
)


@pytest.mark.parametrize(("text", "expected"), GOOD)
def test_a_group_is_read_into_its_canonical_text(text: str, expected: Target) -> None:
    assert parse_target(text) == expected
    assert parse_targets(text) == (expected,)


@pytest.mark.parametrize(("text", "code"), BAD)
def test_what_is_wrong_with_a_field_comes_back_as_a_problem(text: str, code: str) -> None:
    for problem in (parse_target(text), parse_targets(text)):
        assert isinstance(problem, Problem)
        assert problem.code == code
        assert problem.remedy


@pytest.mark.parametrize(
    ("text", "code"), [("239.1.1.20-1:5000", "range_reversed"), ("239.0.0.0-239.255.255.255:1", "too_many_joins")]
)
def test_a_range_is_read_by_the_same_rules(text: str, code: str) -> None:
    assert parse_targets("239.1.1.1-2:5000") == (Target("239.1.1.1", 5000), Target("239.1.1.2", 5000))
    problem = parse_targets(text)
    assert isinstance(problem, Problem)
    with pytest.raises(ProblemError) as theirs:
        parse_endpoints(text)
    assert problem == theirs.value.problem
    assert problem.code == code


def test_the_version_of_a_group_and_how_the_probe_writes_it() -> None:
    assert [Target("224.0.0.1", 1).version, Target("ff02::1", 1).version] == [4, 6]
    assert [Target("224.0.0.1", 1).endpoint, Target("ff02::1", 1).endpoint] == ["224.0.0.1:1", "[ff02::1]:1"]
