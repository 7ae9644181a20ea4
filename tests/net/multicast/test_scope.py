"""Tests of net.multicast.scope."""

from __future__ import annotations

import pytest

from net.multicast.endpoint import parse_endpoint
from net.multicast.scope import agreed_interfaces, needs_scope
from net.problems import ProblemError


@pytest.mark.parametrize(
    ("group", "needs"),
    [("[ff01::1]:1", True), ("[ff02::fb]:1", True), ("[ff05::2]:1", False), ("224.0.0.251:1", False)],
)
def test_which_groups_mean_nothing_without_an_interface(group: str, needs: bool) -> None:
    assert needs_scope(parse_endpoint(group).group) is needs


def test_a_scope_may_be_an_index() -> None:
    endpoint = parse_endpoint("[ff02::fb%1]:5353")
    assert agreed_interfaces(endpoint, ()) == ("lo",)
    assert agreed_interfaces(endpoint, ("lo",)) == ("lo",)
    assert agreed_interfaces(parse_endpoint("[ff02::fb%lo]:5353"), ("1",)) == ("lo",)


def test_an_index_that_no_interface_has_stays_as_it_is_written() -> None:
    assert agreed_interfaces(parse_endpoint("[ff02::fb%4294967295]:5353"), ()) == ("4294967295",)


def test_a_scope_and_another_interface_contradict_each_other() -> None:
    endpoint = parse_endpoint("[ff02::fb%en0]:5353")
    assert agreed_interfaces(endpoint, ()) == ("en0",)
    assert agreed_interfaces(endpoint, ("en0",)) == ("en0",)
    with pytest.raises(ProblemError) as failure:
        agreed_interfaces(endpoint, ("en5",))
    assert failure.value.problem.code == "scope_contradicts"
